// What the client may still have of the chosen service, beside what is about to be booked: numbers and warnings, never a no.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { dayOf } from "/static/lib/time.js";
import { dayName, Remains, says } from "../parts/allowance.js";
import { leftInWords } from "../parts/periodicity.js";
import { explained, useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/standard-types.js").Allowance} Allowance */

/** @param {{client: Client | null, service: {code: string} | null, certificate?: number, slot: Slot | null, round: number}} props `certificate`: the one that is to pay */
export function AllowanceLine({ client, service, certificate, slot, round }) {
  const day = client && slot ? dayOf(slot.starts, client.district.zone) : undefined;
  const answer = useAnswer(() => askFor(client?.id, service?.code, day, certificate), [client?.id, service?.code, day, certificate, round]);
  const found = answer.value;
  if (!client || !service || !found || !found.sources.some(says)) return null;
  return html`<section class="allowance" aria-labelledby="allowance-title" data-test="allowance" data-on=${found.on} aria-busy=${answer.busy}>
    <h3 id="allowance-title">${t("remains.title")}</h3><div aria-live="polite"><${Remains} found=${found} /></div></section>`;
}

/** A certificate allows no more for now: how much it allowed, and from which day on again. @param {{problem: any}} props */
export function TooOften({ problem }) {
  const { title, detail } = explained(problem);
  const { earliest, norm } = /** @type {{earliest: string | null, norm: import("/static/lib/standard-types.js").Alternative[]}} */ (problem.data);
  return html`<div class="notice bad" role="alert" data-code="too_often"><p><strong>${title}</strong></p>
    <p>${norm.map(leftInWords).join(t("often.or"))}</p><p>${earliest ? t("remains.next", { day: dayName(earliest) }) : t("remains.never")}</p><p>${detail}</p></div>`;
}

/** @param {number | undefined} client @param {string | undefined} service @param {string | undefined} day @param {number | undefined} certificate @returns {Promise<Allowance | null>} */
async function askFor(client, service, day, certificate) {
  if (!client || !service) return null;
  return get(`/clients/${client}/allowance`, { service, on: day, free: day, certificate });
}
