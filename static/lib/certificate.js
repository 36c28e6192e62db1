// Checks a certificate's signed token by the rules of docs/certificates.md, in their order. Knows no page and no server.

/** @typedef {"genuine" | "genuine_but_expired" | "not_yet_valid" | "revoked" | "replaced" | "forged"} Outcome */
/** @typedef {{code: string, unit: "session" | "minute" | "kopeck", quantity: number}} Service */
/**
 * @typedef {object} Paper
 * @property {string} number @property {string} issuer @property {string} district
 * @property {string} holder @property {number} birth_year
 * @property {string} issued_on @property {string} valid_until both as "2026-11-23"
 * @property {Service[]} services
 */
/** @typedef {{outcome: Outcome, why: string | null, paper: Paper | null, as_of: string | null}} Verdict */
/** @typedef {{known: Map<string, string>, withdrawn: Set<string>}} Keys public keys, as base64url, by their names */
/** @typedef {{as_of: string, revoked: Set<string>, replaced: Set<string>, keys: Set<string>}} Revocations */

const FORMAT = 1;
const ALGORITHM = "EdDSA";
const TYPE = "ryadom-cert";
const LIST_TYPE = "ryadom-cert-revoked";
const LONGEST = 2400;
const LONGEST_LIST = 4e6;
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const NAME = /^[A-Za-z0-9_-]{8,16}$/;
const HASH = /^[A-Za-z0-9_-]{16}$/;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
/** @type {Record<string, Service["unit"]>} */
const UNITS = { s: "session", m: "minute", k: "kopeck" };
const DAY_MS = 86400e3;
const MOST_DAYS = 3660;

class Forged extends Error {}
/** Keys or a list that nothing can be checked with. */
export class Unusable extends Error {}

/** Whether this browser can check a signature of Ed25519 itself. @returns {Promise<boolean>} */
export async function able() {
  try {
    // The public key of RFC 8032, 7.1, test 1.
    await imported("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    return true;
  } catch (fault) {
    return false;
  }
}

/** The token in what was scanned or pasted: an address that carries it behind its "#", or itself. @param {string} text */
export function tokenOf(text) {
  const spoken = text.replace(/\s+/g, "");
  return spoken.includes("#") ? spoken.slice(spoken.indexOf("#") + 1) : spoken;
}

/**
 * @param {string} token @param {Keys} keys @param {Revocations | null} revocations @param {string} today "2026-11-23"
 * @returns {Promise<Verdict>}
 */
export async function check(token, keys, revocations, today) {
  const as_of = revocations && revocations.as_of;
  try {
    const paper = paperOf(plainObject(await opened(token, TYPE, LONGEST, keys, revocations ? revocations.keys : new Set())));
    return { outcome: await outcomeOf(paper, revocations, today), why: null, paper, as_of };
  } catch (fault) {
    if (!(fault instanceof Forged)) throw fault;
    return { outcome: "forged", why: fault.message, paper: null, as_of };
  }
}

/** The published keys. @param {any} document @returns {Keys} */
export function readKeys(document) {
  if (!document || !Array.isArray(document.keys)) throw new Unusable("keys");
  const withdrawn = new Set((document.withdrawn || []).map((/** @type {any} */ each) => each.kid));
  const ours = document.keys.filter((/** @type {any} */ each) => each.kty === "OKP" && each.crv === "Ed25519" && (each.use || "sig") === "sig" && NAME.test(each.kid));
  const known = new Map(ours.filter((/** @type {any} */ each) => !withdrawn.has(each.kid)).map((/** @type {any} */ each) => [each.kid, each.x]));
  if (!known.size) throw new Unusable("keys");
  return { known, withdrawn };
}

/** The published list, its signature checked. @param {string} text @param {Keys} keys @returns {Promise<Revocations>} */
export async function readRevocations(text, keys) {
  try {
    const stated = plainObject(await opened(text.trim(), LIST_TYPE, LONGEST_LIST, keys, new Set()));
    if (stated.v !== FORMAT) throw new Forged("format");
    must(members(stated) === "at,keys,replaced,revoked,v" && whole(stated.at, 0, 4102444800));
    return { as_of: new Date(stated.at * 1000).toISOString(), revoked: names(stated.revoked, HASH), replaced: names(stated.replaced, HASH), keys: names(stated.keys, NAME) };
  } catch (fault) {
    throw fault instanceof Forged ? new Unusable(`list: ${fault.message}`) : fault;
  }
}

/**
 * The payload of a token whose signature holds; nothing of it is read before.
 * @param {string} token @param {string} kind @param {number} longest @param {Keys} keys @param {Set<string>} withdrawn
 */
async function opened(token, kind, longest, keys, withdrawn) {
  if (!token.length || token.length > longest) throw new Forged("size");
  if (!SHAPE.test(token)) throw new Forged("shape");
  const parts = token.split(".");
  const [header, payload, signature] = parts.map(decoded);
  const name = keyName(plainObject(header), kind);
  if (keys.withdrawn.has(name) || withdrawn.has(name)) throw new Forged("key_withdrawn");
  const key = keys.known.get(name);
  if (!key) throw new Forged("unknown_key");
  const spoken = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  const holds = signature.length === 64 && (await crypto.subtle.verify("Ed25519", await imported(key), signature, spoken));
  if (!holds) throw new Forged("signature");
  return payload;
}

/** @param {string} x */
function imported(x) {
  return crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x }, "Ed25519", false, ["verify"]);
}

