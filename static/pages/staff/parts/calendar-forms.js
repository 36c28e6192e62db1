// Plain forms behind a calendar: weekly hours, single days, absences, limits. Each saves alone.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, post, Refusal } from "/static/lib/api.js";
import { addDays, clock, dayOf, dayShort, instantOf, mondayOf, plainDay, wallOf, weekdayName } from "/static/lib/time.js";
import { wallTime } from "../calendar/plan.js";
import { readTime, TimeField } from "../calendar/time-field.js";
import { PlaceField, ServiceFields } from "../calendar/where-fields.js";
import { Field, FormProblem, Input, Select, useForm } from "./form.js";
import { sentToSignIn, Trouble } from "./shell.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/api-types.js").Hours} Hours */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */
/** @typedef {{calendar: Calendar, specialist: Specialist, again: () => void}} Part */

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const STEPS = [5, 10, 15, 20, 30, 60];
const KINDS = ["vacation", "sick", "training", "other"];

/** @param {Part} props */
export function HoursForm({ calendar, specialist, again }) {
  const [hours, setHours] = useState(calendar.hours);
  useEffect(() => setHours(calendar.hours), [calendar.version]);
  const [saved, setSaved] = useState(false);
  const form = useForm(async () => {
    await ask("PUT", `/specialists/${specialist.id}/hours`, { body: { hours: hours.map(({ rule, ...each }) => ({ ...each, start: sent(each.start, false), end: sent(each.end, true) })) }, version: calendar.version });
    setSaved(true);
    again();
  });
  const update = (/** @type {Hours[]} */ next) => { setSaved(false); setHours(next); };
  const change = (/** @type {Hours} */ one, /** @type {Partial<Hours>} */ parts) => update(hours.map((each) => (each === one ? { ...each, ...parts } : each)));
  const add = (/** @type {number} */ weekday) => update([...hours, { weekday, start: "09:00", end: "17:00", valid_from: null, valid_until: null, services: null, every: 1, place: "office" }]);
  return html`
    <form class="card stack airy" onSubmit=${form.submit} noValidate data-test="hours-form">
      <div><h2>${t("hours.title")}</h2><p class="soft">${t("hours.lead", { zone: zoneName(calendar.zone, Date.now()) })}</p></div>
      <div class="hours">${WEEKDAYS.map((weekday) => html`
        <fieldset key=${weekday} class="hours-day"><legend>${weekdayName(weekday, lang)}</legend>
          <div class="stack tight">
            ${hours.filter((each) => each.weekday === weekday).map((each) => html`
              <${Window} key=${hours.indexOf(each)} specialist=${specialist} today=${dayOf(Date.now(), calendar.zone)} window=${each} n=${hours.indexOf(each)} errors=${form.errors} change=${change} drop=${() => update(hours.filter((other) => other !== each))} />`)}
            ${!hours.some((each) => each.weekday === weekday) && html`<span class="soft">${t("hours.off")}</span>`}
          </div>
          <button type="button" class="act" aria-label=${`${t("hours.add")}, ${weekdayName(weekday, lang)}`} onClick=${() => add(weekday)}>${t("hours.add")}</button>
        </fieldset>`)}</div>
      <${FormProblem} problem=${form.problem} shown=${Object.keys(form.errors).filter((field) => field.startsWith("hours."))} />
      ${form.problem?.status === 412 && html`<button type="button" class="button small" onClick=${again}>${t("calendar.reload")}</button>`}
      <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.save")}</button><span role="status">${saved && t("common.saved")}</span></div>
    </form>`;
}

/** As the interface writes it, where it is a time at all. @param {string} text @param {boolean} isEnd */
function sent(text, isEnd) {
  const minutes = readTime(text, isEnd);
  return minutes === null ? text : wallTime(minutes);
}

