// Media between the people of a room: one connection for each pair of tabs, kept alive through lost messages and weak lines.
//
//   const call = createCall({ signaling: line, audio: micTrack, video: cameraTrack });   // tracks may be null, and come later
//   call.on("stream", ({ seat, stream }) => (video.srcObject = stream));                 // once for each new connection to that seat
//   call.use("video", null);                                                             // camera off: no renegotiation
//
// createCall follows `signaling` by itself. While a guest waits it negotiates with him, with nothing in the senders; tracks are put in
// when both are admitted. It says `seen` once, sends `quality`, and moves the picture up and down the ladder with the line.
// Events (`call.on(name, listener)` returns a function that takes the listener off); of seats that are admitted, and of no others:
//   stream ({seat, stream})             a MediaStream that the tracks of the other side join as they arrive
//   state  ({seat, state})              "connecting" | "connected" | "interrupted" (comes back by itself) | "gone"
//   sample ({seat, ...QualitySample})   every 5 s for each connected seat
//   rung   ({seat, sends, gets, why})   the ladder moved: what we send there, what we let the other send ("high" | "low" | "tiny" |
//                                       "voice"), and why it is less than it could be (null | "line" | "choice")
//   frozen ({seat, frozen})             the picture of that seat stands still for 2 s while it should move; then, that it moves again
//   silent ({seat, silent})             the same for its sound
//   capture ({kind, state})             our own device: "muted" (another program, a phone call), "live" again, or "ended": open it anew
// Members:
//   use(kind, track | null)   what we send: another device, or nothing. Goes to all peers; says `media` to the room
//   mute(kind, muted)         keeps the device open but sends silence or black; says `media`
//   share(track | null)       a screen in place of the camera, tuned for letters; null (or the end of the track): the camera again
//   choose(limit)             the person's own wish for both directions: "auto" | "low" | "tiny" | "voice"
//   sending                   {audio, video, screen, rung, why}: what the others are told
//   sharing, chosen
//   peers()                   [{seat, state, stream, pc}]
//   restart()                 the network changed: renew the path of every pair now (`online` does it by itself)
//   close()

import { RUNGS } from "/static/lib/call/ladder.js";
import { createPeer } from "/static/lib/call/peer.js";

/** @typedef {import("../signaling.js").Signaling} Signaling */
/** @typedef {import("../wire.d.ts").RoomView} RoomView */
/** @typedef {import("../wire.d.ts").SeatView} SeatView */
/** @typedef {import("../wire.d.ts").QualitySample} QualitySample */
/** @typedef {Omit<import("../wire.d.ts").Media, "seq">} Sending */
/** @typedef {import("./ladder.js").Limit} Limit */
/** @typedef {import("./peer.js").Kind} Kind */
/** @typedef {import("./peer.js").PeerState} PeerState */
/** @typedef {import("./peer.js").Peer} Peer */
/**
 * @typedef {object} CallEvents
 * @property {(event: {seat: number, stream: MediaStream}) => void} stream
 * @property {(event: {seat: number, state: PeerState}) => void} state
 * @property {(sample: QualitySample) => void} sample
 * @property {(event: {seat: number} & import("./peer.js").Rungs) => void} rung
 * @property {(event: {seat: number, frozen: boolean}) => void} frozen
 * @property {(event: {seat: number, silent: boolean}) => void} silent
 * @property {(event: {kind: Kind, state: "muted" | "live" | "ended"}) => void} capture
 */

/** The first connection of a page wakes the browser's media engine: better before anybody waits for it. */
function warmUp() {
  const spare = new RTCPeerConnection();
  spare.addTransceiver("audio");
  spare.addTransceiver("video");
  const over = () => spare.close();
  spare.createOffer().then(over, over);
}

const WATCH_MS = 500;
const LOOK_EACH = 2;
const SAMPLE_EACH = 10;

/**
 * @param {{signaling: Signaling, audio?: MediaStreamTrack | null, video?: MediaStreamTrack | null, rtc?: RTCConfiguration}} options
 */
