// After the conversation: how it was, with one tap; the way back for who left by mistake; and forgetting.

import { announce, el, fill, leadTo, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { forgetSeat, giveFeedback } from "/static/lib/join.js";

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
    const faces = el("div", { class: "faces" });
    const question = el("section", { class: "stack airy", "aria-labelledby": "how" }, el("h2", { id: "how" }, say("visit.feedback")), faces);
    for (const [score, name] of FACES) faces.append(face(score, name, question));
    const again = () => {
      removeEventListener("pagehide", forgetSeat);
      back();
    };
    fill(
      host,
      el("h1", {}, say(`visit.${end}`)),
      el("p", { class: "large" }, say(`visit.${end}_detail`)),
      ask && question,
      end === "left" && el("button", { class: "button wide", type: "button", "data-test": "return", onclick: again }, say("visit.return")),
      el("button", { class: "button wide", type: "button", "data-test": "finish", onclick: () => finish(host) }, icon("close"), say("visit.finish")),
    );
    leadTo(host);
  });
}

/** @param {number} score @param {string} name @param {HTMLElement} question */
function face(score, name, question) {
  const thank = async () => {
    fill(question, el("p", { class: "notice large", role: "status", "data-test": "thanks" }, say("visit.thanks")));
    announce(say("visit.thanks"));
    await giveFeedback(score).catch(() => giveFeedback(score).catch(() => undefined));
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
