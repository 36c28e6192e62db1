// What happened to a certificate in words, and its movements in the ledger as a table that can be opened.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { lang, named, t } from "../parts/words.js";
import { amount } from "./said.js";

/** @typedef {import("/static/lib/certificate-types.js").Certificate} Certificate */
/** @typedef {import("/static/lib/certificate-types.js").Change} Change */

/** @param {string} at @param {string} zone */
export const moment = (at, zone) => `${dayWithYear(at, zone, lang)}, ${clock(at, zone, lang)}`;

/** @param {{one: Certificate, zone: string}} props */
export function History({ one, zone }) {
  return html`<section class="card" aria-labelledby="history-title"><h2 id="history-title">${t("cert.history")}</h2>
    <ol class="history" data-test="history">${one.changes.map((each, at) => html`
      <li key=${at} data-what=${each.what}><strong>${what(one, each)}</strong><span class="soft">${moment(each.at, zone)}${each.by ? ` · ${each.by}` : ""}</span></li>`)}</ol></section>`;
}

/** @param {Certificate} one @param {Change} change */
function what(one, change) {
  const { after } = change;
  if (change.what === "choose") {
    const choice = one.choices.find((each) => each.provider.id === after.provider && each.listing.id === after.listing);
    const name = choice?.provider.name || "";
    const said = change.before.provider ? "cert.did_change" : "cert.did_choose";
    return t(said, { name, how: t(`cert.how_${after.confirmed_by}`) });
  }
  if (change.what === "replace") return t("cert.did_replace", { number: after.by, why: named("cert", `why_${after.because}`) });
  if (change.what === "took_over") return t("cert.did_took_over", { number: after.instead_of, why: named("cert", `why_${after.because}`) });
  if (change.what === "revoke") return t("cert.did_revoke", { because: after.because });
  return t(`cert.did_${change.what}`);
}

/** @param {{one: Certificate, zone: string}} props */
export function Movements({ one, zone }) {
  if (!one.movements.length) return null;
  return html`
    <details class="card cert-movements" data-test="movements"><summary>${t("cert.movements", { count: one.movements.length })}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("cert.movements_label")}><table>
        <thead><tr><th scope="col">${t("cert.when")}</th><th scope="col">${t("cert.act")}</th><th scope="col">${t("cert.service")}</th><th scope="col">${t("cert.moved")}</th><th scope="col" class="cert-number-cell">${t("cert.how_many")}</th></tr></thead>
        <tbody>${one.movements.map((each, at) => html`<tr key=${at}><td>${moment(each.at, zone)}${each.by && html`<br /><span class="soft">${each.by}</span>`}</td>
          <td>${t(`cert.act_${each.act}`)}</td><td>${each.service}</td><td>${t(`cert.account_${each.source}`)} → ${t(`cert.account_${each.target}`)}</td><td class="cert-number-cell figures">${amount(each.unit, each.amount)}</td></tr>`)}</tbody></table></div></details>`;
}
