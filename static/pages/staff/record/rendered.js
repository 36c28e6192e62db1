// The session as a service rendered: its state, the client's word, and what waits for somebody.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { RenderedFacts, RenderedMark } from "../parts/rendered.js";
import { Trouble, useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/desk-types.js").DeskBooking} Booking */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

/** Nothing where nothing was rendered and nobody has spoken. @param {{booking: Booking, me: Me, zone: string}} props */
export function RenderedCard({ booking, me, zone }) {
  const answer = useAnswer(() => get(`/rendered/${booking.id}`), [booking.version]);
  /** @type {import("/static/lib/act-types.js").Rendered | null | undefined} */
  const row = answer.value?.item;
  if (!row && !answer.error) return null;
  return html`<section class="card stack" aria-labelledby="rendered-title" data-test="rendered-card">
    <div class="rendered-head"><h2 id="rendered-title">${t("rendered.card")}</h2>${row && html`<${RenderedMark} row=${row} />`}</div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${row && html`<${RenderedFacts} key=${row.version} row=${row} me=${me} zone=${zone} again=${answer.again} />`}</section>`;
}