/** @param {{window: Hours, n: number, specialist: Specialist, today: string, errors: Record<string, string>, change: (one: Hours, parts: Partial<Hours>) => void, drop: () => void}} props */
function Window({ window: one, n, specialist, today, errors, change, drop }) {
  const set = (/** @type {keyof Hours} */ name) => (/** @type {any} */ e) => change(one, { [name]: e.target.value || null });
  const fault = Object.entries(errors).find(([field]) => field === `hours.${n}` || field.startsWith(`hours.${n}.`));
  const day = weekdayName(one.weekday, lang);
  // Every second week needs a week to count from: the present one, until another is named.
  const setEvery = (/** @type {any} */ e) => {
    const every = Math.max(1, Number(e.target.value) || 1);
    change(one, { every, ...(every > 1 && !one.valid_from && { valid_from: mondayOf(today) }) });
  };
  return html`
    <div class="window-line">
      <div class="row tight">
        <${TimeField} bare label=${t("hours.start", { day })} value=${one.start} aria-invalid=${fault ? "true" : undefined} aria-describedby=${fault ? `hours-${n}-fault` : undefined} onValue=${(/** @type {string} */ start) => change(one, { start })} required />
        <span aria-hidden="true">–</span>
        <${TimeField} bare isEnd label=${t("hours.end", { day })} value=${one.end} aria-invalid=${fault ? "true" : undefined} onValue=${(/** @type {string} */ end) => change(one, { end })} required />
        <button type="button" class="act" aria-label=${`${t("hours.drop")}, ${day}`} onClick=${drop}>${t("hours.drop")}</button>
        ${odd(one) && html`<span class="soft">${odd(one)}</span>`}
      </div>
      ${fault && html`<p class="fault" id=${`hours-${n}-fault`}>${fault[1]}</p>`}
      <details open=${Boolean(fault) || undefined}><summary>${t("hours.more")}</summary>
        <div class="stack window-more">
          <div class="row"><label class="inline">${t("hours.every")} <input type="number" min="1" max="52" aria-label=${`${t("hours.every")} ${t("hours.weeks", { count: one.every })}, ${day}`} value=${one.every} onInput=${setEvery} /> ${t("hours.weeks", { count: one.every })}</label>
            <label class="inline">${t("hours.from")} <input type="date" value=${one.valid_from || ""} onChange=${set("valid_from")} /></label>
            <label class="inline">${t("hours.until")} <input type="date" value=${one.valid_until || ""} onChange=${set("valid_until")} /></label></div>
          ${one.every > 1 && html`<p class="hint">${t("hours.anchor_hint")}</p>`}
          <${PlaceField} name=${`place-${n}`} place=${one.place} setPlace=${(/** @type {any} */ place) => change(one, { place })} />
          <${ServiceFields} specialist=${specialist} services=${one.services} setServices=${(/** @type {any} */ services) => change(one, { services })} />
        </div></details>
    </div>`;
}

