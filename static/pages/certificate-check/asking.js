// Where the verdict comes from: this browser with the published keys, or, where it cannot do it, our server.

import { able, check, readKeys, readRevocations, Unusable } from "/static/lib/certificate.js";
import { Refusal } from "/static/lib/api.js";

/** @typedef {import("/static/lib/certificate.js").Verdict} Verdict */
/** @typedef {{verdict: Verdict, here: boolean, services: Record<string, string>}} Answer `here`: checked by this browser alone */

const KEYS = "/.well-known/ryadom-certificate-keys";
const REVOKED = "/.well-known/ryadom-certificate-revoked";
const PATIENCE_MS = 20000;

/** Refused: `no_connection`, `too_many_tries` … @param {string} token @returns {Promise<Answer>} */
export async function verdictOn(token) {
  const here = await able();
  let document = await published("default");
  if (!here) return { verdict: await asked(token), here, services: document.keys.services || {} };
  try {
    let verdict = await checked(token, document);
    // The paper may be younger than the keys this browser keeps.
    if (verdict.why === "unknown_key") {
      document = await published("reload");
      verdict = await checked(token, document);
    }
    return { verdict, here, services: document.keys.services || {} };
  } catch (fault) {
    if (!(fault instanceof Unusable)) throw fault;
    return { verdict: await asked(token), here: false, services: {} };
  }
}

/** @param {string} token @param {{keys: any, revoked: string}} document */
async function checked(token, document) {
  const keys = readKeys(document.keys);
  return check(token, keys, await readRevocations(document.revoked, keys), today());
}

/** The day on this device. */
function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

/** @param {RequestCache} cache */
async function published(cache) {
  const [keys, revoked] = await Promise.all([fetched(KEYS, { cache }), fetched(REVOKED, { cache })]);
  return { keys: await keys.json(), revoked: await revoked.text() };
}

/** Our server's verdict: it learns what the token says. @param {string} token @returns {Promise<Verdict>} */
async function asked(token) {
  const body = JSON.stringify({ token });
  const answer = await fetched("/api/v1/certificate/check", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return answer.json();
}

/** @param {string} path @param {RequestInit} how */
async function fetched(path, how) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  /** @type {Response} */ let answer;
  try {
    answer = await fetch(path, { ...how, signal: patience.signal });
  } catch (fault) {
    throw new Refusal(0, { code: "no_connection" });
  } finally {
    clearTimeout(timer);
  }
  if (!answer.ok) throw new Refusal(answer.status, await answer.json().catch(() => ({ code: "unavailable" })));
  return answer;
}
