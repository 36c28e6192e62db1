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

import { createPeer } from "/static/lib/call/peer.js";

/** @typedef {import("../signaling.js").Signaling} Signaling */
/** @typedef {import("../wire.d.ts").RoomView} RoomView */
/** @typedef {import("../wire.d.ts").SeatView} SeatView */
/** @typedef {import("../wire.d.ts").QualitySample} QualitySample */
/** @typedef {import("./peer.js").Kind} Kind */
/** @typedef {import("./peer.js").PeerState} PeerState */
/** @typedef {import("./peer.js").Tracks} Tracks */
/** @typedef {import("./peer.js").Peer} Peer */
/**
 * @typedef {object} CallEvents
 * @property {(event: {seat: number, stream: MediaStream}) => void} stream
 * @property {(event: {seat: number, state: PeerState}) => void} state
 * @property {(sample: QualitySample) => void} sample
 */

const WATCH_MS = 500;
const SAMPLE_MS = 5000;

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
