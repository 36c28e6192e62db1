// All sessions of the course that a booking belongs to, the one that is open among them marked.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayShort } from "/static/lib/time.js";
import { useSeries } from "../course/scope.js";
import { Loading, Trouble } from "../parts/shell.js";
import { StatusMark } from "../parts/state.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/desk-types.js").DeskBooking} Booking */

/** @param {{booking: Booking, zone: string}} props */
export function CourseCard({ booking, zone }) {
  const series = useSeries(booking);
  if (!booking.series) return null;
  const first = series.value?.bookings[0];
  return html`
    <section class="card stack" id="course-card" aria-labelledby="course-card-title" data-test="course-card">
      <div><h2 id="course-card-title">${booking.series.n ? t("course.place", { n: booking.series.n, of: booking.series.of || 0 }) : t("course.card")}</h2><p class="hint">${t("course.card_lead")}</p></div>
      ${series.error && html`<${Trouble} error=${series.error} again=${series.again} />`}
      ${!series.value && !series.error && html`<${Loading} />`}
      ${series.value && html`<ol class="course-list">${series.value.bookings.map((each) => html`
        <li key=${each.id} data-booking=${each.id} aria-current=${each.id === booking.id ? "true" : undefined}>
          <span class="figures">${each.id === booking.id ? html`<strong>${dayShort(each.starts, zone, lang)}, ${clock(each.starts, zone, lang)}</strong>` : html`<a href=${`/staff/record?booking=${each.id}`}>${dayShort(each.starts, zone, lang)}, ${clock(each.starts, zone, lang)}</a>`}
            ${each.specialist.id !== first?.specialist.id && html`<br /><span class="soft">${each.specialist.name}</span>`}</span>
          ${each.id === booking.id ? html`<span class="tag">${t("course.this")}</span>` : html`<${StatusMark} status=${each.status} />`}</li>`)}</ol>
        <div><a class="button small" href=${`/staff/slip?series=${series.value.id}`}>${t("course.print")}</a></div>`}
    </section>`;
}
