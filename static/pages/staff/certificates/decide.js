// Of each open booking: is it held all the same, or cancelled in time? Nothing is decided beforehand.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayLong } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/certificate-types.js").OpenBooking} OpenBooking */
/** @typedef {Record<number, "keep" | "cancel">} Decided */

/** @param {{bookings: OpenBooking[], decided: Decided, onChange: (next: Decided) => void, lead: string}} props */
export function Decide({ bookings, decided, onChange, lead }) {
  return html`<div class="stack" data-test="decide"><p>${lead}</p>${bookings.map((each) => html`
    <fieldset key=${each.id} class="decide-one" data-booking=${each.id}><legend>${dayLong(each.starts, each.zone, lang)}, ${clock(each.starts, each.zone, lang)} <span class="soft">${each.specialist}</span></legend>
      ${/** @type {const} */ (["keep", "cancel"]).map((what) => html`<label key=${what} class="choice"><input type="radio" name=${`booking-${each.id}`} value=${what} checked=${decided[each.id] === what} onChange=${() => onChange({ ...decided, [each.id]: what })} />${t(`cert.decide_${what}`)}</label>`)}</fieldset>`)}</div>`;
}

/** @param {OpenBooking[]} bookings @param {Decided} decided */
export const decidedAll = (bookings, decided) => bookings.every((each) => decided[each.id]);

/** @param {Decided} decided */
export function decisions(decided) {
  const of = (/** @type {string} */ what) => Object.keys(decided).map(Number).filter((number) => decided[number] === what);
  return { keep: of("keep"), cancel: of("cancel") };
}
