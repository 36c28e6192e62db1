// The slip a client takes home: when, with whom, the code, and three sentences of what to do. Made for A5 and A4 paper.

import { html, useState } from "/static/vendor/preact-htm.js";
import { freshKey, get, Refusal } from "/static/lib/api.js";
import { clock, dayWithYear, differ, offsetName, weekdayName, weekdayOf, dayOf } from "/static/lib/time.js";
import { CourseSlipPage } from "./course/slip.js";
import { issueCode } from "./parts/acts.js";
import { grouped, keptCode } from "./parts/codes.js";
import { LinkPicture } from "./parts/picture.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer } from "./parts/shell.js";
import { lang, named, t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("./parts/codes.js").Issued} Issued */

const booking = inAddress("booking") || "";
const seat = inAddress("seat");

open("slip", inAddress("series") ? CourseSlipPage : SlipPage);

/** @param {{me: Me}} props */
function SlipPage({ me }) {
  const answer = useAnswer(() => get(`/bookings/${booking}`), []);
  const issued = keptCode(seat ? `${booking}.${seat}` : booking);
  if (answer.error) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  return html`
    <div class="slip-tools">
      <h1>${t(seat ? "slip.title_guest" : "slip.title")}</h1>
      ${issued ? html`<div class="row"><button type="button" class="button primary" id="print" onClick=${() => window.print()}>${t("slip.print")}</button><a class="button quiet" href="/staff/today">${t("booking.to_today")}</a></div>` : seat ? html`<${NoGuestCode} />` : html`<${NewCode} />`}
    </div>
    ${issued && html`<${Slip} me=${me} booking=${answer.value} issued=${issued} />`}`;
}

/** The code of another tab or another day is not to be had again: only a new one. */
function NewCode() {
  const [state, setState] = useState(/** @type {{busy: boolean, problem: any, key: string}} */ ({ busy: false, problem: null, key: freshKey() }));
  async function issue() {
    setState({ ...state, busy: true });
    try {
      await issueCode(booking, state.key);
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setState({ busy: false, problem: error, key: freshKey() });
    }
  }
  return html`
    <div class="card stack measure" data-test="no-code">
      <p>${t("slip.no_code")}</p><p class="hint">${t("act.code_text")}</p>
      ${state.problem && html`<${Trouble} error=${state.problem} />`}
      <button type="button" class="button primary" id="new-code" disabled=${state.busy} onClick=${issue}>${t("act.code_do")}</button>
    </div>`;
}

/** A guest's new code is issued where the guests stand. */
function NoGuestCode() {
  return html`<div class="card stack measure" data-test="no-code"><p>${t("slip.no_code")}</p><a class="button primary" href=${`/staff/record?booking=${booking}`}>${t("slip.to_guests")}</a></div>`;
}

/** @param {{me: Me, booking: Booking, issued: Issued}} props */
function Slip({ me, booking: it, issued }) {
  const zone = it.zone;
  const office = me.institution;
  const lead = issued.name ? t("slip.lead_guest", { name: issued.name, client: it.client.name }) : t("slip.lead", { name: it.client.name });
  return html`
    <article class="slip" data-test="slip-paper">
      <header class="slip-head"><p class="slip-brand">${t("brand")}</p><p>${office.name}</p></header>
      <p class="slip-lead">${lead}</p>
      <div class="slip-when">
        <p class="slip-day">${weekdayName(weekdayOf(dayOf(it.starts, zone)), lang)}, ${dayWithYear(it.starts, zone, lang)}</p>
        <p class="slip-time"><strong>${clock(it.starts, zone, lang)}</strong> <span>${named("zone", zone)}, ${offsetName(it.starts, zone)}</span></p>
        ${differ(it.starts, it.specialist_zone, zone) && html`<p class="slip-zone">${t("slip.zone_note")}</p>`}
      </div>
      <p class="slip-who"><strong>${it.specialist.name}</strong>, ${it.specialist.institution.name}<br />${it.service.name}, ${t("slip.minutes", { count: it.service.duration_min })}, ${t(`mode.${it.mode}`)}</p>
      <div class="slip-code">
        <div class="slip-code-words"><p>${t("slip.code")}</p><p class="code-digits" data-test="code">${grouped(issued.code.digits)}</p>
          <p class="slip-site">${t("slip.site")} <strong>${location.host}</strong></p></div>
        <figure><${LinkPicture} link=${issued.link} /><figcaption>${t("slip.qr_hint")}</figcaption></figure>
      </div>
      <ol class="slip-steps"><li>${t("slip.step_1", { time: clock(issued.code.opens_at, zone, lang) })}</li><li>${t("slip.step_2", { site: location.host })}</li><li>${t("slip.step_3")}</li></ol>
      <p class="slip-link">${t("slip.link")} <span>${issued.link}</span></p>
      <footer class="slip-foot"><p>${t("slip.help")}</p><p class="slip-phone">${office.phone}</p></footer>
    </article>`;
}
