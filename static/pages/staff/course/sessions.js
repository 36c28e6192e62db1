// The sessions of a course one by one: free, or why not and what is proposed; each accepted, put elsewhere or left out.

import { html, useState } from "/static/vendor/preact-htm.js";
import { addDays, clock, dayOf, dayShort } from "/static/lib/time.js";
import { OtherClocks } from "../parts/clocks.js";
import { Dialog } from "../parts/dialog.js";
import { courseInWords } from "../parts/periodicity.js";
import { Slots } from "../parts/slots.js";
import { lang, named, t, zoneName } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/desk-types.js").CourseService} Service */
/** @typedef {import("/static/lib/desk-types.js").Session} Session */
/** @typedef {Session & {out: boolean, taken: boolean, meant: string}} Row `out`: left out by a person, `taken`: put elsewhere than the rule `meant` */
/** @typedef {import("./form.js").CourseState} CourseState */

/** @param {Session[]} sessions @returns {Row[]} */
export function asRows(sessions) {
  return sessions.map((each) => ({ ...each, out: false, taken: false, meant: each.starts }));
}

/** What was looked at anew, with what was left out. @param {Row[]} rows @param {Session[]} found @returns {Row[]} */
export function withAll(rows, found) {
  const anew = new Map(found.map((each) => [each.day, each]));
  return rows.map((row) => ({ ...row, ...(row.out ? {} : anew.get(row.day)) }));
}

/** In order of time. @param {Row[]} rows */
export function keptOf(rows) {
  return rows.filter((each) => !each.out).sort((one, other) => Date.parse(one.starts) - Date.parse(other.starts));
}

/** @param {Row} row */
export function isDecided(row) {
  return row.reason === null;
}

/** As POST /series takes them. @param {Row[]} rows */
export function chosenOf(rows) {
  return rows.filter((each) => !each.out).map(({ day, starts, specialist }) => ({ day, starts, specialist }));
}

/** @param {Row} row @returns {Row} */
function accepted(row) {
  if (!row.instead) return row;
  return { ...row, starts: row.instead, specialist: row.instead_by?.id ?? row.specialist, reason: null, of: [], instead: null, instead_by: null, taken: true };
}

/** @param {{course: CourseState, service: Service | null, client: Client | null, zone: string}} props */
export function Sessions({ course, service, client, zone }) {
  const rows = course.rows || [];
  const [elsewhere, setElsewhere] = useState(/** @type {Row | null} */ (null));
  const change = (/** @type {Row} */ one, /** @type {Row} */ next, /** @type {boolean} */ anew = false) => course.decide(rows.map((each) => (each === one ? next : each)), anew);
  const proposed = rows.filter((each) => !each.out && each.reason && each.instead);
  const open = course.kept.filter((each) => !isDecided(each)).length;
  const late = course.kept.filter((each) => each.late).length;
  return html`
    <section class="course stack" aria-labelledby="course-title" data-test="preview" aria-busy=${course.busy}>
      <div class="row between"><h3 id="course-title" tabindex="-1">${open ? t("course.title_open", { free: t("course.free_count", { count: course.kept.length - open }), open: t("course.open_count", { count: open }) }) : t("course.title_free", { sessions: t("course.sessions_count", { count: course.kept.length }) })}</h3>
        ${proposed.length > 1 && html`<button type="button" class="button small" data-test="accept-all" onClick=${() => course.decide(rows.map((each) => (each.out ? each : accepted(each))))}>${t("course.accept_all", { count: proposed.length })}</button>`}</div>
      ${late > 0 && html`<p class="notice warn" data-test="late">${t("course.late", { sessions: t("course.sessions_count", { count: late }) })}</p>`}
      ${course.often && html`<div class="notice warn" data-test="often"><p><strong>${t("remains.course_over")}</strong></p><ul class="plain">${course.norm.map((each) => html`<li key=${JSON.stringify(each)}>${courseInWords(each)}</li>`)}</ul><p>${t("course.too_often")}</p></div>`}
      <p class="hint">${t("course.zone_hint", { zone: zoneName(zone, Date.now()) })}</p>
      <ol class="sessions">${rows.map((row, n) => html`<${SessionRow} key=${row.day} row=${row} n=${n + 1} course=${course} client=${client} zone=${zone} onElsewhere=${setElsewhere} onChange=${change} />`)}</ol>
      ${elsewhere && service && html`<${Elsewhere} row=${elsewhere} course=${course} service=${service} client=${client} zone=${zone} onClose=${() => setElsewhere(null)}
        onChoose=${(/** @type {Slot} */ slot) => { change(elsewhere, { ...elsewhere, starts: slot.starts, specialist: slot.specialist.id, reason: null, of: [], instead: null, instead_by: null, taken: true }, true); setElsewhere(null); }} />`}
    </section>`;
}

