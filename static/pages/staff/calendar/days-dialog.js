// Several chosen days at once: other hours, a day off, away, the hours of another week, or what the rules say again.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, mondayOf, weekdayOf } from "/static/lib/time.js";
import { Dialog } from "../parts/dialog.js";
import { Input, Select } from "../parts/form.js";
import { t } from "../parts/words.js";
import { dateWords, daysWords, spanWords } from "./spoken.js";
import { away, copied, ordinary, wholeDay } from "./steps.js";
import { readTime, TimeField } from "./time-field.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("./steps.js").Step} Step */
/** @typedef {"hours" | "off" | "away" | "copy" | "ordinary"} DaysAct */

const ACTS = /** @type {DaysAct[]} */ (["hours", "off", "away", "copy", "ordinary"]);
export const KINDS = ["vacation", "sick", "training", "other"];
const WEEKS_BACK = 4;
const WEEKS_ON = 2;

/** @param {{calendar: Calendar, specialist: number, days: string[], act: DaysAct, busy: boolean, problem: any, onClose: () => void, onSave: (what: string, steps: Step[]) => void}} props */
export function DaysDialog({ calendar, specialist, days, act: first, busy, problem, onClose, onSave }) {
  const [act, setAct] = useState(first);
  const [time, setTime] = useState({ start: "9:00", end: "17:00", pause: false, from: "13:00", until: "13:45" });
  const [weekends, setWeekends] = useState(days.length < 6);
  const [kind, setKind] = useState("vacation");
  const [reason, setReason] = useState("");
  const [week, setWeek] = useState(addDays(mondayOf(days[0]), -7));
  const [fault, setFault] = useState("");
  const hasWeekend = days.some((day) => weekdayOf(day) > 4) && days.some((day) => weekdayOf(day) < 5);
  const meant = weekends || !hasWeekend ? days : days.filter((day) => weekdayOf(day) < 5);
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => setTime({ ...time, [name]: value });

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    const windows = act === "hours" ? windowsOfForm(time) : [];
    if (!windows) return setFault(t("calendar.fault_times"));
    const what = `${daysWords(days)}: ${act === "away" ? t(`absence.kind_${kind}`) : windows.map(spanWords).join(", ") || t(`calendar.days_${act}`)}`;
    if (act === "away") return onSave(what, [away(days[0], days[days.length - 1], kind, calendar.zone)]);
    if (act === "ordinary") return onSave(what, ordinary(calendar, days));
    if (act === "copy") {
      const source = /** @type {Calendar} */ (await get(`/specialists/${specialist}/calendar`, { from: week, until: addDays(week, 6) }));
      return onSave(what, copied(calendar, days, source, week));
    }
    return onSave(what, meant.map((day) => wholeDay(calendar, day, windows, reason)));
  }

  const nothing = act === "ordinary" && !ordinary(calendar, days).length;
  return html`
    <${Dialog} name="days-dialog" title=${daysWords(days)} onClose=${onClose}>
      <form class="stack cal-form" onSubmit=${submit} noValidate>
        <fieldset class="stack tight"><legend>${t("calendar.days_what")}</legend>
          <div class="cal-choices">${ACTS.map((each) => html`<label key=${each} class="cal-choice"><input type="radio" name="act" value=${each} checked=${act === each} autofocus=${act === each} onChange=${() => setAct(each)} /><span>${t(`calendar.days_${each}`)}</span></label>`)}</div></fieldset>
        ${act === "hours" && html`
          <div class="cal-times"><${TimeField} name="start" id="days-start" label=${t("calendar.field_start")} value=${time.start} onValue=${set("start")} /><${TimeField} name="end" id="days-end" isEnd label=${t("calendar.field_end")} value=${time.end} onValue=${set("end")} /></div>
          <label class="choice"><input type="checkbox" name="pause" checked=${time.pause} onChange=${() => setTime({ ...time, pause: !time.pause })} />${t("calendar.break")}</label>
          ${time.pause && html`<div class="cal-times"><${TimeField} name="from" label=${t("calendar.break_start")} value=${time.from} onValue=${set("from")} /><${TimeField} name="until" isEnd label=${t("calendar.break_end")} value=${time.until} onValue=${set("until")} /></div>`}`}
        ${(act === "hours" || act === "off") && hasWeekend && html`<label class="choice"><input type="checkbox" name="weekends" checked=${weekends} onChange=${() => setWeekends(!weekends)} />${t("calendar.days_weekends")}</label>`}
        ${(act === "hours" || act === "off") && html`<${Input} name="reason" label=${t("exception.reason")} optional maxlength="200" value=${reason} onInput=${(/** @type {any} */ e) => setReason(e.target.value)} />`}
        ${act === "away" && html`<${Select} name="kind" id="days-kind" label=${t("absence.kind")} options=${KINDS.map((each) => ({ value: each, label: t(`absence.kind_${each}`) }))} value=${kind} onChange=${(/** @type {any} */ e) => setKind(e.target.value)} /><p class="hint">${t("absence.lead")}</p>`}
        ${act === "copy" && html`<${Select} name="week" id="days-week" label=${t("calendar.copy_from")} hint=${t("calendar.copy_hint")} options=${weeksAround(days[0])} value=${week} onChange=${(/** @type {any} */ e) => setWeek(e.target.value)} />`}
        ${act === "ordinary" && html`<p class="soft">${t(nothing ? "calendar.ordinary_already" : "calendar.ordinary_text")}</p>`}
        ${fault && html`<p class="fault" role="alert">${fault}</p>`}
        ${problem && html`<div class="notice bad" role="alert" data-code=${problem.code}><p><strong>${problem.title}</strong> ${problem.detail}</p></div>`}
        <div class="row tight"><button class="button primary" data-test="days-save" disabled=${busy || nothing}>${t("calendar.apply")}</button><button type="button" class="button" onClick=${onClose}>${t("common.not_now")}</button></div>
      </form>
    <//>`;
}

/** @param {{start: string, end: string, pause: boolean, from: string, until: string}} time @returns {{start: number, end: number}[] | null} null when they are no hours */
function windowsOfForm(time) {
  const [start, end] = [readTime(time.start), readTime(time.end, true)];
  if (start === null || end === null || end <= start) return null;
  if (!time.pause) return [{ start, end }];
  const [from, until] = [readTime(time.from), readTime(time.until, true)];
  if (from === null || until === null || from <= start || until <= from || until >= end) return null;
  return [{ start, end: from }, { start: until, end }];
}

/** @param {string} day */
function weeksAround(day) {
  const monday = mondayOf(day);
  const weeks = Array.from({ length: WEEKS_BACK + WEEKS_ON + 1 }, (_, n) => addDays(monday, (n - WEEKS_BACK) * 7)).filter((each) => each !== monday);
  return weeks.map((each) => ({ value: each, label: t("calendar.week_of", { from: dateWords(each), until: dateWords(addDays(each, 6)) }) }));
}
