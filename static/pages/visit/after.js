// After the conversation, one thing after the other: was it held, how was it, five taps, thanks; the way back; and forgetting.

import { announce, el, fill, leadTo, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { forgetSeat, giveFeedback } from "/static/lib/join.js";
import { askHeld } from "/static/pages/visit/rendered.js";

/** @typedef {"closed" | "time" | "left"} End */
/** @type {[number, string][]} */
const FACES = [[3, "good"], [2, "fair"], [1, "poor"]];

/**
 * Resolves when the person wants to come back; whoever closes the page instead is forgotten on this device.
 * @param {HTMLElement} host @param {End} end @param {boolean} ask is there anything to say about it?
 * @returns {Promise<void>}
 */
export function after(host, end, ask) {
  host.dataset.step = "after";
  addEventListener("pagehide", forgetSeat);
  return new Promise((back) => {
    const part = el("section", { class: "stack airy", "aria-labelledby": "how" });
    const again = () => {
      removeEventListener("pagehide", forgetSeat);
      back();
    };
    fill(
      host,
      el("h1", {}, say(`visit.${end}`)),
      el("p", { class: "large" }, say(`visit.${end}_detail`)),
      ask && part,
      end === "left" && el("button", { class: "button wide", type: "button", "data-test": "return", onclick: again }, say("visit.return")),
      el("button", { class: "button wide", type: "button", "data-test": "finish", onclick: () => finish(host) }, icon("close"), say("visit.finish")),
    );
    if (ask) askHeld(part, (thanks) => askHow(part, thanks));
    leadTo(host);
  });
}

/** @param {HTMLElement} part @param {string | null} thanks for what was said before, if anything was */
function askHow(part, thanks) {
  const faces = el("div", { class: "faces" }, ...FACES.map(([score, name]) => face(score, name, part)));
  part.dataset.test = "how";
  fill(part, thanks && el("p", { class: "notice large", role: "status", "data-test": "held-said" }, thanks), el("h2", { id: "how" }, say("visit.feedback")), faces);
  if (thanks !== null) leadTo(part);
}

/** @param {number} score @param {string} name @param {HTMLElement} question */
function face(score, name, question) {
  const thank = async () => {
    fill(question, el("p", { class: "notice large", role: "status", "data-test": "thanks" }, say("visit.thanks")));
    announce(say("visit.thanks"));
    await giveFeedback(score).catch(() => giveFeedback(score).catch(() => undefined));
    import("/static/pages/visit/five.js").then((part) => part.five(question, score)).catch(() => undefined);
  };
  return el("button", { class: `face ${name}`, type: "button", "data-test": `feedback-${score}`, onclick: thank }, icon(name), el("span", {}, say(`visit.feedback_${name}`)));
}

/** @param {HTMLElement} host */
async function finish(host) {
  removeEventListener("pagehide", forgetSeat);
  await forgetSeat().catch(() => undefined);
  host.dataset.step = "forgotten";
  fill(host, el("h1", {}, say("visit.forgotten")), el("p", { class: "large" }, say("visit.forgotten_detail")));
  leadTo(host);
}
