// One month of acts: its providers with what is ready and what waits, its signed acts as a table, or its sums without names.

import { html } from "/static/vendor/preact-htm.js";
import { lang, money, named, t } from "../parts/words.js";
import { isOpen, reckoned } from "./months.js";

/** @typedef {import("/static/lib/act-types.js").ActsOfYear} ActsOfYear */
/** @typedef {import("/static/lib/act-types.js").ActMonth} Cell */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("./months.js").Month} Month */
/** @typedef {{found: ActsOfYear, me: Me, make: (cells: Cell) => void, busy: boolean}} Common */

/** "Ноябрь 2026" @param {string} month */
export function monthName(month) {
  const name = new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(month)).replace(" г.", "");
  return name[0].toUpperCase() + name.slice(1);
}

/** "октябрь" @param {string} month */
export const monthAlone = (month) => new Intl.DateTimeFormat(lang, { month: "long", timeZone: "UTC" }).format(Date.parse(month));

/** A month in sentences: what is ready, what waits for whom. @param {{month: Month, me: Me}} props */
export function MonthInWords({ month, me }) {
  const links = me.may.includes("rendered.read");
  const waits = /** @type {const} */ (["disputed", "proposed"]).filter((each) => month[each]);
  return html`
    <ul class="plain acts-words">
      ${month.ready > 0 && html`<li class="acts-ready">${t("acts.month_ready", { count: month.ready, sum: money(month.ready_kopecks) })}</li>`}
      ${month.corrections > 0 && html`<li>${t("acts.corrections", { count: month.corrections })}</li>`}
      ${month.drafts > 0 && html`<li>${t("acts.month_drafts", { count: month.drafts, sum: money(month.drafts_kopecks) })}</li>`}
      ${waits.map((each) => html`<li key=${each} class="acts-waits">${t(`acts.month_${each}`, { count: month[each] })} ${links && html`<a href=${`/staff/rendered?state=${each}`}>${t(`acts.to_${each}`)}</a>`}</li>`)}
      ${month.signed > 0 && html`<li class="soft">${t("acts.month_signed", { count: month.signed, sum: money(month.signed_kopecks) })}</li>`}
    </ul>`;
}

/** A month that is folded until somebody looks: one line says all of it. @param {Common & {month: Month, open?: boolean}} props */
export function FoldedMonth({ month, open = false, ...common }) {
  const id = `month-${month.month}`;
  return html`
    <details class="card acts-month acts-folded" data-month=${month.month} open=${open}>
      <summary><h2 id=${id}>${monthName(month.month)}</h2><span class="soft">${inOneLine(month)}</span></summary>
      ${common.me.may.includes("acts.write") ? html`<${MonthTable} month=${month} ...${common} />` : html`<${SumsTable} month=${month} found=${common.found} />`}
    </details>`;
}

/** @param {Month} month */
function inOneLine(month) {
  const rest = [
    month.drafts && t("acts.brief_drafts", { count: month.drafts }), month.ready && t("acts.brief_ready", { count: month.ready }),
    month.disputed && t("acts.disputed", { count: month.disputed }).toLowerCase(), month.proposed && t("acts.brief_proposed", { count: month.proposed }),
  ].filter(Boolean).join(", ");
  const signed = month.signed ? t("acts.month_signed", { count: month.signed, sum: money(month.signed_kopecks) }) : t("acts.none_signed");
  return rest ? `${signed} · ${t("acts.rest", { rest })}` : signed;
}

/** Each provider's acts, and what is on none yet; for who makes acts. @param {Common & {month: Month}} props */
export function MonthTable({ month, ...common }) {
  const waits = isOpen(month);
  return html`
    <table class="acts-table" aria-labelledby=${`month-${month.month}`}><thead><tr><th scope="col">${t("acts.provider")}</th><th scope="col">${t("acts.title_one")}</th><th scope="col" class="number">${t("acts.sum")}</th>${waits && html`<th scope="col">${t("acts.off_act")}</th>`}</tr></thead>
      <tbody>${month.cells.map((each) => html`<${Row} key=${[each.provider, each.district, each.source, each.year].join()} cell=${each} waits=${waits} ...${common} />`)}</tbody></table>`;
}

