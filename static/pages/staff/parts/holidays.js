// Days off of the whole region or of a district: read by all, changed by an administrator.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get, post } from "/static/lib/api.js";
import { plainDay } from "/static/lib/time.js";
import { Drop } from "./calendar-forms.js";
import { FormProblem, Input, Select, useForm } from "./form.js";
import { Loading, Trouble, useAnswer } from "./shell.js";
import { lang, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/api-types.js").Holiday} Holiday */

/** @param {{edits: boolean}} props */
export function Holidays({ edits }) {
  const [year, setYear] = useState(new Date().getFullYear());
  const answer = useAnswer(() => get("/holidays", { year }), [year]);
  const districts = useAnswer(() => get("/districts"), []);
  return html`
    <div class="columns">
      ${edits && html`<${HolidayForm} districts=${districts.value?.items || []} again=${answer.again} />`}
      <section class="card" aria-labelledby="holidays-title">
        <div class="row between"><h2 id="holidays-title">${year}</h2>
          <div class="day-buttons"><button type="button" class="button small" aria-label=${t("holidays.before")} onClick=${() => setYear(year - 1)}>‹</button><button type="button" class="button small" aria-label=${t("holidays.after")} onClick=${() => setYear(year + 1)}>›</button></div></div>
        ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
        ${!answer.value && !answer.error && html`<${Loading} />`}
        ${answer.value && !answer.value.items.length && html`<p class="soft">${t("holidays.none")}</p>`}
        <ul class="past">${(answer.value?.items || []).map((/** @type {Holiday} */ each) => html`<li key=${each.id}><strong>${plainDay(each.day, lang)}</strong><span>${each.name}</span>
          <span class="soft">${districtName(each, districts.value?.items || [])}</span>${edits && html`<${Drop} path=${`/holidays/${each.id}`} what=${each.name} again=${answer.again} />`}</li>`)}</ul>
      </section>
    </div>`;
}

/** @param {Holiday} holiday @param {District[]} districts */
function districtName(holiday, districts) {
  if (!holiday.district_id) return "";
  return districts.find((each) => each.id === holiday.district_id)?.name || "";
}

/** @param {{districts: District[], again: () => void}} props */
function HolidayForm({ districts, again }) {
  const form = useForm(async (data) => {
    const district = String(data.get("district_id"));
    const { id } = districts.find((each) => String(each.id) === district) || { id: null };
    await post("/holidays", { day: data.get("day"), name: data.get("name"), district_id: id });
    again();
  });
  return html`
    <form class="card stack" onSubmit=${form.submit} noValidate data-test="holiday-form">
      <h2>${t("holidays.new")}</h2>
      <${Input} name="day" type="date" label=${t("exception.day")} error=${form.errors.day} required />
      <${Input} name="name" label=${t("holidays.name")} error=${form.errors.name} required />
      <${Select} name="district_id" label=${t("holidays.where")} error=${form.errors.district_id} options=${[{ value: "", label: t("holidays.everywhere") }, ...districts.map((each) => ({ value: String(each.id), label: each.name }))]} />
      <${FormProblem} problem=${form.problem} shown=${["day", "name", "district_id"]} />
      <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.add")}</button></div>
    </form>`;
}
