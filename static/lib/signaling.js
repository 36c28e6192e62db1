// The browser's end of the wire: one seat in one room, kept through lost lines, lost messages and restarts of the server.
//
//   const line = createSignaling({ getTicket });          // getTicket: () => Promise<string>, asked anew for each connection
//   line.on("room", (view) => …);                         // returns a function that takes the listener off again
//                                                         // ready: a promise; the line is opened before, the seat taken only then
//   await line.ask("chat", { id: line.name(), text });    // resolves with the server's value, rejects with a Fault (error.code)
//
// Events (`line.on(name, listener)`):
//   entered  (value: Entered, again: boolean)   the seat is taken; `again` after each reconnect. value.chat = the whole chat so far
//   room     (view: RoomView)                   after every change, also right after `entered`
//   signal   ({from, data})                     for lib/call/call.js
//   chat     (line: ChatLine)                   a new line, own lines too; each (seat, id) once, those in `entered` included
//   takeover ({request})                        another device asks; answer with ask("takeover", {request, allow}). Once for each
//                                               question; a late listener hears those that nobody answered yet
//   ice      (servers: IceServerView[])         fresh credentials; the first ones came with `entered`
//   line     (state: "connecting" | "up" | "down")
//   ended    ({reason})                         no more will come: "ended", "time", "cancelled" (closed), "moved" (to another time or
//                                               specialist), "room_closed", "replaced" (another tab or device has the seat), "left",
//                                               "dismissed" (asked to leave), "stopped", "version_unknown", or a fatal getTicket's code
// Members:
//   instance, you, view, chat, ice, relayOnly, state   what is known now (you and view are null before the first `entered`)
//   ask(kind, data)     send in order, once, through any trouble; `seq` is added here. Never rejects because a line is down: it waits
//   leave()             explicit going: tells the server and stops. Resolves when told, after 1.5 s at the latest
//   stop()              stop without a word (page goes away; the seat is kept for some seconds)
//   nudge()             the page knows better (became visible, say): look after the line now; `online` does it by itself
//   name()              a random name for chat ids
// getTicket may reject with an Error that has `fatal = true` and `code`: then it ends with that reason; any other error is tried again.

import { createOutbox, fault } from "/static/lib/signaling/outbox.js";
import { pollingSocket, webSocket } from "/static/lib/socket.js";

/** @typedef {import("./wire.d.ts").Asked} Asked */
/** @typedef {import("./wire.d.ts").Entered} Entered */
/** @typedef {import("./wire.d.ts").Entry} Entry */
/** @typedef {import("./wire.d.ts").RoomView} RoomView */
/** @typedef {import("./wire.d.ts").ChatLine} ChatLine */
/** @typedef {import("./wire.d.ts").IceServerView} IceServerView */
/** @typedef {import("./wire.d.ts").SignalData} SignalData */
/** @typedef {import("./signaling/outbox.js").Act} Act */
/** @typedef {"connecting" | "up" | "down"} LineState */
/** @typedef {import("./signaling/outbox.js").Fault} Fault */
/**
 * @typedef {object} Events
 * @property {(value: Entered, again: boolean) => void} entered
 * @property {(view: RoomView) => void} room
 * @property {(signal: {from: number, data: SignalData}) => void} signal
 * @property {(line: ChatLine) => void} chat
 * @property {(asked: {request: string}) => void} takeover
 * @property {(servers: IceServerView[]) => void} ice
 * @property {(state: LineState) => void} line
 * @property {(end: {reason: string}) => void} ended
 */
/** @typedef {ReturnType<typeof createSignaling>} Signaling */

const VERSION = 1;
const ACK_MS = 2000;
const BEAT_MS = 4000;
const BEAT_ANSWER_MS = 2500;
const NUDGED_MS = { least: 300, most: 900 };
const JUST_NOW_MS = 500;
const CONNECT_MS = [3000, 4000, 6000, 9000];
const RETRY_MS = { first: 250, growth: 1.7, most: 3000 };
const FATAL = new Set(["version_unknown", "room_closed", "replaced"]);

