// The paper of a course: all its sessions with their codes on one page, and three sentences of what to do.

import { html, useState } from "/static/vendor/preact-htm.js";
import { freshKey, get, post, Refusal } from "/static/lib/api.js";
import { clock, dayLong, differ, offsetName } from "/static/lib/time.js";
import { grouped, keepCode, keptCode } from "../parts/codes.js";
import { inAddress, Loading, NoPage, sentToSignIn, Trouble, useAnswer } from "../parts/shell.js";
import { isOver } from "../parts/state.js";
import { lang, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/desk-types.js").DeskBooking} Booking */
/** @typedef {import("/static/lib/desk-types.js").Series} Series */

// More sessions than these are printed in two columns, so that they stay on one sheet.
const MOST_IN_COLUMN = 12;

/** @param {{me: Me}} props */
export function CourseSlipPage({ me }) {
  const number = inAddress("series");
  const answer = useAnswer(() => get(`/series/${number}`), []);
  const [state, setState] = useState(/** @type {{busy: boolean, problem: any, round: number}} */ ({ busy: false, problem: null, round: 0 }));
  if (answer.error) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  const open = /** @type {Series} */ (answer.value).bookings.filter((each) => !isOver(each));
  const missing = open.filter((each) => !keptCode(each.id));

  async function issue() {
    setState({ ...state, busy: true, problem: null });
    try {
      for (const each of missing) keepCode(each.id, await post(`/bookings/${each.id}/code`, {}, { key: freshKey() }));
      setState({ busy: false, problem: null, round: state.round + 1 });
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setState({ busy: false, problem: error, round: state.round + 1 });
    }
  }
  return html`
    <div class="slip-tools">
      <h1>${t("course.slip_title")}</h1>
      ${missing.length === 0 && html`<div class="row"><button type="button" class="button primary" id="print" onClick=${() => window.print()}>${t("slip.print")}</button><a class="button quiet" href="/staff/today">${t("booking.to_today")}</a></div>`}
    </div>
    ${missing.length > 0 && html`<div class="card stack measure" data-test="no-code"><p>${t("course.slip_some")}</p>
      ${state.problem && html`<${Trouble} error=${state.problem} />`}
      <button type="button" class="button primary" id="new-code" disabled=${state.busy} onClick=${issue}>${t("course.slip_new")}</button></div>`}
    ${missing.length < open.length && html`<${CourseSlip} me=${me} bookings=${open} />`}`;
}

/** @param {{me: Me, bookings: Booking[]}} props */
function CourseSlip({ me, bookings }) {
  const [first] = bookings;
  const zone = first.zone;
  const office = me.institution;
  const size = bookings.length > MOST_IN_COLUMN ? " slip-long" : "";
  const others = bookings.some((each) => each.specialist.id !== first.specialist.id);
  return html`
    <article class=${`slip slip-course${size}`} data-test="slip-paper">
      <header class="slip-head"><p class="slip-brand">${t("brand")}</p><p>${office.name}</p></header>
      <p class="slip-lead">${t("course.slip_lead", { name: first.client.name })}</p>
      <p class="slip-who"><strong>${first.specialist.name}</strong>, ${first.specialist.institution.name}<br />${first.service.name}, ${t("slip.minutes", { count: first.service.duration_min })}, ${t(`mode.${first.mode}`)}</p>
      <table class="slip-sessions"><thead><tr><th scope="col">№</th><th scope="col">${t("course.slip_when")}</th><th scope="col">${t("course.slip_code")}</th></tr></thead>
        <tbody>${bookings.map((each, n) => html`<tr key=${each.id} data-booking=${each.id}><td>${each.series?.n ?? n + 1}</td>
          <td><strong class="figures">${clock(each.starts, zone, lang)}</strong> ${dayLong(each.starts, zone, lang)}
            ${others && each.specialist.id !== first.specialist.id && html`<br /><small>${each.specialist.name}</small>`}</td>
          <td class="slip-session-code figures" data-test="code">${grouped(keptCode(each.id)?.code.digits || "– – –")}</td></tr>`)}</tbody></table>
      <p class="slip-zone">${named("zone", zone)}, ${offsetName(first.starts, zone)}${differ(first.starts, first.zone, first.specialist_zone) && html`. ${t("slip.zone_note")}`}. ${t("course.slip_same")}</p>
      <p class="slip-site-line">${t("slip.site")} <strong>${location.host}</strong></p>
      <ol class="slip-steps"><li>${t("course.slip_step_1")}</li><li>${t("slip.step_2", { site: location.host })}</li><li>${t("slip.step_3")}</li></ol>
      <footer class="slip-foot"><p>${t("slip.help")}</p><p class="slip-phone">${office.phone}</p></footer>
    </article>`;
}
