// "I cannot hear you": a call for a helper, the phone, and a short list to try meanwhile.

import { el, phoneLink, say } from "/static/components/page.js";
import { callButton } from "/static/pages/room/calling.js";

/**
 * @param {import("/static/lib/signaling.js").Signaling} line
 * @param {{sound: () => void, microphone: () => void, choose: () => void}} acts what the steps offer to press
 * @param {string} phone of the office; empty where it is known anyway
 * @param {boolean} leads is this the specialist?
 */
export function helpPanel(line, acts, phone, leads) {
  /** @param {string} word @param {() => void} act */
  const step = (word, act) => el("li", {}, el("span", {}, say(`room.${word}`)), el("button", { class: "button wide", type: "button", "data-test": word, onclick: act }, say(`room.${word}_do`)));
  return el(
    "div", { class: "stack" },
    callButton(line, "help", { look: "primary", words: leads ? "room.call_staff" : "room.call" }),
    phone && el("p", { class: "large" }, `${say("room.help_phone")} `, phoneLink(phone)),
    el("h3", {}, say("room.help_try")),
    el("ol", { class: "stack help-steps" },
      el("li", {}, say("room.help_volume")), step("help_sound", acts.sound), step("help_microphone", acts.microphone), step("help_choose", acts.choose), el("li", {}, say("room.help_reload"))),
  );
}
