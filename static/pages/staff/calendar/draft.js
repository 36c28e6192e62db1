// A window on its way: being drawn, moved or stretched, by mouse or by keys, until it is let go. Pure.

import { addDays, mondayOf } from "/static/lib/time.js";
import { DAY } from "./plan.js";

/** @typedef {import("./plan.js").Stretch} Stretch */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {"create" | "move" | "start" | "end"} Act `start` and `end` are the edge that is pulled */
/** @typedef {Stretch & {act: Act, win: Win | null, anchor: number, by: "mouse" | "keys"}} Draft `anchor`: where drawing began, or how far below the start it was taken */

export const STEP = 15;

/** @param {string} day @param {number} at @param {Draft["by"]} by @returns {Draft} */
export function drawn(day, at, by) {
  return { act: "create", win: null, day, anchor: at, start: at, end: Math.min(DAY, at + STEP), by };
}

/** @param {Win} win @param {Act} act @param {number} at where it was taken @param {Draft["by"]} by @returns {Draft} */
export function taken(win, act, at, by) {
  return { act, win, day: win.day, start: win.start, end: win.end, anchor: at - win.start, by };
}

/** The pointer is there now. @param {Draft} draft @param {string} day @param {number} at a minute, not rounded @returns {Draft} */
export function draggedTo(draft, day, at) {
  const near = rounded(at);
  if (draft.act === "create") {
    // What is drawn holds the step that the pointer is in, above the beginning as below it.
    const under = Math.floor(at / STEP) * STEP;
    const [start, end] = under < draft.anchor ? [under, draft.anchor + STEP] : [draft.anchor, under + STEP];
    return { ...draft, start: Math.max(0, start), end: Math.min(DAY, end) };
  }
  if (draft.act === "start") return { ...draft, start: Math.max(0, Math.min(near, draft.end - STEP)) };
  if (draft.act === "end") return { ...draft, end: Math.min(DAY, Math.max(near, draft.start + STEP)) };
  return shifted(draft, day, rounded(at - draft.anchor));
}

/** One press of an arrow. @param {Draft} draft @param {Act} act what it does to the window @param {number} days @param {number} minutes @returns {Draft} */
export function nudged(draft, act, days, minutes) {
  if (act === "move") return shifted(draft, inWeekOf(draft.day, addDays(draft.day, days)), draft.start + minutes);
  if (act === "start") return { ...draft, start: Math.max(0, Math.min(draft.start + minutes, draft.end - STEP)) };
  const end = draft.end + minutes;
  return { ...draft, end: Math.min(DAY, Math.max(end, draft.start + STEP)) };
}

/** Its end at an hour of the clock, where that is later than its beginning. @param {Draft} draft @param {number} at @returns {Draft} */
export function endingAt(draft, at) {
  return at > draft.start ? { ...draft, end: Math.min(DAY, at) } : draft;
}

/** Is it still what it was? @param {Draft} draft */
export function unmoved({ win, day, start, end }) {
  return win !== null && win.day === day && win.start === start && win.end === end;
}

/** @param {Draft} draft @param {string} day @param {number} start @returns {Draft} */
function shifted(draft, day, start) {
  const length = draft.end - draft.start;
  const at = Math.max(0, Math.min(start, DAY - length));
  return { ...draft, day, start: at, end: at + length };
}

/** A window is moved within the week that is looked at. @param {string} day @param {string} wanted */
function inWeekOf(day, wanted) {
  return mondayOf(wanted) === mondayOf(day) ? wanted : day;
}

/** @param {number} at */
function rounded(at) {
  return Math.round(at / STEP) * STEP;
}
