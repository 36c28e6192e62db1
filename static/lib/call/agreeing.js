// How two tabs agree on one connection: offers, answers and candidates through lost messages, dead paths and lost lines.
//
// Perfect negotiation deadlocks after one lost message. Here its roles are fixed: of a pair one side always offers (the specialist,
// else the lower seat), the other asks it to. Each offer has a generation; a double is answered again with the same words, a late one
// is dropped, and after a reconnect both tell with `sync` what they have, so the other repeats what is missing.

import { nameFewCodecs } from "/static/lib/call/codecs.js";
import { voiced } from "/static/lib/call/voice.js";

/** @typedef {import("../wire.d.ts").SignalData} SignalData */
/** @typedef {import("../wire.d.ts").Sync} Sync */
/** @typedef {import("../wire.d.ts").Candidate} Candidate */
/** @typedef {ReturnType<typeof createAgreement>} Agreement */
/**
 * @typedef {object} Wiring
 * @property {boolean} offering
 * @property {number} after the last generation of an earlier connection between the same two tabs; 0: there was none
 * @property {() => RTCConfiguration} rtc
 * @property {() => boolean} up the line to the server stands
 * @property {(data: Omit<SignalData, "pair">) => void} say
 * @property {() => import("./voice.js").Voice} voice how sound is to be sent now
 * @property {(made: RTCPeerConnection) => void} onBuilt a new connection, whose tracks are still to come
 * @property {() => Promise<unknown>} onSenders there are senders to put tracks into
 * @property {(state: "connected" | "interrupted") => void} onState
 */

/** @type {("audio" | "video")[]} */
const KINDS = ["audio", "video"];
const ANSWER_MS = 3000;
const INTERRUPTED_MS = 2000;
const CHECKING_MS = 8000;
// A relay that cannot be reached gives no candidate, and asks ever more rarely: better to ask anew. So it is with an interface
// that just came: the browser may gather before it knows of it.
const RESTART_GAP_MS = { silent: 2000, speaking: 5000 };
const BATCH_MS = { first: 10, later: 100 };
const BATCH_MOST = 30;

