// The course is booked: all sessions with their codes, once, and the way to the paper that lists them.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { clock, dayLong } from "/static/lib/time.js";
import { OtherClocks } from "../parts/clocks.js";
import { grouped } from "../parts/codes.js";
import { lang, t, zoneName } from "../parts/words.js";

/** @typedef {import("/static/lib/desk-types.js").SeriesBooked} SeriesBooked */

/** @param {{booked: SeriesBooked, zone: string, another: () => void}} props */
export function CourseDone({ booked, zone, another }) {
  const { series, codes } = booked;
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  const digits = new Map(codes.map((each) => [each.booking, each.code.digits]));
  const [first] = series.bookings;
  useEffect(() => { title.current?.focus(); window.scrollTo(0, 0); }, []);
  return html`
    <section class="done done-course card" data-test="course-booked" data-series=${series.id}>
      <h1 ref=${title} tabindex="-1">${t("course.done", { name: first.client.name, sessions: t("course.sessions_count", { count: series.bookings.length }) })}</h1>
      <p class="large">${first.specialist.name}, ${first.service.name}<br /><span class="soft">${zoneName(zone, first.starts)}</span></p>
      <ol class="course-codes">${series.bookings.map((each) => html`<li key=${each.id} data-booking=${each.id}>
        <span><strong>${clock(each.starts, zone, lang)}</strong>, ${dayLong(each.starts, zone, lang)}<${OtherClocks} at=${each.starts} zone=${zone} others=${[{ who: "client", zone: each.zone }, { who: "specialist", zone: each.specialist_zone }]} />
          ${each.specialist.id !== first.specialist.id && html`<span class="soft">${each.specialist.name}</span>`}</span>
        <span class="course-code figures" data-test="code">${grouped(digits.get(each.id) || "")}</span></li>`)}</ol>
      <p class="hint">${t("course.codes_once")}</p>
      <div class="row">
        <a class="button primary" data-test="slip" href=${`/staff/slip?series=${series.id}`}>${t("course.print")}</a>
        <button type="button" class="button" onClick=${another}>${t("booking.another")}</button>
        <a class="button quiet" href=${`/staff/record?booking=${first.id}`}>${t("course.to_record")}</a>
      </div>
    </section>`;
}
