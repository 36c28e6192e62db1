// Sending a change of the calendar, step by step against its version, and taking it back.

import { useRef, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, Refusal } from "/static/lib/api.js";
import { named, t } from "../parts/words.js";
import { outside } from "./plan.js";
import { explained, sentToSignIn } from "../parts/shell.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("./live.js").Live} Live */
/** @typedef {import("./steps.js").Step} Step */
/** @typedef {{text: string, steps: number, undone?: boolean}} Done what the quiet bar says, and how many steps it takes to take it back */
/** @typedef {{busy: boolean, done: Done | null, problem: {title: string, detail: string, code: string, mine: boolean} | null}} State */

/**
 * @param {number} specialist @param {string[]} days those that are shown @param {Live} live @param {(text: string) => void} announce
 */
export function useChanges(specialist, days, live, announce) {
  const [state, setState] = useState(/** @type {State} */ ({ busy: false, done: null, problem: null }));
  const busy = useRef(false);
  const last = useRef({ text: "", steps: 0, version: 0 });
  const version = live.value?.version ?? 0;

  /** @param {() => Promise<Done>} act */
  async function alone(act) {
    if (busy.current) return false;
    busy.current = true;
    live.hold("sending", true);
    setState({ busy: true, done: null, problem: null });
    try {
      const done = await act();
      const fresh = await live.load();
      setState({ busy: false, done, problem: null });
      const left = fresh ? outside(fresh, days, Date.now()).length : 0;
      announce(left ? `${done.text}. ${t("calendar.outside", { count: left })}` : done.text);
      return true;
    } catch (error) {
      if (sentToSignIn(error)) return false;
      if (!(error instanceof Refusal)) throw error;
      await refused(error);
      return false;
    } finally {
      busy.current = false;
      live.hold("sending", false);
    }
  }

  /** What somebody else did meanwhile is shown and said before it is tried again. @param {Refusal} error */
  async function refused(error) {
    const moved = error.status === 412;
    const fresh = moved ? await live.load() : undefined;
    const words = moved ? { title: t("calendar.moved_title"), detail: `${whoChanged(fresh)} ${t("calendar.moved_detail")}` } : inWords(error);
    setState({ busy: false, done: null, problem: { ...words, code: error.code, mine: !moved } });
    announce(`${words.title} ${words.detail}`);
  }

  /**
   * @param {string} text what is said when all went well @param {Step[]} steps
   * @param {number} [seen] the version that was looked at when the change began
   */
  const run = (text, steps, seen = version) => alone(async () => {
    let at = seen;
    let made = 0;
    try {
      for (const step of steps) {
        at = await sent(specialist, step, at);
        live.known(at);
        made += 1;
      }
    } catch (error) {
      // Half a change is none.
      if (made && error instanceof Refusal && error.status !== 0) await takenBack(specialist, at, made, live);
      throw error;
    }
    last.current = { text, steps: made, version: at };
    return { text, steps: made };
  });

  /** One's own last change as a whole, unless something came after it; else the last step of whoever made it. */
  const undo = () => alone(async () => {
    const own = last.current.version === version && last.current.steps > 0;
    const { text, steps } = own ? last.current : { text: undoable(live.value), steps: 1 };
    await takenBack(specialist, version, steps, live);
    last.current = { text: "", steps: 0, version: 0 };
    return { text: t("calendar.undone", { what: text }), steps: 0, undone: true };
  });

  const forget = () => { if (!busy.current) setState((/** @type {State} */ old) => (old.done || old.problem ? { busy: false, done: null, problem: null } : old)); };
  return { ...state, run, undo, forget };
}

/** @param {number} specialist @param {Step} step @param {number} version @returns {Promise<number>} the version it came to */
async function sent(specialist, { method, path, body }, version) {
  const answer = await ask(method, `/specialists/${specialist}${path}`, { body, version, key: freshKey() });
  const value = /** @type {any} */ (answer.value);
  return Number(value?.version) || version + 1;
}

/** @param {number} specialist @param {number} version @param {number} steps @param {Live} live */
async function takenBack(specialist, version, steps, live) {
  let at = version;
  for (let nth = 0; nth < steps; nth += 1) {
    at = await sent(specialist, { method: "POST", path: "/calendar/undo", body: {} }, at);
    live.known(at);
  }
}

/** The server's words, with what it says of single fields. @param {Refusal} error */
function inWords(error) {
  const { title, detail } = explained(error);
  const fields = [...new Set(error.errors.map((each) => each.message))].join(" ");
  return { title, detail: fields || detail };
}

/** What the server could take back. @param {Calendar | undefined} calendar */
export function undoable(calendar) {
  return calendar?.undo ? named("calendar.change", calendar.undo.what) : "";
}

/** "Ирина Павловна Соколова изменила: …" without a guess at anybody's sex. @param {Calendar | undefined} calendar */
export function whoChanged(calendar) {
  if (!calendar?.undo) return t("calendar.somebody");
  return t("calendar.who_what", { who: calendar.undo.who, what: undoable(calendar) });
}