/** What is not as usual, for the line that is seen while the rest is folded. @param {Hours} one */
function odd({ every, place, services, valid_from, valid_until }) {
  const parts = [
    every > 1 && `${t("hours.every").toLowerCase()} ${every} ${t("hours.weeks", { count: every })}`,
    place !== "office" && t(`calendar.place.${place}`),
    services && t("calendar.services_some", { count: services.length }),
    valid_from && `${t("hours.from")} ${dayShort(`${valid_from}T12:00:00Z`, "UTC", lang)}`,
    valid_until && `${t("hours.until")} ${dayShort(`${valid_until}T12:00:00Z`, "UTC", lang)}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** @param {Part} props */
export function Exceptions({ calendar, specialist, again }) {
  const [closed, setClosed] = useState(true);
  const form = useForm(async (data, key) => {
    const windows = closed ? [] : [{ start: data.get("start"), end: data.get("end") }];
    await post(`/specialists/${specialist.id}/exceptions`, { day: data.get("day"), windows, ...(data.get("reason") && { reason: data.get("reason") }) }, { key, version: calendar.version });
    again();
  });
  return html`
    <div class="columns">
      <form class="card stack" onSubmit=${form.submit} noValidate data-test="exception-form">
        <div><h2>${t("exception.title")}</h2><p class="soft">${t("exception.lead")}</p></div>
        <${Input} name="day" type="date" label=${t("exception.day")} error=${form.errors.day} min=${dayOf(Date.now(), calendar.zone)} required />
        <fieldset class="stack tight"><legend>${t("exception.what")}</legend>
          <label class="choice"><input type="radio" name="closed" checked=${closed} onChange=${() => setClosed(true)} />${t("exception.closed")}</label>
          <label class="choice"><input type="radio" name="closed" checked=${!closed} onChange=${() => setClosed(false)} />${t("exception.other_hours")}</label></fieldset>
        ${!closed && html`<div class="form-grid"><${Input} name="start" type="time" label=${t("exception.start")} defaultValue="09:00" error=${form.errors["windows.0.start"]} /><${Input} name="end" type="time" label=${t("exception.end")} defaultValue="13:00" error=${form.errors["windows.0.end"]} /></div>`}
        <${Input} name="reason" label=${t("exception.reason")} optional error=${form.errors.reason} />
        <${FormProblem} problem=${form.problem} shown=${["day", "reason", "windows.0.start", "windows.0.end"]} />
        <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.add")}</button></div>
      </form>
      <section class="card" aria-labelledby="exceptions-title"><h2 id="exceptions-title">${t("exception.list")}</h2>
        ${!calendar.exceptions.length && html`<p class="soft">${t("exception.none")}</p>`}
        <ul class="past">${calendar.exceptions.map((each) => html`<li key=${each.id}><strong>${plainDay(each.day, lang)}</strong>
          <span>${each.windows.length ? each.windows.map((w) => `${w.start}–${w.end}`).join(", ") : t("exception.closed")}</span>${each.reason && html`<span class="soft">${each.reason}</span>`}
          <${Drop} path=${`/specialists/${specialist.id}/exceptions/${each.id}`} version=${calendar.version} what=${plainDay(each.day, lang)} again=${again} /></li>`)}</ul></section>
    </div>`;
}

/** @param {Part} props */
export function Absences({ calendar, specialist, again }) {
  const { zone } = calendar;
  const [whole, setWhole] = useState(true);
  const [affected, setAffected] = useState(/** @type {Booking[] | null} */ (null));
  const form = useForm(async (data, key) => {
    const done = await post(`/specialists/${specialist.id}/absences`, { ...spanOf(data, whole, zone), kind: data.get("kind") }, { key });
    setAffected(done.affected);
    again();
  });
  const today = dayOf(Date.now(), zone);
  return html`
    <div class="columns">
      <form class="card stack" onSubmit=${form.submit} noValidate data-test="absence-form">
        <div><h2>${t("absence.title")}</h2><p class="soft">${t("absence.lead")}</p></div>
        <${Select} name="kind" label=${t("absence.kind")} error=${form.errors.kind} options=${KINDS.map((kind) => ({ value: kind, label: t(`absence.kind_${kind}`) }))} />
        <label class="choice"><input type="checkbox" checked=${whole} onChange=${(/** @type {any} */ e) => setWhole(e.target.checked)} />${t("absence.whole")}</label>
        <div class="form-grid">
          <${Input} name="from_day" type="date" label=${t("absence.from")} defaultValue=${today} error=${form.errors.starts} required />
          ${!whole && html`<${Input} name="from_time" type="time" label=${t("absence.from_time")} defaultValue="09:00" />`}
          <${Input} name="until_day" type="date" label=${t("absence.until")} defaultValue=${today} error=${form.errors.ends} required />
          ${!whole && html`<${Input} name="until_time" type="time" label=${t("absence.until_time")} defaultValue="17:00" />`}
        </div>
        <${FormProblem} problem=${form.problem} shown=${["kind", "starts", "ends"]} />
        <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.add")}</button></div>
        ${affected && html`<${Affected} bookings=${affected} zone=${zone} />`}
      </form>
      <section class="card" aria-labelledby="absences-title"><h2 id="absences-title">${t("absence.list")}</h2>
        ${!calendar.absences.length && html`<p class="soft">${t("absence.none")}</p>`}
        <ul class="past">${calendar.absences.map((each) => html`<li key=${each.id}><strong>${t(`absence.kind_${each.kind}`)}</strong><span>${spanInWords(each, zone)}</span>
          <${Drop} path=${`/specialists/${specialist.id}/absences/${each.id}`} what=${t(`absence.kind_${each.kind}`)} again=${again} /></li>`)}</ul></section>
    </div>`;
}

/** From midnight to midnight when whole days are meant. @param {FormData} data @param {boolean} whole @param {string} zone */
function spanOf(data, whole, zone) {
  const from = String(data.get("from_day"));
  const until = String(data.get("until_day"));
  if (!from || !until) return { starts: from || null, ends: until || null };
  if (whole) return { starts: instantOf(`${from}T00:00`, zone), ends: instantOf(`${addDays(until, 1)}T00:00`, zone) };
  return { starts: instantOf(`${from}T${data.get("from_time")}`, zone), ends: instantOf(`${until}T${data.get("until_time")}`, zone) };
}

/** @param {{starts: string, ends: string}} absence @param {string} zone */
function spanInWords({ starts, ends }, zone) {
  const midnight = wallOf(ends, zone).endsWith("T00:00");
  const [first, last] = [moment(starts, zone), midnight ? dayShort(Date.parse(ends) - 1, zone, lang) : moment(ends, zone)];
  return first === last ? first : `${first} – ${last}`;
}

/** @param {string} at @param {string} zone */
function moment(at, zone) {
  const midnight = wallOf(at, zone).endsWith("T00:00");
  return midnight ? dayShort(at, zone, lang) : `${dayShort(at, zone, lang)}, ${clock(at, zone, lang)}`;
}

/** @param {{bookings: Booking[], zone: string}} props */
function Affected({ bookings, zone }) {
  if (!bookings.length) return html`<p class="notice" role="status">${t("absence.nobody_affected")}</p>`;
  return html`<div class="notice warn" role="alert"><p><strong>${t("absence.affected")}</strong> ${t("absence.affected_text")}</p>
    <ul>${bookings.map((each) => html`<li key=${each.id}><a href=${`/staff/record?booking=${each.id}`}>${moment(each.starts, zone)}, ${each.client.name}</a></li>`)}</ul></div>`;
}

const LIMITS = ["notice_min", "horizon_days", "max_per_day", "max_per_week", "longest_run_min", "break_min", "change_notice_min", "step_min"];

/** @param {Part} props */
export function LimitsForm({ calendar, specialist, again }) {
  const [saved, setSaved] = useState(false);
  const form = useForm(async (data) => {
    const number = (/** @type {string} */ name) => Number(String(data.get(name)).replace(",", "."));
    const orNone = (/** @type {string} */ name) => (data.get(name) ? number(name) : null);
    const body = {
      notice_min: Math.round(number("notice") * 60), horizon_days: number("horizon_days"), step_min: number("step_min"),
      max_per_day: orNone("max_per_day"), max_per_week: orNone("max_per_week"), longest_run_min: orNone("longest_run_min"),
      break_min: number("break_min"), change_notice_min: Math.round(number("change_notice") * 60),
    };
    await ask("PUT", `/specialists/${specialist.id}/limits`, { body, version: calendar.version });
    setSaved(true);
    again();
  });
  const { errors } = form;
  return html`
    <form key=${calendar.version} class="card stack airy" onSubmit=${form.submit} onInput=${() => setSaved(false)} noValidate data-test="limits-form">
      <h2>${t("limits.title")}</h2>
      <fieldset><legend>${t("limits.when")}</legend><div class="form-grid">
        <${Measured} name="notice" label=${t("limits.notice")} unit="limits.notice_unit" hint=${t("limits.notice_hint")} error=${errors.notice_min} value=${calendar.notice_min / 60} />
        <${Measured} name="horizon_days" label=${t("limits.horizon")} unit="limits.horizon_unit" hint=${t("limits.horizon_hint")} error=${errors.horizon_days} value=${calendar.horizon_days} />
        <${Select} name="step_min" label=${t("limits.step")} hint=${t("limits.step_hint")} error=${errors.step_min} defaultValue=${String(calendar.step_min)} options=${STEPS.map((each) => ({ value: String(each), label: t("slip.minutes", { count: each }) }))} />
      </div></fieldset>
      <fieldset><legend>${t("limits.load")}</legend><div class="form-grid">
        <${Measured} name="max_per_day" label=${t("limits.max")} unit="limits.max_unit" hint=${t("limits.max_hint")} error=${errors.max_per_day} value=${calendar.max_per_day ?? ""} />
        <${Measured} name="max_per_week" label=${t("limits.max_week")} unit="limits.max_week_unit" hint=${t("limits.max_hint")} error=${errors.max_per_week} value=${calendar.max_per_week ?? ""} />
        <${Measured} name="longest_run_min" label=${t("limits.run")} unit="limits.run_unit" hint=${t("limits.run_hint")} error=${errors.longest_run_min} value=${calendar.longest_run_min ?? ""} />
        <${Measured} name="break_min" label=${t("limits.break")} unit="limits.break_unit" error=${errors.break_min} value=${calendar.break_min} />
      </div></fieldset>
      <fieldset><legend>${t("limits.own")}</legend><div class="form-grid">
        <${Measured} name="change_notice" label=${t("limits.change")} unit="limits.change_unit" hint=${t("limits.change_hint")} error=${errors.change_notice_min} value=${calendar.change_notice_min / 60} />
      </div></fieldset>
      <${FormProblem} problem=${form.problem} shown=${LIMITS} />
      ${form.problem?.status === 412 && html`<button type="button" class="button small" onClick=${again}>${t("calendar.reload")}</button>`}
      <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.save")}</button><span role="status">${saved && t("common.saved")}</span></div>
    </form>`;
}

/** A number with its unit behind it, in the form that fits the number. @param {{name: string, label: string, unit: string, value: number | string, hint?: string, error?: string}} props */
function Measured({ unit, value, ...field }) {
  const [count, setCount] = useState(Number(value) || 0);
  const typed = (/** @type {any} */ e) => setCount(Number(e.target.value.replace(",", ".")) || 0);
  return html`<${Field} ...${field}>${(/** @type {any} */ a) => html`<span class="measured"><input ...${a} inputmode="decimal" defaultValue=${value} onInput=${typed} /><span>${t(unit, { count })}</span></span>`}<//>`;
}

/** Takes one entry away after a second tap. @param {{path: string, what: string, version?: number, again: () => void}} props */
export function Drop({ path, version, what, again }) {
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  async function drop() {
    try {
      await ask("DELETE", path, { key: freshKey(), version });
      again();
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
  }
  if (problem) return html`<${Trouble} error=${problem} />`;
  if (sure) return html`<span class="row tight"><button type="button" class="act act-bad" onClick=${drop}>${t("common.drop_sure")}</button><button type="button" class="act" onClick=${() => setSure(false)}>${t("common.not_now")}</button></span>`;
  return html`<button type="button" class="act drop" aria-label=${`${t("common.drop")}: ${what}`} onClick=${() => setSure(true)}>${t("common.drop")}</button>`;
}
