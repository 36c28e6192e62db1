// Sessions by month, how they were held, and why some were not.

import { html } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";
import { Bars, Behind, count, hours, monthName, percent, roubles, Section } from "./figures.js";

/** @typedef {import("/static/lib/report-types.js").Glance} Glance */
/** @typedef {import("/static/lib/report-types.js").Part} Part */

/** @param {{seen: Glance}} props */
export function Months({ seen }) {
  const head = [t("glance.month"), t("glance.people"), t("glance.sessions"), t("glance.hours"), t("glance.paid"), t("glance.certificates")];
  const rows = seen.months.map((each, n) => [monthName(Number(each.key)), count(each.people), count(each.sessions), hours(each.minutes), roubles(each.kopecks), count(seen.issued.months[n]?.sessions)]);
  return html`<${Section} name="months" title=${t("glance.months_title")} wide>
    <h3>${t("glance.months_sessions")}</h3><${Columns} parts=${seen.months} />
    <h3>${t("glance.months_certificates")}</h3><${Columns} parts=${seen.issued.months} other />
    <${Behind} head=${head} rows=${rows} /></${Section}>`;
}

/** One column a month with its figure on top. @param {{parts: Part[], other?: boolean}} props */
function Columns({ parts, other }) {
  const most = Math.max(1, ...parts.map((part) => part.sessions || 0));
  return html`<ol class=${`month-columns${other ? " other" : ""}`}>${parts.map((part) => html`
    <li key=${part.key} data-month=${part.key} data-hidden=${part.sessions === null ? "" : undefined}>
      <span class="column-figure">${part.sessions === null ? html`<span aria-hidden="true">·</span><span class="visually-hidden">${t("glance.hidden")}</span>` : count(part.sessions)}</span>
      <span class="column-track" aria-hidden="true"><span class="column-fill" style=${{ "--part": (part.sessions || 0) / most }}></span></span>
      <span class="column-name"><span aria-hidden="true">${monthName(Number(part.key), "short").slice(0, 3)}</span><span class="visually-hidden">${monthName(Number(part.key))}</span></span>
    </li>`)}</ol>`;
}

/** @param {{seen: Glance}} props */
export function Modes({ seen }) {
  return html`<${Section} name="modes" title=${t("glance.modes_title")}><${Counted} parts=${seen.modes.filter((part) => part.sessions !== 0)} of=${seen.held.sessions} words="mode_" first=${t("glance.mode")} /></${Section}>`;
}

/** @param {{seen: Glance}} props */
export function Reasons({ seen }) {
  const parts = [...seen.reasons].sort((a, b) => (b.sessions ?? 0) - (a.sessions ?? 0)).filter((part) => part.sessions !== 0);
  return html`<${Section} name="reasons" title=${t("glance.reasons_title")}><${Counted} parts=${parts} of=${seen.missed.sessions} words="why_" first=${t("glance.reason")} /></${Section}>`;
}

/** @param {{parts: Part[], of: number | null, words: string, first: string}} props */
function Counted({ parts, of, words, first }) {
  const bars = parts.map((part) => ({ key: part.key, label: t(`glance.${words}${part.key}`), value: part.sessions, note: part.sessions !== null && of ? percent(part.sessions / of) : "" }));
  const rows = parts.map((part) => [t(`glance.${words}${part.key}`), count(part.people), count(part.sessions)]);
  return html`<${Bars} bars=${bars} /><${Behind} head=${[first, t("glance.people"), t("glance.sessions")]} rows=${rows} />`;
}
