// A course at the desk: a plain form for its rule, what would come of it session by session, and what a person decided of each.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { post, Refusal } from "/static/lib/api.js";
import { clock, dayLong, weekdayName } from "/static/lib/time.js";
import { bodyOf } from "../booking/beside.js";
import { byField, FormProblem, Input, Select } from "../parts/form.js";
import { Loading, sentToSignIn } from "../parts/shell.js";
import { lang, t, zoneName } from "../parts/words.js";
import { isWhole, MOST, ruleOf, usual } from "./rule.js";
import { asRows, chosenOf, isDecided, keptOf, Sessions, withAll } from "./sessions.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/desk-types.js").CourseService} Service */
/** @typedef {import("/static/lib/desk-types.js").Preview} Preview */
/** @typedef {import("/static/lib/standard-types.js").Norm} Norm */
/** @typedef {import("../booking/beside.js").Beside} Beside */
/** @typedef {import("../booking/wishes.js").Catalogue} Catalogue */
/** @typedef {import("./rule.js").CourseFields} CourseFields */
/** @typedef {import("./sessions.js").Row} Row */
/** @typedef {ReturnType<typeof useCourse>} CourseState */

const EVERY = [1, 2, 3, 4];
const NTH = [[1, 3], [2, 4], [1], [2], [3], [4]];
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const SHOWN = ["times", "first_day", "start", "before", "rrule", "specialist", "client"];

/** A specialist makes courses in her own calendar. @param {Me} me @param {Service | null} service @param {string} today @returns {CourseFields} */
export function firstCourse(me, service, today) {
  return { ...usual(service?.periodicity, today), specialist: me.roles.includes("coordinator") ? null : me.specialist_id };
}

/**
 * @param {{me: Me, catalogue: Catalogue, service: Service | null, client: Client | null, beside: Beside, today: string, onProblem: (problem: Refusal | null) => void}} given
 */
export function useCourse({ me, catalogue, service, client, beside, today, onProblem }) {
  const [fields, setFields] = useState(/** @type {CourseFields | null} */ (null));
  const [rows, setRows] = useState(/** @type {Row[] | null} */ (null));
  const [about, setAbout] = useState(/** @type {{zone: string, often: boolean, norm: Norm[]}} */ ({ zone: "UTC", often: false, norm: [] }));
  const [state, setState] = useState(/** @type {{busy: boolean, problem: Refusal | null}} */ ({ busy: false, problem: null }));
  const now = fields || firstCourse(me, service, today);
  // What was looked over was looked over for these.
  useEffect(() => setRows(null), [client?.id, service?.code, JSON.stringify(bodyOf(beside))]);

  /** @param {string} code */
  function bare(code) {
    return {
      client: client?.id, specialist: now.specialist, service: code, rrule: ruleOf(now), first_day: now.first, start: now.start, times: now.times,
      ...(now.before && { before: now.before }), ...bodyOf(beside),
    };
  }

  /** @param {Row[]} [chosen] times held against the calendars anew instead of those of the rule */
  async function look(chosen) {
    if (!client || !service) return;
    setState({ busy: true, problem: null });
    onProblem(null);
    try {
      const found = /** @type {Preview} */ (await post("/series/preview", { ...bare(service.code), ...(chosen && { sessions: chosenOf(chosen) }) }));
      setAbout({ zone: found.zone, often: found.too_often, norm: found.norm });
      setRows(chosen ? withAll(chosen, found.sessions) : asRows(found.sessions));
      setState({ busy: false, problem: null });
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setState({ busy: false, problem: error });
    }
  }

  const kept = keptOf(rows || []);
  return {
    fields: now, rows, ...about, ...state, kept,
    names: new Map(catalogue.specialists.map((each) => [each.id, each])),
    ready: kept.length > 1 && kept.every(isDecided),
    change: (/** @type {Partial<CourseFields>} */ parts) => { setFields((/** @type {CourseFields | null} */ old) => ({ ...(old || now), ...parts })); setRows(null); },
    begin: (/** @type {CourseFields} */ next) => { setFields(next); setRows(null); },
    look: () => look(),
    again: () => look(rows || undefined),
    /** @param {Row[]} next @param {boolean} [anew] a time that nobody has looked at is among them */
    decide: (next, anew) => { setRows(next); if (anew) look(next); },
    /** @param {string} code */
    body: (code) => ({ ...bare(code), sessions: chosenOf(rows || []) }),
  };
}

