// Districts side by side, and how much of their specialists' open time institutions filled. No specialist is named.

import { html } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";
import { Bars, Behind, count, exact, hours, percent, Section } from "./figures.js";

/** @typedef {import("/static/lib/report-types.js").Glance} Glance */
/** @typedef {import("/static/lib/report-types.js").DistrictRow} DistrictRow */

/** @param {{seen: Glance}} props */
export function Districts({ seen }) {
  if (seen.districts.length < 2) return null;
  const most = Math.max(1, ...seen.districts.map((row) => row.held.sessions || 0));
  const head = ["district", "people", "sessions", "missed", "waiting_median", "waiting_within", "certificates", "to_ngo"];
  return html`<${Section} name="districts" title=${t("glance.districts_title")} wide>
    <div class="behind-place" tabindex="0"><table class="glance-table stacked" aria-labelledby="districts-title">
      <thead><tr>${head.map((name) => html`<th key=${name} scope="col">${t(`glance.${name}`)}</th>`)}</tr></thead>
      <tbody>${seen.districts.map((row) => html`<${Row} key=${row.id ?? "others"} row=${row} most=${most} />`)}</tbody>
    </table></div></${Section}>`;
}

/** @param {{row: DistrictRow, most: number}} props */
function Row({ row, most }) {
  const cells = /** @type {[string, string][]} */ ([
    ["missed", row.id === null ? "–" : count(row.missed)], ["waiting_median", exact(row.waiting?.median)], ["waiting_within", percent(row.waiting?.within)],
    ["certificates", row.id === null ? "–" : count(row.certificates)], ["to_ngo", row.id === null ? "–" : count(row.to_ngo)],
  ]);
  return html`<tr data-district=${row.id ?? "others"}>
    <th scope="row">${row.id === null ? t("glance.others", { count: row.merged }) : row.name}</th>
    <td data-label=${t("glance.people")}>${count(row.held.people)}</td>
    <td data-label=${t("glance.sessions")}><span class="cell-bar">${count(row.held.sessions)}<span class="bar-track" aria-hidden="true"><span class="bar-fill" style=${{ "--part": (row.held.sessions || 0) / most }}></span></span></span></td>
    ${cells.map(([name, words]) => html`<td key=${name} data-label=${t(`glance.${name}`)}>${words}</td>`)}
  </tr>`;
}

/** @param {{seen: Glance}} props */
export function Load({ seen }) {
  if (!seen.providers.length) return null;
  const share = (/** @type {Glance["providers"][number]} */ row) => (row.open_minutes && row.held.minutes !== null ? row.held.minutes / row.open_minutes : null);
  const bars = seen.providers.map((row) => ({
    key: row.id, label: row.name, value: row.held.minutes,
    words: row.held.minutes === null ? t("glance.hidden") : `${hours(row.held.minutes)} ${t("glance.hours_short")}`,
    note: row.open_minutes && row.held.minutes !== null ? t("glance.load_of", { share: percent(share(row)), hours: hours(row.open_minutes) }) : "",
  }));
  const rows = seen.providers.map((row) => [row.name, row.specialists || "–", count(row.held.sessions), hours(row.held.minutes), row.open_minutes ? hours(row.open_minutes) : "–", percent(share(row))]);
  return html`<${Section} name="load" title=${t("glance.providers_title")} lead=${t("glance.providers_lead")} wide>
    <${Bars} bars=${bars} />
    <${Behind} head=${["provider", "specialists", "sessions", "hours", "hours_open", "load"].map((name) => t(`glance.${name}`))} rows=${rows} /></${Section}>`;
}
