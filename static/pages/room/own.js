// What this person sends: microphone and camera, on or off, from which device, and what to do when one of them is taken away.

import { closeMedia, onDevicesChanged, openTrack } from "/static/lib/media.js";

/** @typedef {import("/static/lib/media.js").Opened} Opened */
/** @typedef {"audio" | "video"} Kind */
/** @typedef {"on" | "off" | "none"} Switch "none": the device cannot be had. */
/** @typedef {"lost" | "taken" | "interrupted"} Trouble unplugged or broken; held by another program; stopped by a telephone call or the system */
/** @typedef {{kind: Kind, what: "switched" | "back" | "resumed" | Trouble, label: string}} News `label`: the device's name, if it has one; "resumed": as was asked for */
/** @typedef {{use: (kind: Kind, track: MediaStreamTrack | null) => unknown, mute: (kind: Kind, muted: boolean) => void}} Call */
/** @typedef {ReturnType<typeof createOwn>} Own */

/** @type {Kind[]} */
const KINDS = ["audio", "video"];
// A device that changes hands is silent for a moment; longer than this, somebody else has it.
const MUTED_MS = 1200;
// Opening that takes longer (a question of the browser, perhaps) is told to the others as nothing sent.
const SOON_MS = 1000;
// iOS gives the microphone back some time after the page is seen again.
const RETURN_MS = 600;

/**
 * @param {Promise<Opened | null>} opening what the browser gives, now or soon; until then nothing is said of it
 * @param {{muted?: boolean}} [given] the microphone begins switched off
 */
