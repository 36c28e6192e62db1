// "I cannot hear you": a short list to try, a call for the coordinator, and the phone.

import { el, phoneLink, say } from "/static/components/page.js";

/**
 * @param {import("/static/lib/signaling.js").Signaling} line
 * @param {{sound: () => void, microphone: () => void, voice: () => void}} acts what the steps offer to press
 * @param {string} phone
 */
export function helpPanel(line, acts, phone) {
  const news = el("p", { role: "status", class: "notice", hidden: true });
  const call = el("button", { class: "button primary wide", type: "button", "data-test": "help-call", onclick: ask }, say("room.help_call"));
  async function ask() {
    call.disabled = true;
    news.hidden = false;
    news.textContent = say("room.help_calling");
    try {
      await line.ask("help", {});
      news.textContent = say("room.help_called");
    } catch (fault) {
      news.textContent = say("room.help_failed");
      call.disabled = false;
    }
  }
  /** @param {string} word @param {() => void} act */
  const step = (word, act) => el("li", {}, say(`room.${word}`), " ", el("button", { class: "button small", type: "button", onclick: act }, say(`room.${word}_do`)));
  return el(
    "div", { class: "stack" },
    el("ol", { class: "stack" }, el("li", {}, say("room.help_volume")), step("help_sound", acts.sound), step("help_microphone", acts.microphone), step("help_voice", acts.voice), el("li", {}, say("room.help_reload"))),
    call, news,
    phone && el("p", {}, `${say("room.help_phone")} `, phoneLink(phone)),
  );
}
