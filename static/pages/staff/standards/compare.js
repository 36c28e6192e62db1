// Two versions of a standard side by side: what differs first, all else folded away; who published each, and why.

import { html } from "/static/vendor/preact-htm.js";
import { dayName } from "../parts/allowance.js";
import { named, t } from "../parts/words.js";
import { differing, factsOf, versionName, whereInWords } from "./facts.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/standard-types.js").Standard} Standard */
/** @typedef {import("./facts.js").Fact} Fact */

/**
 * The earlier one stands on the left.
 * @param {{versions: Standard[], districts: District[], pair: Standard[], onPut: (was: Standard, id: number) => void, onFrom?: (id: number) => void, onTakeBack?: (standard: Standard) => void}} props
 */
export function Compare({ versions, districts, pair, onPut, onFrom, onTakeBack }) {
  const [one, other] = [...pair].sort((a, b) => a.valid_from.localeCompare(b.valid_from) || a.version - b.version);
  const [left, right] = [factsOf(one, districts), factsOf(other, districts)];
  const apart = differing(left, right);
  const same = right.filter((each) => !apart.has(each.name));
  const alone = one.id === other.id;
  return html`
    <section class="card stack" aria-labelledby="compare-title" data-test="compare">
      <h2 id="compare-title">${alone ? versionName(other) : t("standards.compare")}</h2>
      <div class=${`versions${alone ? " versions-one" : ""}`}>
        ${!alone && html`<${Version} versions=${versions} districts=${districts} standard=${one} label=${t("standards.left")} name="one" onChoose=${(/** @type {number} */ id) => onPut(one, id)} onFrom=${onFrom} onTakeBack=${onTakeBack} />`}
        <${Version} versions=${versions} districts=${districts} standard=${other} label=${t("standards.right")} name="other" onChoose=${(/** @type {number} */ id) => onPut(other, id)} onFrom=${onFrom} onTakeBack=${onTakeBack} />
      </div>
      ${!alone && (apart.size
        ? html`<${Table} left=${left.filter((each) => apart.has(each.name))} right=${right.filter((each) => apart.has(each.name))} heads=${[one, other]} />`
        : html`<p class="soft">${t("standards.no_difference")}</p>`)}
      <${Same} facts=${same} open=${alone} />
    </section>`;
}

/** @param {{facts: Fact[], open: boolean}} props */
function Same({ facts, open }) {
  const list = html`<dl class="facts">${facts.map((each) => html`<div key=${each.name}><dt>${each.label}</dt><dd>${each.text}</dd></div>`)}</dl>`;
  return open ? list : html`<details><summary>${t("standards.same", { count: facts.length })}</summary>${list}</details>`;
}

/** @param {{versions: Standard[], districts: District[], standard: Standard, label: string, name: string, onChoose: (id: number) => void, onFrom?: (id: number) => void, onTakeBack?: (standard: Standard) => void}} props */
function Version({ versions, districts, standard, label, name, onChoose, onFrom, onTakeBack }) {
  const by = standard.published_by && standard.published_at ? t("standards.published", { who: standard.published_by, day: dayName(standard.published_at.slice(0, 10)) }) : t("standards.loaded");
  return html`
    <div class="version" data-version=${standard.version}>
      <label class="visually-hidden" for=${`version-${name}`}>${label}</label>
      <select id=${`version-${name}`} value=${String(standard.id)} onChange=${(/** @type {any} */ e) => onChoose(Number(e.target.value))}>${versions.map((each) => html`<option key=${each.id} value=${String(each.id)}>${versionName(each)} · ${each.districts === null ? t("standards.everywhere") : whereInWords(each, districts)}</option>`)}</select>
      <p><span class=${`tag ${standard.state === "in_force" ? "good" : ""}`}>${named("standards", `is_${standard.state}`)}</span></p>
      <p class="soft">${by}</p>
      ${standard.because && html`<p>${t("standards.because_said", { because: standard.because })}</p>`}
      <div class="row">
        ${onFrom && html`<button type="button" class="act" aria-label=${t("standards.based_on_what", { version: standard.version })} onClick=${() => onFrom(standard.id)}>${t("standards.based_on")}</button>`}
        ${onTakeBack && standard.removable && html`<button type="button" class="act" data-test="take-back" aria-label=${t("standards.take_back_what", { version: standard.version })} onClick=${() => onTakeBack(standard)}>${t("standards.take_back")}</button>`}
      </div>
    </div>`;
}

/** On a narrow page its rows are laid out anew, so the roles are said. @param {{left: Fact[], right: Fact[], heads: Standard[]}} props */
function Table({ left, right, heads }) {
  return html`
    <table class="differences" role="table" data-test="differences">
      <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${t("standards.what")}</th>${heads.map((each, n) => html`<th key=${n} role="columnheader" scope="col">${t("standards.version", { version: each.version })}</th>`)}</tr></thead>
      <tbody role="rowgroup">${left.map((each, n) => html`<tr key=${each.name} role="row" data-fact=${each.name}><th role="rowheader" scope="row">${each.label}</th><td role="cell">${each.text}</td><td role="cell"><strong>${right[n].text}</strong></td></tr>`)}</tbody>
    </table>`;
}