/** @param {{row: Row, n: number, course: CourseState, client: Client | null, zone: string, onElsewhere: (row: Row) => void, onChange: (one: Row, next: Row) => void}} props */
function SessionRow({ row, n, course, client, zone, onElsewhere, onChange }) {
  const state = row.out ? "out" : row.reason ? "open" : row.taken ? "elsewhere" : "free";
  const own = course.names.get(row.specialist);
  const others = [{ who: /** @type {const} */ ("client"), zone: client?.district.zone }, { who: /** @type {const} */ ("specialist"), zone: own?.zone }];
  const moved = row.specialist !== course.fields.specialist && own;
  const name = `${dayShort(row.starts, zone, lang)}, ${clock(row.starts, zone, lang)}`;
  return html`
    <li class=${`session is-${state}`} data-state=${state} data-day=${row.day} data-reason=${row.reason ?? undefined}>
      <span class="session-n" aria-hidden="true">${n}</span>
      <div class="session-what">
        <p class="session-when"><span class="session-day">${dayShort(row.starts, zone, lang)}</span> <strong class="figures">${clock(row.starts, zone, lang)}</strong></p>
        <${OtherClocks} at=${row.starts} zone=${zone} others=${others} />
        ${row.taken && row.meant !== row.starts && html`<span class="soft session-was">${t("course.instead_of", { time: `${dayShort(row.meant, zone, lang)}, ${clock(row.meant, zone, lang)}` })}</span>`}
        ${moved && html`<span class="soft session-was">${moved.name}</span>`}
      </div>
      <div class="session-state">
        <p><span class="session-mark" aria-hidden="true"></span>${row.reason && !row.out ? whyNot(row) : t(`course.is_${state}`)}${row.late && !row.out && html` <span class="tag warn">${t("course.is_late")}</span>`}</p>
        ${row.reason && !row.out && (row.instead ? html`<${Proposal} row=${row} zone=${zone} others=${others} />` : html`<p class="soft">${t("course.nothing_near")}</p>`)}
      </div>
      <div class="session-acts">
        ${row.reason && row.instead && !row.out && html`<button type="button" class="button small primary" data-act="accept" aria-label=${t("course.accept_for", { name })} onClick=${() => onChange(row, accepted(row))}>${t("course.accept")}</button>`}
        ${!row.out && html`<button type="button" class="act" data-act="elsewhere" aria-label=${t("course.elsewhere_for", { name })} onClick=${() => onElsewhere(row)}>${t("course.elsewhere")}</button>`}
        <button type="button" class="act" data-act=${row.out ? "back" : "out"} aria-label=${t(row.out ? "course.back_for" : "course.out_for", { name })} onClick=${() => onChange(row, { ...row, out: !row.out })}>${t(row.out ? "course.back" : "course.out")}</button>
      </div>
    </li>`;
}

/** @param {{row: Session, zone: string, others: import("../parts/clocks.js").Other[]}} props */
export function Proposal({ row, zone, others }) {
  const at = /** @type {string} */ (row.instead);
  return html`<p class="proposal">${t("course.proposal")} <strong class="figures">${dayShort(at, zone, lang)}, ${clock(at, zone, lang)}</strong>
    <${OtherClocks} at=${at} zone=${zone} others=${others} />
    ${row.instead_by && html`<span class="proposal-who">${row.instead_by.name}, ${row.instead_by.institution.name}</span>`}</p>`;
}

/** Why a session cannot be had, with the name of whom. @param {{reason: string | null, of: string[]}} row */
export function whyNot({ reason, of }) {
  return of.length ? t(`course.not_${reason}_of`, { names: of.join(", ") }) : named("course", `not_${reason}`);
}

/** Another time for one session, found as any other. @param {{row: Row, course: CourseState, service: Service, client: Client | null, zone: string, onClose: () => void, onChoose: (slot: Slot) => void}} props */
function Elsewhere({ row, course, service, client, zone, onClose, onChoose }) {
  const [slot, setSlot] = useState(/** @type {Slot | null} */ (null));
  const [anyone, setAnyone] = useState(false);
  const start = addDays(dayOf(row.starts, zone), -1);
  const today = dayOf(Date.now(), zone);
  return html`
    <${Dialog} title=${t("course.elsewhere_title")} name="elsewhere" wide onClose=${onClose}>
      <div class="stack">
        <p class="about">${dayShort(row.starts, zone, lang)}, ${clock(row.starts, zone, lang)}${row.reason && html`<br /><span class="soft">${whyNot(row)}</span>`}</p>
        <label class="choice"><input type="checkbox" checked=${anyone} onChange=${(/** @type {any} */ e) => setAnyone(e.target.checked)} />${t("act.move_anyone")}</label>
        <${Slots} wishes=${{ service: service.code, client: client?.id, specialist: anyone ? undefined : course.fields.specialist }} zone=${zone} clientZone=${client?.district.zone} from=${start > today ? start : today} chosen=${slot} onChoose=${setSlot} />
        <div class="row form-end sticky-end"><button type="button" class="button primary" data-test="elsewhere-confirm" disabled=${!slot} onClick=${() => slot && onChoose(slot)}>${t("course.take")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
      </div>
    <//>`;
}
