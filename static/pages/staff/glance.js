// The pilot at a glance: what was done in a year and what it cost, for ministry and department. No names; made to be printed.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { Certificates, Money } from "./glance/certificates.js";
import { Districts, Load } from "./glance/districts.js";
import { Largest } from "./glance/largest.js";
import { Modes, Months, Reasons } from "./glance/sessions.js";
import { Empty, inAddress, Loading, open, Trouble, useAnswer } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/report-types.js").Glance} Glance */

open("glance", GlancePage);

function GlancePage() {
  const [wish, setWish] = useState(/** @type {Record<string, string>} */ (given({ year: inAddress("year"), district: inAddress("district") })));
  const answer = useAnswer(() => get("/glance", wish), [JSON.stringify(wish)]);
  /** @type {Glance | undefined} */
  const seen = answer.value;
  const ask = (/** @type {Record<string, string | null>} */ more) => {
    const next = given({ ...wish, ...more });
    history.replaceState(null, "", `?${new URLSearchParams(next)}`);
    setWish(next);
  };
  return html`
    <div class="page-head glance-head"><div><h1>${t("glance.title")}</h1>${seen && html`<p class="soft">${t("glance.lead", { least: seen.mask_below })}</p>`}</div>${seen && html`<${Files} seen=${seen} />`}</div>
    ${seen && html`<${Choice} seen=${seen} wish=${wish} ask=${ask} />`}
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!seen && !answer.error && html`<${Loading} />`}
    ${seen && html`<${Figures} seen=${seen} />`}`;
}

/** @param {Record<string, string | null>} wish */
function given(wish) {
  return /** @type {Record<string, string>} */ (Object.fromEntries(Object.entries(wish).filter(([, value]) => value)));
}

/** @param {{seen: Glance, wish: Record<string, string>, ask: (more: Record<string, string | null>) => void}} props */
function Choice({ seen, wish, ask }) {
  const years = [...new Set([seen.year, ...[0, 1, 2, 3].map((back) => new Date().getFullYear() - back)])].sort((a, b) => b - a);
  return html`
    <p class="glance-printed">${seen.district ? seen.district.name : t("glance.region")}, ${seen.year}</p>
    <div class="filters glance-filters">
      <div class="field"><label for="glance-year">${t("glance.year")}</label>
        <select id="glance-year" value=${String(seen.year)} onChange=${(/** @type {any} */ e) => ask({ year: e.target.value })}>${years.map((year) => html`<option key=${year} value=${String(year)} selected=${year === seen.year}>${year}</option>`)}</select></div>
      ${seen.choices.length > 1 && html`<div class="field"><label for="glance-district">${t("glance.district")}</label>
        <select id="glance-district" value=${wish.district || ""} onChange=${(/** @type {any} */ e) => ask({ district: e.target.value })}>
          <option value="">${t("glance.whole")}</option>${seen.choices.map((place) => html`<option key=${place.id} value=${String(place.id)} selected=${wish.district === String(place.id)}>${place.name}</option>`)}</select></div>`}
    </div>`;
}

/** @param {{seen: Glance}} props */
function Files({ seen }) {
  const query = new URLSearchParams(given({ year: String(seen.year), district: seen.district ? String(seen.district.id) : null }));
  return html`
    <div class="row glance-files">
      <button type="button" class="button" data-test="print" onClick=${() => print()}>${t("glance.print")}</button>
      <a class="button" data-test="xlsx" href=${`/api/v1/glance.xlsx?${query}`} download>${t("glance.save_xlsx")}</a>
      <a class="button" data-test="csv" href=${`/api/v1/glance.csv?${query}`} download>${t("glance.save_csv")}</a>
    </div>`;
}

/** @param {{seen: Glance}} props */
function Figures({ seen }) {
  if (seen.withheld) return html`<${Empty} title=${t("glance.withheld_title")} text=${t("glance.withheld_text")} />`;
  if (!seen.held.sessions && !seen.issued.certificates && !seen.missed.sessions) return html`<${Empty} title=${t("glance.nothing_title")} text=${t("glance.nothing_text")} />`;
  return html`
    <${Largest} seen=${seen} />
    <div class="glance-grid">
      <${Months} seen=${seen} />
      <${Modes} seen=${seen} />
      <${Reasons} seen=${seen} />
      <${Certificates} seen=${seen} />
      <${Money} seen=${seen} />
      <${Districts} seen=${seen} />
      <${Load} seen=${seen} />
    </div>`;
}
