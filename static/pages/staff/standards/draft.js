// A version that is being written: it begins as a copy of another, with what the address brings along, and becomes a request.

import { inAddress } from "../parts/shell.js";
import { waysAsked } from "../parts/periodicity.js";
import { INDICATORS, SCALES } from "./facts.js";

/** @typedef {import("/static/lib/standard-types.js").Indicator} Indicator */
/** @typedef {import("/static/lib/standard-types.js").Standard} Standard */

// Whole numbers that another page may bring along.
const NUMBERS = /** @type {const} */ (["duration_min", "buffer_min", "before_min", "price_kopecks", "deadline_days"]);

/** ?target.waiting_days=7&deadline_days=10&because=… over the version it is based on. @param {Standard} base @param {string} today @returns {Standard} */
export function draftOf(base, today) {
  const targets = { ...base.targets };
  for (const name of INDICATORS) {
    const brought = whole(inAddress(`target.${name}`));
    if (brought !== null) targets[name] = brought;
  }
  const numbers = Object.fromEntries(NUMBERS.flatMap((name) => (whole(inAddress(name)) === null ? [] : [[name, whole(inAddress(name))]])));
  const valid_from = base.valid_from > today ? base.valid_from : today;
  return { ...base, ...numbers, targets, valid_from, because: inAddress("because") || "", periodicity: base.periodicity || [] };
}

/** @param {string | null} text */
function whole(text) {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** As a person types it: 80 for 800 thousandths, 4,2 for 420. @param {Indicator} name @param {number | undefined} value */
export function typed(name, value) {
  return value === undefined ? "" : String(value / SCALES[name].scale);
}

/** @param {Indicator} name @param {string} text @returns {number | undefined} */
export function meant(name, text) {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || Number.isNaN(value) ? undefined : Math.round(value * SCALES[name].scale);
}

/** @param {Standard} draft */
export function asked(draft) {
  const { code, name, kind, form, modes, duration_min, buffer_min, before_min, price_kopecks, valid_from, relay_only, least_share } = draft;
  const { periodicity, districts, deadline_days, payment, targets, conditions, staff_requirement, because } = draft;
  return {
    code, name, kind, form, modes, duration_min, buffer_min, before_min, price_kopecks, valid_from, relay_only, least_share, districts, deadline_days, payment,
    conditions, staff_requirement, because, targets: Object.fromEntries(Object.entries(targets).filter(([, value]) => value !== undefined)), periodicity: waysAsked(periodicity || []),
  };
}
