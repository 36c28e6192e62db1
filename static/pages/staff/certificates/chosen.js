// Whom the holder chose, from which list: the list as it was shown, in the order of that view.

import { html } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";
import { moment } from "./past.js";

/** @typedef {import("/static/lib/certificate-types.js").Certificate} Certificate */

/** @param {{one: Certificate, zone: string}} props */
export function ChoiceHistory({ one, zone }) {
  return html`
    <section class="card stack" aria-labelledby="choices-title"><h2 id="choices-title">${t("cert.choices")}</h2>
      ${[...one.choices].reverse().map((each, at) => html`<div key=${each.at} class="cert-choice" data-test="choice">
        <p><strong>${each.provider.name}</strong>${at === 0 && html` <span class="tag good">${t("cert.current")}</span>`}<br />
          <span class="soft">${[moment(each.at, zone), t(`cert.how_${each.confirmed_by}`), each.by].filter(Boolean).join(" · ")}</span></p>
        ${each.before && html`<p class="soft">${t("cert.instead_of", { name: each.before.name })}${each.because ? `: ${each.because}` : ""}</p>`}
        <details><summary>${t("cert.list_shown", { count: each.listing.items.length })}</summary>
          <ol class="cert-shown">${each.listing.items.map((item) => html`<li key=${item.provider}>${item.provider === each.provider.id ? html`<strong>${item.name}</strong>` : item.name} <span class="soft">${t(`choice.kind_${item.kind}`)}</span></li>`)}</ol></details></div>`)}
    </section>`;
}
