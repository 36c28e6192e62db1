// What lies on which day of a calendar, in wall minutes of its zone: windows, bookings, absences, odd hours. Pure.

import { addDays, dayOf, instantOf, wallOf } from "/static/lib/time.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/api-types.js").CalendarBooking} CalendarBooking */
/** @typedef {import("/static/lib/api-types.js").WorkingRule} WorkingRule */
/** @typedef {{day: string, start: number, end: number}} Stretch a piece of one wall day, minutes from its midnight, end ≤ 1440 */
/** @typedef {Stretch & {key: string, rule: number | null, ofDay: string | null, place: import("/static/lib/api-types.js").Place, services: string[] | null}} Win */
/** @typedef {Stretch & {lane: number, lanes: number}} Laned */

export const DAY = 1440;
const MINUTE = 60_000;
const SHOWN_LEAST = 10;

/** 570 for "09:30" @param {string} wall */
export function minutesOf(wall) {
  const [hour, minute] = wall.split(":").map(Number);
  return hour * 60 + minute;
}

/** "09:30" for 570, "24:00" for the end of a day @param {number} minutes */
export function wallTime(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The windows of all days asked for, in order; a key stays the same while the window only changes its length. @param {Calendar} calendar @returns {Win[]} */
export function windowsOf(calendar) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return calendar.windows.map((each) => {
    const family = each.rule === null ? `day-${each.day}` : `${each.rule}-${each.of_day}`;
    const nth = seen.get(family) || 0;
    seen.set(family, nth + 1);
    return { key: `${family}-${nth}`, day: each.day, start: minutesOf(each.start), end: minutesOf(each.end), rule: each.rule, ofDay: each.of_day, place: each.place, services: each.services };
  });
}

/** Where a span of instants lies on the walls of a zone; a span over midnight is a piece on each day. @param {string} starts @param {string} ends @param {string} zone @returns {Stretch[]} */
export function piecesOf(starts, ends, zone) {
  const [from, until] = [wallOf(starts, zone), wallOf(ends, zone)];
  const last = until.slice(0, 10);
  /** @type {Stretch[]} */
  const pieces = [];
  for (let day = from.slice(0, 10); day <= last && pieces.length < 400; day = addDays(day, 1)) {
    const start = day === from.slice(0, 10) ? minutesOf(from.slice(11)) : 0;
    let end = day === last ? minutesOf(until.slice(11)) : DAY;
    // The clock went back meanwhile: what has a length keeps one.
    if (from.slice(0, 10) === last && end <= start) end = Math.min(DAY, start + (Date.parse(ends) - Date.parse(starts)) / MINUTE);
    if (end > start) pieces.push({ day, start, end });
  }
  return pieces;
}

/** Side by side where they overlap. @template {Stretch} T @param {T[]} items of one day @returns {(T & Laned)[]} */
export function inLanes(items) {
  const sorted = [...items].sort((one, other) => one.start - other.start || other.end - one.end);
  /** @type {(T & Laned)[]} */
  const done = [];
  /** @type {(T & Laned)[]} */
  let group = [];
  let reaches = -1;
  for (const item of sorted) {
    if (item.start >= reaches) group = closed(group, done);
    const taken = new Set(group.filter((each) => shownEnd(each) > item.start).map((each) => each.lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    group.push({ ...item, lane, lanes: 1 });
    reaches = Math.max(reaches, shownEnd(item));
  }
  closed(group, done);
  return done;
}

/** @param {Stretch} item */
function shownEnd(item) {
  return Math.max(item.end, item.start + SHOWN_LEAST);
}

/** @template {Laned} T @param {T[]} group @param {T[]} done @returns {T[]} */
function closed(group, done) {
  const lanes = Math.max(1, ...group.map((each) => each.lane + 1));
  done.push(...group.map((each) => ({ ...each, lanes })));
  return [];
}

/** What was not given up. @param {Calendar} calendar */
export function standing(calendar) {
  return calendar.bookings.filter((each) => each.status !== "cancelled");
}

/** Bookings to come on these days that no working time covers any more. @param {Calendar} calendar @param {string[]} days @param {number} now @returns {CalendarBooking[]} */
export function outside(calendar, days, now) {
  const ahead = standing(calendar).filter((each) => (each.status === "booked" || each.status === "confirmed") && Date.parse(each.starts) > now && days.includes(dayOf(each.starts, calendar.zone)));
  return ahead.filter((each) => !covered(calendar.open, Date.parse(each.starts), Date.parse(each.ends)));
}

/** @param {Calendar["open"]} open ascending @param {number} from @param {number} until */
function covered(open, from, until) {
  let at = from;
  for (const each of open) if (Date.parse(each.starts) <= at) at = Math.max(at, Date.parse(each.ends));
  return at >= until;
}

/** What the clocks do on a day: an hour that is not there, or one that comes twice. @param {string} day @param {string} zone @returns {{kind: "gap" | "twice", start: number, end: number} | null} */
export function clockChange(day, zone) {
  const first = Date.parse(instantOf(`${day}T00:00`, zone));
  const length = (Date.parse(instantOf(`${addDays(day, 1)}T00:00`, zone)) - first) / MINUTE;
  const moved = Math.round(length) - DAY;
  if (!moved) return null;
  for (let at = 0; at < length; at += 5) {
    const wall = wallOf(first + at * MINUTE, zone);
    const shown = wall.slice(0, 10) > day ? DAY : minutesOf(wall.slice(11));
    if (shown === at) continue;
    return moved < 0 ? { kind: "gap", start: at, end: at - moved } : { kind: "twice", start: at - moved, end: at };
  }
  return null;
}

/** What is special about a day as a whole. @param {Calendar} calendar @param {string} day */
export function dayFacts(calendar, day) {
  const { zone } = calendar;
  return {
    holiday: calendar.holidays.find((each) => each.day === day) || null,
    exception: calendar.exceptions.find((each) => each.day === day) || null,
    absences: calendar.absences.filter((each) => dayOf(each.starts, zone) <= day && dayOf(Date.parse(each.ends) - 1, zone) >= day),
  };
}

/** The rule behind a window, none for a whole day's. @param {Calendar} calendar @param {{rule: number | null}} win @returns {WorkingRule | null} */
export function ruleOf(calendar, win) {
  return calendar.rules.find((each) => each.id === win.rule) || null;
}

/** Was it made for one day alone? @param {WorkingRule} rule */
export function isOnce(rule) {
  return rule.first_day !== null && rule.first_day === rule.last_day;
}
