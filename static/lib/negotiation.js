// Media between the people of a room: one peer connection for each pair of tabs, kept alive through lost messages and lines.
//
//   const call = createCall({ signaling: line, audio: micTrack, video: cameraTrack });   // tracks may be null, and come later
//   call.on("stream", ({ seat, stream }) => (video.srcObject = stream));                 // once for each new connection to that seat
//   call.use("video", null);                                                             // camera off, voice only: no renegotiation
//
// createCall follows `signaling` by itself: it connects to each admitted seat that is here, says `seen` once and sends `quality`.
// Events (`call.on(name, listener)` returns a function that takes the listener off):
//   stream ({seat, stream})             a MediaStream that the tracks of the other side join as they arrive
//   state  ({seat, state})              "connecting" | "connected" | "interrupted" (comes back by itself) | "gone"
//   sample ({seat, ...QualitySample})   every 5 s for each connected seat
// Members:
//   use(kind, track | null)   what we send: another device, or nothing. Goes to all peers; says `media` to the room
//   mute(kind, muted)         keeps the device open but sends silence or black; says `media`
//   sending                   {audio: boolean, video: boolean}: what the others are told
//   peers()                   [{seat, state, stream, pc}]
//   restart()                 the network changed: renew the path of every pair now (`online` does it by itself)
//   close()
//
// Perfect negotiation deadlocks after one lost message. Here its roles are fixed: of a pair one side always offers (the specialist,
// else the lower seat), the other asks it to. Each offer has a generation; a double is answered again with the same words, a late one
// is dropped, and after a reconnect both tell with `sync` what they have, so the other repeats what is missing.

/** @typedef {import("./signaling.js").Signaling} Signaling */
/** @typedef {import("./wire.d.ts").SignalData} SignalData */
/** @typedef {import("./wire.d.ts").Sync} Sync */
/** @typedef {import("./wire.d.ts").RoomView} RoomView */
/** @typedef {import("./wire.d.ts").SeatView} SeatView */
/** @typedef {import("./wire.d.ts").Candidate} Candidate */
/** @typedef {import("./wire.d.ts").QualitySample} QualitySample */
/** @typedef {"audio" | "video"} Kind */
/** @typedef {"connecting" | "connected" | "interrupted" | "gone"} PeerState */
/** @typedef {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Tracks */
/** @typedef {ReturnType<typeof createPeer>} Peer */
/**
 * @typedef {object} CallEvents
 * @property {(event: {seat: number, stream: MediaStream}) => void} stream
 * @property {(event: {seat: number, state: PeerState}) => void} state
 * @property {(sample: QualitySample) => void} sample
 */

/** @type {Kind[]} */
const KINDS = ["audio", "video"];
const WATCH_MS = 500;
const SAMPLE_MS = 5000;
const ANSWER_MS = 3000;
const INTERRUPTED_MS = 3000;
const CHECKING_MS = 8000;
const RESTART_GAP_MS = 4000;
const BATCH_MS = { first: 10, later: 100 };
const BATCH_MOST = 30;

/**
 * @param {{signaling: Signaling, audio?: MediaStreamTrack | null, video?: MediaStreamTrack | null, rtc?: RTCConfiguration}} options
 */
