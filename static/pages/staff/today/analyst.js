// The analyst's first page: the pilot in five figures, and the ways to all that is behind them. No names.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { count, exact, roubles } from "../glance/figures.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/report-types.js").Glance} Glance */

const WAYS = ["glance", "workbench", "standards", "quality", "live", "acts", "budgets"];

/** @param {{me: Me}} props */
export function AnalystDay({ me }) {
  const answer = useAnswer(() => get("/glance"), []);
  /** @type {Glance | undefined} */
  const seen = answer.value;
  return html`
    <h1>${t("today.hello", { name: me.name })}</h1>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!seen && !answer.error && html`<${Loading} />`}
    ${seen && html`<section class="stack" aria-labelledby="pilot-title"><h2 id="pilot-title">${t("today.pilot", { year: seen.year })}</h2><${Five} seen=${seen} /></section>`}
    <section class="stack" aria-labelledby="ways-title"><h2 id="ways-title">${t("today.ways")}</h2>
      <ul class="plain today-tasks">${WAYS.map((each) => html`<li key=${each}><a class="today-task" href=${`/staff/${each}`}><strong>${t(`nav.${each}`)}</strong><span>${t(`today.way_${each}`)}</span></a></li>`)}</ul></section>`;
}

/** @param {{seen: Glance}} props */
function Five({ seen }) {
  const ngo = seen.support.find((each) => each.name === "ngo");
  const figures = [
    ["people", count(seen.held.people)], ["sessions", count(seen.held.sessions)], ["waiting", seen.waiting ? exact(seen.waiting.median) : t("glance.hidden")],
    ["certificates", count(seen.issued.certificates)], ["ngo_money", roubles(ngo?.planned ?? 0)],
  ];
  return html`<dl class="today-figures" data-test="figures">${figures.map(([name, value]) => html`<div key=${name} data-figure=${name}><dt>${t(`glance.big_${name}`)}</dt><dd>${value}</dd></div>`)}</dl>`;
}
