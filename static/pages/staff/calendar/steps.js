// What must be asked of the server for a change of working time: rules, single days of rules, whole days, absences. Pure.

import { addDays, instantOf, mondayOf, weekdayOf } from "/static/lib/time.js";
import { dayFacts, isOnce, minutesOf, ruleOf, wallTime, windowsOf } from "./plan.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/api-types.js").WorkingRule} WorkingRule */
/** @typedef {import("./plan.js").Stretch} Stretch */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {{method: "POST" | "PUT" | "DELETE", path: string, body?: object}} Step a path below /specialists/{id} */
/** @typedef {"one" | "following" | "all" | "following_whole" | "all_whole"} Scope of a rule with several weekdays, `following` and `all` mean this weekday of it */
/** @typedef {{days: number[], every: number, until: string | null, place: string, services: string[] | null}} Details */

// "Since ever" has no name in a rule that is sent.
const SINCE_EVER = "2001-01-01";

/**
 * What may be meant by changing one block: only it, it and what follows, or all.
 * @param {Calendar} calendar @param {Win} win @param {Stretch[]} [targets] another day leaves no choice of the whole rule
 * @returns {Scope[]}
 */
export function scopesOf(calendar, win, targets = []) {
  const rule = ruleOf(calendar, win);
  if (!rule || !win.ofDay || isOnce(rule)) return ["one"];
  const sameDay = targets.every((each) => each.day === win.day && win.day === win.ofDay);
  if (!rule.plain) return sameDay ? ["one", "following_whole", "all_whole"] : ["one"];
  if (rule.plain.days.length === 1) return ["one", "following", "all"];
  return sameDay || !targets.length ? ["one", "following", "all", "following_whole", "all_whole"] : ["one", "following", "all"];
}

/** A new window: of this day alone, or by a rule. @param {Calendar} calendar @param {Stretch} at @param {Details | null} details null for this day alone, in the office, for all services @returns {Step[]} */
export function toCreate(calendar, at, details) {
  const { holiday, exception } = dayFacts(calendar, at.day);
  const once = !details || !details.days.length;
  // What is said of a whole day goes before rules, and a day off knows no rules.
  if (once && (exception || holiday?.kind === "closed")) {
    return [wholeDay(calendar, at.day, [...onDay(calendar, at.day), at])];
  }
  const days = once ? [weekdayOf(at.day)] : details.days;
  return [{ method: "POST", path: "/rules", body: {
    days, every: once ? 1 : details.every, first_day: at.day, last_day: once ? at.day : details.until, start: wallTime(at.start), end: wallTime(at.end),
    services: details?.services ?? null, place: details?.place ?? "office",
  } }];
}

/**
 * Another time for a window: `targets` stand in its place (two make a break, none takes it away).
 * @param {Calendar} calendar @param {Win} win @param {Stretch[]} targets @param {Scope} scope @returns {Step[]}
 */
export function toChange(calendar, win, targets, scope) {
  const rule = ruleOf(calendar, win);
  if (!rule || !win.ofDay) return changeOfWholeDay(calendar, win, targets);
  if (scope === "one") return changeOfOne(calendar, rule, win, targets);
  return [...withoutOwnDay(calendar, rule, win), ...changeOfRule(rule, win, targets, scope)];
}

/** Where, what for and how often a rule holds, from this day of it on or always. @param {Calendar} calendar @param {Win} win @param {Stretch[]} targets @param {Details} details @param {Scope} scope @returns {Step[]} */
export function toRewrite(calendar, win, targets, details, scope) {
  const rule = ruleOf(calendar, win);
  if (!rule || !win.ofDay || !targets.length) return toChange(calendar, win, targets, scope);
  const following = scope.startsWith("following");
  const bodies = targets.map((each) => ({ ...rewritten(rule, win.ofDay || each.day, each, details, following), place: details.place, services: details.services }));
  const path = `/rules/${rule.id}${following ? `?since=${win.ofDay}` : ""}`;
  return [...withoutOwnDay(calendar, rule, win), { method: "PUT", path, body: bodies[0] }, ...bodies.slice(1).map(added)];
}

