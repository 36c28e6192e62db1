// When: what is booked for the application, and the way to the desk with everything that is known already.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayShort } from "/static/lib/time.js";
import { lang, named, t } from "../parts/words.js";
import { closed, Step, waits } from "./step.js";

/** @param {import("./step.js").Shared} shared */
export function Times({ one, zone }) {
  const ahead = one.bookings.filter((each) => each.status === "booked" || each.status === "confirmed");
  const ready = one.client !== null && one.specialist !== null;
  return html`
    <${Step} n=${3} name="times" title=${t("application.times")} done=${ahead.length > 0 || one.bookings.some((each) => each.status === "took_place")}>
      ${one.setback && html`<p class="notice warn">${t(`need.missed_${one.setback}`)}</p>`}
      ${one.bookings.length > 0 && html`<ul class="plain asked-bookings" data-test="bookings">${one.bookings.map((each) => html`
        <li key=${each.id}><a href=${`/staff/record?booking=${each.id}`}>${dayShort(each.starts, zone, lang)}, ${clock(each.starts, zone, lang)}</a> <span class="soft">${each.specialist.name}</span> <span class="tag">${named("state", each.status)}</span></li>`)}</ul>`}
      ${!ready && !one.bookings.length && waits()}
      ${ready && !closed(one) && html`<div><a class=${`button${ahead.length || one.proposed ? "" : " primary"}`} data-test="book" href=${toDesk(one)}>${t(ahead.length ? "application.book_more" : "application.book")}</a></div>`}
    <//>`;
}

/** @param {import("/static/lib/application-types.js").Application} one */
function toDesk(one) {
  const known = new URLSearchParams({ client: String(one.client), specialist: String(one.specialist?.id), application: String(one.id) });
  if (one.service) known.set("service", one.service);
  if (one.mode) known.set("mode", one.mode);
  return `/staff/booking?${known}`;
}