/** @param {{getTicket: () => Promise<string>, ready?: Promise<unknown> | null, url?: string, random?: () => number}} options */
export function createSignaling({ getTicket, ready = null, url = "", random = Math.random }) {
  /** @type {Map<keyof Events, Set<Function>>} */
  const listeners = new Map();
  const instance = randomName();
  /** @type {import("./socket.js").Socket | null} */
  let socket = null;
  /** @type {LineState} */
  let state = "down";
  /** @type {Entered["you"] | null} */
  let you = null;
  /** @type {RoomView | null} */
  let view = null;
  /** @type {ChatLine[]} */
  let chat = [];
  /** @type {IceServerView[]} */
  let ice = [];
  let relayOnly = false;
  /** @type {Entry[]} */
  let early = [];
  /** Questions of other devices nobody answered yet. @type {Set<string>} */
  const asking = new Set();
  let epoch = "";
  let cursor = 0;
  let attempt = 0;
  let life = 0;
  let opened = 0;
  let entering = -1;
  let beats = 0;
  /** How long the answer to the last beat took. */
  let trip = 0;
  let nudged = false;
  /** The browser said that it has no network at all. */
  let cut = false;
  let connected = 0;
  let webSocketFailures = 0;
  let entered = false;
  let everEntered = false;
  let held = ready;
  let over = false;
  let replaying = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let connectTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let beatTimer;
  const outbox = createOutbox({
    open: () => entered,
    emit: (kind, data, answered) => {
      const mine = life;
      socket?.emit(kind, data, (/** @type {any} */ answer) => mine === life && answered(answer));
    },
    done: (kind, data) => {
      if (kind === "takeover") asking.delete(/** @type {{request: string}} */ (data).request);
    },
    refused: (code) => FATAL.has(code) && end(code),
    unknown: renew,
  });

  /** @template {keyof Events} K @param {K} name @param {Events[K]} listener */
  function on(name, listener) {
    const set = listeners.get(name) || new Set();
    listeners.set(name, set.add(listener));
    if (name === "takeover") queueMicrotask(() => asking.forEach((request) => /** @type {Events["takeover"]} */ (listener)({ request })));
    return () => void set.delete(listener);
  }

  /** @template {keyof Events} K @param {K} name @param {Parameters<Events[K]>} values */
  function tell(name, ...values) {
    for (const listener of listeners.get(name) || []) listener(...values);
  }

  /** @param {LineState} next */
  function become(next) {
    if (state === next) return;
    state = next;
    tell("line", next);
  }

  // Connecting

  async function connect() {
    if (over) return;
    const mine = ++life;
    connected = Date.now();
    become("connecting");
    clearTimeout(retryTimer);
    // One watchdog over ticket, transport and CONNECT: whichever of them got lost, the next try starts all of them anew.
    const patience = CONNECT_MS[Math.min(attempt, CONNECT_MS.length - 1)];
    connectTimer = setTimeout(() => mine === life && again(), patience);
    try {
      const ticket = await getTicket();
      if (mine === life && !over) open(ticket);
    } catch (error) {
      const { fatal, code } = /** @type {{fatal?: boolean, code?: string}} */ (error || {});
      if (mine !== life) return;
      if (fatal) end(code || "refused");
      else again();
    }
  }

  /** @param {string} ticket */
  function open(ticket) {
    const mine = life;
    const polling = webSocketFailures >= 2 && webSocketFailures % 2 === 0;
    opened = 0;
    socket = (polling ? pollingSocket : webSocket)(url, "/room", { v: VERSION, ticket, instance }, {
      open: () => (opened = Date.now()),
      connected: () => mine === life && enter(),
      said: (name, value) => mine === life && name === "log" && heard(value),
      gone: () => mine === life && again(),
      refused: (code) => {
        if (mine !== life) return;
        if (FATAL.has(code)) end(code);
        else again();
      },
    });
  }

  /** Let this connection go and try another soon, for ever, with a growing delay. */
  function again() {
    if (over) return;
    if (socket && !opened) webSocketFailures += 1;
    drop();
    become("down");
    const delay = Math.min(RETRY_MS.most, RETRY_MS.first * RETRY_MS.growth ** attempt);
    attempt += 1;
    retryTimer = setTimeout(connect, delay * (0.5 + random() / 2));
  }

  function drop() {
    life += 1;
    entered = nudged = false;
    replaying = false;
    early = [];
    for (const timer of [retryTimer, connectTimer, beatTimer]) clearTimeout(timer);
    outbox.rest();
    if (socket) socket.close();
    socket = null;
  }

  /** @param {string} reason */
  function end(reason) {
    if (over) return;
    over = true;
    removeEventListener("online", nudge);
    removeEventListener("offline", offline);
    drop();
    become("down");
    outbox.giveUp(reason);
    tell("ended", { reason });
  }

  // Entering

  async function enter() {
    if (entering === life) return;
    const mine = life;
    entering = mine;
    if (held) {
      // As long as a person needs; the line itself stands, and tells when it breaks.
      clearTimeout(connectTimer);
      await held;
      if (mine !== life) return;
      held = null;
      connectTimer = setTimeout(() => mine === life && again(), CONNECT_MS[0]);
    }
    const answer = await plain("enter", { seq: outbox.first, cursor, epoch }, ACK_MS);
    if (mine !== life) return;
    entering = -1;
    if (answer.ok) take(answer.value);
    else if (answer.fault && FATAL.has(answer.fault.code)) end(answer.fault.code);
    else if (answer.fault) again();
    else enter();
  }

  /** @param {Entered} value */
  function take(value) {
    clearTimeout(connectTimer);
    webSocketFailures = 0;
    attempt = 0;
    const same = epoch === value.epoch;
    const repeated = everEntered;
    // Of another log nothing was seen yet; the very first `enter` begins at the end.
    if (!same) cursor = repeated ? 0 : value.head;
    epoch = value.epoch;
    you = value.you;
    ice = value.ice;
    relayOnly = value.relay_only;
    entered = everEntered = true;
    const known = new Set(chat.map(lineKey));
    const missed = value.chat.filter((line) => !known.has(lineKey(line)));
    chat = [...chat, ...missed];
    // What waited goes first: a listener may ask more, and more must not overtake it.
    outbox.resend();
    become("up");
    tell("entered", value, repeated);
    show(value.room);
    if (repeated) missed.forEach((line) => tell("chat", line));
    // The log may have run ahead of this answer.
    const waiting = [...value.entries, ...early];
    early = [];
    const ahead = waiting.filter((entry) => entry.epoch === epoch).sort((a, b) => a.n - b.n);
    for (const entry of ahead) {
      if (entry.n > value.head) cursor = Math.max(cursor, value.head);
      heard(entry);
    }
    cursor = Math.max(cursor, value.head);
    const open = value.takeovers.map(({ request }) => request);
    for (const request of asking) if (!open.includes(request)) asking.delete(request);
    open.forEach(wants);
    beat();
  }

  // Hearing

  /** @param {Entry} entry */
  function heard(entry) {
    if (over) return;
    if (!entered) return void early.push(entry);
    if (entry.epoch !== epoch) return void renew();
    if (entry.n <= cursor) return;
    // The server leaves out what is for other seats, but names the one before: further than we are means one is lost.
    if (entry.prev > cursor) return void replay();
    cursor = entry.n;
    apply(entry);
  }

  /** The server began a new log: take the seat again on the same line. */
  function renew() {
    entered = false;
    enter();
  }

  async function replay() {
    if (replaying) return;
    replaying = true;
    const mine = life;
    const answer = await plain("replay", { cursor }, ACK_MS);
    if (mine !== life) return;
    replaying = false;
    if (!answer.ok) return;
    if (answer.value.epoch !== epoch) return renew();
    answer.value.entries.forEach(heard);
  }

  /** @param {Entry} entry */
  function apply(entry) {
    if (entry.kind === "room") show(entry.data);
    else if (entry.kind === "signal" && entry.from !== null) tell("signal", { from: entry.from, data: entry.data });
    else if (entry.kind === "chat") said(entry.data);
    else if (entry.kind === "takeover") wants(entry.data.request);
    else if (entry.kind === "ice") tell("ice", (ice = entry.data.servers));
    else if (entry.kind === "closed") end(entry.data.reason);
    else if (entry.kind === "dismissed") end("dismissed");
    else if (entry.kind === "replaced" && entry.data.instance !== instance) end("replaced");
  }

  /** @param {string} request */
  function wants(request) {
    if (asking.has(request)) return;
    asking.add(request);
    tell("takeover", { request });
  }

  /** @param {RoomView} next */
  function show(next) {
    if (view && next.version < view.version) return;
    view = next;
    const seat = you && next.seats.find((other) => you && other.seat === you.seat);
    if (you && seat) you = { ...you, admitted: seat.admitted };
    tell("room", next);
  }

  /** @param {ChatLine} line */
  function said(line) {
    if (chat.some((kept) => lineKey(kept) === lineKey(line))) return;
    chat = [...chat, line];
    tell("chat", line);
  }

  /** @param {number} [patience] */
  async function beat(patience = BEAT_ANSWER_MS) {
    clearTimeout(beatTimer);
    const mine = life;
    const turn = ++beats;
    const asked = Date.now();
    const sent = await plain("beat", { cursor }, patience);
    const answer = sent.ok || sent.fault || mine !== life ? sent : await plain("beat", { cursor }, patience);
    if (mine !== life || turn !== beats || over) return;
    nudged = false;
    if (!answer.ok && !answer.fault) return again();
    trip = Date.now() - asked;
    if (answer.fault && answer.fault.code === "not_entered") return renew();
    if (answer.ok && answer.value.epoch !== epoch) renew();
    else if (answer.ok && answer.value.head > cursor) replay();
    beatTimer = setTimeout(() => beat(), BEAT_MS);
  }

  // Asking

  /**
   * Do this once, in order, whatever happens to the line.
   * @template {Act} K
   * @param {K} kind
   * @param {Omit<Asked[K]["data"], "seq">} data
   * @returns {Promise<Asked[K]["value"]>}
   */
  function ask(kind, data) {
    return over ? Promise.reject(fault({ code: "stopped" })) : outbox.ask(kind, data);
  }

  /**
   * One question outside the order, with an answer, a fault, or neither when time ran out.
   * @template {"enter" | "replay" | "beat"} K
   * @param {K} kind
   * @param {Asked[K]["data"]} data
   * @param {number} patience
   * @returns {Promise<{ok: true, value: Asked[K]["value"], fault?: undefined} | {ok: false, fault?: {code: string}}>}
   */
  function plain(kind, data, patience) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ ok: false }), patience);
      socket?.emit(kind, data, (/** @type {any} */ answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  // Going

  async function leave() {
    if (over) return;
    if (entered) await Promise.race([ask("leave", {}).catch(() => {}), pause(1500)]);
    end("left");
  }

  function nudge() {
    if (over || nudged || (state === "connecting" && Date.now() - connected < JUST_NOW_MS)) return;
    if (state === "up" && !cut) {
      nudged = true;
      return void beat(Math.min(NUDGED_MS.most, Math.max(NUDGED_MS.least, 4 * trip)));
    }
    // No socket outlives the interface it was opened on: after `offline` there is nothing to ask.
    cut = false;
    attempt = 0;
    drop();
    connect();
  }

  function offline() {
    cut = true;
  }

  addEventListener("offline", offline);
  addEventListener("online", nudge);
  connect();

  return {
    instance,
    on,
    ask,
    leave,
    nudge,
    stop: () => end("stopped"),
    name: randomName,
    get you() {
      return you;
    },
    get view() {
      return view;
    },
    get chat() {
      return chat;
    },
    get ice() {
      return ice;
    },
    get relayOnly() {
      return relayOnly;
    },
    get state() {
      return state;
    },
  };
}

/** @param {ChatLine} line */
function lineKey(line) {
  return `${line.seat}/${line.id}`;
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
