// One window of working time as a form: from when to when, how often, where, for which services, with a break or none.

import { html, useState } from "/static/vendor/preact-htm.js";
import { weekdayName, weekdayOf } from "/static/lib/time.js";
import { Dialog } from "../parts/dialog.js";
import { Input } from "../parts/form.js";
import { lang, t } from "../parts/words.js";
import { isOnce, ruleOf } from "./plan.js";
import { Scopes } from "./scope-dialog.js";
import { dateWords, dayWords, originWords, rhythmWords, spanWords, timeWords } from "./spoken.js";
import { scopesOf } from "./steps.js";
import { readTime, TimeField } from "./time-field.js";
import { PlaceField, ServiceFields } from "./where-fields.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */
/** @typedef {import("./plan.js").Stretch} Stretch */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {import("./steps.js").Details} Details */
/** @typedef {import("./steps.js").Scope} Scope */
/** @typedef {"once" | "weekly" | "second" | "days"} Repeat */
/** @typedef {{targets: Stretch[], details: Details, rewritten: boolean, scope: Scope}} Wish `rewritten`: more than the time is to change */

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];

/**
 * @param {{calendar: Calendar, specialist: Specialist, at: Stretch, win: Win | null, busy: boolean, problem: any, onClose: () => void,
 *   onSave: (wish: Wish) => void, onRemove: () => void, onOrdinary: (() => void) | null}} props
 */
