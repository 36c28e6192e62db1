// Node's socket.io-client in both seats of a room, written from docs/protocol.md and docs/api.md: prints what it saw, one JSON fact a line.
//
//   node stranger.mjs ADDRESS CODE BOOKING LOGIN PASSWORD

import { io } from "socket.io-client";

const [address, code, booking, login, password] = process.argv.slice(2);
const ROOM = "/room";
const WITHIN_MS = 10_000;

/** @param {string} name @param {unknown} value */
const tell = (name, value) => console.log(JSON.stringify({ name, value }));

/** A device with its cookies. */
function device() {
  const jar = new Map();
  return async (method, path, body) => {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: { "content-type": "application/json", origin: address, cookie: [...jar].map((pair) => pair.join("=")).join("; ") },
      body: JSON.stringify(body ?? {}),
    });
    for (const cookie of answer.headers.getSetCookie()) jar.set(...cookie.split(";")[0].split(/=(.*)/s).slice(0, 2));
    const found = answer.status === 204 ? {} : await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${found.code}`);
    return found;
  };
}

/** One seat: its log in the order it came, and each message with a number of its own. */
class Seat {
  constructor(instance, ticket) {
    Object.assign(this, { instance, ticket, log: [], seq: 0, cursor: 0, epoch: "" });
  }

  async connect() {
    const { ticket } = await this.ticket();
    this.socket = io(address + ROOM, { auth: { v: 1, ticket, instance: this.instance }, transports: ["websocket"], reconnection: false, forceNew: true });
    this.socket.on("log", (entry) => {
      this.log.push(entry);
      this.count(entry);
    });
    await new Promise((up, refused) => this.socket.once("connect", up).once("connect_error", refused));
  }

  /** As far as the log is known without a hole. */
  count({ epoch, n, prev }) {
    if (epoch === this.epoch && prev <= this.cursor) this.cursor = Math.max(this.cursor, n);
  }

  async enter() {
    const answer = await this.plain("enter", { seq: this.seq + 1, cursor: this.cursor, epoch: this.epoch });
    Object.assign(this, { you: answer.value.you, epoch: answer.value.epoch, cursor: answer.value.head });
    // The log may have run ahead of this answer.
    this.log.forEach((entry) => this.count(entry));
    return answer.value;
  }

  /** Outside the order. */
  plain(kind, data) {
    return this.socket.timeout(WITHIN_MS).emitWithAck(kind, data);
  }

  ask(kind, data = {}) {
    return this.plain(kind, { ...data, seq: ++this.seq });
  }

  /** The line breaks without a word. */
  async drop() {
    const gone = new Promise((down) => this.socket.once("disconnect", down));
    this.socket.io.engine.close();
    await gone;
  }

  async until(found) {
    const end = Date.now() + WITHIN_MS;
    for (;;) {
      const entry = this.log.find(found);
      if (entry) return entry;
      if (Date.now() > end) throw new Error(`${this.you?.role} waited in vain for ${found}`);
      await new Promise((soon) => setTimeout(soon, 10));
    }
  }

  said() {
    return this.log.filter((entry) => entry.kind === "chat").map((entry) => entry.data.text);
  }
}

const desk = device();
await desk("POST", "/session", { login, password });
const phone = device();
await phone("POST", "/join", { code });

const client = new Seat("node-client-1", () => phone("POST", "/join/ticket"));
await client.connect();
const waiting = await client.enter();
tell("the client waits", { role: waiting.you.role, admitted: waiting.you.admitted, state: waiting.room.state, chat: waiting.chat });
tell("media is acknowledged", await client.ask("media", { audio: true, video: true }));
tell("not admitted, no chat", await client.ask("chat", { id: "too-early", text: "Можно?" }));

const specialist = new Seat("node-specialist-1", () => desk("POST", `/bookings/${booking}/ticket`));
await specialist.connect();
const view = (await specialist.enter()).room;
tell("the specialist sees him", view.seats.map(({ role, here, admitted }) => ({ role, here, admitted })));

const pair = `${specialist.instance}.${client.instance}`;
const offer = { pair, generation: 1, fresh: true, description: { type: "offer", sdp: "v=0\r\n" } };
tell("a signal before the admission is acknowledged", await specialist.ask("signal", { to: client.you.seat, data: offer }));
const heard = await client.until(({ kind }) => kind === "signal");
tell("and relayed as it was said", { from: heard.from === specialist.you.seat, same: JSON.stringify(heard.data) === JSON.stringify(offer) });

tell("the client may not admit", await client.ask("admit", { seat: client.you.seat }));
tell("the specialist may", await specialist.ask("admit", { seat: client.you.seat }));
const admitted = await client.until(({ kind, data }) => kind === "room" && data.state === "live");
tell("the room is live", admitted.data.seats.map((seat) => seat.admitted));
const answer = { pair, generation: 1, description: { type: "answer", sdp: "v=0\r\n" } };
await client.ask("signal", { to: specialist.you.seat, data: answer });
tell("an answer goes the other way", (await specialist.until(({ kind, data }) => kind === "signal" && data.description.type === "answer")).from === client.you.seat);

// Refused; each uses up its number, and the order goes on.
tell("an empty line is malformed", await client.ask("chat", { id: "empty-line" }));
tell("an unknown field is malformed", await client.ask("chat", { id: "more-line", text: "a", more: 1 }));
tell("nobody knows this event", await client.ask("shout", { text: "a" }));
tell("a strange seat", await client.ask("signal", { to: 999_999, data: answer }));

// Forty lines at once keep their order; what runs ahead is told to wait; what is said twice is done once.
const lines = Array.from({ length: 40 }, (_, index) => `строка ${index}`);
const acks = await Promise.all(lines.map((text, index) => client.ask("chat", { id: `line-${index}-id`, text })));
await specialist.until(({ kind, data }) => kind === "chat" && data.text === lines.at(-1));
tell("forty lines in order", { acked: acks.every(({ ok }) => ok), same: JSON.stringify(specialist.said()) === JSON.stringify(lines) });
const ahead = { id: "ahead-of-it", text: "потом", seq: client.seq + 2 };
tell("one ahead waits", await client.plain("chat", ahead));
tell("the one before it", (await client.ask("chat", { id: "before-it", text: "сначала" })).ok);
const first = await client.plain("chat", ahead);
client.seq += 1;
const again = await client.plain("chat", ahead);
for (const seat of [specialist, client]) await seat.until(({ kind, data }) => kind === "chat" && data.text === "потом");
tell("said twice, done once", { same: JSON.stringify(first) === JSON.stringify(again), heard: specialist.said().slice(-2) });

// The line breaks; the same tab comes back and gets what it missed.
await client.drop();
await specialist.ask("chat", { id: "in-between", text: "вы меня слышите?" });
client.log = [];
await client.connect();
const back = await client.enter();
tell("back in the same seat", { seat: back.you.seat === client.you.seat, admitted: back.you.admitted, missed: back.entries.filter(({ kind }) => kind === "chat").map(({ data }) => data.text) });
tell("the log has no hole", back.entries.every((entry, index) => index === 0 || entry.prev === back.entries[index - 1].n));
const repeated = await client.plain("chat", ahead);
tell("an old message gets its kept answer", JSON.stringify(repeated) === JSON.stringify(first));
const { head } = (await client.plain("beat", { cursor: client.cursor })).value;
const replayed = await client.plain("replay", { cursor: 0 });
tell("the whole log again", { ok: replayed.ok, last: replayed.value.entries.at(-1).n === head, lines: replayed.value.entries.filter(({ kind }) => kind === "chat").length });

tell("a spent ticket", await refused({ v: 1, ticket: "no-such-ticket", instance: "node-nobody-1" }));
tell("another version", await refused({ v: 9, ticket: "no-such-ticket", instance: "node-nobody-1" }));

await specialist.ask("close");
tell("the end", (await client.until(({ kind }) => kind === "closed")).data);
client.socket.disconnect();
specialist.socket.disconnect();

async function refused(auth) {
  const socket = io(address + ROOM, { auth, transports: ["websocket"], reconnection: false, forceNew: true });
  const error = await new Promise((no, yes) => socket.once("connect_error", no).once("connect", yes));
  socket.disconnect();
  return error.data?.code;
}
