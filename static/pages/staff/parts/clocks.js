// One instant on the clocks of all whom it concerns: nothing is said where they agree, each is named where they differ.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayOf, dayShort, differ } from "/static/lib/time.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {{who: "client" | "specialist", zone: string | null | undefined}} Other */

/**
 * The clocks of others where they differ from `zone`: "у получателя 09:00".
 * @param {string} at @param {string} zone @param {Other[]} others @param {boolean} [named] with the name of the zone
 */
export function otherClocks(at, zone, others, named = false) {
  return others
    .filter((each) => each.zone && differ(at, each.zone, zone))
    .map((each) => {
      const own = /** @type {string} */ (each.zone);
      const day = dayOf(at, own) === dayOf(at, zone) ? "" : `${dayShort(at, own, lang)}, `;
      return t(named ? `clock.${each.who}_named` : `clock.${each.who}`, { time: day + clock(at, own, lang), zone: zoneName(own, at) });
    });
}

/** Under a time that stands in `zone`. @param {{at: string, zone: string, others: Other[], named?: boolean}} props */
export function OtherClocks({ at, zone, others, named }) {
  return html`${otherClocks(at, zone, others, named).map((words) => html`<span class="other-clock" key=${words}>${words}</span>`)}`;
}