/** @param {{course: CourseState, catalogue: Catalogue, service: Service | null, client: Client | null, me: Me, zone: string}} props */
export function CourseStep({ course, catalogue, service, client, me, zone }) {
  return html`
    <${CourseForm} course=${course} catalogue=${catalogue} service=${service} client=${client} me=${me} zone=${zone} />
    ${course.busy && !course.rows && html`<${Loading} what=${t("course.looking")} />`}
    ${course.rows && html`<${Sessions} course=${course} service=${service} client=${client} zone=${zone} />`}`;
}

/** @param {{course: CourseState, catalogue: Catalogue, service: Service | null, client: Client | null, me: Me, zone: string}} props */
function CourseForm({ course, catalogue, service, client, me, zone }) {
  const { fields, change } = course;
  const able = catalogue.specialists.filter((each) => !service || each.services.includes(service.code));
  const errors = course.problem ? byField(course.problem) : {};
  const set = (/** @type {keyof CourseFields} */ name) => (/** @type {any} */ e) => change({ [name]: e.target.value });
  const own = catalogue.specialists.find((each) => each.id === fields.specialist)?.zone || zone;
  return html`
    <form class="course-form stack" data-test="course-form" noValidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); course.look(); }}>
      ${me.roles.includes("coordinator") && html`<${Select} id="course-specialist" name="specialist" label=${t("course.specialist")} error=${errors.specialist} value=${String(fields.specialist ?? "")}
        onChange=${(/** @type {any} */ e) => change({ specialist: e.target.value ? Number(e.target.value) : null })}
        options=${[{ value: "", label: t("course.choose_specialist") }, ...able.map((each) => ({ value: String(each.id), label: `${each.name}, ${each.institution.name}` }))]} />`}
      <fieldset class="stack tight"><legend>${t("course.how")}</legend>
        <div class="segments course-how">${["weekly", "monthly", "daily"].map((how) => html`
          <button type="button" key=${how} aria-pressed=${fields.how === how} data-how=${how} onClick=${() => change({ how: /** @type {any} */ (how) })}>${t(`course.how_${how}`)}</button>`)}</div>
        <${How} fields=${fields} change=${change} />
        ${errors.rrule && html`<p class="fault" role="alert">${errors.rrule}</p>`}
      </fieldset>
      <div class="course-facts">
        <${Input} id="course-first" name="first_day" type="date" label=${t("course.first")} error=${errors.first_day} value=${fields.first} onChange=${set("first")} />
        <${Input} id="course-start" name="start" type="time" step="300" label=${t("course.start")} hint=${own === zone ? undefined : t("course.start_zone", { zone: zoneName(own, Date.now()) })} error=${errors.start} value=${fields.start} onChange=${set("start")} />
        <${Input} id="course-times" name="times" type="number" min="2" max=${MOST} inputmode="numeric" label=${t("course.times")} error=${errors.times} value=${fields.times || ""} onInput=${(/** @type {any} */ e) => change({ times: Math.trunc(Number(e.target.value)) })} />
        <${Input} id="course-before" name="before" type="date" label=${t("course.before")} error=${errors.before} value=${fields.before} onChange=${set("before")} />
      </div>
      ${service?.periodicity?.length && html`<p class="hint" data-test="periodicity">${t("course.standard", { often: inWords(service.periodicity) })}</p>`}
      <${FormProblem} problem=${course.problem && Object.keys(errors).every((field) => SHOWN.includes(field)) && Object.keys(errors).length ? null : course.problem} shown=${SHOWN} />
      <div class="row"><button class=${`button ${course.rows ? "" : "primary"}`} data-test="course-look" disabled=${course.busy || !client || !isWhole(fields)}>${t(course.rows ? "course.look_again" : "course.look")}</button>
        ${!client && html`<span class="hint">${t("booking.need_client")}</span>`}${client && !fields.specialist && html`<span class="hint">${t("course.need_specialist")}</span>`}</div>
    </form>`;
}