export function WindowDialog({ calendar, specialist, at, win, busy, problem, onClose, onSave, onRemove, onOrdinary }) {
  const rule = win && ruleOf(calendar, win);
  const wholeDay = win !== null && !rule;
  const [day, setDay] = useState(at.day);
  const [time, setTime] = useState({ start: timeWords(at.start), end: timeWords(at.end) });
  const [pause, setPause] = useState(/** @type {{start: string, end: string} | null} */ (null));
  const [repeat, setRepeat] = useState(repeatOf(rule));
  const [days, setDays] = useState(rule?.plain ? rule.plain.days : [weekdayOf(at.day)]);
  const [every, setEvery] = useState(rule?.plain?.every ?? 1);
  const [until, setUntil] = useState(rule && !isOnce(rule) ? rule.last_day || "" : "");
  const [place, setPlace] = useState(/** @type {string} */ (win?.place ?? "office"));
  const [services, setServices] = useState(win?.services ?? null);
  const [scope, setScope] = useState(/** @type {Scope} */ ("one"));
  const [fault, setFault] = useState("");
  const [touched, setTouched] = useState(false);
  const details = detailsOf({ repeat, days, every, until, place, services, at: day });
  const recurs = rule !== null && !isOnce(rule);
  const scopes = win ? offered(calendar, win, day, touched && recurs) : [];
  const chosen = scopes.includes(scope) ? scope : scopes[0] || "one";
  const touch = (/** @type {(value: any) => void} */ set) => (/** @type {any} */ value) => { set(value); setTouched(true); };

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const [start, end] = [readTime(time.start), readTime(time.end, true)];
    if (!day || start === null || end === null || end <= start) return setFault(t("calendar.fault_times"));
    const cut = pause && { start: readTime(pause.start), end: readTime(pause.end, true) };
    if (cut && (cut.start === null || cut.end === null || cut.start <= start || cut.end >= end || cut.end <= cut.start)) return setFault(t("calendar.fault_break"));
    const targets = cut ? [{ day, start, end: Number(cut.start) }, { day, start: Number(cut.end), end }] : [{ day, start, end }];
    return onSave({ targets, details, rewritten: touched, scope: chosen });
  }

  const span = spanWords({ start: readTime(time.start) ?? at.start, end: readTime(time.end, true) ?? at.end });
  return html`
    <${Dialog} name="window-dialog" title=${win ? dayWords(win.day) : t("calendar.new_window")} onClose=${onClose}>
      <form class="stack cal-form" onSubmit=${submit} noValidate>
        ${win && html`<p class="soft">${spanWords(win)} · ${originWords(calendar, win)}</p>`}
        <div class="cal-times">
          <${Input} name="day" id="window-day" type="date" label=${t("calendar.field_day")} value=${day} onInput=${(/** @type {any} */ e) => setDay(e.target.value)} required />
          <${TimeField} name="start" id="window-start" label=${t("calendar.field_start")} value=${time.start} autofocus onValue=${(/** @type {string} */ start) => setTime({ ...time, start })} required />
          <${TimeField} name="end" id="window-end" isEnd label=${t("calendar.field_end")} value=${time.end} onValue=${(/** @type {string} */ end) => setTime({ ...time, end })} required />
        </div>
        <${Pause} pause=${pause} setPause=${setPause} from=${readTime(time.start) ?? at.start} until=${readTime(time.end, true) ?? at.end} />
        ${!wholeDay && html`<${More} open=${win === null} title=${t("calendar.more")}>
          ${(!rule || rule.plain) && html`<${RepeatFields} ...${{ repeat, days, every, until, recurs, day }} setRepeat=${touch(setRepeat)} setDays=${touch(setDays)} setEvery=${touch(setEvery)} setUntil=${touch(setUntil)} />`}
          <${PlaceField} place=${place} setPlace=${touch(setPlace)} />
          <${ServiceFields} specialist=${specialist} services=${services} setServices=${touch(setServices)} />
        <//>`}
        ${win === null && html`<p class="cal-sum" aria-live="polite">${sumOf(details, day, span, every)}</p>`}
        ${scopes.length > 1 && html`<${Scopes} calendar=${calendar} win=${win} scopes=${scopes} chosen=${chosen} onChoose=${setScope} />`}
        ${fault && html`<p class="fault" role="alert">${fault}</p>`}
        ${problem && html`<div class="notice bad" role="alert" data-code=${problem.code}><p><strong>${problem.title}</strong> ${problem.detail}</p></div>`}
        <div class="row between cal-acts">
          <span class="row tight"><button class="button primary" data-test="window-save" disabled=${busy}>${t(win ? "common.save" : "calendar.create")}</button><button type="button" class="button" onClick=${onClose}>${t("common.not_now")}</button></span>
          <span class="row tight">${onOrdinary && html`<button type="button" class="act" onClick=${onOrdinary}>${t("calendar.make_ordinary")}</button>`}
            ${win && html`<button type="button" class="act act-bad" data-test="window-remove" onClick=${onRemove}>${t("calendar.remove")}</button>`}</span>
        </div>
      </form>
    <//>`;
}

/** @param {import("/static/lib/api-types.js").WorkingRule | null} rule @returns {Repeat} */
function repeatOf(rule) {
  if (!rule || isOnce(rule)) return "once";
  if (!rule.plain || rule.plain.days.length > 1 || rule.plain.every > 2) return "days";
  return rule.plain.every === 2 ? "second" : "weekly";
}

/** @param {{repeat: Repeat, days: number[], every: number, until: string, place: string, services: string[] | null, at: string}} chosen @returns {Details} */
function detailsOf({ repeat, days, every, until, place, services, at }) {
  const shared = { until: until || null, place, services };
  if (repeat === "once") return { ...shared, days: [], every: 1, until: null };
  if (repeat === "days") return { ...shared, days: days.length ? days : [weekdayOf(at)], every };
  return { ...shared, days: [weekdayOf(at)], every: repeat === "second" ? 2 : 1 };
}

/** A changed rhythm, place or service is never that of one day alone. @param {Calendar} calendar @param {Win} win @param {string} day @param {boolean} rewritten @returns {Scope[]} */
function offered(calendar, win, day, rewritten) {
  const all = scopesOf(calendar, win, [{ day, start: win.start, end: win.end }]);
  return rewritten ? /** @type {Scope[]} */ (["following_whole", "all_whole"]) : all;
}

