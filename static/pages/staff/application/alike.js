// Cards that may be the same person's: what speaks for it, and one press to say whether it is he.

import { html } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/application-types.js").Candidate} Candidate */

/** @param {{found: Candidate[], same: (card: Candidate) => void, other: (card: Candidate) => void, busy?: boolean}} props */
export function Alike({ found, same, other, busy }) {
  return html`
    <div class="alike" aria-live="polite" data-test="alike">${found.length > 0 && html`
      <p class="alike-title"><strong>${t("alike.title")}</strong></p>
      <ul class="plain">${found.map((each) => html`
        <li key=${each.client} class="alike-card" data-client=${each.client}>
          <div><strong>${each.name}</strong> <span class="soft">${[t("client.born", { year: each.birth_year }), each.phone, each.settlement].filter(Boolean).join(" · ")}</span>
            <p class="alike-because">${each.because.map((code) => html`<span key=${code} class=${`tag ${code.endsWith("_other") ? "warn" : "good"}`}>${t(`alike.${code}`)}</span>`)}</p></div>
          <div class="row"><button type="button" class="button small primary" data-test="same" disabled=${busy} onClick=${() => same(each)}>${t("alike.same")}</button>
            <button type="button" class="button small" data-test="other" disabled=${busy} onClick=${() => other(each)}>${t("alike.other")}</button></div>
        </li>`)}</ul>`}</div>`;
}
