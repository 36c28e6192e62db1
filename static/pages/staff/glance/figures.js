// Figures as people write them, bars with their words beside them, and the table behind each picture.

import { html } from "/static/vendor/preact-htm.js";
import { lang, t } from "../parts/words.js";

/** @typedef {{key: string | number, label: string, value: number | null, words?: string, note?: string}} Bar */

const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });

/** @param {number | null | undefined} value */
export function count(value) {
  return value === null || value === undefined ? t("glance.hidden") : whole.format(value);
}

/** @param {number | null | undefined} value */
export function exact(value) {
  return value === null || value === undefined ? "–" : fine.format(value);
}

/** @param {number | null | undefined} minutes */
export function hours(minutes) {
  return minutes === null || minutes === undefined ? t("glance.hidden") : whole.format(minutes / 60);
}

/** @param {number | null | undefined} part */
export function percent(part) {
  return part === null || part === undefined ? "–" : share.format(part);
}

/** "2,1 млн ₽": as much of a sum as one reads at a glance. @param {number | null | undefined} kopecks */
export function roubles(kopecks) {
  if (kopecks === null || kopecks === undefined) return t("glance.hidden");
  const sum = kopecks / 100;
  if (Math.abs(sum) >= 1e6) return t("glance.million", { count: new Intl.NumberFormat(lang, { maximumFractionDigits: 2 }).format(sum / 1e6) });
  if (Math.abs(sum) >= 1e4) return t("glance.thousand", { count: whole.format(sum / 1e3) });
  return t("glance.roubles", { count: whole.format(sum) });
}

/** "март" @param {number} month 202603 @param {"long" | "short"} [length] */
export function monthName(month, length = "long") {
  return new Intl.DateTimeFormat(lang, { month: length, timeZone: "UTC" }).format(Date.UTC(Math.floor(month / 100), (month % 100) - 1, 15)).replace(".", "");
}

/** A section of the page with its picture. @param {{name: string, title: string, wide?: boolean, lead?: string, children?: any}} props */
export function Section({ name, title, wide, lead, children }) {
  return html`<section class=${`card glance-card${wide ? " wide" : ""}`} aria-labelledby=${`${name}-title`} data-test=${name}>
    <h2 id=${`${name}-title`}>${title}</h2>${lead && html`<p class="soft">${lead}</p>`}${children}</section>`;
}

/** Bars from the left, each with its name and its figure in words. @param {{bars: Bar[], most?: number}} props */
export function Bars({ bars, most }) {
  const longest = most || Math.max(1, ...bars.map((bar) => bar.value || 0));
  return html`<ul class="bars">${bars.map((bar) => html`
    <li key=${bar.key} data-bar=${bar.key} data-hidden=${bar.value === null ? "" : undefined}>
      <span class="bar-name">${bar.label}</span><span class="bar-figure">${bar.words ?? count(bar.value)}${bar.note && html` <span class="soft">${bar.note}</span>`}</span>
      <span class="bar-track" aria-hidden="true"><span class="bar-fill" style=${{ "--part": (bar.value || 0) / longest }}></span></span>
    </li>`)}</ul>`;
}

/** The same as numbers. @param {{head: string[], rows: (string | number)[][]}} props */
export function Behind({ head, rows }) {
  return html`<details class="behind"><summary>${t("glance.table")}</summary><div class="behind-place" tabindex="0" role="region" aria-label=${head.join(", ")}><table class="glance-table">
    <thead><tr>${head.map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row[0]}>${row.map((cell, n) => (n ? html`<td key=${n}>${cell}</td>` : html`<th key=${n} scope="row">${cell}</th>`))}</tr>`)}</tbody>
  </table></div></details>`;
}
