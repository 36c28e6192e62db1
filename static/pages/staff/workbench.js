// The workbench of standards: how each indicator really was, and what a norm would have meant, while the slider moves.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, dayOf } from "/static/lib/time.js";
import { inAddress, Loading, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { lang, t } from "./parts/words.js";
import { Indicator } from "./workbench/indicator.js";
import { firstNorm } from "./workbench/reckon.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/report-types.js").Workbench} Workbench */

open("workbench", WorkbenchPage);

/** @param {{me: Me}} props */
function WorkbenchPage({ me }) {
  const today = dayOf(Date.now(), zoneOf(me));
  const [wish, setWish] = useState(/** @type {Record<string, string>} */ ({ code: inAddress("code") || "", from: inAddress("from") || addDays(today, -364), until: inAddress("until") || today, district: inAddress("district") || "", provider: "" }));
  const asked = Object.fromEntries(Object.entries(wish).filter(([, value]) => value));
  const answer = useAnswer(() => get("/workbench", asked), [JSON.stringify(asked)]);
  const [norms, setNorms] = useState(/** @type {Record<string, number>} */ ({}));
  /** @type {Workbench | undefined} */
  const seen = answer.value;
  useEffect(() => setNorms({}), [seen?.code]);
  const set = (/** @type {Record<string, string>} */ more) => setWish({ ...wish, ...more });
  return html`
    <div class="page-head"><div><h1>${t("workbench.title")}</h1><p class="soft">${t("workbench.lead")}</p></div></div>
    ${seen && html`<${Choice} seen=${seen} wish=${wish} set=${set} />`}
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!seen && !answer.error && html`<${Loading} />`}
    ${seen && html`
      <div class="indicators" aria-busy=${answer.busy}>${seen.indicators.map((each) => html`<${Indicator} key=${`${seen.code} ${each.name}`} indicator=${each} norm=${norms[each.name] ?? firstNorm(each)} move=${(/** @type {number} */ norm) => setNorms({ ...norms, [each.name]: norm })} wish=${asked} />`)}</div>
      <${Publish} seen=${seen} norms=${norms} />`}`;
}

/** @param {{seen: Workbench, wish: Record<string, string>, set: (more: Record<string, string>) => void}} props */
function Choice({ seen, wish, set }) {
  return html`<div class="filters">
    <div class="field workbench-service"><label for="service">${t("workbench.service")}</label><select id="service" onChange=${(/** @type {any} */ e) => set({ code: e.target.value })}>${seen.services.map((each) => html`<option key=${each.code} value=${each.code} selected=${each.code === seen.code}>${each.code} ${each.name}</option>`)}</select></div>
    <div class="field"><label for="from">${t("workbench.from")}</label><input type="date" id="from" value=${wish.from} onChange=${(/** @type {any} */ e) => e.target.value && set({ from: e.target.value })} /></div>
    <div class="field"><label for="until">${t("workbench.until")}</label><input type="date" id="until" value=${wish.until} onChange=${(/** @type {any} */ e) => e.target.value && set({ until: e.target.value })} /></div>
    <${Places} id="district" places=${seen.districts} value=${wish.district} choose=${(/** @type {string} */ district) => set({ district, provider: "" })} />
    <${Places} id="provider" places=${seen.providers} value=${wish.provider} choose=${(/** @type {string} */ provider) => set({ provider, district: "" })} />
  </div><p class="soft">${t("workbench.months", { since: month(seen.since), until: month(seen.until), least: seen.mask_below })}</p>`;
}

/** "ноябрь 2025 г." @param {string} day */
function month(day) {
  return new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(day)).replace(" г.", "");
}

/** @param {{id: string, places: {id: number, name: string}[], value: string, choose: (id: string) => void}} props */
function Places({ id, places, value, choose }) {
  return html`<div class="field"><label for=${id}>${t(`workbench.${id}`)}</label><select id=${id} onChange=${(/** @type {any} */ e) => choose(e.target.value)}>
    <option value="" selected=${!value}>${t("workbench.all")}</option>${places.map((place) => html`<option key=${place.id} value=${String(place.id)} selected=${value === String(place.id)}>${place.name}</option>`)}</select></div>`;
}

/** The norms that were moved go along to the form of a new version. @param {{seen: Workbench, norms: Record<string, number>}} props */
function Publish({ seen, norms }) {
  const service = seen.services.find((each) => each.code === seen.code);
  const query = new URLSearchParams({ from: String(service?.standard ?? ""), ...Object.fromEntries(Object.entries(norms).map(([name, norm]) => [`target.${name}`, String(norm)])) });
  const moved = Object.keys(norms).length;
  return html`<div class="publish card"><p>${moved ? t("workbench.moved", { count: moved }) : t("workbench.not_moved")}</p>
    <a class="button primary" data-test="publish" href=${`/staff/standards?${query}`}>${t("workbench.publish")}</a></div>`;
}
