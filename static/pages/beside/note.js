// The note beside the picture: saved as it is written, never over what was written in another window.

import { el, fill, locale, say } from "/static/components/page.js";
import { ask } from "/static/lib/api.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {{text: string, version: number, saved_at: string | null}} Kept */

const QUIET_MS = 900;
const AGAIN_MS = 4000;

/** @param {number} booking */
export function createNote(booking) {
  const path = `/bookings/${booking}/note`;
  const field = el("textarea", { id: "note", class: "note-text", "data-test": "note", maxLength: 20000, "aria-describedby": "note-hint", disabled: true });
  const news = el("div", { class: "note-news", role: "status", "data-test": "note-news" });
  const part = el("section", { class: "beside-part" }, el("h2", {}, el("label", { for: "note" }, say("staffroom.note"))), el("p", { id: "note-hint", class: "hint" }, say("staffroom.note_hint")), field, news);
  /** @type {string | null} */ let version = "0";
  let saved = "";
  let busy = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;

  async function load() {
    try {
      const kept = await ask("GET", path);
      take(/** @type {Kept} */ (kept.value), kept.version);
      field.disabled = false;
    } catch (fault) {
      news.textContent = /** @type {Refusal} */ (fault).title || say("staffroom.unavailable");
      timer = setTimeout(load, AGAIN_MS);
    }
  }

  /** @param {Kept} kept @param {string | null} tag */
  function take(kept, tag) {
    [saved, version] = [kept.text, tag];
    field.value = kept.text;
    told(kept.saved_at);
  }

  /** @param {string | null} at */
  function told(at) {
    const time = at && new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
    news.textContent = time ? say("staffroom.note_saved", { time }) : "";
  }

  async function save() {
    clearTimeout(timer);
    if (busy || field.value === saved) return;
    busy = true;
    const text = field.value;
    news.textContent = say("staffroom.note_saving");
    try {
      const answer = await ask("PUT", path, { body: { text }, version });
      [saved, version] = [text, answer.version];
      told(/** @type {Kept} */ (answer.value).saved_at);
    } catch (fault) {
      unsaved(/** @type {Refusal} */ (fault));
      return;
    } finally {
      busy = false;
    }
    if (field.value !== saved) timer = setTimeout(save, QUIET_MS);
  }

  /** @param {Refusal} refusal */
  function unsaved(refusal) {
    if (refusal.code === "version_moved") return void choose();
    const passing = refusal.status === 0 || refusal.status >= 500 || refusal.status === 429;
    news.textContent = passing ? say("staffroom.note_unsaved") : refusal.title;
    if (passing) timer = setTimeout(save, AGAIN_MS);
  }

  /** Two windows wrote: the person decides, nothing is lost by itself. */
  async function choose() {
    const other = await ask("GET", path).catch(() => null);
    if (!other) return void (timer = setTimeout(choose, AGAIN_MS));
    const keep = () => {
      version = other.version;
      saved = "\0";
      save();
    };
    fill(
      news,
      el("p", { class: "notice warn" }, say("staffroom.note_moved")),
      el("p", {}, /** @type {Kept} */ (other.value).text),
      el("div", { class: "row" },
        el("button", { class: "button small", type: "button", onclick: keep }, say("staffroom.note_keep")),
        el("button", { class: "button small", type: "button", onclick: () => take(/** @type {Kept} */ (other.value), other.version) }, say("staffroom.note_take"))),
    );
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, QUIET_MS);
  });
  field.addEventListener("blur", save);
  addEventListener("pagehide", save);
  load();
  return { part };
}
