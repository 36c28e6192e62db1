// A year of acts reckoned by month: what is ready, what waits for whose word, what is signed; and which month comes first. Pure

/** @typedef {import("/static/lib/act-types.js").ActsOfYear} ActsOfYear */
/** @typedef {import("/static/lib/act-types.js").ActMonth} Cell */
/** @typedef {{month: string, cells: Cell[], ready: number, ready_kopecks: number, corrections: number, proposed: number, disputed: number, drafts: number, drafts_kopecks: number, signed: number, signed_kopecks: number}} Month */

/** The months, the newest first. @param {ActsOfYear} found @returns {Month[]} */
export function months(found) {
  const places = new Map(found.providers.map((each, place) => [each.id, place]));
  /** @type {Map<string, Cell[]>} */
  const by = new Map();
  for (const each of found.items) by.set(each.month, [...(by.get(each.month) || []), each]);
  return [...by].sort(([one], [other]) => (one < other ? 1 : -1)).map(([month, cells]) =>
    reckoned(month, cells.sort((one, other) => (places.get(one.provider) || 0) - (places.get(other.provider) || 0))));
}

/** @param {string} month @param {Cell[]} cells @returns {Month} */
export function reckoned(month, cells) {
  const acts = cells.flatMap((each) => each.acts);
  const drafts = acts.filter((each) => !each.number);
  const signed = acts.filter((each) => each.number);
  const sum = (/** @type {"ready" | "ready_kopecks" | "corrections" | "proposed" | "disputed"} */ what) => cells.reduce((all, each) => all + each[what], 0);
  return {
    month, cells,
    ready: sum("ready"), ready_kopecks: sum("ready_kopecks"), corrections: sum("corrections"), proposed: sum("proposed"), disputed: sum("disputed"),
    drafts: drafts.length, drafts_kopecks: kopecks(drafts), signed: signed.length, signed_kopecks: kopecks(signed),
  };
}

/** @param {{sum_kopecks: number}[]} acts */
const kopecks = (acts) => acts.reduce((all, each) => all + each.sum_kopecks, 0);

/** Something of it is not signed yet. @param {Month} month */
export const isOpen = (month) => month.ready + month.corrections + month.drafts + month.proposed + month.disputed > 0;

/** The month to begin with: the last one that is over and can become acts, or else waits for something. @param {Month[]} all the newest first @param {string} today */
export function firstToDo(all, today) {
  const over = all.filter((each) => each.month.slice(0, 7) < today.slice(0, 7));
  return over.find((each) => each.ready + each.corrections + each.drafts > 0) || over.find(isOpen) || null;
}

/** Providers of whom an act of this month would say something: earlier sessions that were agreed upon since stand on it too. @param {Month[]} all @param {Month} month */
export function toMake(all, month) {
  const cells = all.filter((each) => each.month <= month.month).flatMap((each) => each.cells);
  const pairs = cells.filter((each) => each.ready + each.corrections > 0).map((each) => [each.provider, each.district].join());
  return [...new Set(pairs)].map((each) => each.split(",").map(Number));
}

/** What of earlier months would stand on an act of this one. @param {Month[]} all @param {Month} month */
export function leftOver(all, month) {
  return reckoned("", all.filter((each) => each.month < month.month).flatMap((each) => each.cells));
}
