// A call to the centre's people: one press, and at once words that it was heard, or what to do if it was not.

import { el, fill, phoneLink, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";

/** @typedef {import("/static/lib/signaling.js").Signaling} Signaling */
/** @typedef {"help" | "phone" | "time"} Why */

// Whom the call reached may be busy: after this long it may be repeated.
const AGAIN_MS = 60000;

/**
 * @param {Signaling} line @param {Why} why @param {{look?: string, words?: string, phone?: string, picture?: string}} [given]
 * `words`: the beginning of the keys of what is said; `phone` of the office, shown with the answer
 * @returns {HTMLElement}
 */
export function callButton(line, why, { look = "", words = "room.call", phone = "", picture = why } = {}) {
  const news = el("div", { role: "status", class: "call-news" });
  const button = el("button", { class: `button wide ${look}`, type: "button", "data-test": `call-${why}`, onclick: ask }, icon(picture), say(`${words}_${why}`));
  async function ask() {
    button.disabled = true;
    tell("", say("room.call_sending"));
    try {
      await line.ask("help", { why });
      tell("", say(`${words}_${why}_heard`));
      setTimeout(() => (button.disabled = false), AGAIN_MS);
    } catch (fault) {
      tell("warn", say("room.call_failed"));
      button.disabled = false;
    }
  }
  /** @param {string} tone @param {string} text */
  const tell = (tone, text) => fill(news, el("p", { class: `notice ${tone}` }, text, phone && ` ${say("room.call_or_ring")} `, phone && phoneLink(phone)));
  return el("div", { class: "stack tight" }, button, news);
}
