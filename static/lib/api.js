// The way to /api/v1: typed answers, refusals as errors, versions for If-Match and keys for writes that may be repeated.

/** @typedef {import("./api-types.js").FieldError} FieldError */
/** @typedef {{body?: unknown, version?: string | number | null, key?: string, signal?: AbortSignal}} Extras */
/**
 * @template T
 * @typedef {{value: T, version: string | null}} Answer
 */

const ROOT = "/api/v1";

/** What the server refused, with its words for the person (problem+json), or `no_connection` when it could not be asked. */
export class Refusal extends Error {
  /** @param {number} status @param {Record<string, any>} problem */
  constructor(status, problem) {
    super(problem.title || problem.code || String(status));
    this.status = status;
    /** @type {string} */
    this.code = problem.code || "unknown";
    /** @type {string} */
    this.title = problem.title || "";
    /** @type {string} */
    this.detail = problem.detail || "";
    /** @type {FieldError[]} */
    this.errors = problem.errors || [];
    this.data = problem;
  }
}

/** A name for one intention of a person, so that sending it twice does it once. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Asks and gives the answer with its version; throws Refusal.
 * @template T
 * @param {string} method @param {string} path below /api/v1 @param {Extras} [extras]
 * @returns {Promise<Answer<T>>}
 */
export async function ask(method, path, extras = {}) {
  const answer = await reach(ROOT + path, requestOf(method, extras));
  if (!answer.ok) throw new Refusal(answer.status, await problemOf(answer));
  const value = answer.status === 204 ? null : await answer.json();
  return { value, version: versionOf(answer) };
}

/**
 * @template T
 * @param {string} path @param {Record<string, string | number | null | undefined>} [query]
 * @returns {Promise<T>}
 */
export async function get(path, query = {}) {
  const answer = await ask("GET", path + queryOf(query));
  return /** @type {T} */ (answer.value);
}

/**
 * @template T
 * @param {string} path @param {unknown} [body] @param {Omit<Extras, 'body'>} [extras]
 * @returns {Promise<T>}
 */
export async function post(path, body = {}, extras = {}) {
  const answer = await ask("POST", path, { ...extras, body });
  return /** @type {T} */ (answer.value);
}

/** @param {Record<string, string | number | null | undefined>} query */
function queryOf(query) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text && `?${text}`;
}

/** @param {string} url @param {RequestInit} request */
async function reach(url, request) {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, { code: "no_connection" });
  }
}

/** @param {string} method @param {Extras} extras @returns {RequestInit} */
function requestOf(method, { body, version, key, signal }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json, application/problem+json" };
  if (body !== undefined || method !== "GET") headers["Content-Type"] = "application/json";
  if (version !== undefined && version !== null) headers["If-Match"] = `"${version}"`;
  if (key) headers["Idempotency-Key"] = key;
  return { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin", cache: "no-store" };
}

/** @param {Response} answer @returns {Promise<Record<string, any>>} */
async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return { code: "unknown" };
  }
}

/** @param {Response} answer */
function versionOf(answer) {
  const tag = answer.headers.get("ETag");
  return tag && tag.replace(/^W\//, "").replace(/"/g, "");
}
