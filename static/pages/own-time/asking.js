// What the page of one's own time asks the server: the booking, its free times, and each change once, however often it is sent.

import { ask, freshKey, Refusal } from "/static/lib/api.js";

/** @typedef {import("/static/lib/join.js").Visit} Visit */
/** @typedef {{day: string, starts: string[]}} FreeDay a day of the client's calendar and its free instants */
/**
 * @typedef {object} OwnTimes
 * @property {number} version @property {string} status @property {string} zone @property {string} starts
 * @property {string} change_until @property {boolean} may_change
 * @property {FreeDay[]} days @property {string | null} more_from the day further days are asked from
 * @property {string | null} none_because
 */
/** @typedef {{visit: Visit, times: OwnTimes}} Facts */
/** @typedef {{path: string, body: Record<string, string>, version: number, key: string}} Wish a change under a name of its own */

const PATIENCE_MS = 20000;

/** The booking as it stands and its free times. @returns {Promise<Facts>} */
export async function facts() {
  const [visit, times] = await Promise.all([asked("GET", "/join"), asked("GET", "/join/times")]);
  return { visit, times };
}

/** Free times from a later day on. @param {string} day @returns {Promise<OwnTimes>} */
export const timesFrom = (day) => asked("GET", `/join/times?from=${encodeURIComponent(day)}`);

/** @type {Wish | null} */
let last = null;

/**
 * Sends a change. Asked for again after a failure it bears the same name, so that the server does it once.
 * @param {"move" | "confirm" | "cancel"} what @param {number} version @param {Record<string, string>} [body]
 * @returns {Promise<unknown>}
 */
export async function change(what, version, body = {}) {
  const path = `/join/${what}`;
  const again = last && last.path === path && last.version === version && JSON.stringify(last.body) === JSON.stringify(body);
  const wish = again && last ? last : { path, body, version, key: freshKey() };
  last = wish;
  return asked("POST", path, { body: what === "move" ? body : {}, version, key: wish.key });
}

/** On a dead line nobody waits for ever. @param {string} method @param {string} path @param {import("/static/lib/api.js").Extras} [extras] */
async function asked(method, path, extras = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return /** @type {any} */ ((await ask(method, path, { ...extras, signal: patience.signal })).value);
  } catch (fault) {
    throw fault instanceof Refusal ? fault : new Refusal(0, { code: "no_connection" });
  } finally {
    clearTimeout(timer);
  }
}
