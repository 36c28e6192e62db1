// How often a service may be had, in words and as fields: alternatives of which any one must hold.

import { html } from "/static/vendor/preact-htm.js";
import { lang, t } from "./words.js";

/** @typedef {import("/static/lib/standard-types.js").Alternative} Alternative */
/** @typedef {import("/static/lib/standard-types.js").Per} Per */
/** @typedef {import("/static/lib/standard-types.js").Way} Way */

/** @type {Per[]} */
const PERS = ["week", "month", "year"];
const MOST = 10;

/** "2 в месяц, или курс 10 дней 2 раза в год" @param {Way[] | null | undefined} ways */
export function waysInWords(ways) {
  return ways?.length ? ways.map(wayInWords).join(t("often.or")) : t("often.free");
}

/** @param {Way} way */
function wayInWords({ times, per, days }) {
  const often = t(`often.times_${per}`, { count: times });
  return days ? t("often.course", { days: t("often.days", { count: days }), often }) : often;
}

/** "ноябрь", "2026 год", "неделя 23–29 ноября" @param {Per} per @param {string} since */
export function periodName(per, since) {
  if (per === "year") return t("often.year", { year: since.slice(0, 4) });
  if (per === "week") return t("often.week", { days: weekOf(since) });
  return new Intl.DateTimeFormat(lang, { month: "long", timeZone: "UTC" }).format(Date.parse(`${since}T00:00:00Z`));
}

/** "16–22 ноября" @param {string} monday */
function weekOf(monday) {
  const first = Date.parse(`${monday}T00:00:00Z`);
  const format = /** @type {any} */ (new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", timeZone: "UTC" })); // tsc knows formatRange only from ES2021 on
  return format.formatRange(first, first + 6 * 86_400_000);
}

/** "ноябрь: осталось 1 из 2" @param {Alternative} one */
export function leftInWords({ times, per, days, used, left, since }) {
  const period = periodName(per, since);
  return days ? t("often.courses_left", { period, days: t("often.days", { count: days }), used, times, left: t("often.sessions", { count: left }) }) : t("often.left", { period, left, times });
}

/** "декабрь: с этим курсом 5 из 2, без него 1" @param {import("/static/lib/standard-types.js").Norm} norm */
export function courseInWords({ times, per, days, used, wanted, since }) {
  const period = periodName(per, since);
  return days ? t("often.courses_wanted", { period, days: t("often.days", { count: days }), used, wanted, times }) : t("often.wanted", { period, used, wanted, times });
}

/** Fields for alternatives; none of them: as often as one likes. @param {{ways: Way[], onChange: (ways: Way[]) => void, legend: string, none: string, error?: string, at: string}} props */
export function WaysFields({ ways, onChange, legend, none, error, at }) {
  const put = (/** @type {number} */ n, /** @type {Partial<Way>} */ next) => onChange(ways.map((each, k) => (k === n ? { ...each, ...next } : each)));
  return html`
    <fieldset class="ways" data-test="ways"><legend>${legend}</legend>
      ${!ways.length && html`<p class="soft">${none}</p>`}
      <ul class="plain ways-list">${ways.map((way, n) => html`<li key=${n} class="way">
        ${n > 0 && html`<span class="way-or">${t("often.or_word")}</span>`}
        <label>${t("often.how")}<select value=${way.days ? "course" : "times"} onChange=${(/** @type {any} */ e) => put(n, { days: e.target.value === "course" ? 10 : null })}>
          <option value="times">${t("often.single")}</option><option value="course">${t("often.in_courses")}</option></select></label>
        ${way.days && html`<label>${t("often.days_of")}<input type="number" min="2" max="60" value=${way.days} onInput=${(/** @type {any} */ e) => put(n, { days: Number(e.target.value) })} /></label>`}
        <label>${t("often.times")}<input type="number" min="1" max="366" id=${`${at}-times-${n}`} value=${way.times} onInput=${(/** @type {any} */ e) => put(n, { times: Number(e.target.value) })} /></label>
        <label>${t("often.per")}<select value=${way.per} onChange=${(/** @type {any} */ e) => put(n, { per: e.target.value })}>${PERS.map((per) => html`<option key=${per} value=${per}>${t(`often.per_${per}`)}</option>`)}</select></label>
        <button type="button" class="act" aria-label=${t("often.remove_what", { what: wayInWords(way) })} onClick=${() => onChange(ways.filter((_, k) => k !== n))}>${t("often.remove")}</button>
      </li>`)}</ul>
      ${error && html`<p class="fault">${error}</p>`}
      ${ways.length < MOST && html`<button type="button" class="button small" data-test="add-way" onClick=${() => onChange([...ways, { times: 2, per: "month" }])}>${t(ways.length ? "often.add_other" : "often.add")}</button>`}
    </fieldset>`;
}

/** As the server takes them. @param {Way[]} ways @returns {Way[] | null} */
export function waysAsked(ways) {
  return ways.length ? ways.map(({ times, per, days }) => (days ? { times, per, days } : { times, per })) : null;
}
