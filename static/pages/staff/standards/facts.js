// What a version of a standard says, fact by fact, in words: to show it, and to tell two versions apart.

import { dayName } from "../parts/allowance.js";
import { waysInWords } from "../parts/periodicity.js";
import { lang, money, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/standard-types.js").Indicator} Indicator */
/** @typedef {import("/static/lib/standard-types.js").Standard} Standard */
/** @typedef {{name: string, label: string, text: string}} Fact */

/** @type {Indicator[]} */
export const INDICATORS = ["waiting_days", "length_min", "both_share", "late_min", "video_share", "course_sessions", "satisfaction"];
/** How a target is typed and shown: thousandths as percent, satisfaction as a mark. @type {Record<Indicator, {scale: number, step: string}>} */
export const SCALES = {
  waiting_days: { scale: 1, step: "1" }, length_min: { scale: 1, step: "1" }, both_share: { scale: 10, step: "0.1" }, late_min: { scale: 1, step: "1" },
  video_share: { scale: 10, step: "0.1" }, course_sessions: { scale: 1, step: "1" }, satisfaction: { scale: 100, step: "0.01" },
};

/** Everything but its number and day, in the order of the form. @param {Standard} standard @param {District[]} districts @returns {Fact[]} */
export function factsOf(standard, districts) {
  const minutes = (/** @type {number} */ count) => t("standards.minutes", { count });
  /** @type {[string, string][]} */
  const plain = [
    ["name", standard.name],
    ["districts", whereInWords(standard, districts)],
    ["duration_min", minutes(standard.duration_min)],
    ["buffer_min", minutes(standard.buffer_min)],
    ["before_min", standard.before_min ? minutes(standard.before_min) : "–"],
    ["modes", standard.modes.map((mode) => named("mode", mode)).join(", ")],
    ["price_kopecks", money(standard.price_kopecks)],
    ["payment", named("standards", `payment_${standard.payment}`)],
    ["periodicity", waysInWords(standard.periodicity)],
    ["deadline_days", standard.deadline_days === null ? "–" : t("standards.days", { count: standard.deadline_days })],
    ["least_share", standard.least_share === null ? "–" : percent(standard.least_share)],
  ];
  return [
    ...plain.map(([name, text]) => ({ name, label: t(`standards.${name}`).split(",")[0], text })),
    ...INDICATORS.map((name) => ({ name: `targets.${name}`, label: t(`standards.target_${name}`), text: targetInWords(name, standard.targets[name]) })),
    ...["conditions", "staff_requirement"].map((name) => ({ name, label: t(`standards.${name}`), text: String(standard[/** @type {keyof Standard} */ (name)]) || "–" })),
    { name: "relay_only", label: t("standards.relay_only"), text: t(standard.relay_only ? "standards.yes" : "standards.no") },
  ];
}

/** The facts in which two versions differ. @param {Fact[]} one @param {Fact[]} other @returns {Set<string>} */
export function differing(one, other) {
  return new Set(one.filter((each, n) => each.text !== other[n].text).map((each) => each.name));
}

/** @param {Standard} standard @param {District[]} districts */
export function whereInWords(standard, districts) {
  return standard.districts === null ? t("standards.everywhere") : standard.districts.map((id) => districts.find((each) => each.id === id)?.name || `№ ${id}`).join(", ");
}

/** "не больше 10 дней" @param {Indicator} name @param {number | undefined} value */
function targetInWords(name, value) {
  if (value === undefined) return "–";
  if (name === "both_share" || name === "video_share") return t("standards.at_least", { value: percent(value / 1000) });
  if (name === "satisfaction") return t("standards.at_least", { value: new Intl.NumberFormat(lang, { maximumFractionDigits: 2 }).format(value / 100) });
  const most = name === "waiting_days" || name === "late_min";
  const unit = { waiting_days: "days", late_min: "minutes", length_min: "minutes", course_sessions: "sessions" }[name];
  return t(most ? "standards.at_most" : "standards.at_least", { value: t(`standards.${unit}`, { count: value }) });
}

/** @param {number} share */
function percent(share) {
  return new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** "Версия 2 с 1 января 2026 г." @param {Standard} standard */
export function versionName({ version, valid_from }) {
  return t("standards.version_from", { version, day: dayName(valid_from) });
}
