// After the session the client says with one tap whether it was held; if it was not so, how it was, as far as he likes.

import { announce, el, fill, leadTo, phoneLink, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";

const MINUTES = [5, 10, 15, 20, 25, 30, 35, 40, 50, 60];
// Asked once: who comes back by mistake and leaves again has said it already.
let said = false;

/**
 * The question; then what follows it, with thanks for the answer, or "" where it was passed over. Who has answered before
 * is asked nothing, and gets there at once.
 * @param {HTMLElement} part @param {(thanks: string | null) => void} next
 */
export function askHeld(part, next) {
  if (said) return next(null);
  const ask = () => fill(part, el("h2", { id: "how" }, say("visit.held")),
    el("button", { class: "button primary wide big", type: "button", "data-test": "held-yes", onclick: () => tell(part, { agrees: true }, "visit.held_thanks", ask, next) }, icon("check"), say("visit.held_yes")),
    el("button", { class: "button wide", type: "button", "data-test": "held-no", onclick: () => howItWas(part, ask, next) }, say("visit.held_no")),
    el("button", { class: "button quiet wide", type: "button", "data-test": "held-pass", onclick: () => next("") }, say("visit.held_pass")));
  part.dataset.test = "held";
  ask();
}

/** @param {HTMLElement} part @param {() => void} back @param {(thanks: string) => void} next */
function howItWas(part, back, next) {
  const minutes = el("select", { id: "held-minutes", class: "input" },
    el("option", { value: "" }, say("visit.held_unsure")), el("option", { value: "0" }, say("visit.held_none")),
    ...MINUTES.map((count) => el("option", { value: String(count) }, say("visit.held_minutes_of", { n: count }))));
  const text = el("textarea", { id: "held-text", class: "input", rows: 3, maxLength: 120 });
  const send = () => tell(part, { agrees: false, text: text.value.trim(), minutes: minutes.value ? Number(minutes.value) : null }, "visit.held_kept", back, next);
  fill(part, el("h2", { id: "how" }, say("visit.held_how")),
    el("div", { class: "field" }, el("label", { htmlFor: "held-minutes" }, say("visit.held_minutes")), minutes),
    el("div", { class: "field" }, el("label", { htmlFor: "held-text" }, say("visit.held_text")), text),
    el("button", { class: "button primary wide big", type: "button", "data-test": "held-send", onclick: send }, say("visit.held_send")),
    el("button", { class: "button quiet wide", type: "button", onclick: () => { back(); leadTo(part); } }, say("visit.held_back")));
  leadTo(part);
}

/** @param {HTMLElement} part @param {{agrees: boolean, text?: string, minutes?: number | null}} word @param {string} thanks @param {() => void} back @param {(thanks: string) => void} next */
async function tell(part, word, thanks, back, next) {
  try {
    await sayHeld(word).catch(() => sayHeld(word));
  } catch (fault) {
    back();
    const phone = document.body.dataset.phone || "";
    return part.prepend(el("p", { class: "notice warn", role: "alert" }, `${say("visit.held_failed")} `, phoneLink(phone)));
  }
  said = true;
  announce(say(thanks));
  next(say(thanks));
}

/** In this part of the page, which nobody loads before a talk is over. @param {object} word */
async function sayHeld(word) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 8000);
  const told = await fetch("/api/v1/join/rendered", { method: "POST", signal: patience.signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(word) });
  clearTimeout(timer);
  if (!told.ok) throw new Error(String(told.status));
}