export function createOwn(opening, { muted = false } = {}) {
  const stream = new MediaStream();
  /** @type {Call | null} */ let call = null;
  /** @type {Set<() => void>} */ const watchers = new Set();
  /** @type {Set<(news: News) => void>} */ const hearers = new Set();
  /** @type {Record<Kind, string | undefined>} */ const chosen = { audio: undefined, video: undefined };
  const state = {
    opening: true,
    /** @type {Switch} */ microphone: "off",
    /** @type {Switch} */ camera: "off",
    /** What is wrong with a device that should be on. @type {Record<Kind, Trouble | null>} */ trouble: { audio: null, video: null },
  };
  /** Both are let go while the talk goes on by telephone. @type {{microphone: boolean, camera: boolean} | null} */ let resting = null;
  let closed = false;
  const changed = () => watchers.forEach((watcher) => watcher());

  /** @param {Kind} kind */
  const track = (kind) => stream.getTracks().find((each) => each.kind === kind) || null;
  /** @param {Kind} kind */
  const sick = (kind) => state.trouble[kind] || dead(track(kind));

  /** @param {Kind} kind @param {News["what"]} what */
  function tell(kind, what) {
    const now = track(kind);
    state.trouble[kind] = what === "lost" || what === "taken" || what === "interrupted" ? what : null;
    hearers.forEach((hear) => hear({ kind, what, label: (now && now.label) || "" }));
    changed();
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} next */
  function put(kind, next) {
    const before = track(kind);
    if (before) {
      stream.removeTrack(before);
      before.stop();
    }
    if (next) {
      stream.addTrack(next);
      watch(kind, next);
      state.trouble[kind] = null;
    }
    if (call) call.use(kind, next);
    if (call && kind === "audio") call.mute("audio", state.microphone === "off");
  }

  /** A headset pulled out, a telephone call: better to say so than to send silence. @param {Kind} kind @param {MediaStreamTrack} own */
  function watch(kind, own) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
    const current = () => !closed && track(kind) === own;
    own.addEventListener("ended", () => current() && gone(kind));
    own.addEventListener("mute", () => {
      clearTimeout(timer);
      timer = setTimeout(() => current() && own.muted && tell(kind, "interrupted"), MUTED_MS);
    });
    own.addEventListener("unmute", () => {
      clearTimeout(timer);
      if (current() && state.trouble[kind] === "interrupted") tell(kind, "back");
    });
  }

  /** The device is away: takes what else there is. @param {Kind} kind */
  async function gone(kind) {
    chosen[kind] = undefined;
    // A hidden page gets no device; it is asked for again when the page is seen.
    if (document.visibilityState === "hidden") return tell(kind, "interrupted");
    await fresh(kind, "switched");
  }

  /** @param {Kind} kind @param {"switched" | "back" | "resumed"} word @returns {Promise<boolean>} */
  async function fresh(kind, word) {
    let code = "missing";
    const next = await openTrack(kind, chosen[kind]).catch((fault) => void (code = fault.code));
    if (closed) return Boolean(next && next.stop());
    if (!next && state.trouble[kind] && track(kind)) return false;
    put(kind, next || null);
    if (kind === "audio") state.microphone = next ? (state.microphone === "off" ? "off" : "on") : "none";
    else state.camera = next ? "on" : "none";
    tell(kind, next ? word : code === "busy" ? "taken" : "lost");
    return Boolean(next);
  }

  /** Fresh capture of whatever is in trouble. @returns {Promise<boolean>} whether all is well again */
  async function again() {
    const well = await Promise.all(KINDS.filter(sick).map((kind) => fresh(kind, "back")));
    return well.every(Boolean);
  }

  const returned = () => {
    if (document.visibilityState !== "visible" || resting) return;
    setTimeout(() => closed || resting || again(), RETURN_MS);
  };
  document.addEventListener("visibilitychange", returned);
  addEventListener("pageshow", returned);
  const unplug = onDevicesChanged(() => {
    if (!resting && KINDS.some((kind) => state.trouble[kind] === "lost" || state.trouble[kind] === "taken")) again();
  });
  const begun = opening.then((opened) => {
    state.opening = false;
    take(opened);
  });
  const known = Promise.race([begun, new Promise((soon) => setTimeout(soon, SOON_MS))]);

  /** @param {Opened | null} opened */
  function take(opened) {
    if (closed) return void (opened && closeMedia(opened.stream));
    const given = opened ? opened.stream.getTracks() : [];
    /** @param {Kind} kind */
    const has = (kind) => given.some((each) => each.kind === kind);
    state.microphone = !has("audio") ? "none" : muted ? "off" : "on";
    // What was wanted and is not there is no wish of the person's.
    state.camera = has("video") ? "on" : opened && opened.camera !== "off" ? "none" : "off";
    muted = false;
    if (resting) resting = { microphone: has("audio"), camera: has("video") };
    if (opened && resting) closeMedia(opened.stream);
    else given.forEach((each) => put(/** @type {Kind} */ (each.kind), each));
    changed();
  }

  async function microphone() {
    if (state.opening) return;
    if (state.microphone === "none" || state.trouble.audio) return void (await fresh("audio", "back"));
    state.microphone = state.microphone === "on" ? "off" : "on";
    if (call) call.mute("audio", state.microphone !== "on");
    changed();
  }

  /** The device is let go, so that its light goes out too. @param {boolean} on */
  async function camera(on) {
    if (state.opening) return;
    if (on) return void (await fresh("video", state.trouble.video ? "back" : "resumed"));
    put("video", null);
    state.camera = "off";
    state.trouble.video = null;
    changed();
  }

  return {
    stream,
    state,
    chosen,
    track,
    microphone,
    again,
    camera: () => camera(state.camera !== "on"),
    /** @param {boolean} on */
    picture: async (on) => {
      if (on !== (state.camera === "on")) await camera(on);
    },
    /** By telephone: the devices are free for the call, and taken again afterwards. @param {boolean} on */
    rest: async (on) => {
      if (on === Boolean(resting)) return;
      if (on) {
        resting = { microphone: Boolean(track("audio")), camera: Boolean(track("video")) };
        KINDS.forEach((kind) => put(kind, null));
        return changed();
      }
      const before = resting;
      resting = null;
      if (before && before.microphone) await fresh("audio", "resumed");
      if (before && before.camera) await fresh("video", "resumed");
    },
    /** @param {Kind} kind @param {string} device */
    choose: async (kind, device) => {
      const next = await openTrack(kind, device).catch(() => null);
      if (!next) return false;
      chosen[kind] = device;
      put(kind, next);
      if (kind === "video") state.camera = "on";
      else if (state.microphone === "none") state.microphone = "on";
      changed();
      return true;
    },
    /** Opened after all, in the waiting room. */
    take,
    /** @param {Call} to From now on changes go there, as soon as there is anything to tell. */
    sendTo: async (to) => {
      await known;
      if (closed) return;
      call = to;
      call.use("audio", track("audio"));
      call.use("video", track("video"));
      call.mute("audio", state.microphone !== "on");
    },
    /** @param {() => void} watcher */
    onChange: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    /** @param {(news: News) => void} hear what happened to a device, to be said in words */
    onNews: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    close: () => {
      closed = true;
      watchers.clear();
      call = null;
      document.removeEventListener("visibilitychange", returned);
      removeEventListener("pageshow", returned);
      unplug();
      closeMedia(stream);
    },
  };
}

/** @param {MediaStreamTrack | null} track */
const dead = (track) => Boolean(track && (track.readyState === "ended" || track.muted));
