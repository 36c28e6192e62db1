// What a norm would have meant, reckoned from the values themselves; and each figure as people say it.

import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/report-types.js").IndicatorSpread} IndicatorSpread */

const SHARES = new Set(["both_share", "video_share"]);
const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });

/** The share of sessions, 0…1, that a norm would have met. @param {[number, number][]} pairs @param {number} norm @param {boolean} most */
export function met(pairs, norm, most) {
  let kept = 0;
  let whole = 0;
  for (const [value, sessions] of pairs) {
    whole += sessions;
    if (most ? value <= norm : value >= norm) kept += sessions;
  }
  return whole ? kept / whole : null;
}

/** "10 дн.", "80 %", "4,5 из 5" @param {string} name @param {number | null} value */
export function said(name, value) {
  if (value === null) return "–";
  if (SHARES.has(name)) return percent.format(value / 1000);
  if (name === "satisfaction") return t("workbench.unit_satisfaction", { value: new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(value / 100) });
  return t(`workbench.unit_${name}`, { value: fine.format(value) });
}

/** "не больше 10 дн." @param {IndicatorSpread} indicator @param {number} norm */
export function asNorm(indicator, norm) {
  return t(indicator.most ? "workbench.at_most" : "workbench.at_least", { value: said(indicator.name, norm) });
}

/** @param {number | null} share */
export function inPercent(share) {
  return share === null ? "–" : percent.format(share);
}

/** The norm a slider begins with: the target in force, else what three of four sessions met. @param {IndicatorSpread} indicator */
export function firstNorm(indicator) {
  const known = indicator.norm ?? (indicator.most ? indicator.whole.high : indicator.whole.low) ?? indicator.first;
  return Math.min(indicator.last, Math.max(indicator.first, Math.round(known / indicator.step) * indicator.step));
}