/** @param {Details} details @param {string} day @param {string} span @param {number} every */
function sumOf(details, day, span, every) {
  if (!day) return "";
  if (!details.days.length) return `${dayWords(day)}, ${span}`;
  const until = details.until ? `, ${t("calendar.rule_until", { day: dateWords(details.until) })}` : "";
  return `${rhythmWords(details.days, details.every || every)}, ${span}, ${t("calendar.rule_from", { day: dateWords(day) })}${until}`;
}

/** @param {{pause: {start: string, end: string} | null, setPause: (pause: any) => void, from: number, until: number}} props */
function Pause({ pause, setPause, from, until }) {
  if (!pause) {
    const middle = Math.round((from + until) / 2 / 30) * 30;
    return html`<button type="button" class="act cal-add-break" data-test="add-break" disabled=${until - from < 45} onClick=${() => setPause({ start: timeWords(middle - 15), end: timeWords(Math.min(middle + 30, until - 15)) })}>${t("calendar.add_break")}</button>`;
  }
  return html`
    <fieldset class="cal-pause"><legend>${t("calendar.break")}</legend>
      <div class="row tight"><${TimeField} bare name="break_start" label=${t("calendar.break_start")} value=${pause.start} onValue=${(/** @type {string} */ start) => setPause({ ...pause, start })} /><span aria-hidden="true">–</span>
        <${TimeField} bare name="break_end" label=${t("calendar.break_end")} value=${pause.end} onValue=${(/** @type {string} */ end) => setPause({ ...pause, end })} />
        <button type="button" class="act" onClick=${() => setPause(null)}>${t("calendar.no_break")}</button></div></fieldset>`;
}

/** Open at once where all of it is asked for, else on demand. @param {{open: boolean, title: string, children: any}} props */
function More({ open, title, children }) {
  if (open) return html`<div class="stack">${children}</div>`;
  return html`<details class="cal-more"><summary>${title}</summary><div class="stack">${children}</div></details>`;
}

/** @param {{repeat: Repeat, days: number[], every: number, until: string, recurs: boolean, day: string, setRepeat: any, setDays: any, setEvery: any, setUntil: any}} props */
function RepeatFields({ repeat, days, every, until, recurs, day, setRepeat, setDays, setEvery, setUntil }) {
  const weekday = day ? weekdayName(weekdayOf(day), lang) : "";
  const kinds = recurs ? ["weekly", "second", "days"] : ["once", "weekly", "second", "days"];
  return html`
    <fieldset class="stack tight"><legend>${t("calendar.repeat")}</legend>
      <div class="cal-choices">${kinds.map((kind) => html`<label key=${kind} class="cal-choice"><input type="radio" name="repeat" value=${kind} checked=${repeat === kind} onChange=${() => setRepeat(kind)} /><span>${t(`calendar.repeat_${kind}`, { weekday })}</span></label>`)}</div>
      ${repeat === "days" && html`
        <div class="cal-weekdays" role="group" aria-label=${t("calendar.weekdays")}>${WEEKDAYS.map((each) => html`<label key=${each} class="cal-weekday-choice"><input type="checkbox" name="weekday" value=${each} checked=${days.includes(each)} onChange=${() => setDays(days.includes(each) ? days.filter((other) => other !== each) : [...days, each].sort())} /><span aria-label=${weekdayName(each, lang)}>${weekdayName(each, lang, "short")}</span></label>`)}</div>
        <label class="inline cal-every">${t("calendar.every_weeks")} <input type="number" id="window-every" min="1" max="52" value=${every} onInput=${(/** @type {any} */ e) => setEvery(Math.max(1, Number(e.target.value) || 1))} /> ${t("calendar.weeks", { count: every })}</label>`}
      ${repeat !== "once" && html`<${Input} name="until" id="window-until" type="date" label=${t("calendar.field_until")} hint=${t("calendar.field_until_hint")} optional value=${until} min=${day} onInput=${(/** @type {any} */ e) => setUntil(e.target.value)} />`}
    </fieldset>`;
}
