// Several sessions of a course moved together: where each would go, which cannot follow and what is near, then all or none.

import { html, useState } from "/static/vendor/preact-htm.js";
import { freshKey, post, Refusal } from "/static/lib/api.js";
import { clock, dayOf, dayShort, differ, wallOf } from "/static/lib/time.js";
import { OtherClocks } from "../parts/clocks.js";
import { byField, FormProblem, Input } from "../parts/form.js";
import { sentToSignIn } from "../parts/shell.js";
import { lang, t, zoneName } from "../parts/words.js";
import { within } from "./scope.js";
import { Proposal, whyNot } from "./sessions.js";

/** @typedef {import("/static/lib/desk-types.js").DeskBooking} DeskBooking */
/** @typedef {import("/static/lib/desk-types.js").MovedSession} MovedSession */
/** @typedef {import("/static/lib/desk-types.js").MovePreview} MovePreview */
/** @typedef {import("/static/lib/desk-types.js").Series} Series */
/** @typedef {import("./scope.js").Scope} Scope */
/** @typedef {MovedSession & {taken: boolean, stays: boolean, of_whom: number}} Row `taken`: the proposal was accepted; `of_whom`: the specialist of now */

const DAY_MS = 86_400_000;
const SHOWN = ["days", "start"];

/** @param {{booking: DeskBooking, series: Series, scope: Scope, zone: string, onDone: () => void, onClose: () => void, onStale: () => void}} props */
export function CourseMove({ booking, series, scope, zone, onDone, onClose, onStale }) {
  const own = booking.specialist_zone;
  const [day, setDay] = useState(dayOf(booking.starts, own));
  const [start, setStart] = useState(wallOf(booking.starts, own).slice(11));
  const [rows, setRows] = useState(/** @type {Row[] | null} */ (null));
  const [state, setState] = useState(/** @type {{busy: boolean, problem: Refusal | null}} */ ({ busy: false, problem: null }));
  const shift = { since: booking.id, scope, days: Math.round((Date.parse(day) - Date.parse(dayOf(booking.starts, own))) / DAY_MS), start };
  const moving = (rows || []).filter((each) => !each.stays);
  const ready = moving.length > 0 && moving.every((each) => each.reason === null);

  /** @param {() => Promise<void>} act */
  async function run(act) {
    setState({ busy: true, problem: null });
    try {
      await act();
      setState({ busy: false, problem: null });
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "series_refused") await look().catch(() => setRows(null));
      if (error.status === 412) onStale();
      setState({ busy: false, problem: error });
    }
  }

  async function look() {
    const found = /** @type {MovePreview} */ (await post(`/series/${series.id}/move/preview`, shift));
    setRows(found.sessions.map((each) => ({ ...each, taken: false, stays: false, of_whom: each.specialist })));
  }

  async function move() {
    const other = (rows || []).filter((each) => each.taken || each.stays)
      .map((each) => (each.stays ? { booking: each.booking, starts: each.was, specialist: each.of_whom } : { booking: each.booking, starts: each.starts, specialist: each.specialist }));
    await post(`/series/${series.id}/move`, { ...shift, sessions: other }, { key: freshKey(), version: series.version });
    onDone();
  }

  /** @param {Row} one @param {Partial<Row>} parts */
  const change = (one, parts) => setRows((rows || []).map((each) => (each === one ? { ...each, ...parts } : each)));
  const anew = (/** @type {(value: string) => void} */ set) => (/** @type {any} */ e) => { set(e.target.value); setRows(null); };
  const errors = state.problem ? byField(state.problem) : {};
  return html`
    <div class="stack" data-test="course-move">
      <div class="course-facts">
        <${Input} id="move-day" name="days" type="date" label=${t("course.move_to_day")} error=${errors.days} value=${day} onChange=${anew(setDay)} />
        <${Input} id="move-start" name="start" type="time" step="300" label=${t("course.move_time")} error=${errors.start}
          hint=${differ(booking.starts, own, zone) ? t("course.start_zone", { zone: zoneName(own, booking.starts) }) : undefined} value=${start} onChange=${anew(setStart)} />
      </div>
      <p class="hint">${t("course.move_note")}</p>
      ${!rows && html`<div><button type="button" class="button" data-test="move-look" disabled=${state.busy || !day || !start} onClick=${() => run(look)}>${t("course.move_look")}</button></div>`}
      <${FormProblem} problem=${state.problem} shown=${SHOWN} />
      ${rows && html`<ol class="sessions" data-test="move-preview" aria-busy=${state.busy}>${rows.map((row) => html`<${MoveRow} key=${row.booking} row=${row} n=${placeOf(series, row.booking)} zone=${zone} booking=${booking} change=${change} />`)}</ol>`}
      <div class="row form-end sticky-end">
        <button type="button" class="button primary" data-test="course-move-confirm" disabled=${state.busy || !ready} onClick=${() => run(move)}>${t("course.move_do", { count: rows ? moving.length : within(series, booking, scope).length })}</button>
        <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button>
      </div>
    </div>`;
}

/** @param {Series} series @param {number} booking */
function placeOf(series, booking) {
  return series.bookings.filter((each) => each.status !== "cancelled").findIndex((each) => each.id === booking) + 1;
}

/** @param {{row: Row, n: number, zone: string, booking: DeskBooking, change: (one: Row, parts: Partial<Row>) => void}} props */
function MoveRow({ row, n, zone, booking, change }) {
  const state = row.stays ? "stays" : row.reason ? "open" : row.taken ? "elsewhere" : "free";
  const others = [{ who: /** @type {const} */ ("client"), zone: booking.zone }, { who: /** @type {const} */ ("specialist"), zone: booking.specialist_zone }];
  const said = (/** @type {string} */ at) => `${dayShort(at, zone, lang)}, ${clock(at, zone, lang)}`;
  const shown = row.stays ? row.was : row.starts;
  const taking = () => change(row, { starts: row.instead || row.starts, specialist: row.instead_by?.id ?? row.specialist, reason: null, of: [], taken: true });
  return html`
    <li class=${`session is-${state}`} data-state=${state} data-booking=${row.booking} data-reason=${row.reason ?? undefined}>
      <span class="session-n" aria-hidden="true">${n}</span>
      <div class="session-what"><p class="session-when"><span class="session-day">${dayShort(shown, zone, lang)}</span> <strong class="figures">${clock(shown, zone, lang)}</strong></p>
        <${OtherClocks} at=${shown} zone=${zone} others=${others} />
        ${!row.stays && html`<span class="soft session-was">${t("course.was", { time: said(row.was) })}</span>`}</div>
      <div class="session-state"><p><span class="session-mark" aria-hidden="true"></span>${row.reason && !row.stays ? whyNot(row) : t(`course.is_${state}`)}</p>
        ${row.reason && !row.stays && (row.instead ? html`<${Proposal} row=${row} zone=${zone} others=${others} />` : html`<p class="soft">${t("course.nothing_near")}</p>`)}</div>
      <div class="session-acts">
        ${row.reason && row.instead && !row.stays && html`<button type="button" class="button small primary" data-act="accept" aria-label=${t("course.accept_for", { name: said(row.starts) })} onClick=${taking}>${t("course.accept")}</button>`}
        ${row.reason && !row.stays && html`<button type="button" class="act" data-act="stay" aria-label=${t("course.stay_for", { name: said(row.was) })} onClick=${() => change(row, { stays: true })}>${t("course.stay")}</button>`}
        ${row.stays && html`<button type="button" class="act" data-act="go" onClick=${() => change(row, { stays: false })}>${t("course.move_again")}</button>`}
      </div>
    </li>`;
}
