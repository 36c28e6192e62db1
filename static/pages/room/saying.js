// What the conversation itself says: every step of the ladder in one plain sentence, calmly, each said once.

import { el, fill, say } from "/static/components/page.js";

/** @typedef {import("/static/lib/wire.d.ts").SeatView} SeatView */
/** @typedef {"high" | "low" | "tiny" | "voice"} Rung */
/** @typedef {{sends: Rung, gets: Rung, why: string | null}} Step what the ladder does towards one seat */
/** @typedef {"auto" | "low" | "tiny" | "voice"} Limit */
/**
 * @typedef {object} Facts
 * @property {SeatView | null} main whose face is large, while here
 * @property {Step | null} step towards that seat
 * @property {Limit} chosen by this person
 * @property {boolean} frozen @property {boolean} silent the other's picture stands still, its sound does not come
 * @property {boolean} own does this person send a picture at all?
 * @property {boolean} sharing
 */
/** @typedef {{key: string, weak?: boolean}} Saying `weak`: the line is to blame, and something can be chosen */

/** @type {Rung[]} */
const RUNGS = ["high", "low", "tiny", "voice"];

/** The one sentence that matters most now; null: nothing is worth a word. @param {Facts} facts @returns {Saying | null} */
export function sayingOf({ main, step, chosen, frozen, silent, own, sharing }) {
  if (!main) return null;
  const { media } = main;
  if (silent) return { key: "silent", weak: true };
  if (media.why === "interrupted") return { key: "other_interrupted" };
  // With both there it is about to be replaced by another device.
  if (media.why === "device" && !(media.audio && media.video)) return { key: media.audio ? "other_no_camera" : "other_no_microphone" };
  if (frozen) return { key: "frozen", weak: true };
  // As far as the other wants no more, the line is not to blame for what is sent there.
  const asked = media.why === "choice" ? RUNGS.indexOf(media.rung) : 0;
  const less = own && step && step.why === "line" ? RUNGS.indexOf(step.sends) : 0;
  const mine = less > asked ? less : 0;
  const theirs = media.why === "line" ? RUNGS.indexOf(media.rung) : step && step.why === "line" && media.video ? RUNGS.indexOf(step.gets) : 0;
  if (mine || theirs) return { key: `line_${mine > theirs ? "own" : mine < theirs ? "other" : "both"}_${RUNGS[Math.max(mine, theirs)]}`, weak: true };
  if (sharing) return { key: "sharing" };
  if (media.screen) return { key: "other_shares" };
  if (chosen !== "auto") return { key: chosen === "voice" ? "chosen_voice" : "chosen_low" };
  if (media.why === "choice") return { key: media.rung === "voice" || !media.video ? "other_chose_voice" : "other_chose_low" };
  return null;
}

// A sentence stays long enough to be read; what is worse is said sooner than what is better.
const HELD_MS = 3500;
const WORSE_MS = 1200;
const NEWS_MS = 7000;

/** The status line: told politely to a screen reader, once. @param {() => void} choose what its button opens */
export function createSaying(choose) {
  const words = el("span", { class: "saying-words", role: "status" });
  const change = el("button", { class: "saying-do", type: "button", hidden: true, "data-test": "saying-choose", onclick: choose }, say("room.saying_choose"));
  const part = el("div", { class: "saying", "data-test": "saying", hidden: true }, words, change);
  /** @type {{saying: Saying | null, name: string}} */ let asked = { saying: null, name: "" };
  let [shown, name, since, held, weak] = ["", "", 0, 0, false];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;

  function settle() {
    clearTimeout(timer);
    const { saying, name: whose } = asked;
    const key = saying ? saying.key : "";
    if (key === shown && (whose === name || !key)) return;
    const wait = since + (saying && saying.weak ? WORSE_MS : held) - Date.now();
    if (shown && wait > 0) return void (timer = setTimeout(settle, wait));
    // Somebody else's weak line, not looked at any more, did not get better.
    if (saying || !weak || whose !== name) return put(key, whose, Boolean(saying && saying.weak), HELD_MS);
    put("line_better", whose, false, NEWS_MS);
    timer = setTimeout(settle, NEWS_MS);
  }

  /** @param {string} key @param {string} whose @param {boolean} blame @param {number} long */
  function put(key, whose, blame, long) {
    [shown, name, since, held, weak] = [key, whose, Date.now(), long, blame];
    fill(words, key && say(`room.say_${key}`, { name: whose }));
    part.hidden = !key;
    part.dataset.saying = key;
    change.hidden = !blame;
  }

  return {
    part,
    /** What is so now. @param {Saying | null} saying @param {string} whose */
    show: (saying, whose) => {
      asked = { saying, name: whose };
      settle();
    },
    /** What has just happened; what lasts is said again afterwards. @param {string} key @param {string} label */
    tell: (key, label) => {
      put(key, label, false, NEWS_MS);
      clearTimeout(timer);
      timer = setTimeout(settle, NEWS_MS);
    },
    close: () => clearTimeout(timer),
  };
}
