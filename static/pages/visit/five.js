// Five questions after the one tap, one at a time: five faces with words, each can be passed over, and there is a way back.

import { announce, el, fill, language } from "/static/components/page.js";
import { giveFeedback } from "/static/lib/join.js";
import { wordsOf } from "/static/lib/words.js";

/** @typedef {"openness" | "comfort" | "goodwill" | "satisfaction" | "accessibility"} Group */
/** @type {Group[]} */
const GROUPS = ["openness", "comfort", "goodwill", "satisfaction", "accessibility"];
const SVG = "http://www.w3.org/2000/svg";

/** Puts the questions into `host` when their words are there; without them nothing happens. @param {HTMLElement} host @param {number} score the first tap */
export async function five(host, score) {
  const answer = await fetch("/api/v1/join/questions");
  if (!answer.ok) return;
  const say = wordsOf((await answer.json()).words, language);
  /** @type {Partial<Record<Group, number | null>>} */
  const given = {};
  document.head.append(el("link", { rel: "stylesheet", href: "/static/styles/five.css" }));
  show(0);

  /** @param {number} n */
  function show(n) {
    const group = GROUPS[n];
    if (!group) return thank();
    const heading = el("h2", { id: "how", tabIndex: -1 }, say(`five.${group}`));
    fill(
      host,
      n === 0 && el("p", { class: "notice large", role: "status", "data-test": "thanks" }, say("five.lead")),
      el("p", { class: "five-count" }, say("five.count", { n: n + 1 })),
      heading,
      el("div", { class: "five", "data-test": "five", "data-group": group }, ...[5, 4, 3, 2, 1].map((mark) => choice(n, group, mark))),
      el("div", { class: "five-ways" },
        n > 0 && el("button", { class: "button", type: "button", "data-test": "five-back", onclick: () => show(n - 1) }, say("five.back")),
        el("button", { class: "button", type: "button", "data-test": "five-pass", onclick: () => keep(n, group, null) }, say(group === "accessibility" ? "five.pass_accessibility" : "five.pass"))),
    );
    if (n > 0) heading.focus({ preventScroll: true });
    host.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} n @param {Group} group @param {number} mark */
  function choice(n, group, mark) {
    const chosen = given[group] === mark;
    return el("button", { class: `five-mark five-${mark}`, type: "button", "aria-pressed": chosen ? "true" : undefined, "data-test": `five-${mark}`, onclick: () => keep(n, group, mark) }, face(mark), el("span", {}, say(`five.${mark}`)));
  }

  /** Each answer goes at once, with all before it: whoever closes the page has said what he said. @param {number} n @param {Group} group @param {number | null} mark */
  function keep(n, group, mark) {
    given[group] = mark;
    giveFeedback(score, given).catch(() => giveFeedback(score, given).catch(() => undefined));
    show(n + 1);
  }

  function thank() {
    fill(host, el("p", { class: "notice large", role: "status", "data-test": "five-thanks" }, say("five.thanks")));
    announce(say("five.thanks"));
  }
}

/** A face whose mouth says how much. @param {number} mark 1 to 5 */
function face(mark) {
  const bend = (mark - 3) * 2.2;
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  path.setAttribute("d", `M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 ${15 - bend / 4}q4 ${bend} 8 0M9 9.5v.1M15 9.5v.1`);
  drawing.append(path);
  return drawing;
}
