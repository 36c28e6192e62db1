// The holder's own certificate: he opens it by number and digits, sees what is left, and chooses who helps him. One thing on each screen.

import { ask, Refusal } from "/static/lib/api.js";
import { byId } from "/static/components/page.js";
import { chosen as showChosen, enter as showEnter, home as showHome, left as showLeft, list as showList, sure as showSure } from "/static/pages/own-certificate/screens.js";

/** @typedef {import("/static/lib/certificate-types.js").OwnCertificate} Own */
/** @typedef {import("/static/lib/certificate-types.js").Offer} Offer */
/** @typedef {import("/static/lib/certificate-types.js").Providers} Providers */

const PATIENCE_MS = 20000;
const GONE = ["holder_unknown", "listing_outdated"];
const host = byId("step");
/** @type {Own} */ let own;

begin();

async function begin() {
  try {
    own = await asked("GET", "/own-certificate");
  } catch (fault) {
    return enter(/** @type {Refusal} */ (fault).status === 401 ? undefined : /** @type {Refusal} */ (fault));
  }
  home();
}

/** @param {Refusal} [fault] @param {{number: string, code: string}} [typed] */
function enter(fault, typed) {
  showEnter(host, { fault, typed, open });
}

/** @param {string} number @param {string} code */
async function open(number, code) {
  try {
    own = await asked("POST", "/own-certificate", { body: { number, code } });
  } catch (fault) {
    return enter(/** @type {Refusal} */ (fault), { number, code });
  }
  home();
}

function home() {
  showHome(host, own, { choose, leave });
}

async function choose() {
  await trying(async () => {
    const shown = /** @type {Providers} */ (await asked("GET", "/own-certificate/providers"));
    showList(host, own, shown, { choose: (offer) => sure(shown, offer), back: home });
  });
}

/** @param {Providers} shown @param {Offer} offer */
function sure(shown, offer) {
  showSure(host, own, shown, offer, { yes: (decided) => confirm(shown, offer, decided), back: choose });
}

/** @param {Providers} shown @param {Offer} offer @param {{keep: number[], cancel: number[]}} decided */
async function confirm(shown, offer, decided) {
  await trying(async () => {
    own = await asked("POST", "/own-certificate/choice", { version: own.version, body: { listing: shown.listing.id, provider: offer.provider, ...decided } });
    showChosen(host, own, home);
  });
}

/** Away at once, whatever the server thinks: nothing of it stays on this device. */
async function leave() {
  showLeft(host);
  await asked("DELETE", "/own-certificate").catch(() => undefined);
}

/** What fails is said where he looks. @param {() => Promise<void>} work */
async function trying(work) {
  host.querySelectorAll("button").forEach((each) => (each.disabled = true));
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    if (GONE.includes(fault.code) || fault.status === 412) return begin();
    showHome(host, own, { choose, leave, fault });
  }
}

/** On a dead line nobody waits for ever. @param {string} method @param {string} path @param {import("/static/lib/api.js").Extras} [extras] @returns {Promise<any>} */
async function asked(method, path, extras = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return (await ask(method, path, { ...extras, signal: patience.signal })).value;
  } catch (fault) {
    throw fault instanceof Refusal ? fault : new Refusal(0, { code: "no_connection" });
  } finally {
    clearTimeout(timer);
  }
}
