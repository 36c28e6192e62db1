// Where things lie on the line of a day: its hours, the share of it that an instant or a stretch takes, and free starts as cells.

/** @typedef {import("/static/lib/schedule-types.js").Column} Column */
/** @typedef {{since: number, until: number}} Span instants in milliseconds, whole hours apart */
/** @typedef {{at: number, ends: number, starts: string, first: boolean, last: boolean}} Cell a free start and how far it may be pressed; `first` and `last` of a run */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
// Narrower than a quarter of an hour nobody hits a start; those between are offered in the window that opens.
const CELL = 15 * MINUTE;
// With nothing to show the day still has its ordinary hours.
const ORDINARY = [9, 18];

/** The hours from the first to the last thing of a day that begins at `midnight`. @param {Column[]} columns @param {number} midnight @returns {Span} */
export function spanOf(columns, midnight) {
  let since = Infinity;
  let until = -Infinity;
  for (const { open, bookings, held } of columns) {
    for (const each of [...open, ...bookings, ...held]) {
      since = Math.min(since, Date.parse(each.starts));
      until = Math.max(until, Date.parse(each.ends));
    }
  }
  if (since >= until) return { since: midnight + ORDINARY[0] * HOUR, until: midnight + ORDINARY[1] * HOUR };
  since = Math.max(since, midnight);
  until = Math.min(until, midnight + 25 * HOUR);
  return { since: midnight + Math.floor((since - midnight) / HOUR) * HOUR, until: midnight + Math.ceil((until - midnight) / HOUR) * HOUR };
}

/** @param {Span} span */
export function hoursOf({ since, until }) {
  return Array.from({ length: Math.round((until - since) / HOUR) }, (_, n) => since + n * HOUR);
}

/** Its place as the browser's own style, cut at the ends of the line. @param {Span} span @param {number} starts @param {number} ends */
export function placed(span, starts, ends) {
  const share = (/** @type {number} */ at) => ((Math.min(Math.max(at, span.since), span.until) - span.since) / (span.until - span.since)) * 100;
  return { left: `${share(starts)}%`, width: `${Math.max(share(ends) - share(starts), 0)}%` };
}

/** The last of a run reaches as far as its session would, if nothing else can begin before. @param {string[]} free ascending @param {number} minutes of a session @returns {Cell[]} */
export function cellsOf(free, minutes) {
  /** @type {Cell[]} */
  const cells = [];
  for (const starts of free) {
    const at = Date.parse(starts);
    const last = cells[cells.length - 1];
    if (last && at < last.at + CELL) continue;
    const near = last !== undefined && at - last.at < 2 * CELL;
    if (last && (near || last.ends > at)) last.ends = at;
    if (last && near) last.last = false;
    cells.push({ at, ends: at + Math.max(minutes * MINUTE, CELL), starts, first: !near, last: true });
  }
  return cells;
}

/** Stretches in which a session of so many minutes may lie. @param {string[]} free ascending @param {number} minutes @returns {{starts: number, ends: number}[]} */
export function roomFor(free, minutes) {
  /** @type {{starts: number, ends: number}[]} */
  const rooms = [];
  for (const each of free) {
    const starts = Date.parse(each);
    const last = rooms[rooms.length - 1];
    if (last && starts <= last.ends) last.ends = starts + minutes * MINUTE;
    else rooms.push({ starts, ends: starts + minutes * MINUTE });
  }
  return rooms;
}

/** Of free starts those that can all be had: each begins where the one before it has ended. @param {string[]} free ascending @param {number} minutes */
export function oneAfterAnother(free, minutes) {
  let next = -Infinity;
  return free.filter((each) => {
    const fits = Date.parse(each) >= next;
    if (fits) next = Date.parse(each) + minutes * MINUTE;
    return fits;
  });
}

/** The free start nearest to an instant, if it is near enough to be meant. @param {string[]} free @param {number} at @param {number} reach milliseconds */
export function nearest(free, at, reach) {
  let best = null;
  let least = reach;
  for (const each of free) {
    const away = Math.abs(Date.parse(each) - at);
    if (away <= least) {
      best = each;
      least = away;
    }
  }
  return best;
}

const PATRONYMIC = /(вич|ьич|вна|чна|шна)$/i;

/** "Воробьёва А. П." of "Анна Петровна Воробьёва" as of "Воробьёва Анна Петровна"; other names as they are. @param {string} name */
export function shortName(name) {
  const words = name.split(/\s+/);
  if (words.length !== 3) return name;
  const own = PATRONYMIC.test(words[1]) ? [words[2], words[0], words[1]] : PATRONYMIC.test(words[2]) ? words : null;
  return own ? `${own[0]} ${own[1][0]}. ${own[2][0]}.` : name;
}