/** @param {WorkingRule} rule @param {string} ofDay @param {Stretch} target @param {Details} details @param {boolean} following */
function rewritten(rule, ofDay, target, details, following) {
  const hours = { ...rhythmOf(rule), start: wallTime(target.start), end: wallTime(target.end) };
  // Every second week needs a week to count from.
  const first_day = following || (details.every > 1 && rule.first_day === null) ? ofDay : rule.first_day || SINCE_EVER;
  if (details.days.length) return { ...hours, rrule: "", days: details.days, every: details.every, first_day, last_day: details.until };
  if (isOnce(rule)) return { ...hours, ...onceOn(target.day) };
  return { ...hours, first_day };
}

/** The windows of a day become exactly these. @param {Calendar} calendar @param {string} day @param {{start: number, end: number}[]} windows @param {string} [reason] @returns {Step} */
export function wholeDay(calendar, day, windows, reason) {
  const known = reason ?? dayFacts(calendar, day).exception?.reason;
  const written = merged(windows).map((each) => ({ start: wallTime(each.start), end: wallTime(each.end) }));
  return { method: "POST", path: "/exceptions", body: { day, windows: written, ...(known && { reason: known }) } };
}

/** Without overlaps, in order: hours of a whole day have nothing to tell them apart. @param {{start: number, end: number}[]} windows */
function merged(windows) {
  /** @type {{start: number, end: number}[]} */
  const done = [];
  for (const { start, end } of [...windows].sort((one, other) => one.start - other.start)) {
    const last = done[done.length - 1];
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else done.push({ start, end });
  }
  return done;
}

/** The days are what their rules say again. @param {Calendar} calendar @param {string[]} days @returns {Step[]} */
export function ordinary(calendar, days) {
  return calendar.exceptions.filter((each) => days.includes(each.day)).map((each) => ({ method: "DELETE", path: `/exceptions/${each.id}` }));
}

/** Away for whole days, both inclusive. @param {string} first @param {string} last @param {string} kind @param {string} zone @returns {Step} */
export function away(first, last, kind, zone) {
  return { method: "POST", path: "/absences", body: { kind, starts: instantOf(`${first}T00:00`, zone), ends: instantOf(`${addDays(last, 1)}T00:00`, zone) } };
}

/** Each day gets the hours of the same weekday of another week. @param {Calendar} calendar @param {string[]} days @param {Calendar} source a calendar that shows that week @param {string} monday @returns {Step[]} */
export function copied(calendar, days, source, monday) {
  return days.map((day) => wholeDay(calendar, day, onDay(source, addDays(monday, weekdayOf(day)))));
}

/** @param {Calendar} calendar @param {string} day @returns {Win[]} */
export function onDay(calendar, day) {
  return windowsOf(calendar).filter((each) => each.day === day);
}

/** @param {Calendar} calendar @param {Win} win @param {Stretch[]} targets @returns {Step[]} */
function changeOfWholeDay(calendar, win, targets) {
  const rest = onDay(calendar, win.day).filter((each) => each.key !== win.key);
  const here = targets.filter((each) => each.day === win.day);
  const elsewhere = targets.filter((each) => each.day !== win.day);
  return [wholeDay(calendar, win.day, [...rest, ...here]), ...elsewhere.flatMap((each) => toCreate(calendar, each, null))];
}

/** @param {Calendar} calendar @param {WorkingRule} rule @param {Win} win @param {Stretch[]} targets @returns {Step[]} */
function changeOfOne(calendar, rule, win, targets) {
  const others = othersOf(calendar, rule, win);
  const alone = isOnce(rule) && !others.length && !overrideOf(calendar, rule, win);
  if (alone && !targets.length) return [{ method: "DELETE", path: `/rules/${rule.id}` }];
  if (alone && targets.length === 1) {
    const [{ day, start, end }] = targets;
    return [{ method: "PUT", path: `/rules/${rule.id}`, body: { ...rhythmOf(rule), rrule: "", ...onceOn(day), start: wallTime(start), end: wallTime(end) } }];
  }
  const windows = [...others, ...targets].map(({ day, start, end }) => ({ day, start: wallTime(start), end: wallTime(end) }));
  return [{ method: "PUT", path: `/rules/${rule.id}/day`, body: { day: win.ofDay, windows } }];
}

