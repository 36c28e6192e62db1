// The words a staff page was given, asked for without "staff." each time, and codes, zones and money in words.

import { offsetName } from "/static/lib/time.js";
import { wordsOf } from "/static/lib/words.js";

export const lang = document.documentElement.lang === "en" ? "en" : "ru";

/** @type {Record<string, string>} */
const table = JSON.parse(document.getElementById("words")?.textContent || "{}");
const say = wordsOf(table, lang);

/** @param {string} key below "staff."; with `count` in the data its plural form @param {Record<string, string | number>} [data] */
export function t(key, data) {
  return say(`staff.${key}`, data);
}

/** The word for a code of a family, or the code itself. @param {string} family @param {string | number} code */
export function named(family, code) {
  return table[`staff.${family}.${code}`] ?? String(code);
}

/** "новосибирское время (UTC+7)" @param {string} zone @param {string | number} at */
export function zoneName(zone, at) {
  return `${named("zone", zone)} (${offsetName(at, zone)})`;
}

/** @param {number} kopecks */
export function money(kopecks) {
  return new Intl.NumberFormat(lang, { style: "currency", currency: "RUB", currencyDisplay: "narrowSymbol" }).format(kopecks / 100).replace("-", "−");
}
