// Those who have no hours on the day and no other day to offer, in one line below all others.

import { html } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";
import { shortName } from "./span.js";

/** @typedef {import("/static/lib/schedule-types.js").Column} Column */

/** Whoever has no hours on this day, nobody booked and no other day to offer needs no line. @param {Column} column */
export function isIdle({ off, bookings, held, next_free: next }) {
  return off.length > 0 && off[0].why === "no_hours" && !bookings.length && !held.length && !next;
}

/** @param {{columns: Column[]}} props */
export function Idle({ columns }) {
  if (!columns.length) return null;
  return html`
    <p class="sb-idle" data-test="idle">${t("sched.idle")} ${columns.map(({ specialist }, n) => html`${n > 0 && ", "}<a key=${specialist.id} href=${`/staff/calendar?specialist=${specialist.id}`} title=${`${specialist.name}, ${specialist.institution.name}`}>${shortName(specialist.name)}</a>`)}</p>`;
}
