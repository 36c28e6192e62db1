// A specialist's calendar: days, weeks and months to look at, to book in and to work in, and plain forms beside them.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, dayOf } from "/static/lib/time.js";
import { Desk } from "./calendar/desk.js";
import { Absences, Exceptions, HoursForm, LimitsForm } from "./parts/calendar-forms.js";
import { Holidays } from "./parts/holidays.js";
import { Empty, inAddress, Loading, NoPage, open, Trouble, useAnswer } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */

const TABS = ["view", "hours", "exceptions", "absences", "limits"];
/** @type {Record<string, any>} */
const FORMS = { hours: HoursForm, exceptions: Exceptions, absences: Absences, limits: LimitsForm };
// The list of special days and absences reaches as far as the interface answers at once.
const AHEAD_DAYS = 61;

open("calendar", CalendarPage);

/** @param {{me: Me}} props */
function CalendarPage({ me }) {
  const answer = useAnswer(() => get("/specialists"), []);
  const [tab, setTab] = useState("view");
  const [id, setId] = useState(inAddress("specialist") || String(me.specialist_id ?? ""));
  if (!me.roles.includes("coordinator") && !me.specialist_id) return html`<h1>${t("holidays.title")}</h1><${Holidays} edits=${me.roles.includes("administrator")} />`;
  if (answer.error) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<h1>${t("calendar.title")}</h1><${Loading} />`;
  /** @type {Specialist[]} */
  const specialists = answer.value.items;
  const specialist = specialists.find((each) => String(each.id) === id) || (me.roles.includes("coordinator") ? specialists[0] : undefined);
  if (!specialist) return html`<h1>${t("calendar.title")}</h1><${Empty} title=${t("calendar.nobody")} text=${t("calendar.nobody_text")} />`;
  const edits = me.specialist_id === specialist.id || (me.roles.includes("coordinator") && specialist.institution.id === me.institution.id);
  const shown = edits ? tab : "view";
  return html`
    <div class="page-head">
      <div><h1>${t("calendar.title")}</h1><p class="soft">${specialist.name}, ${specialist.institution.name}</p></div>
      ${me.roles.includes("coordinator") && html`<div class="field"><label for="calendar-specialist">${t("booking.specialist")}</label>
        <select id="calendar-specialist" value=${String(specialist.id)} onChange=${(/** @type {any} */ e) => setId(e.target.value)}>${specialists.map((each) => html`<option key=${each.id} value=${String(each.id)}>${each.name}</option>`)}</select></div>`}
      ${edits && html`<div class="segments calendar-tabs" role="group" aria-label=${t("calendar.parts")}>${TABS.map((each) => html`<button type="button" key=${each} data-tab=${each} aria-pressed=${shown === each} onClick=${() => setTab(each)}>${t(`calendar.${each}`)}</button>`)}</div>`}
    </div>
    ${shown === "view" ? html`<${Desk} key=${specialist.id} me=${me} specialist=${specialist} edits=${edits} />` : html`<${Forms} key=${`${shown} ${specialist.id}`} Form=${FORMS[shown]} specialist=${specialist} />`}`;
}

/** @param {{Form: any, specialist: Specialist}} props */
function Forms({ Form, specialist }) {
  const from = dayOf(Date.now(), specialist.zone);
  const answer = useAnswer(() => get(`/specialists/${specialist.id}/calendar`, { from, until: addDays(from, AHEAD_DAYS) }), []);
  if (answer.error && !answer.value) return html`<${Trouble} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  return html`${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}<${Form} calendar=${answer.value} specialist=${specialist} again=${answer.again} />`;
}
