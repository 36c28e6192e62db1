// One booking of the schedule: what it is, and what can be done with it by whoever may.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { clock, dayLong } from "/static/lib/time.js";
import { ActDialog } from "../parts/acts.js";
import { Dialog } from "../parts/dialog.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { lang, t, zoneName } from "../parts/words.js";

/** @typedef {import("/static/lib/schedule-types.js").BoardBooking} BoardBooking */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */

/** @param {{booking: BoardBooking, column: Column, zone: string, onMove: () => void, onChanged: () => void, onClose: () => void}} props */
export function BookingCard({ booking, column, zone, onMove, onChanged, onClose }) {
  const known = booking.client !== null;
  const answer = useAnswer(async () => (known ? get(`/bookings/${booking.id}`) : null), []);
  const [act, setAct] = useState(/** @type {string | null} */ (null));
  /** @type {Booking | null} */
  const whole = answer.value || null;
  return html`
    <${Dialog} title=${booking.client?.name || t("sched.busy")} name="card" onClose=${onClose}>
      <div class="stack" data-card=${booking.id}>
        <div class="sb-when">
          <p class="sb-when-time"><strong>${clock(booking.starts, zone, lang)}</strong> <span>${dayLong(booking.starts, zone, lang)}, ${t("today.till", { time: clock(booking.ends, zone, lang) })}</span></p>
          <p>${column.specialist.name}<br /><span class="soft">${column.specialist.institution.name}</span></p>
          <p class="soft">${booking.service.name}, ${t(`mode.${booking.mode}`)} · ${zoneName(zone, booking.starts)}</p>
          <p><span class="tag">${t(`status.${booking.status}`)}</span></p>
        </div>
        ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
        ${known && !whole && !answer.error && html`<${Loading} />`}
        ${!known && html`<p class="hint">${t("sched.foreign")}</p>`}
        ${whole && html`
          <p>${[t("client.born", { year: whole.client.birth_year }), whole.client.phone].filter(Boolean).join(" · ")}</p>
          <div class="row">
            ${booking.movable && html`
              <button type="button" class="button primary" data-test="card-move" onClick=${onMove}>${t("act.move")}</button>
              <button type="button" class="button" data-test="card-code" onClick=${() => setAct("code")}>${t("act.code")}</button>
              <button type="button" class="button" data-test="card-cancel" onClick=${() => setAct("cancel")}>${t("act.cancel")}</button>`}
            <a class="button quiet" href=${`/staff/record?booking=${booking.id}`}>${t("act.record")}</a>
          </div>`}
      </div>
      <${ActDialog} act=${act} booking=${whole} zone=${zone} onClose=${() => setAct(null)} onDone=${onChanged} />
    <//>`;
}
