// Days unlike their weekday, month by month: off, short, or worked in place of another. Read by all, kept by an administrator.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get, post } from "/static/lib/api.js";
import { plainDay } from "/static/lib/time.js";
import { Drop } from "./calendar-forms.js";
import { FormProblem, Input, Select, useForm } from "./form.js";
import { Loading, Trouble, useAnswer } from "./shell.js";
import { lang, t } from "./words.js";
import { YearForm } from "./year-form.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/api-types.js").Holiday & {bookings?: number | null}} Holiday */

const KINDS = ["closed", "working", "short"];
/** @type {Record<string, string>} */
const TONES = { closed: "tag", working: "tag good", short: "tag warn" };

/** @param {{edits: boolean}} props */
export function Holidays({ edits }) {
  const [year, setYear] = useState(new Date().getFullYear());
  const answer = useAnswer(() => get("/holidays", { year }), [year]);
  const districts = useAnswer(() => get("/districts"), []);
  /** @type {Holiday[]} */
  const items = answer.value?.items || [];
  /** @type {District[]} */
  const where = districts.value?.items || [];
  const standing = items.reduce((sum, each) => sum + (each.bookings || 0), 0);
  return html`
    <p class="soft days-lead">${t("days.lead")}</p>
    <div class="columns days">
      <section class="card stack" aria-labelledby="days-title" data-test="days">
        <div class="row between"><h2 id="days-title">${t("days.list", { year })}</h2>
          <div class="day-buttons"><button type="button" class="button small" data-test="year-before" aria-label=${t("holidays.before")} onClick=${() => setYear(year - 1)}>‹</button><button type="button" class="button small" data-test="year-after" aria-label=${t("holidays.after")} onClick=${() => setYear(year + 1)}>›</button></div></div>
        ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
        ${!answer.value && !answer.error && html`<${Loading} />`}
        ${answer.value && !items.length && html`<p class="soft">${t("holidays.none")}</p>`}
        ${standing > 0 && html`<div class="notice warn stack tight" role="status" data-test="standing"><p><strong>${t("days.affected", { count: standing })}</strong> ${t("days.affected_text")}</p></div>`}
        ${monthsOf(items).map(([month, days]) => html`<${Month} key=${month} month=${month} days=${days} districts=${where} edits=${edits} again=${answer.again} />`)}
      </section>
      ${edits && html`<div class="stack">
        <${YearForm} key=${year} year=${year} standing=${items.filter((each) => !each.district_id).length} again=${answer.again} />
        <${HolidayForm} districts=${where} year=${year} again=${answer.again} />
      </div>`}
    </div>`;
}

/** @param {Holiday[]} items @returns {[string, Holiday[]][]} */
function monthsOf(items) {
  /** @type {Map<string, Holiday[]>} */
  const months = new Map();
  for (const each of items) months.set(each.day.slice(0, 7), [...(months.get(each.day.slice(0, 7)) || []), each]);
  return [...months];
}

/** @param {{month: string, days: Holiday[], districts: District[], edits: boolean, again: () => void}} props */
function Month({ month, days, districts, edits, again }) {
  const name = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { month: "long", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));
  return html`
    <section aria-labelledby=${`m${month}`}><h3 class="days-month" id=${`m${month}`}>${name}</h3>
      <ul class="plain days-list">${days.map((each) => html`<${Line} key=${each.id} holiday=${each} districts=${districts} edits=${edits} again=${again} />`)}</ul></section>`;
}

/** @param {{holiday: Holiday, districts: District[], edits: boolean, again: () => void}} props */
function Line({ holiday, districts, edits, again }) {
  const { day, name, kind, like_day, district_id, bookings } = holiday;
  const district = district_id && districts.find((each) => each.id === district_id)?.name;
  return html`
    <li data-day=${day} data-kind=${kind}>
      <strong class="days-day">${plainDay(day, lang)}</strong>
      <span class="days-what"><span>${name}</span>
        <span class="row tight"><span class=${TONES[kind]}>${t(`days.kind_${kind}`)}</span>
        ${like_day && html`<span class="soft">${t("days.as", { day: plainDay(like_day, lang) })}</span>`}
        ${district && html`<span class="tag">${district}</span>`}
        ${bookings ? html`<span class="tag bad" data-test="day-bookings">${t("days.standing", { count: bookings })}</span>` : null}</span></span>
      ${edits && html`<span class="days-acts"><${Drop} path=${`/holidays/${holiday.id}`} what=${`${plainDay(day, lang)}, ${name}`} again=${again} /></span>`}
    </li>`;
}

/** @param {{districts: District[], year: number, again: () => void}} props */
function HolidayForm({ districts, year, again }) {
  const [kind, setKind] = useState("closed");
  const [round, setRound] = useState(0);
  const form = useForm(async (data, key) => {
    const district = String(data.get("district_id"));
    const { id } = districts.find((each) => String(each.id) === district) || { id: null };
    const body = { day: data.get("day") || null, name: data.get("name"), district_id: id, kind, like_day: data.get("like_day") || null };
    await post("/holidays", body, { key });
    setRound(round + 1);
    again();
  });
  const known = { min: `${year - 1}-12-01`, max: `${year + 1}-01-31` };
  return html`
    <form key=${round} class="card stack" onSubmit=${form.submit} noValidate data-test="holiday-form">
      <h2>${t("holidays.new")}</h2>
      <${Input} name="day" type="date" label=${t("exception.day")} error=${form.errors.day} required />
      <${Input} name="name" label=${t("holidays.name")} error=${form.errors.name} required />
      <${Select} name="kind" label=${t("days.kind")} hint=${kind === "short" ? t("days.kind_hint") : undefined} error=${form.errors.kind} value=${kind} onChange=${(/** @type {any} */ e) => setKind(e.target.value)} options=${KINDS.map((each) => ({ value: each, label: t(`days.kind_${each}`) }))} />
      ${kind !== "closed" && html`<${Input} name="like_day" type="date" ...${known} label=${t(kind === "working" ? "days.like" : "days.like_short")} hint=${t("days.like_hint")} error=${form.errors.like_day} />`}
      <${Select} name="district_id" label=${t("holidays.where")} error=${form.errors.district_id} options=${[{ value: "", label: t("holidays.everywhere") }, ...districts.map((each) => ({ value: String(each.id), label: each.name }))]} />
      <${FormProblem} problem=${form.problem} shown=${["day", "name", "kind", "like_day", "district_id"]} />
      <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.add")}</button></div>
    </form>`;
}
