// A calendar in sentences: days, hours, rules, what stands where; for labels, dialogs and the line that is read aloud.

import { dayShort, plainDay, wallOf, weekdayName } from "/static/lib/time.js";
import { lang, named, t } from "../parts/words.js";
import { DAY, isOnce, minutesOf, ruleOf } from "./plan.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/api-types.js").WorkingRule} WorkingRule */
/** @typedef {import("./plan.js").Win} Win */

/** "Вторник 24 ноября" @param {string} day */
export function dayWords(day) {
  return capital(dayInside(day));
}

/** The same inside a sentence: "вторник 24 ноября" @param {string} day */
export function dayInside(day) {
  return plainDay(day, lang).replace(",", "");
}

/** "24 ноября – 27 ноября" or the one day @param {string[]} days */
export function daysWords(days) {
  const [first, last] = [days[0], days[days.length - 1]];
  if (days.length === 1) return dayWords(first);
  return t("calendar.days_range", { count: days.length, from: dateWords(first), until: dateWords(last) });
}

/** "24 нояб." @param {string} day */
export function dateWords(day) {
  return dayShort(`${day}T12:00:00Z`, "UTC", lang).replace(/^[^,\d]*,?\s*/, "");
}

/** "9:00", the end of a day is 24:00 @param {number} minutes */
export function timeWords(minutes) {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** "9:00–12:00" @param {{start: number, end: number}} stretch */
export function spanWords({ start, end }) {
  return `${timeWords(start)}–${timeWords(Math.min(end, DAY))}`;
}

/** "Вторник 24 ноября, 9:00–12:00" @param {{day: string, start: number, end: number}} stretch */
export function stretchWords(stretch) {
  return `${dayWords(stretch.day)}, ${spanWords(stretch)}`;
}

/** "пн, ср, пт" @param {number[]} days */
export function weekdaysWords(days) {
  return [...days].sort((one, other) => one - other).map((day) => weekdayName(day, lang, "short")).join(", ");
}

/** "каждую неделю: вт, чт, с 24 нояб." @param {WorkingRule} rule */
export function ruleWords(rule) {
  if (isOnce(rule)) return t("calendar.rule_once");
  const parts = [rule.plain ? rhythmWords(rule.plain.days, rule.plain.every) : t("calendar.rule_special")];
  if (rule.first_day) parts.push(t("calendar.rule_from", { day: dateWords(rule.first_day) }));
  if (rule.last_day) parts.push(t("calendar.rule_until", { day: dateWords(rule.last_day) }));
  return parts.join(", ");
}

/** "раз в 2 недели: вт" @param {number[]} days @param {number} every */
export function rhythmWords(days, every) {
  return t(every > 1 ? "calendar.rule_every" : "calendar.rule_weekly", { count: every, days: weekdaysWords(days) });
}

/** Where a window comes from: its rule, or what is said of the whole day. @param {Calendar} calendar @param {Win} win */
export function originWords(calendar, win) {
  const rule = ruleOf(calendar, win);
  if (!rule) return t("calendar.of_whole_day");
  const moved = calendar.overrides.some((each) => each.rule === rule.id && each.day === win.ofDay);
  return moved ? t("calendar.changed_day", { rule: ruleWords(rule) }) : ruleWords(rule);
}

/** @param {Calendar} calendar @param {Win} win */
export function winWords(calendar, win) {
  const place = win.place === "office" ? "" : `, ${named("calendar.place", win.place)}`;
  return `${t("calendar.window", { span: spanWords(win) })}, ${originWords(calendar, win)}${place}`;
}

/** What lies under the cursor. @param {Calendar} calendar @param {{day: string, at: number}} cursor @param {Win | null} win @param {import("/static/lib/api-types.js").CalendarBooking | null} booking */
export function cursorWords(calendar, cursor, win, booking) {
  const what = [
    booking && t("calendar.booking_of", { who: booking.client?.name || t("calendar.busy") }),
    win ? winWords(calendar, win) : t("calendar.no_window"),
  ].filter(Boolean);
  return `${dayWords(cursor.day)}, ${timeWords(cursor.at)}. ${what.map((each) => capital(String(each))).join(". ")}`;
}

/** @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Отпуск, 24 нояб. – 28 нояб." @param {import("/static/lib/api-types.js").Absence} absence @param {string} zone */
export function absenceWords({ kind, starts, ends }, zone) {
  const [first, last] = [wallOf(starts, zone), wallOf(Date.parse(ends) - 60_000, zone)];
  const whole = first.endsWith("T00:00") && wallOf(ends, zone).endsWith("T00:00");
  const side = (/** @type {string} */ wall) => (whole ? dateWords(wall.slice(0, 10)) : `${dateWords(wall.slice(0, 10))}, ${timeWords(minutesOf(wall.slice(11)))}`);
  const [from, until] = [side(first), whole ? side(last) : side(wallOf(ends, zone))];
  return `${named("absence", `kind_${kind}`)}, ${from === until ? from : `${from} – ${until}`}`;
}
