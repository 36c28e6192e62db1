// The next session, booked before hanging up: her own free time, one tap, and the code to dictate.

import { el, fill, language, say } from "/static/components/page.js";
import { freshKey, get, post } from "/static/lib/api.js";
import { clock, dayLong, dayOf } from "/static/lib/time.js";
import { grouped, keepCode } from "/static/pages/staff/parts/codes.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/api-types.js").SlotAnswer} SlotAnswer */
/** @typedef {import("/static/lib/api-types.js").Booked} Booked */

const DAYS = 28;
const SHOWN = 3;

/** @param {Booking} booking @returns {{part: HTMLElement, open: () => Promise<void>}} */
export function createNext(booking) {
  const body = el("div", { class: "stack" });
  const part = el("section", { class: "beside-part", "data-test": "next" }, el("h2", {}, say("staffroom.next")), body);
  const find = () => el("button", { class: "button wide", type: "button", "data-test": "next-find", onclick: look }, say("staffroom.next_find"));
  fill(body, find());

  async function look() {
    const query = { service: booking.service.code, specialist: booking.specialist.id, days: DAYS, by: "earliest", limit: 200 };
    try {
      const { items } = /** @type {SlotAnswer} */ (await get("/slots", query));
      offer(items, SHOWN);
    } catch (fault) {
      trouble(/** @type {Refusal} */ (fault));
    }
  }

  /** @param {Slot[]} slots @param {number} count of days */
  function offer(slots, count) {
    /** @type {Map<string, Slot[]>} */ const days = new Map();
    for (const slot of slots) {
      const day = dayOf(slot.starts, slot.zone);
      days.set(day, [...(days.get(day) || []), slot]);
    }
    const shown = [...days.values()].slice(0, count).map(oneDay);
    const more = days.size > count && el("button", { class: "button small", type: "button", onclick: () => offer(slots, count + 7) }, say("staffroom.next_more"));
    fill(body, el("p", { class: "hint" }, say(slots.length ? "staffroom.next_hint" : "staffroom.next_none")), el("div", { class: "days" }, ...shown), more);
  }

  /** @param {Slot[]} slots */
  function oneDay(slots) {
    const [{ starts, zone }] = slots;
    const times = slots.map((slot) => el("button", { class: "button small", type: "button", "data-test": "next-slot", onclick: () => book(slot) }, clock(slot.starts, slot.zone, language)));
    return el("div", { class: "stack tight" }, el("h3", {}, dayLong(starts, zone, language)), el("div", { class: "times" }, ...times));
  }

  /** @param {Slot} slot */
  async function book(slot) {
    body.querySelectorAll("button").forEach((button) => (button.disabled = true));
    const wish = { client: booking.client.id, specialist: booking.specialist.id, service: booking.service.code, starts: slot.starts, mode: booking.mode, ...(booking.topic ? { topic: booking.topic } : {}) };
    try {
      booked(/** @type {Booked} */ (await post("/bookings", wish, { key: freshKey() })));
    } catch (fault) {
      trouble(/** @type {Refusal} */ (fault));
    }
  }

  /** @param {Booked} made */
  function booked(made) {
    const { id, starts, specialist_zone } = made.booking;
    keepCode(id, made);
    const time = `${dayLong(starts, specialist_zone, language)}, ${clock(starts, specialist_zone, language)}`;
    fill(
      body,
      el("p", { class: "notice", role: "status", "data-test": "next-booked" }, say("staffroom.next_booked", { time })),
      el("p", {}, say("staffroom.next_code")),
      el("p", { class: "dictated", "data-test": "next-code" }, grouped(made.code.digits)),
      // The code is in this tab's memory, and only a tab opened by it inherits that.
      el("a", { class: "button", href: `/staff/slip?booking=${id}`, target: "_blank", rel: "opener" }, say("staffroom.next_slip")),
    );
  }

  /** @param {Refusal} refusal */
  function trouble(refusal) {
    fill(body, el("p", { class: "notice warn", role: "alert" }, `${refusal.title || say("staffroom.unavailable")} ${refusal.detail}`), find());
    const { alternatives } = refusal.data;
    if (alternatives && alternatives.length) body.append(el("div", { class: "days" }, oneDay(alternatives)));
  }

  return {
    part,
    /** The client asks for another time, or the line leaves nothing else. One press books: the focus goes there only when she asked. @param {boolean} [focus] */
    open: async (focus = true) => {
      part.scrollIntoView({ block: "nearest" });
      await look();
      const first = /** @type {HTMLElement | null} */ (body.querySelector("[data-test=next-slot]"));
      if (first && focus) first.focus();
      part.scrollIntoView({ block: "nearest" });
    },
  };
}
