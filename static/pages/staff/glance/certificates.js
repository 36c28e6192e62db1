// Certificates by whom their holders chose, and the money: planned, promised, kept for bookings, spent, free.

import { html } from "/static/vendor/preact-htm.js";
import { named, t } from "../parts/words.js";
import { Bars, Behind, count, percent, roubles, Section } from "./figures.js";

/** @typedef {import("/static/lib/report-types.js").Glance} Glance */
/** @typedef {import("/static/lib/report-types.js").Purse} Purse */

const KINDS = /** @type {const} */ (["consumed", "reserved", "issued", "expired", "left"]);

/** @param {{seen: Glance}} props */
export function Certificates({ seen }) {
  const { issued } = seen;
  const parts = issued.kinds.filter((part) => part.sessions !== 0);
  const word = (/** @type {string | number} */ key) => t(`glance.kind_${key || "none"}`);
  const bars = parts.map((part) => ({ key: part.key || "none", label: word(part.key), value: part.sessions, note: part.sessions !== null && issued.certificates ? percent(part.sessions / issued.certificates) : "" }));
  return html`<${Section} name="issued" title=${t("glance.issued_title")}>
    <${Bars} bars=${bars} most=${issued.certificates || 1} />
    <p>${t("glance.used_line", { used: count(issued.used) })}${issued.used !== null && issued.certificates ? html` <span class="soft">(${percent(issued.used / issued.certificates)})</span>` : ""}</p>
    <${Behind} head=${[t("glance.chosen"), t("glance.people"), t("glance.certificates")]} rows=${parts.map((part) => [word(part.key), count(part.people), count(part.sessions)])} />
  </${Section}>`;
}

/** @param {{seen: Glance}} props */
export function Money({ seen }) {
  const head = [t("glance.purse"), ...["planned", ...KINDS].map((kind) => t(`glance.money_${kind}`))];
  const rows = [...seen.sources.map((purse) => row(purse, "source")), ...seen.support.map((purse) => row(purse, "support"))];
  return html`<${Section} name="money" title=${t("glance.money_title")} wide>
    <ul class="money-key">${KINDS.map((kind) => html`<li key=${kind}><span class=${`money-mark money-${kind}`} aria-hidden="true"></span>${t(`glance.money_${kind}`)}</li>`)}</ul>
    <h3>${t("glance.money_of_districts")}</h3>${seen.sources.map((purse) => html`<${Purses} key=${purse.name} purse=${purse} of="source" />`)}
    <h3>${t("glance.money_of_providers")}</h3>${seen.support.map((purse) => html`<${Purses} key=${purse.name} purse=${purse} of="support" />`)}
    <${Behind} head=${head} rows=${rows} /></${Section}>`;
}

/** @param {Purse} purse @param {string} of */
function row(purse, of) {
  return [named("glance", `${of}_${purse.name}`), roubles(purse.planned), ...KINDS.map((kind) => roubles(purse[kind]))];
}

/** One sum as a bar of its parts, which are said in words below. @param {{purse: Purse, of: string}} props */
function Purses({ purse, of }) {
  const silent = KINDS.every((kind) => purse[kind] === null);
  const told = silent ? [] : KINDS.filter((kind) => purse[kind] !== 0);
  const words = told.map((kind) => `${t(`glance.money_${kind}`).toLocaleLowerCase()} ${roubles(purse[kind])}`).join(" · ");
  return html`<div class="purse" data-purse=${`${of}-${purse.name}`}>
    <p class="purse-head"><span>${named("glance", `${of}_${purse.name}`)}</span><strong>${roubles(purse.planned)}</strong></p>
    <div class="purse-bar" aria-hidden="true">${told.map((kind) => html`<span key=${kind} class=${`money-${kind}`} style=${{ flexGrow: purse[kind] || 0 }}></span>`)}</div>
    <p class="purse-words soft">${words || t("glance.hidden")}</p></div>`;
}
