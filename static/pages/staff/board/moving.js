// Moving a booking: shown at once, said afterwards with a way back; what the server refused goes back and says why.

import { useRef, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, get, Refusal } from "/static/lib/api.js";
import { clock, dayLong } from "/static/lib/time.js";
import { explained, sentToSignIn } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";
import { MINUTE, shortName } from "./span.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/schedule-types.js").BoardBooking} BoardBooking */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {{id: number, version: number, name: string, specialist: number, starts: string, ends: string}} Moved the booking as it stood */
/** @typedef {{specialist: number, starts: string}} To */
/** @typedef {{kind: "moved" | "refused", code?: string, text: string, detail?: string, back?: () => void, alternatives?: Slot[], take?: (slot: Slot) => void}} News */

/**
 * @param {{zone: string, minutes: number, change: (by: (items: Column[]) => Column[]) => void, freshen: (ids: number[]) => void, onMoved: (id: number) => void}} board
 */
export function useMoves({ zone, minutes, change, freshen, onMoved }) {
  const [news, setNews] = useState(/** @type {News | null} */ (null));
  const busy = useRef(false);

  /** @param {Moved} what @param {To} to @param {boolean} [back] it is the way back */
  async function move(what, to, back = false) {
    if (busy.current) return;
    busy.current = true;
    setNews(null);
    change((items) => put(items, what, to, minutes));
    try {
      const { value } = await ask("POST", `/bookings/${what.id}/move`, { body: to, version: what.version, key: freshKey() });
      const made = /** @type {Booking} */ (value);
      const now = { ...what, version: made.version, specialist: made.specialist.id, starts: made.starts, ends: made.ends };
      // At once, not with the next answer: who moves it on or back meanwhile must not be told that somebody was quicker.
      change((items) => put(items, now, now, minutes));
      const words = { name: shortName(what.name), who: shortName(made.specialist.name), day: dayLong(made.starts, zone, lang), time: clock(made.starts, zone, lang) };
      setNews({ kind: "moved", text: t(back ? "sched.moved_back" : "sched.moved", words), ...(!back && { back: () => move(now, { specialist: what.specialist, starts: what.starts }, true) }) });
      onMoved(what.id);
    } catch (error) {
      change((items) => put(items, what, what, minutes));
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setNews(await refused(error, what));
      onMoved(what.id);
    } finally {
      busy.current = false;
      freshen([...new Set([what.specialist, to.specialist])]);
    }
  }

  /** @param {Refusal} error @param {Moved} what @returns {Promise<News>} */
  async function refused(error, what) {
    const { title, detail } = explained(error);
    const news = { kind: /** @type {const} */ ("refused"), code: error.code };
    if (error.code === "version_moved" || error.code === "booking_not_open") return { ...news, text: t("sched.stale", { name: shortName(what.name) }), detail: await whatHappened(what.id) };
    const take = (/** @type {Slot} */ slot) => move(what, { specialist: slot.specialist.id, starts: slot.starts });
    return { ...news, text: t("sched.refused", { name: shortName(what.name), why: title }), detail, alternatives: error.data.alternatives || [], take };
  }

  /** Who was quicker, and where it stands now. @param {number} id */
  async function whatHappened(id) {
    try {
      const [booking, history] = await Promise.all([get(`/bookings/${id}`), get(`/bookings/${id}/history`)]);
      const last = history.items[history.items.length - 1];
      const where = { who: last?.who || t("sched.somebody"), day: dayLong(booking.starts, zone, lang), time: clock(booking.starts, zone, lang), specialist: booking.specialist.name };
      return t(booking.status === "cancelled" ? "sched.stale_cancelled" : "sched.stale_now", where);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return t("sched.stale_unknown");
    }
  }

  return { news, move, dismiss: () => setNews(null), say: setNews };
}

/** What is moved, as it stands. @param {BoardBooking} booking @param {Column} column @returns {Moved} */
export function asItStands(booking, column) {
  return { id: booking.id, version: booking.version, name: booking.client?.name || "", specialist: column.specialist.id, starts: booking.starts, ends: booking.ends };
}

/**
 * The columns with the booking where it is to be, in the version that is known, and no free start in its way.
 * @param {Column[]} items @param {Moved} what @param {To} to @param {number} minutes that a free start is for @returns {Column[]}
 */
function put(items, what, to, minutes) {
  const booking = items.flatMap((each) => each.bookings).find((each) => each.id === what.id);
  if (!booking) return items;
  const later = Date.parse(to.starts) - Date.parse(booking.starts);
  const shifted = { ...booking, version: what.version, starts: to.starts, ends: after(booking.ends, later), busy_until: after(booking.busy_until, later) };
  return items.map((each) => {
    const without = each.bookings.filter((one) => one.id !== what.id);
    if (each.specialist.id === to.specialist) return { ...each, free: clear(each.free, shifted, minutes), bookings: [...without, shifted].sort((one, other) => Date.parse(one.starts) - Date.parse(other.starts)) };
    return without.length === each.bookings.length ? each : { ...each, bookings: without };
  });
}

/** @param {string[] | null} free @param {BoardBooking} taken @param {number} minutes @returns {string[] | null} */
function clear(free, taken, minutes) {
  const since = Date.parse(taken.starts) - minutes * MINUTE;
  return free && free.filter((each) => Date.parse(each) <= since || Date.parse(each) >= Date.parse(taken.busy_until));
}

/** @param {string} at @param {number} ms */
function after(at, ms) {
  return new Date(Date.parse(at) + ms).toISOString().replace(".000Z", "Z");
}
