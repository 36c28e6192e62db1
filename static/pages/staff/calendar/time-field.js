// A time of the day as a person types it: "9", "930", "9:30"; arrows go on by a quarter of an hour.

import { html } from "/static/vendor/preact-htm.js";
import { Input } from "../parts/form.js";
import { STEP } from "./draft.js";
import { DAY } from "./plan.js";
import { timeWords } from "./spoken.js";

/** Minutes since midnight; midnight as an end is the end of the day. @param {string} text @param {boolean} [isEnd] @returns {number | null} null when it is no time */
export function readTime(text, isEnd = false) {
  const found = /^\s*(\d{1,2})(?:\s*[:.,\s]\s*(\d{2})|(\d{2}))?\s*$/.exec(text);
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2] ?? found[3] ?? 0);
  if (Number(found[2] ?? found[3] ?? 0) > 59 || minutes > DAY) return null;
  return isEnd && minutes === 0 ? DAY : minutes;
}

/** The browser's own field shows am and pm where its language does, and cannot be typed into in one go. @param {Record<string, any>} props value, onValue(text), isEnd, and what Input takes */
export function TimeField({ value, onValue, isEnd, label, bare, ...rest }) {
  const read = () => readTime(value, isEnd);
  const shared = {
    ...rest, type: "text", inputmode: "numeric", autocomplete: "off", maxlength: 5, value, class: "cal-time",
    onFocus: (/** @type {any} */ e) => e.target.select(),
    onInput: (/** @type {any} */ e) => onValue(e.target.value),
    onBlur: () => { const minutes = read(); if (minutes !== null) onValue(timeWords(minutes)); },
    onKeyDown: (/** @type {KeyboardEvent} */ e) => {
      const by = e.key === "ArrowUp" ? STEP : e.key === "ArrowDown" ? -STEP : 0;
      const minutes = read();
      if (!by || minutes === null) return;
      e.preventDefault();
      onValue(timeWords(Math.max(0, Math.min(DAY, minutes + by))));
    },
  };
  return bare ? html`<input ...${shared} aria-label=${label} />` : html`<${Input} ...${shared} label=${label} />`;
}
