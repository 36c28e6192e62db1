// It is booked: when, with whom, the code once, and the way to the paper.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { clock, dayLong } from "/static/lib/time.js";
import { OtherClocks } from "../parts/clocks.js";
import { grouped } from "../parts/codes.js";
import { LinkPicture } from "../parts/picture.js";
import { lang, t, zoneName } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Booked} Booked */

/** @param {{booked: Booked, zone: string, another: () => void}} props */
export function Done({ booked, zone, another }) {
  const { booking, code } = booked;
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { title.current?.focus(); window.scrollTo(0, 0); }, []);
  return html`
    <section class="done card" data-test="booked" data-booking=${booking.id}>
      <h1 ref=${title} tabindex="-1">${t("booking.done", { name: booking.client.name })}</h1>
      <p class="large">${dayLong(booking.starts, zone, lang)}, <strong>${clock(booking.starts, zone, lang)}</strong>, ${zoneName(zone, booking.starts)}<br />${booking.specialist.name}, ${booking.service.name}
        <${OtherClocks} at=${booking.starts} zone=${zone} others=${[{ who: "client", zone: booking.zone }, { who: "specialist", zone: booking.specialist_zone }]} named /></p>
      <div class="done-code">
        <div><p class="label">${t("booking.code")}</p><p class="code-digits" data-test="code">${grouped(code.digits)}</p>
          <p class="soft">${t("booking.code_open", { time: clock(code.opens_at, zone, lang) })}</p></div>
        <${LinkPicture} link=${booked.link} />
      </div>
      <p class="hint">${t("booking.code_once")}</p>
      <div class="row">
        <a class="button primary" data-test="slip" href=${`/staff/slip?booking=${booking.id}`}>${t("booking.print")}</a>
        <button type="button" class="button" onClick=${another}>${t("booking.another")}</button>
        <a class="button quiet" href="/staff/today">${t("booking.to_today")}</a>
      </div>
    </section>`;
}