/** @param {Wiring} wiring */
export function createAgreement({ offering, after, rtc, up, say, voice, onBuilt, onSenders, onState }) {
  /** @type {RTCPeerConnection | null} */
  let pc = null;
  /** @type {"connecting" | "connected" | "interrupted"} */
  let state = "connecting";
  /** Offers made, or answered. */
  let generation = offering ? after : 0;
  /** The generation whose remote description stands. */
  let remote = 0;
  let fresh = false;
  /** @type {RTCSessionDescriptionInit | null} */
  let described = null;
  /** What the other side said last, before we shaped it. @type {RTCSessionDescriptionInit | null} */
  let theirs = null;
  /** @type {Candidate[]} */
  let own = [];
  let told = 0;
  /** @type {Set<string>} */
  let got = new Set();
  /** @type {{generation: number, candidate: Candidate}[]} */
  let ahead = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let batch;
  /** @type {Promise<unknown>} */
  let turn = Promise.resolve();
  let closed = false;
  let spoke = Date.now();
  let trouble = 0;
  let restarted = 0;
  /** The path is to be renewed as soon as somebody can be told. */
  let due = false;

  /** One step after the other; a step that fails asks for a new connection instead of leaving a half-made one. @param {() => Promise<unknown>} step */
  function then(step) {
    turn = turn.then(() => (closed ? undefined : step())).catch(() => (closed ? undefined : broken()));
    return turn;
  }

  async function broken() {
    if (Date.now() - restarted < RESTART_GAP_MS.speaking) return;
    restarted = Date.now();
    if (offering) await offer("anew").catch(() => {});
    else sync("anew");
  }

  function build() {
    discard();
    begin();
    ahead = [];
    remote = 0;
    theirs = null;
    const made = new RTCPeerConnection(rtc());
    pc = made;
    made.onicecandidate = ({ candidate }) => made === pc && candidate && gathered(candidate);
    made.oniceconnectionstatechange = () => made === pc && iceChanged(made.iceConnectionState);
    onBuilt(made);
    return made;
  }

  /** A new generation begins: nothing of it was said or heard yet. */
  function begin() {
    own = [];
    told = 0;
    got = new Set();
  }

  function discard() {
    clearTimeout(batch);
    batch = undefined;
    if (!pc) return;
    pc.onicecandidate = pc.oniceconnectionstatechange = pc.ontrack = null;
    pc.close();
    pc = null;
  }

  // Offering

  /** @param {"restart" | "anew" | "first"} why */
  async function offer(why) {
    const anew = why !== "restart" || !pc;
    const here = anew ? build() : /** @type {RTCPeerConnection} */ (pc);
    if (anew) {
      const lanes = KINDS.map((kind) => here.addTransceiver(kind, { direction: "sendrecv", streams: [new MediaStream()] }));
      nameFewCodecs(lanes[KINDS.indexOf("video")]);
      await onSenders();
    }
    generation += 1;
    fresh = anew;
    begin();
    const made = await here.createOffer({ iceRestart: !anew });
    described = { type: "offer", sdp: made.sdp };
    await here.setLocalDescription(described);
    sayDescription();
  }

  function sayDescription() {
    if (!described) return;
    spoke = Date.now();
    const description = /** @type {{type: "offer" | "answer", sdp: string}} */ (described);
    say({ generation, ...(fresh && offering ? { fresh: true } : {}), description });
  }

  /** @param {SignalData} data */
  async function answered({ generation: which, description }) {
    if (!pc || which !== generation || pc.signalingState !== "have-local-offer") return;
    theirs = /** @type {RTCSessionDescriptionInit} */ (description);
    await pc.setRemoteDescription(shaped(theirs));
    remote = generation;
    await onSenders();
    await caughtUp();
  }

  // Answering

  /** @param {SignalData} data */
  async function offered({ generation: which, description, fresh: anew }) {
    if (which < generation) return;
    if (which === generation) return repeat();
    if (!pc && !anew) return sync("anew");
    const here = anew || !pc ? build() : pc;
    begin();
    theirs = /** @type {RTCSessionDescriptionInit} */ (description);
    await here.setRemoteDescription(shaped(theirs));
    here.getTransceivers().forEach(answering);
    await onSenders();
    const made = await here.createAnswer();
    generation = remote = which;
    described = { type: "answer", sdp: made.sdp };
    await here.setLocalDescription(described);
    sayDescription();
    // Parameters of a sender can be set only now.
    await onSenders();
    await caughtUp();
  }

  /** @param {RTCRtpTransceiver} transceiver */
  function answering(transceiver) {
    transceiver.direction = "sendrecv";
    // One stream name for sound and picture keeps lips and voice together; old Firefox cannot say it here.
    if (transceiver.sender.setStreams) transceiver.sender.setStreams(new MediaStream());
  }

  // Shaping

  /** @param {RTCSessionDescriptionInit} description */
  function shaped({ type, sdp = "" }) {
    return { type, sdp: voiced(sdp, voice()) };
  }

  /** The way we send sound stands in what the other side said: read it again, shaped anew. Not a word goes over the wire. */
  function reshape() {
    return then(async () => {
      if (!pc || !theirs || remote !== generation || pc.signalingState !== "stable") return;
      if (offering) await pc.setLocalDescription(await pc.createOffer());
      await pc.setRemoteDescription(shaped(theirs));
      if (!offering) await pc.setLocalDescription(await pc.createAnswer());
    });
  }

  // Candidates

  /** @param {RTCIceCandidate} candidate */
  function gathered(candidate) {
    if (!candidate.candidate) return;
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    own.push({ candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment: usernameFragment ?? null });
    if (!batch) batch = setTimeout(sayCandidates, told ? BATCH_MS.later : BATCH_MS.first);
  }

  function sayCandidates() {
    batch = undefined;
    while (told < own.length) {
      say({ generation, candidates: own.slice(told, told + BATCH_MOST) });
      told = Math.min(own.length, told + BATCH_MOST);
    }
  }

  /** @param {SignalData} data */
  async function candidatesCame({ generation: which, candidates }) {
    if (which < generation) return;
    ahead.push(...(candidates || []).map((candidate) => ({ generation: which, candidate })));
    await caughtUp();
  }

  async function caughtUp() {
    if (!pc || remote !== generation) return;
    const ready = ahead.filter((one) => one.generation === generation);
    ahead = ahead.filter((one) => one.generation > generation);
    for (const { candidate } of ready) {
      if (got.has(candidate.candidate)) continue;
      got.add(candidate.candidate);
      // A candidate this browser cannot read (a new kind, mDNS switched off) must not end the call.
      await pc.addIceCandidate(candidate).catch(() => {});
    }
  }

  // Agreeing again

  /** @param {Sync["wants"]} [wants] */
  function sync(wants) {
    spoke = Date.now();
    say({ generation, sync: { remote, got: got.size, ...(wants ? { wants } : {}) } });
  }

  function repeat() {
    sayDescription();
    told = 0;
    sayCandidates();
  }

  /** @param {number} which @param {Sync} sync_ */
  async function compare(which, sync_) {
    if (offering) {
      if (sync_.wants) return wanted(sync_.wants);
      if (which < generation || remote < generation) return repeat();
    } else {
      if (which > generation) return sync();
      if (sync_.remote < generation) return repeat();
    }
    if (which === generation && sync_.got < own.length) {
      told = 0;
      sayCandidates();
    }
  }

  /** @param {"restart" | "anew"} wants */
  async function wanted(wants) {
    // The answer to an offer that is on its way serves the wish too, unless it is what the other side cannot answer.
    if (pc && pc.signalingState === "have-local-offer" && (fresh || wants === "restart")) return repeat();
    // Both sides notice a dead path at about the same time: one renewal serves both.
    if (!connected() && Date.now() - restarted < 1000) return;
    restarted = Date.now();
    await offer(wants);
  }

  /** The line to the server is back: tell what we have, and renew the path when it is not whole. @param {boolean} quiet */
  function resync(quiet) {
    if (quiet) due = true;
    then(async () => {
      if (offering && (remote < generation || !pc)) return repeat();
      if ((state === "connected" && !due) || Date.now() - restarted < 1000) return sync();
      await renew();
    });
  }

  async function renew() {
    restarted = Date.now();
    due = false;
    if (offering) await offer("restart");
    else sync("restart");
  }

  function connected() {
    return !!pc && (pc.iceConnectionState === "connected" || pc.iceConnectionState === "completed");
  }

  /** @param {RTCIceConnectionState} ice */
  function iceChanged(ice) {
    if (ice === "connected" || ice === "completed") become("connected");
    else if (ice === "disconnected" || ice === "failed") become("interrupted");
    watch();
  }

  /** @param {"connected" | "interrupted"} next */
  function become(next) {
    trouble = next === "connected" ? 0 : trouble || Date.now();
    if (state === next) return;
    state = next;
    onState(next);
  }

  /** Looks after what no event tells: an answer that never comes, a path that does not heal. */
  function watch() {
    if (closed || !up()) return;
    const now = Date.now();
    if (state === "connected") return;
    const agreed = !!pc && generation > 0 && remote === generation;
    if (!agreed) {
      if (now - spoke < ANSWER_MS) return;
      spoke = now;
      then(async () => (offering ? repeat() : sync()));
      return;
    }
    if (!trouble) trouble = now;
    const failed = pc?.iceConnectionState === "failed";
    const patience = failed ? 0 : state === "interrupted" ? INTERRUPTED_MS : CHECKING_MS;
    const gap = own.some(isWay) ? RESTART_GAP_MS.speaking : RESTART_GAP_MS.silent;
    if (now - trouble < patience || now - restarted < gap) return;
    then(renew);
  }

  /** Nothing at all comes through any more, or something does again: seen sooner in what was counted than by ICE. @param {boolean} alive */
  function breathes(alive) {
    if (!alive && state === "connected") {
      become("interrupted");
      trouble -= INTERRUPTED_MS;
      watch();
    } else if (alive && state === "interrupted" && connected()) become("connected");
  }

  /** @param {SignalData} data */
  function heard(data) {
    return then(async () => {
      if (data.description) await (offering ? answered(data) : offered(data));
      if (data.candidates) await candidatesCame(data);
      if (data.sync) await compare(data.generation, data.sync);
    });
  }

  /** Fresh credentials serve the next renewal of the path; the one that stands needs none. */
  function serversChanged() {
    try {
      pc?.setConfiguration({ ...pc.getConfiguration(), ...rtc() });
    } catch {
      // An old browser keeps its old servers, which live as long as the slot.
    }
  }

  if (offering) then(() => offer("first"));
  else if (after) sync("anew");

  return {
    heard,
    watch,
    breathes,
    resync,
    reshape,
    serversChanged,
    /** Said while the line is down it is done by `resync`; said twice at once, once. */
    restart() {
      due = true;
      if (up()) void then(async () => (due && Date.now() - restarted > 300 ? renew() : undefined));
    },
    close() {
      closed = true;
      discard();
    },
    get generation() {
      return generation;
    },
    get state() {
      return state;
    },
    get pc() {
      return pc;
    },
  };
}

/** Candidates of TCP need somebody who listens for them; browsers do not. @param {Candidate} candidate */
function isWay({ candidate }) {
  return / udp /i.test(candidate) || / relay /.test(candidate);
}
