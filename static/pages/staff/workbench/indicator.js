// One indicator: what share of sessions the norm under the slider would have met, large, above how it really was.

import { html, useState } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";
import { Groups } from "./groups.js";
import { Picture } from "./picture.js";
import { asNorm, inPercent, met, said } from "./reckon.js";

/** @typedef {import("/static/lib/report-types.js").IndicatorSpread} IndicatorSpread */

/** @param {{indicator: IndicatorSpread, norm: number, move: (norm: number) => void, wish: Record<string, string>}} props */
export function Indicator({ indicator, norm, move, wish }) {
  const { name, whole, target } = indicator;
  const title = t(`workbench.name_${name}`);
  return html`<section class="card indicator" aria-labelledby=${`name-${name}`} data-indicator=${name}>
    <h2 id=${`name-${name}`}>${title}</h2>
    ${whole.withheld || !whole.sessions ? html`<p class="soft">${t(whole.withheld ? "workbench.too_few" : "workbench.none")}</p>` : html`
      <p class="met" aria-live="polite"><strong data-test="met">${inPercent(met(whole.pairs, norm, indicator.most))}</strong> <span>${t("workbench.would")}</span></p>
      <${Picture} indicator=${indicator} norm=${norm} />
      <${Slider} indicator=${indicator} norm=${norm} move=${move} title=${title} />
      <p class="soft">${t("workbench.quartiles", { low: said(name, whole.low), high: said(name, whole.high), median: said(name, whole.median), count: whole.sessions })}
        ${target !== null && target !== norm ? html` <button type="button" class="link-button" onClick=${() => move(target)}>${t("workbench.back_to_target", { norm: asNorm(indicator, target) })}</button>` : ""}</p>
      <${Values} indicator=${indicator} />
      ${!wish.district && !wish.provider && html`<${Behind} indicator=${indicator} norm=${norm} wish=${wish} />`}`}
  </section>`;
}

/** @param {{indicator: IndicatorSpread, norm: number, move: (norm: number) => void, title: string}} props */
function Slider({ indicator, norm, move, title }) {
  const share = inPercent(met(indicator.whole.pairs, norm, indicator.most));
  return html`<div class="norm"><label for=${`norm-${indicator.name}`}>${t("workbench.norm")}: <strong>${asNorm(indicator, norm)}</strong></label>
    <input type="range" id=${`norm-${indicator.name}`} aria-label=${`${t("workbench.norm")}: ${title}`} min=${indicator.first} max=${indicator.last} step=${indicator.step} value=${norm}
      aria-valuetext=${t("workbench.spoken", { norm: asNorm(indicator, norm), share })} onInput=${(/** @type {any} */ e) => move(Number(e.target.value))} /></div>`;
}

/** @param {{indicator: IndicatorSpread}} props */
function Values({ indicator }) {
  return html`<details class="behind"><summary>${t("glance.table")}</summary><div class="behind-place" tabindex="0" role="region" aria-label=${`${t("glance.table")}: ${t(`workbench.name_${indicator.name}`)}`}><table class="glance-table">
    <thead><tr><th scope="col">${t("workbench.value")}</th><th scope="col">${t("workbench.sessions")}</th></tr></thead>
    <tbody>${indicator.bins.filter((bin) => bin.sessions).map((bin) => html`<tr key=${bin.first}><th scope="row">${bin.first === bin.last ? said(indicator.name, bin.first) : `${said(indicator.name, bin.first)} – ${said(indicator.name, Math.min(bin.last + 1, indicator.last))}`}</th><td>${bin.sessions}</td></tr>`)}</tbody>
  </table></div></details>`;
}

/** Districts and institutions are asked for when somebody wants to see them. @param {{indicator: IndicatorSpread, norm: number, wish: Record<string, string>}} props */
function Behind({ indicator, norm, wish }) {
  const [open, setOpen] = useState(false);
  return html`<details class="behind" data-test="groups" onToggle=${(/** @type {any} */ e) => setOpen(e.target.open)}><summary>${t("workbench.groups")}</summary>
    ${open && html`<${Groups} indicator=${indicator} norm=${norm} wish=${wish} />`}</details>`;
}
