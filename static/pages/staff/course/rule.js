// The plain form of a course and the rule (RFC 5545) it stands for. Knows no page.

import { addDays, dayOf, wallOf, weekdayOf } from "/static/lib/time.js";

/** @typedef {import("/static/lib/desk-types.js").FoundSlot} FoundSlot */
/** @typedef {import("/static/lib/desk-types.js").Periodicity} Periodicity */
/**
 * @typedef {{specialist: number | null, how: "weekly" | "monthly" | "daily", days: number[], every: number, nth: number[], weekday: number, weekends: boolean,
 *   first: string, start: string, times: number, before: string}} CourseFields
 */

const NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
export const MOST = 60;

/** @param {CourseFields} fields */
export function ruleOf({ how, days, every, nth, weekday, weekends }) {
  if (how === "daily") return weekends ? "FREQ=DAILY" : `FREQ=DAILY;BYDAY=${NAMES.slice(0, 5).join(",")}`;
  if (how === "monthly") return `FREQ=MONTHLY;BYDAY=${nth.map((each) => `${each}${NAMES[weekday]}`).join(",")}`;
  return `FREQ=WEEKLY;INTERVAL=${every};BYDAY=${[...days].sort().map((day) => NAMES[day]).join(",")}`;
}

/** Is enough said to be looked over? @param {CourseFields} fields */
export function isWhole({ specialist, how, days, nth, first, start, times }) {
  return Boolean(specialist && first && start && times && (how !== "weekly" || days.length) && (how !== "monthly" || nth.length));
}

/** As a service may be given: what a standard of that kind usually means. @param {Periodicity[] | null | undefined} periodicity @param {string} today @returns {CourseFields} */
export function usual(periodicity, today) {
  const first = addDays(today, 1);
  const weekday = weekdayOf(first) > 4 ? 0 : weekdayOf(first);
  const one = (periodicity || []).find((each) => !("per" in each && each.per === "year" && !("days" in each)));
  /** @type {CourseFields} */
  const fields = { specialist: null, how: "weekly", days: [weekday], every: 1, nth: [1, 3], weekday, weekends: false, first, start: "10:00", times: 4, before: "" };
  if (!one) return fields;
  if ("days" in one) return { ...fields, how: "daily", times: one.days };
  if (one.per === "month" && one.times === 2) return { ...fields, how: "monthly", times: 4 };
  return { ...fields, days: one.per === "week" && one.times === 2 ? [...new Set([weekday, (weekday + 3) % 5])].sort() : [weekday], times: 4 };
}

/** The same weekday and hour for weeks, as a course. @param {FoundSlot} found @returns {CourseFields} */
export function courseOf(found) {
  const first = dayOf(found.starts, found.zone);
  return {
    ...usual(null, first), specialist: found.specialist.id, days: [weekdayOf(first)], weekday: weekdayOf(first), first,
    start: wallOf(found.starts, found.zone).slice(11), times: found.then.length + 1,
  };
}
