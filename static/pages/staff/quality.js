// Quality over time: how well people heard each other, by settlement, district and week, as a chart and a table. No names.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, dayOf, dayWithYear } from "/static/lib/time.js";
import { Empty, inAddress, Loading, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { Trend } from "./parts/trend.js";
import { Ratings } from "./quality/ratings.js";
import { lang, t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").QualityCell} QualityCell */
/** @typedef {import("/static/lib/api-types.js").QualityTable} QualityTable */

const WEEKS_BACK = 13;
const WAYS = ["settlement", "district", "week"];
const RUNGS = ["high", "low", "tiny", "voice"];

open("quality", QualityPage);

/** @param {{me: Me}} props */
function QualityPage({ me }) {
  const today = dayOf(Date.now(), zoneOf(me));
  const ways = me.roles.includes("analyst") ? WAYS : ["settlement", "week"];
  const [wish, setWish] = useState({ from: inAddress("from") || addDays(today, -7 * WEEKS_BACK), until: inAddress("until") || today, by: inAddress("by") || ways[0] });
  const answer = useAnswer(() => get("/quality", wish), [JSON.stringify(wish)]);
  const weeks = useAnswer(() => get("/quality", { ...wish, by: "week" }), [wish.from, wish.until]);
  const set = (/** @type {string} */ name) => (/** @type {any} */ e) => setWish({ ...wish, [name]: e.target.value });
  /** @type {QualityTable | undefined} */
  const table = answer.value;
  return html`
    <div class="page-head"><div><h1>${t("figures.title")}</h1><p class="soft">${t("figures.lead")}</p></div></div>
    <div class="filters">
      <div class="field"><label for="quality-from">${t("figures.from")}</label><input type="date" id="quality-from" value=${wish.from} onChange=${set("from")} /></div>
      <div class="field"><label for="quality-until">${t("figures.until")}</label><input type="date" id="quality-until" value=${wish.until} onChange=${set("until")} /></div>
      <div class="segments" role="group" aria-label=${t("figures.by")}>${ways.map((way) => html`<button type="button" key=${way} aria-pressed=${wish.by === way} data-by=${way} onClick=${() => setWish({ ...wish, by: way })}>${t(`figures.by_${way}`)}</button>`)}</div>
    </div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!table && !answer.error && html`<${Loading} />`}
    ${table && !table.items.length && html`<${Empty} title=${t("figures.none")} text=${t("figures.none_text")} />`}
    ${table && table.items.length > 0 && html`
      ${table.total.sessions > 0 && html`<${Sum} total=${table.total} />`}
      ${weeks.value && html`<${Weeks} table=${weeks.value} />`}
      <${Cells} table=${table} />
      <details class="how"><summary>${t("figures.how")}</summary><p class="measure">${t("figures.how_text")}</p></details>`}
    ${me.may.includes("workbench") && html`<${Ratings} from=${wish.from} until=${wish.until} />`}`;
}

/** @param {{total: QualityCell}} props */
function Sum({ total }) {
  const figures = [
    ["sessions", String(total.sessions)], ["failed", percent(total.failed)], ["concealed", percent(total.concealed)],
    ["loss", percent(total.loss)], ["phoned", percent(total.phoned)],
  ];
  return html`<dl class="counts" data-test="counts">${figures.map(([name, value]) => html`<div key=${name} class="count" data-count=${name}><dd>${value}</dd><dt>${t(`figures.${name}`)}</dt></div>`)}</dl>`;
}

/** @param {{table: QualityTable}} props */
function Weeks({ table }) {
  const told = table.items.filter((each) => !each.withheld);
  if (told.length < 2) return null;
  const hundred = (/** @type {"concealed" | "loss" | "failed"} */ name) => table.items.map((each) => (each[name] === null ? null : Number(each[name]) * 100));
  const lines = [
    { label: t("figures.col_concealed"), colour: "--trend-1", values: hundred("concealed") },
    { label: t("figures.col_loss"), colour: "--trend-2", dash: [8, 5], values: hundred("loss") },
    { label: t("figures.col_failed"), colour: "--trend-3", dash: [2, 4], values: hundred("failed") },
  ];
  return html`<section class="card" aria-labelledby="trend-title"><h2 id="trend-title">${t("figures.chart")}</h2>
    <${Trend} weeks=${table.items.map((each) => each.key)} lines=${lines} label=${t("figures.week")} spoken=${t("figures.chart_spoken")} /></section>`;
}

/** @param {{table: QualityTable}} props */
function Cells({ table }) {
  const first = { settlement: "place", district: "district", week: "week" }[table.by];
  return html`
    <div class="quality-place" tabindex="0" role="region" aria-label=${t("figures.title")}><table class="quality-table figures" data-test="cells">
      <thead><tr><th scope="col">${t(`figures.${first}`)}</th>${["sessions", "concealed", "loss", "rtt", "failed", "phoned", "rungs"].map((name) => html`<th key=${name} scope="col">${t(`figures.col_${name}`)}</th>`)}</tr></thead>
      <tbody>${table.items.map((each) => html`<${Row} key=${each.district + each.key + each.merged} cell=${each} by=${table.by} />`)}</tbody>
      ${table.total.sessions > 0 && html`<tfoot><tr><th scope="row">${t("figures.all")}</th><${Numbers} cell=${table.total} /></tr></tfoot>`}
    </table></div>`;
}

/** @param {{cell: QualityCell, by: QualityTable["by"]}} props */
function Row({ cell, by }) {
  return html`
    <tr data-cell=${cell.key || cell.district} data-withheld=${cell.withheld}>
      <th scope="row">${nameOf(cell, by)}${by === "settlement" && cell.district && html`<span class="soft">${cell.district}</span>`}</th>
      ${cell.withheld ? html`<td class="soft" colspan="7">${t("figures.too_few")}</td>` : html`<${Numbers} cell=${cell} />`}
    </tr>`;
}

/** @param {{cell: QualityCell}} props */
function Numbers({ cell }) {
  return html`
    <td data-label=${t("figures.col_sessions")}>${cell.sessions}</td>
    <td data-label=${t("figures.col_concealed")} class=${tone(cell.concealed, 0.03, 0.1)}>${percent(cell.concealed)}</td>
    <td data-label=${t("figures.col_loss")} class=${tone(cell.loss, 0.05, 0.15)}>${percent(cell.loss)}</td>
    <td data-label=${t("figures.col_rtt")} class=${tone(cell.rtt_ms, 400, 1000)}>${cell.rtt_ms === null ? "–" : t("figures.ms", { value: Math.round(cell.rtt_ms) })}</td>
    <td data-label=${t("figures.col_failed")} class=${tone(cell.failed, 0.1, 0.25)}>${percent(cell.failed)}</td>
    <td data-label=${t("figures.col_phoned")}>${percent(cell.phoned)}</td>
    <td data-label=${t("figures.col_rungs")}><${Rungs} rungs=${cell.rungs} /></td>`;
}

/** What could be sent, as a bar of parts with its words beside. @param {{rungs: Record<string, number>}} props */
function Rungs({ rungs }) {
  const parts = RUNGS.filter((rung) => rungs[rung] > 0);
  if (!parts.length) return "–";
  const words = parts.map((rung) => `${t(`figures.rung_${rung}`)} ${percent(rungs[rung])}`).join(", ");
  return html`<span class="rungs" role="img" aria-label=${words} title=${words}>${parts.map((rung) => html`<span key=${rung} class=${`rung rung-${rung}`} style=${{ flexGrow: rungs[rung] }}></span>`)}</span>
    <span class="rung-words">${t(`figures.rung_${parts.reduce((most, rung) => (rungs[rung] > rungs[most] ? rung : most))}`)} ${percent(Math.max(...parts.map((rung) => rungs[rung])))}</span>`;
}

/** @param {QualityCell} cell @param {QualityTable["by"]} by */
function nameOf(cell, by) {
  if (by === "week") return t("figures.week_of", { day: dayWithYear(`${cell.key}T12:00:00Z`, "UTC", lang) });
  if (cell.merged) return t(by === "settlement" ? "figures.small_places" : "figures.small_districts");
  return by === "settlement" ? cell.key || t("figures.unknown_place") : cell.district;
}

/** @param {number | null} share */
function percent(share) {
  if (share === null) return "–";
  return new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(share);
}

/** @param {number | null} value @param {number} warm @param {number} bad */
function tone(value, warm, bad) {
  if (value === null || value < warm) return "";
  return value < bad ? "cell-warm" : "cell-bad";
}
