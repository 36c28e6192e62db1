// A list that grows by a press: however much of it is wanted, the server is asked for as many pages as that takes.

import { get } from "/static/lib/api.js";

/** What every list of the server gives at once. */
const PAGE = 100;

/**
 * The first `limit` rows, each once: what moves on the server between two pages may come with both.
 * @template {{items: {id: number}[]}} T @param {string} path takes `skip` and `limit` @param {Record<string, string | number | null | undefined>} query @param {number} limit
 * @returns {Promise<T>}
 */
export async function firstOf(path, query, limit) {
  const whole = /** @type {T} */ (await get(path, { ...query, limit: Math.min(limit, PAGE) }));
  for (let seen = whole.items.length; seen < limit && seen % PAGE === 0 && seen > 0; ) {
    const { items } = /** @type {T} */ (await get(path, { ...query, limit: Math.min(limit - seen, PAGE), skip: seen }));
    if (!items.length) break;
    const known = new Set(whole.items.map((each) => each.id));
    whole.items.push(...items.filter((each) => !known.has(each.id)));
    seen += items.length;
  }
  return whole;
}