export function createCall({ signaling, audio = null, video = null, rtc = {} }) {
  /** @type {Tracks} */
  const tracks = { audio, video };
  const muted = { audio: false, video: false };
  /** @type {Map<string, Peer>} */
  const pairs = new Map();
  /** @type {Map<keyof CallEvents, Set<Function>>} */
  const listeners = new Map();
  let told = "";

  /** @template {keyof CallEvents} K @param {K} name @param {CallEvents[K]} listener */
  function on(name, listener) {
    const set = listeners.get(name) || new Set();
    listeners.set(name, set.add(listener));
    return () => void set.delete(listener);
  }

  /** @template {keyof CallEvents} K @param {K} name @param {Parameters<CallEvents[K]>[0]} value */
  function tell(name, value) {
    for (const listener of listeners.get(name) || []) listener(value);
  }

  /** Connections follow the room: one for each admitted tab that is here, none for the others. @param {RoomView} view */
  function follow(view) {
    const { you } = signaling;
    const wanted = new Map();
    if (you && you.admitted && view.state !== "closed") {
      for (const other of view.seats) {
        if (other.seat === you.seat || !other.here || !other.admitted || !other.instance) continue;
        wanted.set(pairName(other), other);
      }
    }
    for (const [name, peer] of pairs) if (!wanted.has(name)) part(name, peer, view);
    for (const [name, other] of wanted) if (!pairs.has(name)) meet(name, other);
  }

  /** @param {SeatView} other */
  function offers(other) {
    const { you } = signaling;
    if (!you) return false;
    if (you.role === "specialist" || other.role === "specialist") return you.role === "specialist";
    return you.seat < other.seat;
  }

  /** @param {SeatView} other */
  function pairName(other) {
    const names = [signaling.instance, other.instance];
    return (offers(other) ? names : names.reverse()).join(".");
  }

  /** @param {string} name @param {SeatView} other */
  function meet(name, other) {
    const { seat } = other;
    const peer = createPeer({
      offering: offers(other),
      tracks,
      rtc: () => ({ bundlePolicy: "max-bundle", ...rtc, iceServers: rtcServers(signaling) || rtc.iceServers }),
      up: () => signaling.state === "up",
      say: (data) => void signaling.ask("signal", { to: seat, data: { pair: name, ...data } }).catch(() => {}),
      onStream: (stream) => tell("stream", { seat, stream }),
      onState: (state) => tell("state", { seat, state }),
      onSeen: () => void signaling.ask("seen", { seat }).catch(() => {}),
    });
    pairs.set(name, Object.assign(peer, { seat }));
    tell("state", { seat, state: "connecting" });
    sayMedia();
  }

  /** A seat that only changed its tab is not gone: its new connection speaks for it. @param {string} name @param {Peer} peer @param {RoomView} view */
  function part(name, peer, view) {
    pairs.delete(name);
    peer.close();
    const seat = seatOf(peer);
    const stays = view.seats.some((other) => other.seat === seat && other.here && other.admitted);
    if (!stays) tell("state", { seat, state: "gone" });
  }

  function sayMedia() {
    const sending = current();
    const words = JSON.stringify(sending);
    if (words === told || signaling.state === "down") return;
    told = words;
    signaling.ask("media", sending).catch(() => (told = ""));
  }

  function current() {
    return { audio: !!tracks.audio && !muted.audio, video: !!tracks.video && !muted.video };
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track */
  async function use(kind, track) {
    tracks[kind] = track;
    if (track) track.enabled = !muted[kind];
    sayMedia();
    await Promise.all([...pairs.values()].map((peer) => peer.use(kind)));
  }

  /** @param {Kind} kind @param {boolean} silent */
  function mute(kind, silent) {
    muted[kind] = silent;
    const track = tracks[kind];
    if (track) track.enabled = !silent;
    sayMedia();
  }

  async function sampleAll() {
    const samples = await Promise.all([...pairs.values()].map((peer) => peer.sample()));
    const known = [...pairs.values()]
      .map((peer, index) => ({ seat: seatOf(peer), ...samples[index] }))
      .filter((_, index) => samples[index]);
    known.forEach((sample) => tell("sample", sample));
    // Figures of a time without a line are worth less than the chat that waits behind them.
    if (known.length && signaling.state === "up") signaling.ask("quality", { samples: known }).catch(() => {});
  }

  const off = [
    signaling.on("room", follow),
    signaling.on("signal", ({ data }) => void pairs.get(data.pair)?.heard(data)),
    signaling.on("ice", () => pairs.forEach((peer) => peer.serversChanged())),
    signaling.on("entered", (_, again) => {
      sayMedia();
      if (!again) return;
      pairs.forEach((peer) => {
        peer.serversChanged();
        peer.resync();
      });
    }),
    signaling.on("ended", () => close()),
  ];
  const renew = () => pairs.forEach((peer) => peer.restart());
  addEventListener("online", renew);
  const watching = setInterval(() => pairs.forEach((peer) => peer.watch()), WATCH_MS);
  const sampling = setInterval(sampleAll, SAMPLE_MS);
  if (signaling.view) {
    sayMedia();
    follow(signaling.view);
  }

  function close() {
    off.forEach((undo) => undo());
    removeEventListener("online", renew);
    clearInterval(watching);
    clearInterval(sampling);
    for (const [name, peer] of pairs) {
      pairs.delete(name);
      peer.close();
      tell("state", { seat: seatOf(peer), state: "gone" });
    }
  }

  return {
    on,
    use,
    mute,
    close,
    restart: renew,
    peers: () =>
      [...pairs.values()].map((peer) => ({ seat: seatOf(peer), state: peer.state, stream: peer.stream, pc: peer.pc })),
    get sending() {
      return current();
    },
  };
}

/** @param {Peer} peer */
function seatOf(peer) {
  return /** @type {Peer & {seat: number}} */ (peer).seat;
}

/** @param {Signaling} signaling @returns {RTCIceServer[] | undefined} */
function rtcServers({ ice }) {
  if (!ice.length) return undefined;
  return ice.map(({ urls, username, credential }) =>
    username ? { urls, username, credential: credential || "" } : { urls },
  );
}

/**
 * One side of one pair.
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
function createPeer({ offering, tracks, rtc, up, say, onStream, onState, onSeen }) {
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

/**
 * One quality sample out of a stats report and the counters of the sample before.
 * @param {RTCStatsReport} report
 * @param {{at: number, inBytes: number, outBytes: number, lost: number, received: number} | null} before
 */
export function readStats(report, before) {
  /** @type {any[]} */
  const all = [];
  report.forEach((row) => all.push(row));
  const inbound = all.filter((row) => row.type === "inbound-rtp");
  const picture = inbound.find((row) => row.kind === "video");
  const transport = all.find((row) => row.type === "transport" && row.selectedCandidatePairId);
  const pair = transport
    ? report.get(transport.selectedCandidatePairId)
    : all.find((row) => row.type === "candidate-pair" && row.nominated && row.state === "succeeded");
  const ends = pair ? [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)].filter(Boolean) : [];
  const counts = {
    at: Date.now(),
    inBytes: sum(inbound, "bytesReceived"),
    outBytes: sum(all.filter((row) => row.type === "outbound-rtp"), "bytesSent"),
    lost: sum(inbound, "packetsLost"),
    received: sum(inbound, "packetsReceived"),
  };
  const since = before || { ...counts, at: counts.at - 1 };
  const lost = Math.max(0, counts.lost - since.lost);
  const expected = lost + Math.max(0, counts.received - since.received);
  const kbps = (/** @type {number} */ now, /** @type {number} */ then) =>
    rounded(Math.max(0, ((now - then) * 8) / Math.max(1, counts.at - since.at)));
  const codec = picture && picture.codecId ? report.get(picture.codecId) : null;
  /** @type {Omit<QualitySample, "seat">} */
  const figures = {
    loss: expected ? Math.min(1, Math.round((lost / expected) * 10000) / 10000) : null,
    rtt_ms: pair && pair.currentRoundTripTime !== undefined ? rounded(pair.currentRoundTripTime * 1000) : null,
    in_kbps: kbps(counts.inBytes, since.inBytes),
    out_kbps: kbps(counts.outBytes, since.outBytes),
    codec: codec ? String(codec.mimeType).slice(0, 32) : null,
    width: picture ? picture.frameWidth ?? null : null,
    height: picture ? picture.frameHeight ?? null : null,
    fps: picture && picture.framesPerSecond !== undefined ? rounded(picture.framesPerSecond) : null,
    path: !ends.length ? null : ends.some((end) => end.candidateType === "relay") ? "relay" : "direct",
  };
  return { figures, counts };
}

/** @param {any[]} rows @param {string} field */
function sum(rows, field) {
  return rows.reduce((total, row) => total + (row[field] || 0), 0);
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 10) / 10;
}
