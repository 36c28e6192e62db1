// A time held while somebody fills in the form: taken at once, kept as long as the form is open, given back when it closes.

import { useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { freshKey, post, Refusal } from "/static/lib/api.js";
import { sentToSignIn } from "../parts/shell.js";

/** @typedef {import("/static/lib/schedule-types.js").Hold} Hold */
/** @typedef {{specialist: number, service: string, starts: string}} Wanted */

// A hold lasts ten minutes; three misses of the line in a row do not lose it.
const KEEP_MS = 3 * 60_000;

/**
 * @param {Wanted} wanted
 * @returns {{hold: Hold | null, problem: Refusal | null, used: () => void, again: () => void}} `used` when it has become a booking
 */
export function useHold(wanted) {
  const [state, setState] = useState(/** @type {{hold: Hold | null, problem: Refusal | null}} */ ({ hold: null, problem: null }));
  const [round, setRound] = useState(0);
  const spent = useRef(false);
  useEffect(() => {
    let open = true;
    /** @type {Hold | null} */
    let mine = null;
    let timer = 0;
    const fail = (/** @type {unknown} */ error) => {
      if (!open || sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setState({ hold: null, problem: error });
    };
    const keep = () => mine && post(`/holds/${mine.id}/keep`).then((kept) => { if (open) setState({ hold: kept, problem: null }); }, (error) => {
      // Without a line the hold may well be there still; the server says so when it is not.
      if (error instanceof Refusal && error.status === 0) return;
      mine = null;
      clearInterval(timer);
      fail(error);
    });
    const leave = () => { if (mine && !spent.current) giveBack(mine.id); };
    spent.current = false;
    setState({ hold: null, problem: null });
    post("/holds", wanted, { key: freshKey() }).then((made) => {
      mine = made;
      if (!open) return leave();
      setState({ hold: made, problem: null });
      timer = window.setInterval(keep, KEEP_MS);
    }, fail);
    addEventListener("pagehide", leave);
    return () => {
      open = false;
      clearInterval(timer);
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [wanted.specialist, wanted.service, wanted.starts, round]);
  return { ...state, used: () => { spent.current = true; }, again: () => setRound((/** @type {number} */ n) => n + 1) };
}

/** Also from a page that is being left. Nobody waits for the answer; what is not given back ends by itself. @param {number} id */
function giveBack(id) {
  const headers = { "Content-Type": "application/json" };
  fetch(`/api/v1/holds/${id}`, { method: "DELETE", headers, credentials: "same-origin", keepalive: true }).catch(() => undefined);
}
