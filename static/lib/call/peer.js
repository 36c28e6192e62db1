// One side of one pair: a peer connection that agrees with the other side through lost messages and lines.

import { readStats } from "/static/lib/call/stats.js";

/** @typedef {import("../wire.d.ts").SignalData} SignalData */
/** @typedef {import("../wire.d.ts").Sync} Sync */
/** @typedef {import("../wire.d.ts").Candidate} Candidate */
/** @typedef {import("../wire.d.ts").QualitySample} QualitySample */
/** @typedef {"audio" | "video"} Kind */
/** @typedef {"connecting" | "connected" | "interrupted" | "gone"} PeerState */
/** @typedef {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Tracks */
/** @typedef {ReturnType<typeof createPeer>} Peer */

/** @type {Kind[]} */
const KINDS = ["audio", "video"];
const ANSWER_MS = 3000;
const INTERRUPTED_MS = 3000;
const CHECKING_MS = 8000;
const RESTART_GAP_MS = 4000;
const BATCH_MS = { first: 10, later: 100 };
const BATCH_MOST = 30;

/**
 * @param {{
 *   offering: boolean,
 *   tracks: Tracks,
 *   rtc: () => RTCConfiguration,
 *   up: () => boolean,
 *   say: (data: Omit<SignalData, "pair">) => void,
 *   onStream: (stream: MediaStream) => void,
 *   onState: (state: PeerState) => void,
 *   onSeen: () => void,
 * }} wiring
 */
