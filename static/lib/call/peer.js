// One other seat: the connection to it, what flows over it in both directions, and the ladder of each direction.

import { createAgreement } from "/static/lib/call/agreeing.js";
import { begin, receiving, rungOf, RUNGS, sending, voiceOf } from "/static/lib/call/ladder.js";
import { goFirst, hush, parametersOf, tune } from "/static/lib/call/sending.js";
import { compared, counted, sampleOf } from "/static/lib/call/stats.js";

/** @typedef {import("../wire.d.ts").SignalData} SignalData */
/** @typedef {import("../wire.d.ts").QualitySample} QualitySample */
/** @typedef {import("../wire.d.ts").Wish} Wish */
/** @typedef {import("./ladder.js").Rung} Rung */
/** @typedef {import("./ladder.js").Limit} Limit */
/** @typedef {import("./stats.js").Counts} Counts */
/** @typedef {import("./stats.js").Look} Look */
/** @typedef {"audio" | "video"} Kind */
/** @typedef {"connecting" | "connected" | "interrupted" | "gone"} PeerState */
/** @typedef {"line" | "choice"} Why */
/** @typedef {{sends: Rung, gets: Rung, why: Why | null}} Rungs */
/** @typedef {ReturnType<typeof createPeer>} Peer */
/**
 * @typedef {object} Shared what all connections of a call have in common
 * @property {Record<Kind, MediaStreamTrack | null>} tracks what we send: the camera, or a screen in its place
 * @property {boolean} screen
 * @property {Limit} chosen
 * @property {number} peers connections that share our line
 */
/**
 * @typedef {object} PeerWiring
 * @property {number} seat
 * @property {boolean} offering
 * @property {number} after the last generation of an earlier connection between the same two tabs; 0: there was none
 * @property {Shared} shared
 * @property {() => {audio: boolean, video: boolean}} theirs what the other says to send
 * @property {() => RTCConfiguration} rtc
 * @property {() => boolean} up
 * @property {(data: Omit<SignalData, "pair">) => void} say
 * @property {(stream: MediaStream) => void} onStream
 * @property {(state: PeerState) => void} onState
 * @property {() => void} onSeen
 * @property {(rungs: Rungs) => void} onRung
 * @property {(what: "frozen" | "silent", so: boolean) => void} onStill
 */

/** @type {Kind[]} */
const KINDS = ["audio", "video"];
/** @type {Wish} */
const NO_WISH = { picture: "high", voice: "plain" };
// Looked at once a second: what has stood for longer is told two to three seconds after the last picture or sound.
const STILL_MS = 1500;
const LIFELESS_MS = 2000;
const QUIET_MS = 900;
const STALE_MS = 6000;
const LONG_MS = 200;
const WAIT_MS = { least: 60, most: 400 };
// Of what is lost so often the second sending is lost often enough to wait for a third.
const HEAVY = 0.1;

