// What a page asks, each once and in order, through lost messages, new connections and restarts of the server.
//
// The server answers each `seq` once and in order, so everything unanswered is said again from the oldest on.

/** @typedef {import("../wire.d.ts").Asked} Asked */
/** @typedef {Exclude<keyof Asked, "enter" | "replay" | "beat">} Act */
/** @typedef {Error & {code: string, data: Record<string, unknown>}} Fault */
/** @typedef {{ok: boolean, value?: any, fault?: {code: string}}} Answer */
/** @typedef {{seq: number, kind: Act, data: object, resolve: (value: any) => void, reject: (fault: Fault) => void}} Waiting */

const ACK_MS = 2000;
const AT_ONCE = 20;
const RESEND_MS = { order: 20, trouble: 700 };
// Faults that only say "not now": the message stays.
const NOT_NOW = new Set(["out_of_order", "unavailable", "too_fast", "not_entered"]);

/**
 * @param {object} line
 * @param {() => boolean} line.open the seat is taken on this connection
 * @param {(kind: Act, data: object, answered: (answer: Answer) => void) => void} line.emit forgets its answer when the connection changes
 * @param {(kind: Act, data: object) => void} line.done the server said yes or no to it
 * @param {(code: string) => void} line.refused it said no
 * @param {() => void} line.unknown it does not know the seat any more
 */
export function createOutbox({ open, emit, done, refused, unknown }) {
  /** @type {Waiting[]} */
  const waiting = [];
  let next = 1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /**
   * @template {Act} K
   * @param {K} kind
   * @param {Omit<Asked[K]["data"], "seq">} data
   * @returns {Promise<Asked[K]["value"]>}
   */
  function ask(kind, data) {
    return new Promise((resolve, reject) => {
      const asked = { seq: next++, kind, data, resolve, reject };
      waiting.push(asked);
      if (open()) send(asked);
    });
  }

  /** @param {Waiting} asked */
  function send(asked) {
    emit(asked.kind, { ...asked.data, seq: asked.seq }, (answer) => answered(asked, answer));
    if (!timer) timer = setTimeout(resend, ACK_MS);
  }

  /** @param {Waiting} asked @param {Answer} answer */
  function answered(asked, answer) {
    const at = waiting.indexOf(asked);
    if (at < 0) return;
    const code = answer.fault ? answer.fault.code : "";
    if (!answer.ok && (!code || NOT_NOW.has(code))) return later(code);
    waiting.splice(at, 1);
    clearTimeout(timer);
    timer = waiting.length ? setTimeout(resend, ACK_MS) : undefined;
    done(asked.kind, asked.data);
    if (answer.ok) return asked.resolve(answer.value);
    asked.reject(fault(answer.fault));
    refused(code);
  }

  /** One lost message makes all after it out of order: one resend for them all. @param {string} code */
  function later(code) {
    if (code === "not_entered") return unknown();
    clearTimeout(timer);
    timer = setTimeout(resend, code === "out_of_order" ? RESEND_MS.order : RESEND_MS.trouble);
  }

  /** Go back to the oldest unanswered message and say everything from there again. */
  function resend() {
    rest();
    if (open()) waiting.slice(0, AT_ONCE).forEach(send);
  }

  /** The connection is gone: nothing is said until `resend`. */
  function rest() {
    clearTimeout(timer);
    timer = undefined;
  }

  /** No answer will come any more. @param {string} code */
  function giveUp(code) {
    rest();
    for (const asked of waiting.splice(0)) asked.reject(fault({ code }));
  }

  return {
    ask,
    resend,
    rest,
    giveUp,
    /** The number of the message that comes next. */
    get first() {
      return waiting.length ? waiting[0].seq : next;
    },
  };
}

/** @param {{code: string} | undefined} answer @returns {Fault} */
export function fault(answer) {
  const { code = "unavailable", ...data } = answer || {};
  return Object.assign(new Error(code), { code, data });
}
