// The chosen time is kept while the form is filled in: held, prolonged as long as somebody is at work, given back when not needed.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, post, Refusal } from "/static/lib/api.js";
import { clock } from "/static/lib/time.js";
import { sentToSignIn } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/desk-types.js").Hold} Hold */
/** @typedef {{keeping: () => Promise<Hold | null>, choose: (slot: Slot | null, service: string, resources: number[], client?: number) => void, spent: () => void, hold: Hold | null}} Holding */

const AT_WORK = ["pointerdown", "keydown", "input"];
const PROLONG_MS = 60_000;
const LOOK_MS = 5_000;
// Where nothing can be held, it can still be booked: these say nothing about the time itself.
const WITHOUT = ["too_many_holds", "no_connection"];

/**
 * @param {(problem: Refusal) => void} onRefused the time could not be held, or is held no more
 * @returns {Holding} `keeping` waits for what is under way
 */
export function useHold(onRefused) {
  const [hold, setHold] = useState(/** @type {Hold | null} */ (null));
  const own = useRef(/** @type {{hold: Hold | null, turn: number, queue: Promise<Hold | null>, kept: number}} */ ({ hold: null, turn: 0, queue: Promise.resolve(null), kept: 0 }));
  const refused = useRef(onRefused);
  refused.current = onRefused;

  /** @param {Hold | null} made */
  function put(made) {
    own.current.hold = made;
    own.current.kept = Date.now();
    setHold(made);
    return made;
  }

  /** One after the other, and only for the latest choice. @param {Slot | null} slot @param {string} service @param {number[]} resources @param {number} [client] */
  function choose(slot, service, resources, client) {
    const turn = ++own.current.turn;
    own.current.queue = own.current.queue.then(async () => {
      const former = own.current.hold;
      if (former) await givenBack(former);
      put(null);
      if (!slot || turn !== own.current.turn) return null;
      return put(await held(slot, service, resources, client));
    }).catch((error) => {
      if (turn === own.current.turn && error instanceof Refusal && !WITHOUT.includes(error.code) && !sentToSignIn(error)) refused.current(error);
      return null;
    });
  }

  async function prolong() {
    const { hold: kept, kept: since } = own.current;
    if (!kept || Date.now() - since < PROLONG_MS) return;
    own.current.kept = Date.now();
    try {
      const longer = /** @type {Hold} */ (await post(`/holds/${kept.id}/keep`, {}));
      if (own.current.hold?.id === kept.id) put(longer);
    } catch (error) {
      if (error instanceof Refusal && error.code === "hold_gone") gone(kept, error);
    }
  }

  /** @param {Hold} kept @param {Refusal} problem */
  function gone(kept, problem) {
    if (own.current.hold?.id !== kept.id) return;
    put(null);
    refused.current(problem);
  }

  useEffect(() => {
    const leaves = () => { if (own.current.hold) leave(own.current.hold); };
    const returns = (/** @type {PageTransitionEvent} */ event) => { if (event.persisted && own.current.hold) gone(own.current.hold, ended()); };
    const looks = setInterval(() => { if (own.current.hold && Date.parse(own.current.hold.expires_at) <= Date.now()) gone(own.current.hold, ended()); }, LOOK_MS);
    for (const each of AT_WORK) document.addEventListener(each, prolong, { passive: true });
    window.addEventListener("pagehide", leaves);
    window.addEventListener("pageshow", returns);
    return () => {
      clearInterval(looks);
      for (const each of AT_WORK) document.removeEventListener(each, prolong);
      window.removeEventListener("pagehide", leaves);
      window.removeEventListener("pageshow", returns);
    };
  }, []);
  return { hold, choose, keeping: () => own.current.queue.then(() => own.current.hold), spent: () => { own.current.turn += 1; put(null); } };
}

/** @param {Slot} slot @param {string} service @param {number[]} resources @param {number} [client] the standard of his district says how long it takes @returns {Promise<Hold>} */
function held(slot, service, resources, client) {
  return post("/holds", { specialist: slot.specialist.id, service, starts: slot.starts, resources, ...(client && { client }) }, { key: freshKey() });
}

/** Somebody else may have it; that it is gone already is as good. @param {Hold} hold */
async function givenBack(hold) {
  try {
    await ask("DELETE", `/holds/${hold.id}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** A page that goes away can still say so. @param {Hold} hold */
function leave(hold) {
  fetch(`/api/v1/holds/${hold.id}`, { method: "DELETE", keepalive: true, credentials: "same-origin", headers: { "Content-Type": "application/json" } }).catch(() => undefined);
}

function ended() {
  return new Refusal(410, { code: "hold_gone", title: t("hold.gone"), detail: t("hold.gone_detail") });
}

/** A quiet line, said once: it is prolonged without a word. @param {{hold: Hold | null, zone: string}} props */
export function HoldLine({ hold, zone }) {
  return html`<p class="hold-line" data-test="hold" data-hold=${hold?.id} data-starts=${hold?.starts} hidden=${!hold}>${hold && t("hold.until", { time: clock(hold.expires_at, zone, lang) })}</p>`;
}