/** @param {PeerWiring} wiring */
export function createPeer({ seat, offering, after, shared, theirs, rtc, up, say, onStream, onState, onSeen, onRung, onStill }) {
  let stream = new MediaStream();
  let open = false;
  let seen = false;
  /** @type {Promise<unknown> | null} */
  let putting = null;
  let out = begin(Date.now());
  let into = begin(Date.now());
  /** @type {Wish} */
  let wish = NO_WISH;
  let wished = "";
  let wishes = 0;
  /** @type {Wish["voice"]} */
  let voice = "plain";
  /** @type {Rung} what pictures were last sent by */
  let last = "high";
  let told = "";
  let shut = false;
  /** Whose figures are on their way: Firefox never gives those of a connection that is closed meanwhile. @type {RTCPeerConnection | null} */
  let looking = null;
  const still = { frozen: false, silent: false };
  /** Since when nothing of it came. */
  const since = { picture: 0, sound: 0, breath: 0, trip: 0, news: 0 };
  /** When the latest of it came, by the browser's word. */
  let latest = 0;
  let best = Infinity;
  /** @type {number | null} */
  let trip = null;
  /** @type {Counts | null} */
  let before = null;
  /** @type {Counts | null} */
  let sampled = null;
  let frozenMs = 0;
  /** The share of voice that did not come at once, of the last seconds. */
  let losing = 0;

  const agreement = createAgreement({
    offering,
    after,
    rtc,
    up,
    say,
    voice: () => voice,
    onBuilt,
    onSenders: put,
    onState: (state) => {
      // Another path, another best round trip.
      best = Infinity;
      if (open) onState(state);
      if (state === "connected") put();
    },
  });

  /** @param {RTCPeerConnection} made */
  function onBuilt(made) {
    stream = new MediaStream();
    before = sampled = null;
    best = Infinity;
    wished = "";
    made.ontrack = ({ track }) => {
      if (made !== agreement.pc) return;
      stream.addTrack(track);
    };
    if (open) onStream(stream);
  }

  /** Both were let in: from now on, and not before, media may flow and be shown. */
  function admit() {
    if (open) return;
    open = true;
    out = begin(Date.now());
    into = begin(Date.now());
    put();
    onStream(stream);
    onState(agreement.state);
    tellRungs();
  }

  // Sending

  /** Puts into the senders what may go to this seat now. One after the other, so that the last word stands; at once when it can be. */
  function put() {
    const turn = putting ? putting.then(putAll) : putAll();
    const mine = turn.catch(() => {}).then(() => void (putting === mine && (putting = null)));
    putting = mine;
    return mine;
  }

  /** @returns {Promise<unknown>} */
  function putAll() {
    return shut ? Promise.resolve() : Promise.all(KINDS.map(putOne));
  }

  /** @param {Kind} kind */
  async function putOne(kind) {
    const { pc } = agreement;
    const sender = pc && pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.sender;
    if (!sender) return;
    const rung = sends();
    const track = open && (kind === "audio" || rung !== "voice") ? shared.tracks[kind] : null;
    // Before the track, so that its first picture is made with these parameters and not again at once.
    if (kind === "video" && RUNGS.indexOf(rung) > RUNGS.indexOf(last)) await hush(sender);
    if (kind === "video") last = rung;
    const picture = parametersOf({ rung, ...shared, height: heightOf(track) });
    const tuning = kind === "audio" ? goFirst(sender) : tune(sender, picture, shared.screen);
    if (tuning) await tuning;
    if (sender.track !== track) await sender.replaceTrack(track);
  }

  function sends() {
    return rungOf(out.step, shared.chosen, wish.picture);
  }

  function gets() {
    return rungOf(into.step, shared.chosen);
  }

  /** After any change of what limits us. */
  function settle() {
    const next = voiceOf(out, Date.now(), wish.voice);
    if (next !== voice) {
      voice = next;
      agreement.reshape();
    }
    put();
    sayWish();
    tellRungs();
    waitFor(into.noise > Date.now() ? Math.min(WAIT_MS.most, WAIT_MS.least + (losing > HEAVY ? 3 : 2) * Math.min(best, WAIT_MS.most)) : null);
  }

  /** What is sent again needs a round trip more than what arrives at once: on a line that loses, sound is held back for it. @param {number | null} ms */
  function waitFor(ms) {
    for (const receiver of agreement.pc?.getReceivers() || []) {
      const held = /** @type {any} */ (receiver);
      if ("jitterBufferTarget" in held && held.jitterBufferTarget !== ms) held.jitterBufferTarget = ms;
    }
  }

  function sayWish() {
    if (!open || agreement.state === "connecting" || !up()) return;
    const picture = gets();
    /** @type {Wish} */
    const next = { picture: picture === "voice" ? "none" : picture, voice: voiceOf({ ...into, step: 0 }, Date.now()) };
    const words = JSON.stringify(next);
    if (words === wished || (!wishes && words === JSON.stringify(NO_WISH))) return;
    wishes += 1;
    wished = words;
    say({ generation: agreement.generation, wish: next });
  }

  function tellRungs() {
    if (!open) return;
    const [up_, down_] = [sends(), gets()];
    const worst = Math.max(RUNGS.indexOf(up_), RUNGS.indexOf(down_));
    /** @type {Why | null} */
    const why = !worst ? null : rungOf(0, shared.chosen) === RUNGS[worst] ? "choice" : "line";
    const rungs = { sends: up_, gets: down_, why };
    const words = JSON.stringify(rungs);
    if (words === told) return;
    told = words;
    onRung(rungs);
  }

  // Looking after

  /** Once a second: what came, what did not, and what follows from it. */
  async function look() {
    const { pc } = agreement;
    if (!pc || agreement.state === "connecting" || looking === pc) return;
    looking = pc;
    const report = await pc.getStats().catch(() => null);
    if (looking === pc) looking = null;
    if (!report || shut || pc !== agreement.pc) return;
    const now = counted(report, Date.now());
    const seen_ = compared(now, before);
    if (seen_.trip !== null) {
      trip = seen_.trip;
      best = Math.min(best, trip);
    }
    if (before && open) weigh(now, seen_);
    before = now;
  }

  /** @param {Counts} now @param {Look} look_ */
  function weigh(now, look_) {
    if (!seen && look_.heard + look_.seen > 0) {
      seen = true;
      onSeen();
    }
    const { audio, video } = theirs();
    stand("silent", audio && agreement.state === "connected" && stood("sound", look_.heard > 0, now.at) > STILL_MS);
    const frozen = stood("picture", look_.seen > 0, now.at);
    const due = video && gets() !== "voice" && agreement.state === "connected";
    frozenMs = Math.max(frozenMs, due ? frozen : 0);
    stand("frozen", due && now.frames > 0 && frozen > STILL_MS);
    const lifeless = stood("breath", look_.breaths > 0, now.at) > LIFELESS_MS && (audio || video);
    agreement.breathes(!lifeless);
    if (agreement.state !== "connected") return;
    losing = 0.8 * losing + 0.2 * (look_.voiceLoss || 0);
    // A line that answers nothing any more says nothing of its delay, unless it was long already.
    const stale = stood("trip", look_.trip !== null, now.at) > STALE_MS;
    const delay = trip === null || (stale && trip - best < LONG_MS) ? null : trip - best;
    // Without pictures the browser does not measure the line: its estimate is of another time.
    out = sending(out, { loss: look_.theyLost, delay, room: sends() === "voice" ? null : look_.room }, now.at);
    into = receiving(into, { loss: look_.voiceLoss, delay, concealed: look_.concealed, frozen: due ? frozen : 0 }, now.at);
    settle();
  }

  /** How long there was nothing of it. @param {keyof typeof since} what @param {boolean} came @param {number} at */
  function stood(what, came, at) {
    if (came || !since[what]) since[what] = at;
    return at - since[what];
  }

  /** Whether nothing came for a while, asked twice a second: too soon to call the path dead, late enough to ask after the line. */
  function quiet() {
    const { pc } = agreement;
    const { audio, video } = theirs();
    const due = open && !!pc && agreement.state === "connected" && (audio || video);
    const all = due ? pc.getReceivers().flatMap((one) => one.getSynchronizationSources().map(({ timestamp }) => timestamp)) : [];
    const came = all.reduce((most, at) => Math.max(most, at), 0);
    const news = !due || !came || came !== latest;
    latest = came;
    return stood("news", news, Date.now()) > QUIET_MS;
  }

  /** @param {"frozen" | "silent"} what @param {boolean} so */
  function stand(what, so) {
    if (still[what] === so) return;
    still[what] = so;
    onStill(what, so);
  }

  /** What happened since the sample before. @returns {Omit<QualitySample, "seat"> | null} */
  function sample() {
    const [now, then] = [before, sampled];
    sampled = now;
    if (!now || !open || agreement.state !== "connected" || now === then) return null;
    const sample_ = { ...sampleOf(now, compared(now, then)), frozen_ms: frozenMs, rung: sends() };
    frozenMs = 0;
    return sample_;
  }

  /** @param {SignalData} data */
  async function heard(data) {
    if (data.wish) {
      wish = data.wish;
      settle();
    }
    await agreement.heard(data);
  }

  return {
    seat,
    heard,
    admit,
    put,
    settle,
    look,
    sample,
    quiet,
    watch: agreement.watch,
    restart: agreement.restart,
    serversChanged: agreement.serversChanged,
    resync() {
      wished = "";
      agreement.resync(quiet());
      sayWish();
    },
    close() {
      shut = true;
      agreement.close();
    },
    get open() {
      return open;
    },
    /** @returns {PeerState} */
    get state() {
      return agreement.state;
    },
    get stream() {
      return stream;
    },
    get pc() {
      return agreement.pc;
    },
    get rung() {
      return sends();
    },
    get generation() {
      return agreement.generation;
    },
  };
}

/** @param {MediaStreamTrack | null} track */
function heightOf(track) {
  return (track && track.getSettings().height) || 0;
}
