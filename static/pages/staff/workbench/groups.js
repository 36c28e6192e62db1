// One indicator by district, institution and version: what share of each the norm under the slider would have met.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";
import { inPercent, met, said } from "./reckon.js";

/** @typedef {import("/static/lib/report-types.js").IndicatorSpread} IndicatorSpread */
/** @typedef {import("/static/lib/report-types.js").Rows} Rows */
/** @typedef {import("/static/lib/report-types.js").Spread} Spread */

/** @param {{indicator: IndicatorSpread, norm: number, wish: Record<string, string>}} props */
export function Groups({ indicator, norm, wish }) {
  const answer = useAnswer(() => get("/workbench", { ...wish, indicator: indicator.name }), [JSON.stringify(wish), indicator.name]);
  if (answer.error) return html`<${Trouble} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  const told = /** @type {Rows[]} */ (answer.value.rows).filter((rows) => rows.items.length);
  return html`${told.map((rows) => html`<div key=${rows.by} data-by=${rows.by}><h3>${t(`workbench.by_${rows.by}`)}</h3>
    <ul class="bars">${rows.items.map((row) => html`<${Row} key=${row.id ?? "others"} row=${row} by=${rows.by} indicator=${indicator} norm=${norm} />`)}</ul></div>`)}`;
}

/** @param {{row: Spread, by: Rows["by"], indicator: IndicatorSpread, norm: number}} props */
function Row({ row, by, indicator, norm }) {
  const share = met(row.pairs, norm, indicator.most);
  const name = row.id === null ? t("workbench.others", { count: row.merged }) : by === "version" ? t("workbench.version", { name: row.name }) : row.name;
  return html`<li data-row=${row.id ?? "others"} data-hidden=${row.withheld ? "" : undefined}><span class="bar-name">${name}</span>
    <span class="bar-figure">${row.withheld ? t("glance.hidden") : html`${inPercent(share)} <span class="soft">${t("workbench.median_of", { median: said(indicator.name, row.median), count: row.sessions })}</span>`}</span>
    <span class="bar-track" aria-hidden="true"><span class="bar-fill" style=${{ "--part": share ?? 0 }}></span></span></li>`;
}