/** @param {Common & {cell: Cell, waits: boolean}} props */
function Row({ cell, waits, found, me, make, busy }) {
  const provider = found.providers.find((each) => each.id === cell.provider);
  const district = found.districts.length > 1 && found.districts.find((each) => each.id === cell.district)?.name;
  const about = [district, cell.source !== "region" && named("acts", `source_${cell.source}`), cell.year !== Number(cell.month.slice(0, 4)) && t("acts.budget_year", { year: cell.year })].filter(Boolean).join(" · ");
  const draft = cell.acts.some((each) => !each.number);
  const off = [cell.ready && t("acts.ready", { count: cell.ready, sum: money(cell.ready_kopecks) }), cell.corrections && t("acts.corrections", { count: cell.corrections }), cell.proposed && t("acts.proposed", { count: cell.proposed }), cell.disputed && t("acts.disputed", { count: cell.disputed })].filter(Boolean);
  const makes = me.may.includes("acts.write") && cell.ready + cell.corrections > 0;
  return html`
    <tr data-provider=${cell.provider}>
      <th scope="row">${provider?.name}${about && html`<span class="soft">${about}</span>`}</th>
      <td>${!cell.acts.length && html`<span class="soft">${t("acts.nothing_yet")}</span>`}${cell.acts.map((each) => html`
        <p key=${each.id} class="acts-one"><a href=${`/staff/act?id=${each.id}`}>${each.number ? t("acts.number", { number: each.number }) : t("acts.draft")}</a>
          ${each.number ? me.may.includes("acts.write") && html`<a class="acts-file" href=${`/api/v1/acts/${each.id}.pdf`} download aria-label=${t("acts.pdf_of", { number: each.number })}>PDF</a>` : html`<span class="tag warn">${t("acts.unsigned")}</span>`}</p>`)}</td>
      <td class="number">${cell.acts.map((each) => html`<p key=${each.id} class="acts-one">${money(each.sum_kopecks)}</p>`)}</td>
      ${waits && html`<td>${off.map((each, place) => html`<p key=${each}>${each}${makes && place === 0 && html` <button type="button" class="act" data-test="make-act" disabled=${busy} aria-label=${`${t(draft ? "acts.refresh" : "acts.make")}: ${provider?.name}`} onClick=${() => make(cell)}>${t(draft ? "acts.refresh" : "acts.make")}</button>`}</p>`)}</td>`}
    </tr>`;
}

/** Sums by provider over all districts that are shown; nobody is named. @param {{month: Month, found: ActsOfYear}} props */
function SumsTable({ month, found }) {
  const rows = found.providers.map((each) => ({ ...each, of: reckoned("", month.cells.filter((cell) => cell.provider === each.id)) })).filter((each) => each.of.cells.length);
  return html`
    <table class="acts-table acts-sums" aria-labelledby=${`month-${month.month}`}><thead><tr><th scope="col">${t("acts.provider")}</th><th scope="col" class="number">${t("acts.signed_acts")}</th><th scope="col" class="number">${t("acts.signed_sum")}</th><th scope="col" class="number">${t("acts.unsigned_sum")}</th></tr></thead>
      <tbody>${rows.map(({ id, name, of }) => html`<tr key=${id}><th scope="row">${name}</th><td class="number" data-label=${t("acts.signed_acts")}>${of.signed}</td><td class="number" data-label=${t("acts.signed_sum")}>${money(of.signed_kopecks)}</td><td class="number" data-label=${t("acts.unsigned_sum")}>${money(of.drafts_kopecks + of.ready_kopecks)}</td></tr>`)}</tbody></table>`;
}