export function createCall({ signaling, audio = null, video = null, rtc = {} }) {
  /** @type {import("./peer.js").Shared} */
  const shared = { tracks: { audio: null, video: null }, screen: false, chosen: "auto", peers: 1 };
  /** @type {MediaStreamTrack | null} */
  let camera = null;
  /** @type {MediaStreamTrack | null} */
  let screen = null;
  const muted = { audio: false, video: false };
  /** @type {Map<string, Peer>} */
  const pairs = new Map();
  /** How far two tabs came before, so that a new connection between them is not taken for the old one. @type {Map<string, number>} */
  const generations = new Map();
  /** @type {Map<keyof CallEvents, Set<Function>>} */
  const listeners = new Map();
  let told = "";
  /** Before anything was put in, there is nothing to tell of it. */
  let used = !!audio || !!video;
  let saying = false;
  let ticks = 0;
  warmUp();

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

  // Following the room

  /** @param {RoomView} view */
  function follow(view) {
    const wanted = new Map(whom(view).map((other) => [pairName(other), other]));
    for (const [name, peer] of pairs) {
      const other = wanted.get(name);
      if (!other || (peer.open && !flows(other))) part(name, peer, view);
    }
    for (const [name, other] of wanted) if (!pairs.has(name)) meet(name, other);
    for (const [name, other] of wanted) if (flows(other)) pairs.get(name)?.admit();
    const { size } = pairs;
    if (size !== shared.peers) pairs.forEach((peer) => peer.put());
    shared.peers = Math.max(1, size);
    sayMedia();
  }

  /** The seats to be connected with: the admitted, and before that a guest and the specialist, who prepare. @param {RoomView} view */
  function whom({ seats, state }) {
    const { you } = signaling;
    if (!you || state === "closed") return [];
    const met = seats.filter((other) => other.seat !== you.seat && other.here && other.instance);
    return met.filter((other) => flows(other) || you.role === "specialist" || other.role === "specialist");
  }

  /** May media flow between us? @param {SeatView} other */
  function flows(other) {
    return other.admitted && !!signaling.you && signaling.you.admitted;
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
      seat,
      offering: offers(other),
      after: generations.get(name) || 0,
      shared,
      theirs: () => mediaOf(seat),
      rtc: configuration,
      up: () => signaling.state === "up",
      say: (data) => void signaling.ask("signal", { to: seat, data: { pair: name, ...data } }).catch(() => {}),
      onStream: (stream) => tell("stream", { seat, stream }),
      onState: (state) => {
        // Whatever took the path away may have taken the line, too: ask now, not with the next beat.
        if (state === "interrupted") signaling.nudge();
        tell("state", { seat, state });
      },
      onSeen: () => void signaling.ask("seen", { seat }).catch(() => {}),
      onRung: (rungs) => {
        tell("rung", { seat, ...rungs });
        sayMedia();
      },
      onStill: (what, so) =>
        what === "frozen" ? tell("frozen", { seat, frozen: so }) : tell("silent", { seat, silent: so }),
    });
    pairs.set(name, peer);
  }

  /** @returns {RTCConfiguration} */
  function configuration() {
    const iceServers = serversOf(signaling) || rtc.iceServers;
    return { bundlePolicy: "max-bundle", ...rtc, iceServers, ...(signaling.relayOnly ? { iceTransportPolicy: "relay" } : {}) };
  }

  /** What that seat is to be heard and seen with. @param {number} seat */
  function mediaOf(seat) {
    const other = signaling.view && signaling.view.seats.find((one) => one.seat === seat);
    if (!other || !other.here) return { audio: false, video: false };
    return { audio: other.media.audio, video: other.media.video && other.media.rung !== "voice" };
  }

  /** @param {string} name @param {Peer} peer @param {RoomView} view */
  function part(name, peer, view) {
    const other = view.seats.find(({ seat }) => seat === peer.seat);
    const stays = !!other && flows(other);
    // Whom only the server lost from sight, while picture and sound still come, is not gone.
    if (stays && !other.here && peer.state === "connected" && view.state !== "closed") return;
    drop(name, peer);
    // A seat that only changed its tab is not gone: its new connection speaks for it.
    if (peer.open && !(stays && other.here)) tell("state", { seat: peer.seat, state: "gone" });
  }

  /** @param {string} name @param {Peer} peer */
  function drop(name, peer) {
    pairs.delete(name);
    generations.set(name, peer.generation);
    peer.close();
  }

  // What we send

  /** Once for all that changes in one go. */
  function sayMedia() {
    if (used && !saying) queueMicrotask(saysMedia);
    saying = used;
  }

  function saysMedia() {
    saying = false;
    const sending = current();
    const words = JSON.stringify(sending);
    if (words === told || signaling.state === "down") return;
    told = words;
    signaling.ask("media", sending).catch(() => (told = ""));
  }

  /** @returns {Sending} */
  function current() {
    const { tracks } = shared;
    const open = [...pairs.values()].filter((peer) => peer.open);
    const least = shared.chosen === "auto" ? 0 : RUNGS.indexOf(shared.chosen);
    const step = open.length ? Math.min(...open.map((peer) => RUNGS.indexOf(peer.rung))) : least;
    const still = [tracks.audio, tracks.video].some((track) => track && track.muted);
    const ended = [tracks.audio, tracks.video].some((track) => track && track.readyState === "ended");
    return {
      audio: !!tracks.audio && !muted.audio,
      video: !!tracks.video && (shared.screen || !muted.video),
      screen: shared.screen,
      rung: RUNGS[step],
      why: ended ? "device" : still ? "interrupted" : step > least ? "line" : step ? "choice" : null,
    };
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track */
  function keep(kind, track) {
    if (kind === "video") camera = track;
    if (kind === "audio" || !screen) shared.tracks[kind] = track;
    if (!track) return;
    track.enabled = !muted[kind];
    /** @param {"muted" | "live" | "ended"} state */
    const changed = (state) => {
      if ((kind === "video" ? camera : shared.tracks.audio) !== track) return;
      sayMedia();
      tell("capture", { kind, state });
    };
    track.onmute = () => changed("muted");
    track.onunmute = () => changed("live");
    track.addEventListener("ended", () => changed("ended"));
  }

  async function putAll() {
    sayMedia();
    await Promise.all([...pairs.values()].map((peer) => peer.put()));
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track */
  function use(kind, track) {
    keep(kind, track);
    used = true;
    return putAll();
  }

  /** @param {MediaStreamTrack | null} track */
  function share(track) {
    screen = track;
    if (track) {
      track.contentHint = "text";
      track.addEventListener("ended", () => track === screen && share(null));
    }
    shared.screen = !!track;
    shared.tracks.video = track || camera;
    return putAll();
  }

  /** @param {Kind} kind @param {boolean} silent */
  function mute(kind, silent) {
    muted[kind] = silent;
    const track = kind === "video" ? camera : shared.tracks.audio;
    if (track) track.enabled = !silent;
    sayMedia();
  }

  /** @param {Limit} limit */
  function choose(limit) {
    shared.chosen = limit;
    pairs.forEach((peer) => peer.settle());
    sayMedia();
  }

  // Looking after

  function tick() {
    ticks += 1;
    if (signaling.view) for (const [name, peer] of pairs) if (lost(peer)) part(name, peer, signaling.view);
    pairs.forEach((peer) => peer.watch());
    // A new interface beside the old one is told by no event: silence is.
    if ([...pairs.values()].filter((peer) => peer.quiet()).length) signaling.nudge();
    if (ticks % LOOK_EACH === 0) pairs.forEach((peer) => void peer.look());
    if (ticks % SAMPLE_EACH === 0) sampleAll();
  }

  /** @param {Peer} peer */
  function lost({ seat, state }) {
    const other = signaling.view && signaling.view.seats.find((one) => one.seat === seat);
    return state !== "connected" && !!other && !other.here;
  }

  function sampleAll() {
    /** @type {QualitySample[]} */
    const samples = [];
    for (const peer of pairs.values()) {
      const sample = peer.sample();
      if (sample) samples.push({ seat: peer.seat, ...sample });
    }
    samples.forEach((sample) => tell("sample", sample));
    // Figures of a time without a line are worth less than the chat that waits behind them.
    if (samples.length && signaling.state === "up") signaling.ask("quality", { samples }).catch(() => {});
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
  const ticking = setInterval(tick, WATCH_MS);
  keep("audio", audio);
  keep("video", video);
  if (signaling.view) {
    sayMedia();
    follow(signaling.view);
  }

  function close() {
    off.forEach((undo) => undo());
    removeEventListener("online", renew);
    clearInterval(ticking);
    for (const [name, peer] of pairs) {
      drop(name, peer);
      if (peer.open) tell("state", { seat: peer.seat, state: "gone" });
    }
  }

  return {
    on,
    use,
    mute,
    share,
    choose,
    close,
    restart: renew,
    peers: () =>
      [...pairs.values()]
        .filter((peer) => peer.open)
        .map((peer) => ({ seat: peer.seat, state: peer.state, stream: peer.stream, pc: peer.pc })),
    get sending() {
      return current();
    },
    get sharing() {
      return !!screen;
    },
    get chosen() {
      return shared.chosen;
    },
  };
}

/** @param {Signaling} signaling @returns {RTCIceServer[] | undefined} */
function serversOf({ ice }) {
  if (!ice.length) return undefined;
  return ice.map(({ urls, username, credential }) =>
    username ? { urls, username, credential: credential || "" } : { urls },
  );
}
