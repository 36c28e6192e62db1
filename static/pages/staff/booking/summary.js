// What is about to be booked, beside the steps: who, what, with whom, when on whose clock, who else.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayLong } from "/static/lib/time.js";
import { OtherClocks } from "../parts/clocks.js";
import { lang, t, zoneName } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Service} Service */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/desk-types.js").Resource} Resource */
/** @typedef {import("./beside.js").Beside} Beside */

/** @param {{client: Client | null, service: Service | null, slot: Slot | null, zone: string, beside: Beside, resources: Resource[], course?: any}} props `course`: what stands in place of the time */
export function Summary({ client, service, slot, zone, beside, resources, course }) {
  const things = resources.filter((each) => each.id === beside.room || each.id === beside.interpreter);
  const others = [beside.companion?.name, ...things.map((each) => each.name)].filter(Boolean);
  return html`
    <dl class="sum">
      <div><dt>${t("booking.sum_client")}</dt><dd>${client ? client.name : "–"}</dd></div>
      <div><dt>${t("booking.sum_service")}</dt><dd>${service ? service.name : "–"}</dd></div>
      ${others.length > 0 && html`<div><dt>${t("beside.sum")}</dt><dd>${others.join(", ")}</dd></div>`}
      ${course || html`
        <div><dt>${t("booking.sum_specialist")}</dt><dd>${slot ? html`${slot.specialist.name}<br /><span class="soft">${slot.specialist.institution.name}</span>` : "–"}</dd></div>
        <div><dt>${t("booking.sum_time")}</dt><dd>${slot ? html`<strong class="sum-time">${clock(slot.starts, zone, lang)}</strong> ${dayLong(slot.starts, zone, lang)}<br /><span class="soft">${zoneName(zone, slot.starts)}</span>
          <${OtherClocks} at=${slot.starts} zone=${zone} others=${[{ who: "client", zone: client?.district.zone }, { who: "specialist", zone: slot.zone }]} named />` : "–"}</dd></div>`}
    </dl>`;
}
