// How it was, as columns: what the norm would have met is coloured, the rest is pale, and a line stands where the norm is.

import { html } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";
import { asNorm, inPercent, met, said } from "./reckon.js";

/** @typedef {import("/static/lib/report-types.js").IndicatorSpread} IndicatorSpread */

const HIGH = 100;
const WIDE = 600;
// Beyond the last column of these there may be more.
const OPEN = new Set(["waiting_days", "length_min", "late_min", "course_sessions"]);

/** @param {{indicator: IndicatorSpread, norm: number}} props */
export function Picture({ indicator, norm }) {
  const { bins, whole, most } = indicator;
  const longest = Math.max(1, ...bins.map((bin) => bin.sessions));
  const wide = WIDE / bins.length;
  const span = bins[0].last - bins[0].first + 1;
  // Where a value begins: a norm of at most ends behind its value, one of at least before it.
  const at = Math.min(WIDE, ((norm + (most && span === 1 ? 1 : 0) - indicator.first) / span) * wide);
  const spoken = t("workbench.picture", { norm: asNorm(indicator, norm), share: inPercent(met(whole.pairs, norm, most)), median: said(indicator.name, whole.median) });
  return html`<figure class="spread"><svg viewBox=${`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label=${spoken}>
      ${bins.map((bin, n) => {
        const kept = within(indicator, bin, norm);
        const high = (bin.sessions / longest) * HIGH;
        const low = bin.sessions ? high * (kept / bin.sessions) : 0;
        return html`<g key=${bin.first}><rect class="spread-not" x=${n * wide + wide * 0.08} width=${wide * 0.84} y=${HIGH - high} height=${high - low}></rect><rect class="spread-met" x=${n * wide + wide * 0.08} width=${wide * 0.84} y=${HIGH - low} height=${low}></rect></g>`;
      })}
      <line class="spread-norm" x1=${at} x2=${at} y1="0" y2=${HIGH} vector-effect="non-scaling-stroke"></line>
    </svg><figcaption class="spread-axis" aria-hidden="true"><span>${said(indicator.name, indicator.first)}</span><span>${said(indicator.name, (indicator.first + indicator.last) / 2)}</span><span>${OPEN.has(indicator.name) ? t("workbench.and_more", { value: said(indicator.name, indicator.last) }) : said(indicator.name, indicator.last)}</span></figcaption></figure>`;
}

/** How many of a column's sessions the norm would have met. @param {IndicatorSpread} indicator @param {{first: number, last: number}} bin @param {number} norm */
function within({ first, last, most, whole }, bin, norm) {
  let kept = 0;
  for (const [value, sessions] of whole.pairs) {
    const shown = Math.min(Math.max(value, first), last);
    if (shown >= bin.first && shown <= bin.last && (most ? value <= norm : value >= norm)) kept += sessions;
  }
  return kept;
}
