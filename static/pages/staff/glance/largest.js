// The five figures that a deputy minister reads first, large, each with one more beneath it.

import { html } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";
import { count, exact, hours, percent, roubles } from "./figures.js";

/** @typedef {import("/static/lib/report-types.js").Glance} Glance */

/** @param {{seen: Glance}} props */
export function Largest({ seen }) {
  const { held, waiting, issued } = seen;
  const ngo = issued.kinds.find((each) => each.key === "ngo");
  const support = seen.support.find((each) => each.name === "ngo");
  const figures = [
    { name: "people", value: count(held.people), below: t("glance.big_hours", { hours: hours(held.minutes) }) },
    { name: "sessions", value: count(held.sessions), below: `${t("glance.missed")}: ${count(seen.missed.sessions)}` },
    { name: "waiting", value: waiting ? exact(waiting.median) : t("glance.hidden"), below: waiting && waiting.within !== null ? t("glance.big_within", { share: percent(waiting.within) }) : t("glance.big_median") },
    { name: "certificates", value: count(issued.certificates), below: t("glance.big_to_ngo", { people: count(ngo?.people), providers: t("glance.ngos", { count: issued.providers.ngo || 0 }) }) },
    { name: "ngo_money", value: roubles(support?.planned ?? 0), below: t("glance.big_consumed", { money: roubles(support ? support.consumed : 0) }) },
  ];
  return html`<dl class="largest" data-test="largest">${figures.map((each) => html`
    <div key=${each.name} class="large" data-figure=${each.name}><dt>${t(`glance.big_${each.name}`)}</dt><dd class="large-value">${each.value}</dd><dd class="large-below">${each.below}</dd></div>`)}</dl>`;
}