export function createPeer({ offering, tracks, rtc, up, say, onStream, onState, onSeen }) {
  /** @type {RTCPeerConnection | null} */
  let pc = null;
  let stream = new MediaStream();
  /** @type {PeerState} */
  let state = "connecting";
  /** Offers made, or answered. */
  let generation = 0;
  /** The generation whose remote description stands. */
  let remote = 0;
  let fresh = false;
  /** @type {RTCSessionDescriptionInit | null} */
  let described = null;
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
  let seen = false;
  let closed = false;
  let spoke = Date.now();
  let trouble = 0;
  let restarted = 0;
  /** @type {{at: number, inBytes: number, outBytes: number, lost: number, received: number} | null} */
  let before = null;

  /** One step after the other; a step that fails asks for a new connection instead of leaving a half-made one. @param {() => Promise<unknown>} step */
  function then(step) {
    turn = turn.then(() => (closed ? undefined : step())).catch(() => (closed ? undefined : broken()));
    return turn;
  }

  async function broken() {
    if (Date.now() - restarted < RESTART_GAP_MS) return;
    restarted = Date.now();
    if (offering) await offer("anew").catch(() => {});
    else sync("anew");
  }

  function build() {
    discard();
    stream = new MediaStream();
    own = [];
    told = 0;
    ahead = [];
    got = new Set();
    remote = 0;
    const made = new RTCPeerConnection(rtc());
    pc = made;
    made.onicecandidate = ({ candidate }) => made === pc && candidate && gathered(candidate);
    made.oniceconnectionstatechange = () => made === pc && iceChanged(made.iceConnectionState);
    made.ontrack = ({ track }) => made === pc && arrived(track);
    onStream(stream);
    return made;
  }

  function discard() {
    clearTimeout(batch);
    batch = undefined;
    before = null;
    if (!pc) return;
    pc.onicecandidate = pc.oniceconnectionstatechange = pc.ontrack = null;
    pc.close();
    pc = null;
  }

  /** @param {MediaStreamTrack} track */
  function arrived(track) {
    stream.addTrack(track);
    track.onunmute = () => {
      if (seen) return;
      seen = true;
      onSeen();
    };
  }

  // Offering

  /** @param {"restart" | "anew" | "first"} why */
  async function offer(why) {
    const anew = why !== "restart" || !pc;
    const here = anew ? build() : /** @type {RTCPeerConnection} */ (pc);
    if (anew) {
      for (const kind of KINDS) {
        const transceiver = here.addTransceiver(kind, { direction: "sendrecv", streams: [new MediaStream()] });
        if (tracks[kind]) await transceiver.sender.replaceTrack(tracks[kind]);
      }
    }
    generation += 1;
    fresh = anew;
    own = [];
    told = 0;
    got = new Set();
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
  async function answered({ generation: theirs, description }) {
    if (!pc || theirs !== generation || pc.signalingState !== "have-local-offer") return;
    await pc.setRemoteDescription(/** @type {RTCSessionDescriptionInit} */ (description));
    remote = generation;
    await caughtUp();
  }

  // Answering

  /** @param {SignalData} data */
  async function offered({ generation: theirs, description, fresh: anew }) {
    if (theirs < generation) return;
    if (theirs === generation) return repeat();
    if (!pc && !anew) return sync("anew");
    const here = anew || !pc ? build() : pc;
    own = [];
    told = 0;
    got = new Set();
    await here.setRemoteDescription(/** @type {RTCSessionDescriptionInit} */ (description));
    for (const transceiver of here.getTransceivers()) await attach(transceiver);
    const made = await here.createAnswer();
    generation = remote = theirs;
    described = { type: "answer", sdp: made.sdp };
    await here.setLocalDescription(described);
    sayDescription();
    await caughtUp();
  }

  /** @param {RTCRtpTransceiver} transceiver */
  async function attach(transceiver) {
    const kind = /** @type {Kind} */ (transceiver.receiver.track.kind);
    transceiver.direction = "sendrecv";
    // One stream name for sound and picture keeps lips and voice together; old Firefox cannot say it here.
    if (transceiver.sender.setStreams) transceiver.sender.setStreams(new MediaStream());
    if (transceiver.sender.track !== tracks[kind]) await transceiver.sender.replaceTrack(tracks[kind]);
  }

  /** @param {Kind} kind */
  async function use(kind) {
    const sender = pc && pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.sender;
    if (sender && sender.track !== tracks[kind]) await sender.replaceTrack(tracks[kind]).catch(() => {});
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
  async function candidatesCame({ generation: theirs, candidates }) {
    if (theirs < generation) return;
    ahead.push(...(candidates || []).map((candidate) => ({ generation: theirs, candidate })));
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

  /** @param {number} theirs @param {Sync} sync_ */
  async function compare(theirs, sync_) {
    if (offering) {
      if (sync_.wants) return wanted(sync_.wants);
      if (theirs < generation || remote < generation) return repeat();
    } else {
      if (theirs > generation) return sync();
      if (sync_.remote < generation) return repeat();
    }
    if (theirs === generation && sync_.got < own.length) {
      told = 0;
      sayCandidates();
    }
  }

  /** @param {"restart" | "anew"} wants */
  async function wanted(wants) {
    // The answer to an offer that is on its way serves the wish too.
    if (pc && pc.signalingState === "have-local-offer") return repeat();
    // Both sides notice a dead path at about the same time: one renewal serves both.
    if (!connected() && Date.now() - restarted < 1000) return;
    restarted = Date.now();
    await offer(wants);
  }

  /** The line to the server is back: tell what we have, and renew the path when it is not whole. */
  function resync() {
    then(async () => {
      if (offering && (remote < generation || !pc)) return repeat();
      if (connected() || Date.now() - restarted < 1000) return sync();
      restarted = Date.now();
      if (offering) await offer("restart");
      else sync("restart");
    });
  }

  function restart() {
    then(async () => {
      restarted = Date.now();
      if (offering) await offer("restart");
      else sync("restart");
    });
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

  /** @param {PeerState} next */
  function become(next) {
    trouble = next === "connected" ? 0 : trouble || Date.now();
    if (next === "connected" && !before) before = { at: Date.now(), inBytes: 0, outBytes: 0, lost: 0, received: 0 };
    if (state === next) return;
    state = next;
    onState(next);
  }

  /** Looks after what no event tells: an answer that never comes, a path that does not heal. */
  function watch() {
    if (closed || !up()) return;
    const now = Date.now();
    if (connected()) return;
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
    if (now - trouble < patience || now - restarted < RESTART_GAP_MS) return;
    restart();
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

  /** @returns {Promise<Omit<QualitySample, "seat"> | null>} */
  async function sample() {
    if (!pc || !connected()) return null;
    const here = pc;
    const report = await here.getStats().catch(() => null);
    if (!report || here !== pc) return null;
    const { figures, counts } = readStats(report, before);
    before = counts;
    return figures;
  }

  if (offering) then(() => offer("first"));

  return {
    heard,
    use,
    watch,
    resync,
    restart,
    sample,
    serversChanged,
    close() {
      closed = true;
      discard();
    },
    get state() {
      return state;
    },
    get stream() {
      return stream;
    },
    get pc() {
      return pc;
    },
  };
}
