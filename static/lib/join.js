// The client's side of the HTTP interface: every call answers its value or throws a Refusal with words to show.

/** @typedef {{digits?: string, secret?: string}} Key What the person holds: the six digits or the link's secret. */
/**
 * @typedef {object} Visit
 * @property {number | string} booking
 * @property {string} starts @property {string} ends @property {string} zone
 * @property {string} opens_at @property {string} closes_at
 * @property {{name: string}} specialist
 * @property {{name: string}} client
 * @property {{name: string, duration_min: number}} service
 * @property {string} mode
 * @property {{state: "empty" | "waiting" | "live" | "paused" | "closed", specialist_here: boolean}} room
 * @property {{name: string, phone: string}} office
 * @property {boolean} feedback_given
 * @property {"client" | "companion" | "interpreter" | "relative"} role
 * @property {string | null} telephone where the person is rung when the talk goes on by telephone, most of it hidden: "●●● ●●-12"
 * @property {string | null} ticket the first way onto the socket, beside the answer to the code or the link
 * @property {string} now
 */
/**
 * @typedef {object} CheckResult
 * @property {"ok" | "silent" | "blocked" | "missing"} microphone
 * @property {"ok" | "silent" | "blocked" | "missing"} camera
 * @property {boolean | null} sound Did the person hear the loudspeaker? null: not tried.
 * @property {number | null} loss Share from 0 to 1; null where nothing came through, as with the two below.
 * @property {number | null} rtt_ms
 * @property {number | null} kbps
 * @property {string} browser
 */
/** @typedef {"good" | "voice_only" | "too_weak"} Verdict */

const API = "/api/v1";
const PATIENCE_MS = 20000;

/** Something the server (or the line to it) refuses; `title` says what, `detail` what to do next. */
export class Refusal extends Error {
  /** @param {number} status @param {Record<string, any>} problem */
  constructor(status, problem) {
    super(problem.code);
    this.status = status;
    /** @type {string} */ this.code = problem.code;
    /** @type {string} */ this.title = problem.title || "";
    /** @type {string} */ this.detail = problem.detail || "";
    /** @type {string} */ this.phone = problem.office_phone || "";
    this.problem = problem;
  }
}

/** @param {Key} key @returns {Promise<Visit>} */
export const enterWith = (key) => call("POST", "/join", bodyOf(key));
/** @returns {Promise<Visit>} */
export const currentVisit = () => call("GET", "/join");
/** The page may be closing: the answer is not awaited by anybody. */
export const forgetSeat = () => call("DELETE", "/join", undefined, true);
/** @param {Key} key @returns {Promise<{request: string | number}>} */
export const askTakeover = (key) => call("POST", "/join/takeover", bodyOf(key));
/** @param {string | number} request @returns {Promise<{state: "asked" | "allowed" | "refused"}>} */
export const takeoverState = (request) => call("GET", `/join/takeover/${encodeURIComponent(request)}`);
/** @returns {Promise<{ticket: string, expires_at: string}>} */
export const freshTicket = () => call("POST", "/join/ticket", {});
/** @param {number} score 1, 2 or 3; 3 is good. @param {object} [five] the answers to the five questions, as far as they were given */
export const giveFeedback = (score, five) => call("POST", "/join/feedback", { score, ...five });
/** @param {CheckResult} result @returns {Promise<{verdict: Verdict}>} */
export const keepCheck = (result) => call("PUT", "/join/line-check", result);

/**
 * The server's peer for the line check: of the visit, or of a rehearsal without one.
 * @param {boolean} rehearsal
 */
export function echoOf(rehearsal) {
  const path = rehearsal ? "/line-check" : "/join/line-check";
  return {
    /** @param {string} sdp @returns {Promise<{check: string, sdp: string}>} */
    open: (sdp) => call("POST", path, { sdp }),
    /** @param {string} check */
    close: (check) => call("DELETE", `${path}/${encodeURIComponent(check)}`, undefined, true),
  };
}

/** @param {Key} key */
function bodyOf(key) {
  return key.secret ? { secret: key.secret } : { code: key.digits };
}

/**
 * @param {string} method @param {string} path @param {object} [body] @param {boolean} [keepalive]
 * @returns {Promise<any>}
 */
async function call(method, path, body, keepalive = false) {
  const answer = await send(method, path, body, keepalive);
  if (answer.status === 204) return null;
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) return value;
  throw new Refusal(answer.status, { code: "unavailable", now: answer.headers.get("Date"), ...value });
}

/** @param {string} method @param {string} path @param {object | undefined} body @param {boolean} keepalive */
async function send(method, path, body, keepalive) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(API + path, {
      method,
      keepalive,
      signal: patience.signal,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch (fault) {
    throw new Refusal(0, { code: "unavailable" });
  } finally {
    clearTimeout(timer);
  }
}
