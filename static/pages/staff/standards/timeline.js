// The versions of a service on a time line: a column for each stretch between their days, a row for all districts that have the same.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { dayName } from "../parts/allowance.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/standard-types.js").Standard} Standard */
/** @typedef {{standard: Standard | undefined, span: number, from: number}} Stretch */

const NAMED = 3;

/** @param {{versions: Standard[], districts: District[], today: string, chosen: number, onChoose: (id: number) => void}} props */
export function TimeLine({ versions, districts, today, chosen, onChoose }) {
  const days = [...new Set(versions.map((each) => each.valid_from))].sort();
  const now = days.filter((day) => day <= today).length - 1;
  const strip = useRef(/** @type {HTMLElement | null} */ (null));
  // On a narrow page the line begins with what holds now; the page itself stays where it is.
  useEffect(() => {
    const [own, column] = [strip.current, strip.current?.querySelector(".line-now")];
    if (own && column instanceof HTMLElement) own.scrollLeft = column.offsetLeft - own.clientWidth / 2;
  }, []);
  return html`
    <div class="line-scroll" ref=${strip} tabindex="0" role="region" aria-label=${t("standards.line")}>
      <table class="line" data-test="line">
        <thead><tr><th scope="col">${t("standards.where")}</th>${days.map((day, n) => html`<th key=${day} scope="col" class=${n === now ? "line-now" : ""}>${t("standards.from", { day: dayName(day) })}${n === now && html` <span class="tag">${t("standards.now")}</span>`}</th>`)}</tr></thead>
        <tbody>${rowsOf(versions, districts, days).map((row) => html`<tr key=${row.ids.join()} data-districts=${row.ids.join()}><th scope="row">${nameOf(row.names, districts.length)}</th>
          ${row.stretches.map((each) => html`<${Cell} key=${each.from} stretch=${each} chosen=${chosen} onChoose=${onChoose} />`)}</tr>`)}</tbody>
      </table></div>`;
}

/** @param {{stretch: Stretch, chosen: number, onChoose: (id: number) => void}} props */
function Cell({ stretch: { standard, span }, chosen, onChoose }) {
  if (!standard) return html`<td colspan=${span}><span class="soft">–</span></td>`;
  return html`<td colspan=${span}><button type="button" class=${`line-bar is-${standard.state}`} aria-pressed=${standard.id === chosen} data-version=${standard.version} onClick=${() => onChoose(standard.id)}>
    <strong>${t("standards.version", { version: standard.version })}</strong> <span>${t("standards.minutes", { count: standard.duration_min })}</span></button></td>`;
}

/** Districts with the same versions at the same time are one row. @param {Standard[]} versions @param {District[]} districts @param {string[]} days */
function rowsOf(versions, districts, days) {
  /** @type {Map<string, {ids: number[], names: string[], stretches: Stretch[]}>} */
  const rows = new Map();
  for (const district of districts) {
    const held = days.map((day) => inForce(versions, day, district.id));
    const key = held.map((each) => each?.id ?? 0).join();
    const row = rows.get(key) || { ids: [], names: [], stretches: stretchesOf(held) };
    row.ids.push(district.id);
    row.names.push(district.name);
    rows.set(key, row);
  }
  return [...rows.values()].sort((one, other) => other.ids.length - one.ids.length);
}

/** The latest first, as the server lists them: the first that has begun and covers the district. @param {Standard[]} versions @param {string} day @param {number} district */
function inForce(versions, day, district) {
  return versions.find((each) => each.valid_from <= day && (each.districts === null || each.districts.includes(district)));
}

/** @param {(Standard | undefined)[]} held @returns {Stretch[]} */
function stretchesOf(held) {
  /** @type {Stretch[]} */
  const stretches = [];
  held.forEach((standard, n) => {
    const last = stretches[stretches.length - 1];
    if (last && last.standard?.id === standard?.id) last.span += 1;
    else stretches.push({ standard, span: 1, from: n });
  });
  return stretches;
}

/** @param {string[]} names @param {number} all */
function nameOf(names, all) {
  if (names.length === all) return t("standards.everywhere");
  if (names.length <= NAMED) return names.join(", ");
  return t("standards.other_districts", { count: names.length });
}