/** @param {WorkingRule} rule @param {Win} win @param {Stretch[]} targets @param {Scope} scope @returns {Step[]} */
function changeOfRule(rule, win, targets, scope) {
  const ofDay = /** @type {string} */ (win.ofDay);
  const following = scope.startsWith("following");
  const path = `/rules/${rule.id}${following ? `?since=${ofDay}` : ""}`;
  const others = rule.plain && !scope.endsWith("_whole") ? rule.plain.days.filter((each) => each !== weekdayOf(ofDay)) : [];
  const bodies = targets.map((each) => bodyOf(rule, ofDay, each, scope));
  if (others.length) return [{ method: "PUT", path, body: { ...rhythmOf(rule), days: others, first_day: following ? ofDay : rule.first_day || SINCE_EVER } }, ...bodies.map(added)];
  if (!targets.length) return [{ method: "DELETE", path }];
  // A rule begins on a day of its own: what moves to another weekday from a day on ends there and begins anew.
  if (following && targets[0].day !== ofDay) return [{ method: "DELETE", path }, ...bodies.map(added)];
  return [{ method: "PUT", path, body: bodies[0] }, ...bodies.slice(1).map(added)];
}

/** @param {WorkingRule} rule @param {string} ofDay @param {Stretch} target @param {Scope} scope */
function bodyOf(rule, ofDay, target, scope) {
  const following = scope.startsWith("following");
  const first_day = following ? ofDay : rule.first_day || SINCE_EVER;
  const hours = { ...rhythmOf(rule), first_day, start: wallTime(target.start), end: wallTime(target.end) };
  if (!rule.plain || scope.endsWith("_whole")) return hours;
  return { ...hours, days: [weekdayOf(target.day)], first_day: following ? target.day : inItsWeek(first_day, weekdayOf(target.day) - weekdayOf(ofDay)) };
}

/** As many days later as the weekday moved, without leaving the week that the interval counts from. @param {string} day @param {number} by */
function inItsWeek(day, by) {
  const [monday, moved] = [mondayOf(day), addDays(day, by)];
  if (moved < monday) return monday;
  return moved > addDays(monday, 6) ? day : moved;
}

/** @param {string} day */
function onceOn(day) {
  return { days: [weekdayOf(day)], every: 1, first_day: day, last_day: day };
}

/** @param {object} body @returns {Step} */
function added(body) {
  return { method: "POST", path: "/rules", body };
}

/** How often a rule holds, and all that a changed time leaves as it is. @param {WorkingRule} rule */
function rhythmOf(rule) {
  const how = rule.plain ? { days: rule.plain.days, every: rule.plain.every } : { rrule: rule.rrule };
  return { ...how, last_day: rule.last_day, start: rule.start, end: rule.end, services: rule.services, place: rule.place };
}

/** A day that had hours of its own takes part again before its rule changes. @param {Calendar} calendar @param {WorkingRule} rule @param {Win} win @returns {Step[]} */
function withoutOwnDay(calendar, rule, win) {
  if (!overrideOf(calendar, rule, win)) return [];
  const { start, end } = rule;
  return [{ method: "PUT", path: `/rules/${rule.id}/day`, body: { day: win.ofDay, windows: [{ day: win.ofDay, start, end }] } }];
}

/** @param {Calendar} calendar @param {WorkingRule} rule @param {Win} win */
function overrideOf(calendar, rule, win) {
  return calendar.overrides.find((each) => each.rule === rule.id && each.day === win.ofDay);
}

/** What else that day of the rule has, wherever it lies. @param {Calendar} calendar @param {WorkingRule} rule @param {Win} win @returns {Stretch[]} */
function othersOf(calendar, rule, win) {
  const known = overrideOf(calendar, rule, win);
  if (!known) return [];
  const all = known.windows.map((each) => ({ day: each.day, start: minutesOf(each.start), end: minutesOf(each.end) }));
  const own = all.findIndex((each) => each.day === win.day && each.start === win.start && each.end === win.end);
  return all.filter((_, n) => n !== own);
}
