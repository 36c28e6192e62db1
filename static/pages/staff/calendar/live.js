// The calendar as the server has it now: asked for, asked again when somebody changed it, and never under a hand that is busy.

import { io } from "/static/vendor/socket.io.esm.min.js";
import { useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { sentToSignIn } from "../parts/shell.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {{value: Calendar | undefined, error: any, load: () => Promise<Calendar | undefined>, known: (version: number) => void, hold: (name: string, held: boolean) => void, here: boolean}} Live */

const GATHER_MS = 150;
const AWAY_MS = 10_000;

/**
 * @param {number} specialist @param {string} from @param {string} until
 * @param {(calendar: Calendar) => void} onOthers called with the calendar that somebody else has changed meanwhile
 * @returns {Live} `known` tells a version of one's own making; what is held keeps news waiting
 */
export function useLive(specialist, from, until, onOthers) {
  const [state, setState] = useState(/** @type {{value: Calendar | undefined, error: any}} */ ({ value: undefined, error: null }));
  const own = useRef({ asked: 0, version: 0, held: /** @type {Set<string>} */ (new Set()), waiting: false, range: "" });
  const others = useRef(onOthers);
  others.current = onOthers;
  const range = `${from} ${until}`;
  own.current.range = range;

  /** @param {boolean} [anyway] also under a busy hand, because it is what that hand has done */
  async function ask(anyway = false) {
    const nth = (own.current.asked += 1);
    try {
      const [first, last] = own.current.range.split(" ");
      /** @type {Calendar} */
      const value = await get(`/specialists/${specialist}/calendar`, { from: first, until: last });
      // A later question is under way, or the person has turned to other days.
      if (nth !== own.current.asked) return undefined;
      if (own.current.held.size && !anyway) {
        own.current.waiting = true;
        return undefined;
      }
      const foreign = own.current.version > 0 && value.version > own.current.version;
      own.current.version = Math.max(own.current.version, value.version);
      setState({ value, error: null });
      if (foreign) others.current(value);
      return value;
    } catch (error) {
      if (nth === own.current.asked && !sentToSignIn(error)) setState((/** @type {any} */ old) => ({ ...old, error }));
      return undefined;
    }
  }

  const load = () => ask(true);
  const refresh = () => {
    if (own.current.held.size) own.current.waiting = true;
    else ask();
  };
  const hold = (/** @type {string} */ name, /** @type {boolean} */ held) => {
    if (held) own.current.held.add(name);
    else own.current.held.delete(name);
    if (own.current.held.size || !own.current.waiting) return;
    own.current.waiting = false;
    ask();
  };
  const known = (/** @type {number} */ version) => { own.current.version = Math.max(own.current.version, version); };
  useEffect(() => { ask(); }, [range]);
  const here = useNews(specialist, refresh);
  return { ...state, load, known, hold, here };
}

/** @param {number} specialist @param {() => void} refresh @returns {boolean} is the socket here? */
function useNews(specialist, refresh) {
  const [here, setHere] = useState(false);
  const act = useRef(refresh);
  act.current = refresh;
  useEffect(() => {
    /** @type {number | undefined} */
    let timer;
    const soon = () => { timer ??= window.setTimeout(() => { timer = undefined; act.current(); }, GATHER_MS); };
    const board = io("/board", { transports: ["websocket", "polling"] });
    let came = false;
    board.on("connect", () => { setHere(true); if (came) soon(); came = true; });
    board.on("disconnect", () => setHere(false));
    board.on("connect_error", () => setHere(false));
    board.on("changed", soon);
    board.on("calendar", (/** @type {{specialist: number}} */ news) => { if (news.specialist === specialist) soon(); });
    return () => { clearTimeout(timer); board.disconnect(); };
  }, [specialist]);
  useEffect(() => {
    if (here) return undefined;
    const timer = setInterval(() => act.current(), AWAY_MS);
    return () => clearInterval(timer);
  }, [here]);
  return here;
}
