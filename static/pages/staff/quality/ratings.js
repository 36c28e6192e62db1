// What clients say of each institution in the five groups of the law, as a table; of too few answers nothing is told.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";

/** @typedef {{institution: number, name: string, kind: string, answers: number, good: number, groups: Record<string, {mean: number, answers: number}>}} Rating */

const GROUPS = ["openness", "comfort", "goodwill", "satisfaction", "accessibility"];

/** @param {{from: string, until: string}} props */
export function Ratings({ from, until }) {
  const answer = useAnswer(() => get("/ratings", { from, until }), [from, until]);
  /** @type {{items: Rating[], least: number, hidden: number} | undefined} */
  const table = answer.value;
  return html`
    <section class="card stack" aria-labelledby="ratings-title" data-test="ratings"><h2 id="ratings-title">${t("said.ratings")}</h2>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!table && !answer.error && html`<${Loading} />`}
      ${table && html`<p class="soft">${t("said.ratings_lead", { least: table.least })}</p>
        ${table.items.length ? html`<${Rows} items=${table.items} />` : html`<p>${t("said.nothing")}</p>`}
        ${table.hidden > 0 && html`<p class="hint">${t("said.hidden", { count: table.hidden })}</p>`}`}
    </section>`;
}

/** @param {{items: Rating[]}} props */
function Rows({ items }) {
  return html`
    <div class="quality-place" tabindex="0" role="region" aria-label=${t("said.table")}><table class="quality-table ratings-table figures">
      <thead><tr><th scope="col">${t("said.house")}</th><th scope="col">${t("said.answers")}</th><th scope="col">${t("said.good")}</th>${GROUPS.map((group) => html`<th key=${group} scope="col">${t(`said.${group}`)}</th>`)}</tr></thead>
      <tbody>${items.map((each) => html`
        <tr key=${each.institution} data-house=${each.institution}><th scope="row">${each.name}</th>
          <td data-label=${t("said.answers")}>${each.answers}</td>
          <td data-label=${t("said.good")}>${percent(each.good)}</td>
          ${GROUPS.map((group) => html`<td key=${group} data-label=${t(`said.${group}`)}>${mean(each.groups[group])}</td>`)}
        </tr>`)}</tbody>
    </table></div>`;
}

/** @param {number} share */
function percent(share) {
  return new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** "4,3 (12)" @param {{mean: number, answers: number} | undefined} told */
function mean(told) {
  if (!told) return "–";
  const number = new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(told.mean);
  return t("said.of", { mean: number, answers: told.answers });
}
