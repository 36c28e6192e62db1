// How to go on: as good as the line allows, sparing, voice only, by telephone, at another time. Said by the person, done at once.

import { el, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { callButton } from "/static/pages/room/calling.js";

/** @typedef {import("/static/pages/room/saying.js").Limit} Limit */
/** @type {Limit[]} */
const LIMITS = ["auto", "tiny", "voice"];
const PICTURES = { auto: "camera", low: "spare", tiny: "spare", voice: "voice" };

/**
 * @param {import("/static/lib/signaling.js").Signaling} line
 * @param {{choose: (limit: Limit) => void, telephone: (() => Promise<void>) | null, another: (() => void) | null, close: () => void}} acts
 * `telephone` and `another` are the specialist's own; everybody else asks for them
 * @param {() => Limit} chosen
 */
export function choicePanel(line, acts, chosen) {
  const list = el("div", { class: "stack tight", role: "radiogroup", "aria-label": say("room.choose_title") });
  /** @param {Limit} limit */
  const option = (limit) => el(
    "button", { class: "button wide option", type: "button", role: "radio", "data-test": `choose-${limit}`, onclick: () => pick(limit) },
    icon(PICTURES[limit]), el("span", { class: "option-words" }, el("b", {}, say(`room.choose_${limit}`)), el("small", {}, say(`room.choose_${limit}_detail`))),
  );
  const options = LIMITS.map(option);
  list.append(...options);
  /** @param {Limit} limit */
  function pick(limit) {
    acts.choose(limit);
    mark();
  }
  function mark() {
    options.forEach((button, nth) => button.setAttribute("aria-checked", String(LIMITS[nth] === chosen())));
  }
  /** @param {string} name @param {() => unknown} act */
  const own = (name, act) => el("button", { class: "button wide", type: "button", "data-test": `choose-${name}`, onclick: () => (acts.close(), act()) }, icon(name), say(`room.choose_${name}`));
  mark();
  return el(
    "div", { class: "stack" }, list, el("hr"),
    acts.telephone ? own("phone", acts.telephone) : callButton(line, "phone"),
    acts.another ? own("time", acts.another) : callButton(line, "time"),
  );
}
