// What this person sends: microphone and camera, on or off, and from which device.

import { closeMedia, openTrack } from "/static/lib/media.js";

/** @typedef {import("/static/lib/media.js").Opened} Opened */
/** @typedef {"on" | "off" | "none"} Switch "none": the device cannot be had. */
/** @typedef {{use: (kind: "audio" | "video", track: MediaStreamTrack | null) => unknown, mute: (kind: "audio" | "video", muted: boolean) => void}} Call */
/** @typedef {ReturnType<typeof createOwn>} Own */

/** @param {Opened | null} opened */
export function createOwn(opened) {
  const stream = new MediaStream(opened ? opened.stream.getTracks() : []);
  /** @type {Call | null} */ let call = null;
  /** @type {Set<() => void>} */ const watchers = new Set();
  /** @type {Record<"audio" | "video", string | undefined>} */ const chosen = { audio: undefined, video: undefined };
  const state = {
    /** @type {Switch} */ microphone: stream.getAudioTracks().length ? "on" : "none",
    /** @type {Switch} */ camera: stream.getVideoTracks().length ? "on" : opened && opened.camera === "missing" ? "none" : "off",
    voiceOnly: false,
  };
  const changed = () => watchers.forEach((watcher) => watcher());

  /** @param {"audio" | "video"} kind */
  const track = (kind) => stream.getTracks().find((each) => each.kind === kind) || null;

  /** @param {"audio" | "video"} kind @param {MediaStreamTrack | null} next */
  function put(kind, next) {
    const before = track(kind);
    if (before) {
      stream.removeTrack(before);
      before.stop();
    }
    if (next) {
      stream.addTrack(next);
      // A headset pulled out, a camera unplugged: better to say so than to send silence.
      next.addEventListener("ended", () => track(kind) === next && lost(kind));
    }
    if (call) call.use(kind, next);
  }

  /** @param {"audio" | "video"} kind */
  async function lost(kind) {
    chosen[kind] = undefined;
    const next = await openTrack(kind).catch(() => null);
    put(kind, next);
    if (kind === "audio") state.microphone = next ? "on" : "none";
    else state.camera = next ? "on" : "none";
    changed();
  }
  stream.getTracks().forEach((each) => put(/** @type {"audio" | "video"} */ (each.kind), takeOut(stream, each)));

  async function microphone() {
    if (state.microphone === "none") {
      const found = await openTrack("audio", chosen.audio).catch(() => null);
      put("audio", found);
      state.microphone = found ? "on" : "none";
    } else state.microphone = state.microphone === "on" ? "off" : "on";
    if (call) call.mute("audio", state.microphone !== "on");
    changed();
  }

  /** The device is let go, so that its light goes out too. @param {boolean} on */
  async function camera(on) {
    const next = on ? await openTrack("video", chosen.video).catch(() => null) : null;
    put("video", next);
    state.camera = next ? "on" : on ? "none" : "off";
    if (next) state.voiceOnly = false;
    changed();
  }

  return {
    stream,
    state,
    chosen,
    track,
    microphone,
    camera: () => camera(state.camera !== "on"),
    voiceOnly: async () => {
      const only = !state.voiceOnly;
      await camera(!only);
      state.voiceOnly = only;
      changed();
    },
    /** @param {"audio" | "video"} kind @param {string} device */
    choose: async (kind, device) => {
      chosen[kind] = device;
      const next = await openTrack(kind, device).catch(() => null);
      if (!next) return false;
      put(kind, next);
      if (kind === "audio") call && call.mute("audio", state.microphone !== "on");
      else state.camera = "on";
      changed();
      return true;
    },
    /** Opened after all, in the waiting room. @param {Opened} late */
    take: (late) => {
      for (const each of late.stream.getTracks()) put(/** @type {"audio" | "video"} */ (each.kind), each);
      state.microphone = track("audio") ? "on" : "none";
      state.camera = track("video") ? "on" : late.camera === "missing" ? "none" : "off";
      changed();
    },
    /** @param {Call} to From now on changes go there. */
    sendTo: (to) => {
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
    close: () => {
      call = null;
      closeMedia(stream);
    },
  };
}

/** @param {MediaStream} stream @param {MediaStreamTrack} track */
function takeOut(stream, track) {
  stream.removeTrack(track);
  return track;
}