/** Refused: bits that belong to nothing, and so two spellings of the same. @param {string} part */
function decoded(part) {
  try {
    const text = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
    if (encoded(text) === part) return Uint8Array.from(text, (each) => each.charCodeAt(0));
  } catch (fault) {
    // a length that no bytes have
  }
  throw new Forged("base64");
}

/** @param {string} text each character a byte */
const encoded = (text) => btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** A JSON object in its one spelling: written again it is the same text. So no name stands twice. @param {Uint8Array} raw @returns {Record<string, any>} */
function plainObject(raw) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    const found = JSON.parse(text, (_name, value) => {
      if (typeof value === "number" && !whole(value, -1e15, 1e15)) throw new Forged("json");
      return value;
    });
    if (found && typeof found === "object" && !Array.isArray(found) && JSON.stringify(found) === text) return found;
  } catch (fault) {
    // not UTF-8, not JSON, or a number that is none of ours
  }
  throw new Forged("json");
}

/** @param {Record<string, any>} header @param {string} kind @returns {string} */
function keyName(header, kind) {
  if (members(header) !== "alg,kid,typ") throw new Forged("header");
  if (header.alg !== ALGORITHM) throw new Forged("algorithm");
  if (header.typ !== kind) throw new Forged("type");
  if (typeof header.kid !== "string") throw new Forged("unknown_key");
  return header.kid;
}

/** @param {Record<string, any>} stated @returns {Paper} */
function paperOf(stated) {
  if (stated.v !== FORMAT) throw new Forged("format");
  must(members(stated) === "b,d,f,h,i,n,s,u,v");
  const [issued_on, valid_until] = [day(stated.f), day(stated.u)];
  const days = (Date.parse(valid_until) - Date.parse(issued_on)) / DAY_MS;
  must(days >= 0 && days <= MOST_DAYS);
  const services = servicesOf(stated.s);
  must(whole(stated.b, 1900, 2100));
  const [number, issuer] = [line(stated.n, 40), line(stated.i, 60)];
  return { number, issuer, district: line(stated.d, 40), holder: line(stated.h, 40), birth_year: stated.b, issued_on, valid_until, services };
}

/** @param {any} stated @returns {Service[]} */
function servicesOf(stated) {
  must(Array.isArray(stated) && stated.length >= 1 && stated.length <= 20);
  /** @type {Service[]} */ const found = stated.map((/** @type {any} */ each) => {
    must(Array.isArray(each) && each.length === 3);
    const [code, unit, quantity] = each;
    must(typeof unit === "string" && unit.length === 1 && unit in UNITS && whole(quantity, 1, 999999999));
    return { code: line(code, 16), unit: UNITS[unit], quantity };
  });
  must(new Set(found.map((each) => each.code)).size === found.length);
  return found;
}

/** @param {any} stated @param {number} longest @returns {string} */
function line(stated, longest) {
  must(typeof stated === "string" && !UNSEEN.test(stated) && !stated.startsWith(" ") && !stated.endsWith(" "));
  const length = Array.from(stated).length;
  must(length >= 1 && length <= longest);
  return stated;
}

/** 20261123 is 23 November 2026. @param {any} stated */
function day(stated) {
  must(whole(stated, 20000000, 21001231));
  const text = String(stated).replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const found = new Date(`${text}T00:00:00Z`);
  must(!Number.isNaN(found.getTime()) && found.toISOString().startsWith(text));
  return text;
}

/** @param {any} stated @param {number} least @param {number} most */
const whole = (stated, least, most) => Number.isInteger(stated) && stated >= least && stated <= most;

/** @param {Record<string, any>} stated */
const members = (stated) => Object.keys(stated).sort().join();

/** @param {any} stated @param {RegExp} shape @returns {Set<string>} */
function names(stated, shape) {
  must(Array.isArray(stated) && stated.every((/** @type {any} */ each) => typeof each === "string" && shape.test(each)));
  return new Set(stated);
}

/** @param {boolean} holds */
function must(holds) {
  if (!holds) throw new Forged("content");
}

/** @param {Paper} paper @param {Revocations | null} revocations @param {string} today @returns {Promise<Outcome>} */
async function outcomeOf(paper, revocations, today) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(paper.number)));
  const named = encoded(String.fromCharCode(...digest.slice(0, 12)));
  if (revocations && revocations.revoked.has(named)) return "revoked";
  if (revocations && revocations.replaced.has(named)) return "replaced";
  if (today < paper.issued_on) return "not_yet_valid";
  return today <= paper.valid_until ? "genuine" : "genuine_but_expired";
}