/** @param {{fields: CourseFields, change: (parts: Partial<CourseFields>) => void}} props */
function How({ fields, change }) {
  if (fields.how === "daily") {
    return html`<label class="choice"><input type="checkbox" name="weekends" checked=${fields.weekends} onChange=${(/** @type {any} */ e) => change({ weekends: e.target.checked })} />${t("course.weekends")}</label>`;
  }
  if (fields.how === "monthly") {
    return html`<div class="row tight course-line">
      <select aria-label=${t("course.nth")} id="course-nth" value=${fields.nth.join(",")} onChange=${(/** @type {any} */ e) => change({ nth: e.target.value.split(",").map(Number) })}>
        ${NTH.map((each) => html`<option key=${each} value=${each.join(",")}>${t(`course.nth_${each.join("_")}`)}</option>`)}</select>
      <select aria-label=${t("course.weekday")} id="course-weekday" value=${fields.weekday} onChange=${(/** @type {any} */ e) => change({ weekday: Number(e.target.value) })}>
        ${WEEKDAYS.map((day) => html`<option key=${day} value=${day}>${weekdayName(day, lang)}</option>`)}</select><span>${t("course.of_month")}</span></div>`;
  }
  const toggle = (/** @type {number} */ day) => change({ days: fields.days.includes(day) ? fields.days.filter((each) => each !== day) : [...fields.days, day].sort() });
  return html`<div class="marks-list" data-marks="course-days">${WEEKDAYS.map((day) => html`
      <label class="mark-choice" key=${day}><input type="checkbox" name="days" value=${day} checked=${fields.days.includes(day)} aria-label=${weekdayName(day, lang)} onChange=${() => toggle(day)} /><span>${weekdayName(day, lang, "short")}</span></label>`)}</div>
    <label class="course-line row tight"><span>${t("course.every")}</span><select id="course-every" value=${fields.every} onChange=${(/** @type {any} */ e) => change({ every: Number(e.target.value) })}>
      ${EVERY.map((each) => html`<option key=${each} value=${each}>${t(`course.every_${each}`)}</option>`)}</select></label>`;
}

/** "2 раза в месяц или курс из 10 дней" @param {import("/static/lib/desk-types.js").Periodicity[]} periodicity */
export function inWords(periodicity) {
  return periodicity.map((each) => ("days" in each
    ? t("course.period_days", { days: t("course.days_count", { count: each.days }), times: t("course.times_count", { count: each.times || 1 }) })
    : t(`course.period_${each.per}`, { times: t("course.times_count", { count: each.times }) }))).join(t("course.or"));
}

/** What stands beside the steps: how many, from when to when, with whom. @param {{course: CourseState, zone: string}} props */
export function CourseSum({ course, zone }) {
  const kept = course.kept;
  const who = course.fields.specialist === null ? null : course.names.get(course.fields.specialist);
  const open = kept.filter((each) => !isDecided(each)).length;
  const ends = [kept[0], kept[kept.length - 1]];
  return html`
    <div><dt>${t("booking.sum_specialist")}</dt><dd>${who ? html`${who.name}<br /><span class="soft">${who.institution.name}</span>` : "–"}</dd></div>
    <div><dt>${t("course.sum")}</dt><dd>${kept.length
      ? html`<strong class="sum-time">${t("course.sessions_count", { count: kept.length })}</strong><br />${ends.map((each, n) => html`<span key=${n}>${t(n ? "course.last" : "course.first_one", { day: dayLong(each.starts, zone, lang), time: clock(each.starts, zone, lang) })}<br /></span>`)}
          ${open > 0 && html`<span class="sum-open">${t("course.open_count", { count: open })}</span>`}`
      : "–"}</dd></div>`;
}
