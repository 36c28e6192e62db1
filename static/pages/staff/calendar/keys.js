// The keyboard over a week of hours: which key means what, and what it does to the cursor and to the window on its way.

import { addDays } from "/static/lib/time.js";
import { drawn, endingAt, nudged, STEP, taken } from "./draft.js";
import { DAY } from "./plan.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {{day: string, at: number}} Cursor */
/**
 * What the keys work on.
 * @typedef {{
 *   edits: boolean, days: string[], cursor: Cursor, draft: Draft | null, win: Win | null, wins: Win[],
 *   move: (cursor: Cursor) => void, change: (draft: Draft | null) => void, finish: (draft: Draft) => void, page: (by: number) => void,
 *   open: () => void, remove: (win: Win) => void, undo: () => void, help: () => void,
 * }} Board
 */

/** @type {Record<string, [number, number]>} days and steps of an arrow */
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const DIGITS_MS = 1200;
const typed = { hours: "", at: 0 };

/** Does what a key means; says whether it meant anything. @param {KeyboardEvent} event @param {Board} board @returns {boolean} */
export function pressed(event, board) {
  const arrow = ARROWS[event.key];
  if (arrow) return onArrow(event, board, arrow);
  if (/^\d$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) return onDigit(event, board);
  const act = ACTS[nameOf(event)];
  if (!act) return false;
  act(board);
  return true;
}

/** Letters by their place, so that they work in the Russian layout too. @param {KeyboardEvent} event */
function nameOf(event) {
  if (event.key === "?") return "?";
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const shift = event.shiftKey ? "Shift+" : "";
  return event.code.startsWith("Key") ? `${control}${shift}${event.code.slice(3)}` : `${control}${event.key}`;
}

/** @type {Record<string, (board: Board) => void>} */
const ACTS = {
  Enter: (board) => (board.draft ? board.finish(board.draft) : onEnter(board)),
  " ": (board) => (board.draft ? board.finish(board.draft) : onEnter(board)),
  Escape: (board) => board.change(null),
  Delete: (board) => { if (board.edits && board.win && !board.draft) board.remove(board.win); },
  Backspace: (board) => ACTS.Delete(board),
  PageUp: (board) => { if (!board.draft) board.page(-1); },
  PageDown: (board) => { if (!board.draft) board.page(1); },
  Home: (board) => board.move({ ...board.cursor, at: edgeOf(board, "start") }),
  End: (board) => board.move({ ...board.cursor, at: edgeOf(board, "end") }),
  N: (board) => toWindow(board, 1),
  P: (board) => toWindow(board, -1),
  U: (board) => board.undo(),
  "Ctrl+Z": (board) => board.undo(),
  "?": (board) => board.help(),
};

/** @param {Board} board */
function onEnter(board) {
  if (!board.edits || board.win) board.open();
  else board.change(drawn(board.cursor.day, board.cursor.at, "keys"));
}

/** @param {KeyboardEvent} event @param {Board} board @param {[number, number]} arrow @returns {boolean} */
function onArrow(event, board, [days, steps]) {
  const minutes = steps * STEP;
  const shift = event.shiftKey;
  const hold = event.ctrlKey || event.altKey || event.metaKey;
  const { draft, win, cursor } = board;
  if (!board.edits) return onPlainArrow(board, days, minutes * (hold ? 4 : 1));
  if (draft) return onDraft(board, draft, days, minutes, { shift, hold });
  if (win && hold && shift && steps) board.change(nudged(taken(win, "start", win.start, "keys"), "start", 0, minutes));
  else if (win && shift && steps) board.change(nudged(taken(win, "end", win.start, "keys"), "end", 0, minutes));
  else if (win && hold) board.change(nudged(taken(win, "move", win.start, "keys"), "move", days, minutes));
  else if (shift && steps > 0) board.change(nudged(drawn(cursor.day, cursor.at, "keys"), "end", 0, minutes));
  else return onPlainArrow(board, days, minutes * (hold ? 4 : 1));
  return true;
}

/** @param {Board} board @param {Draft} draft @param {number} days @param {number} minutes @param {{shift: boolean, hold: boolean}} keys @returns {boolean} */
function onDraft(board, draft, days, minutes, { shift, hold }) {
  if (draft.act === "create") board.change(nudged(draft, "end", 0, minutes));
  else if (shift && hold) board.change(nudged(draft, "start", 0, minutes));
  else if (shift) board.change(nudged(draft, "end", 0, minutes));
  else board.change(nudged(draft, hold || draft.act === "move" ? "move" : draft.act, days, minutes));
  return true;
}

/** @param {Board} board @param {number} days @param {number} minutes @returns {boolean} */
function onPlainArrow({ cursor, move }, days, minutes) {
  move({ day: addDays(cursor.day, days), at: Math.max(0, Math.min(DAY - STEP, cursor.at + minutes)) });
  return true;
}

/** "9" goes to nine o'clock, "1" "4" to two in the afternoon; of a window being drawn it is the end. @param {KeyboardEvent} event @param {Board} board @returns {boolean} */
function onDigit(event, board) {
  const soon = event.timeStamp - typed.at < DIGITS_MS;
  const hours = soon && Number(typed.hours + event.key) <= 24 ? typed.hours + event.key : event.key;
  Object.assign(typed, { hours: hours.length < 2 ? hours : "", at: event.timeStamp });
  const at = Number(hours) * 60;
  if (board.draft) board.change(endingAt(board.draft, at));
  else board.move({ ...board.cursor, at: Math.min(DAY - STEP, at) });
  return true;
}

/** Where the day's work begins or ends; without any, where it usually would. @param {Board} board @param {"start" | "end"} edge */
function edgeOf({ wins, cursor }, edge) {
  const own = wins.filter((each) => each.day === cursor.day);
  if (!own.length) return edge === "start" ? 8 * 60 : 18 * 60;
  return edge === "start" ? Math.min(...own.map((each) => each.start)) : Math.max(...own.map((each) => each.end)) - STEP;
}

/** The next window, or the one before, in the order of the week. @param {Board} board @param {number} by */
function toWindow({ wins, cursor, win, move, draft }, by) {
  if (draft) return;
  const here = `${cursor.day} ${String(win ? win.start : cursor.at).padStart(4, "0")}`;
  const places = wins.map((each) => ({ each, place: `${each.day} ${String(each.start).padStart(4, "0")}` })).sort((one, other) => (one.place < other.place ? -1 : 1));
  const found = by > 0 ? places.find(({ place }) => place > here) : places.reverse().find(({ place }) => place < here);
  if (found) move({ day: found.each.day, at: found.each.start });
}

