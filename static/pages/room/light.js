// The connection light: how the line is, in a colour, a number of bars and words.

import { el, say } from "/static/components/page.js";

/** @typedef {import("/static/lib/wire.d.ts").QualitySample} QualitySample */
/** @typedef {"wait" | "good" | "fair" | "poor"} Level */

/** @param {Pick<QualitySample, "loss" | "rtt_ms">} sample @returns {Level} */
export function levelOf({ loss, rtt_ms }) {
  const [lost, late] = [loss || 0, rtt_ms || 0];
  if (lost > 0.15 || late > 1200) return "poor";
  if (lost > 0.05 || late > 500) return "fair";
  return "good";
}

export function createLight() {
  const words = el("span", {}, say("room.light_wait"));
  const part = el("p", { class: "light", "data-level": "wait", "data-test": "light" }, el("span", { class: "bars", "aria-hidden": "true" }, el("i"), el("i"), el("i")), words);
  return {
    part,
    get level() {
      return part.dataset.level;
    },
    /** @param {Level} level */
    show: (level) => {
      if (part.dataset.level === level) return;
      part.dataset.level = level;
      words.textContent = say(`room.light_${level}`);
    },
  };
}
