// Clocks and days for people: instants shown in a named zone, wall times turned into instants. Knows no page and no words.

const MINUTE = 60_000;
const DAY = 86_400_000;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} lang @param {string} zone @param {Intl.DateTimeFormatOptions} options */
function format(lang, zone, options) {
  const name = `${lang} ${zone} ${JSON.stringify(options)}`;
  let made = formats.get(name);
  if (!made) {
    made = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { ...options, timeZone: zone });
    formats.set(name, made);
  }
  return made;
}

/** "10:00" @param {string | number} at @param {string} zone @param {string} lang */
export function clock(at, zone, lang) {
  return format(lang, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** "понедельник, 23 ноября" @param {string | number} at @param {string} zone @param {string} lang */
export function dayLong(at, zone, lang) {
  return format(lang, zone, { weekday: "long", day: "numeric", month: "long" }).format(new Date(at));
}

/** "пн, 23 нояб." @param {string | number} at @param {string} zone @param {string} lang */
export function dayShort(at, zone, lang) {
  return format(lang, zone, { weekday: "short", day: "numeric", month: "short" }).format(new Date(at));
}

/** "23 ноября 2026 г." @param {string | number} at @param {string} zone @param {string} lang */
export function dayWithYear(at, zone, lang) {
  return format(lang, zone, { day: "numeric", month: "long", year: "numeric" }).format(new Date(at));
}

/** "2026-11-23", the day on the wall there @param {string | number} at @param {string} zone */
export function dayOf(at, zone) {
  return wallOf(at, zone).slice(0, 10);
}

/** "2026-11-23T10:00", the clock on the wall there @param {string | number} at @param {string} zone */
export function wallOf(at, zone) {
  const parts = format("en", zone, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(at));
  /** @param {string} type */
  const part = (type) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The instant at which the clock there shows `wall`; in a gap of the clock, the instant just after it. @param {string} wall @param {string} zone */
export function instantOf(wall, zone) {
  const asked = Date.parse(`${wall}:00Z`);
  let at = asked - offsetMs(asked, zone);
  at = asked - offsetMs(at, zone);
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** @param {number} at @param {string} zone */
function offsetMs(at, zone) {
  return Date.parse(`${wallOf(at, zone)}:00Z`) - Math.floor(at / MINUTE) * MINUTE;
}

/** "UTC+7" @param {string | number} at @param {string} zone */
export function offsetName(at, zone) {
  const minutes = offsetMs(new Date(at).getTime(), zone) / MINUTE;
  const hours = Math.trunc(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/** Do the clocks of two zones differ at this instant? @param {string | number} at @param {string} one @param {string} other */
export function differ(at, one, other) {
  return one !== other && wallOf(at, one) !== wallOf(at, other);
}

/** @param {string} day @param {number} count */
export function addDays(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

/** The Monday of the week of a day. @param {string} day */
export function mondayOf(day) {
  return addDays(day, -weekdayOf(day));
}

/** Monday = 0 @param {string} day */
export function weekdayOf(day) {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** "понедельник" for 0 @param {number} weekday @param {string} lang @param {"long" | "short"} [width] */
export function weekdayName(weekday, lang, width = "long") {
  return format(lang, "UTC", { weekday: width }).format(Date.UTC(2024, 0, 1 + weekday));
}

/** A calendar day, which has no zone, in words. @param {string} day @param {string} lang */
export function plainDay(day, lang) {
  return dayLong(`${day}T12:00:00Z`, "UTC", lang);
}

/** Whole minutes from one instant to another. @param {string | number} from @param {string | number} until */
export function minutesBetween(from, until) {
  return Math.round((new Date(until).getTime() - new Date(from).getTime()) / MINUTE);
}

/** "5 минут" @param {number} count @param {string} lang */
export function minutesInWords(count, lang) {
  return unit(count, "minute", lang);
}

/** "1 час 20 минут", "45 секунд" @param {number} seconds @param {string} lang */
export function lengthInWords(seconds, lang) {
  if (seconds < 60) return unit(Math.round(seconds), "second", lang);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, "minute", lang);
  const rest = minutes % 60;
  const hours = unit(Math.floor(minutes / 60), "hour", lang);
  return rest ? `${hours} ${unit(rest, "minute", lang)}` : hours;
}

/** "через 5 минут", "2 часа назад" @param {string | number} at @param {number} now @param {string} lang */
export function fromNow(at, now, lang) {
  const minutes = minutesBetween(now, at);
  const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 36 * 60) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}

/** @param {number} count @param {"second" | "minute" | "hour" | "day"} name @param {string} lang */
function unit(count, name, lang) {
  return new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "long" }).format(count);
}
