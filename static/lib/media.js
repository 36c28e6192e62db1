// Camera, microphone and loudspeaker of this device: opening them with typed faults, listing, switching, measuring loudness.

/** @typedef {"ok" | "blocked" | "missing" | "busy" | "off"} DeviceState */
/** @typedef {{stream: MediaStream, camera: DeviceState, microphone: DeviceState}} Opened */
/** @typedef {{camera?: string, microphone?: string}} Chosen Device ids picked by the person. */

// A face in conversation needs no more, and an old phone encodes it without getting hot.
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const SPEECH = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Nothing could be opened. `code`: blocked, missing, busy, insecure (no HTTPS) or unsupported (an app's own browser). */
export class MediaFault extends Error {
  /** @param {"blocked" | "missing" | "busy" | "insecure" | "unsupported"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * Opens both, or what there is of the two: a broken camera must not cost the voice.
 * @param {{video: boolean, chosen?: Chosen}} wish @returns {Promise<Opened>}
 */
export async function openMedia({ video, chosen = {} }) {
  if (!window.isSecureContext) throw new MediaFault("insecure");
  if (!window.RTCPeerConnection || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new MediaFault("unsupported");
  const audio = wish(SPEECH, chosen.microphone);
  const picture = wish({ ...PICTURE, facingMode: "user" }, chosen.camera);
  if (!video) return { stream: await open({ audio }), microphone: "ok", camera: "off" };
  try {
    return { stream: await open({ audio, video: picture }), microphone: "ok", camera: "ok" };
  } catch (fault) {
    return openOneOf(audio, picture, /** @type {MediaFault} */ (fault));
  }
}

/** @param {MediaTrackConstraints} audio @param {MediaTrackConstraints} picture @param {MediaFault} fault @returns {Promise<Opened>} */
async function openOneOf(audio, picture, fault) {
  const [camera, microphone] = await Promise.all([permission("camera"), permission("microphone")]);
  // Asking again after a plain "no" would only nag: go on with one of two only where the other alone is the obstacle.
  if (fault.code === "blocked" && camera !== "granted" && microphone !== "granted") throw fault;
  const state = fault.code === "blocked" ? "blocked" : fault.code === "busy" ? "busy" : "missing";
  if (microphone !== "denied") {
    const stream = await open({ audio }).catch(() => null);
    if (stream) return { stream, microphone: "ok", camera: state };
  }
  const stream = await open({ video: picture }).catch(() => null);
  if (stream) return { stream, microphone: state, camera: "ok" };
  throw fault;
}

/**
 * One track of one kind, for switching a device or turning the camera on later.
 * @param {"audio" | "video"} kind @param {string} [device] @returns {Promise<MediaStreamTrack>}
 */
export async function openTrack(kind, device) {
  const stream = await open(
    kind === "audio" ? { audio: wish(SPEECH, device) } : { video: wish({ ...PICTURE, facingMode: "user" }, device) },
  );
  return stream.getTracks()[0];
}

/** @param {MediaStream | null} stream */
export function closeMedia(stream) {
  if (stream) stream.getTracks().forEach((track) => track.stop());
}

/** @returns {Promise<{cameras: MediaDeviceInfo[], microphones: MediaDeviceInfo[], speakers: MediaDeviceInfo[]}>} */
export async function listDevices() {
  const all = await navigator.mediaDevices.enumerateDevices();
  /** @param {MediaDeviceKind} kind */
  const of = (kind) => all.filter((device) => device.kind === kind && device.deviceId);
  return { cameras: of("videoinput"), microphones: of("audioinput"), speakers: of("audiooutput") };
}

/** @param {() => void} told @returns {() => void} stops telling */
export function onDevicesChanged(told) {
  if (!navigator.mediaDevices || !navigator.mediaDevices.addEventListener) return () => {};
  navigator.mediaDevices.addEventListener("devicechange", told);
  return () => navigator.mediaDevices.removeEventListener("devicechange", told);
}

/** @param {"camera" | "microphone"} name @returns {Promise<"granted" | "denied" | "prompt" | "unknown">} */
export async function permission(name) {
  try {
    return (await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) })).state;
  } catch (fault) {
    return "unknown";
  }
}

/**
 * Loudness of the stream's sound, from 0 (silence) to 1 (as loud as it gets); speech lies around 0.3-0.8.
 * @param {MediaStream} stream @returns {{level: () => number, stop: () => void}}
 */
export function levelMeter(stream) {
  const context = newAudioContext();
  if (!context || !stream.getAudioTracks().length) return { level: () => 0, stop: () => {} };
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  const source = context.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
  source.connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  context.resume().catch(() => {});
  return {
    level: () => {
      analyser.getFloatTimeDomainData(wave);
      return loudness(wave);
    },
    stop: () => {
      source.disconnect();
      context.close().catch(() => {});
    },
  };
}

/** Root mean square in decibels, -60 dB … -6 dB spread over 0 … 1. @param {Float32Array} wave */
export function loudness(wave) {
  let sum = 0;
  for (const value of wave) sum += value * value;
  const decibels = 10 * Math.log10(sum / wave.length + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 54));
}

/** Three rising notes, quiet at the ends, so that the loudspeaker can be judged. @returns {Promise<void>} */
export async function playChime() {
  const context = newAudioContext();
  if (!context) return;
  await context.resume();
  [523.25, 659.25, 783.99].forEach((pitch, nth) => ring(context, pitch, context.currentTime + 0.05 + nth * 0.32));
  await new Promise((done) => setTimeout(done, 1600));
  await context.close();
}

/** @param {AudioContext} context @param {number} pitch @param {number} at */
function ring(context, pitch, at) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.35, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.65);
}

/** @returns {AudioContext | null} */
function newAudioContext() {
  const Context = window.AudioContext || /** @type {any} */ (window).webkitAudioContext;
  return Context ? new Context() : null;
}

/** @param {MediaTrackConstraints} constraints @param {string} [device] @returns {MediaTrackConstraints} */
function wish(constraints, device) {
  if (!device) return constraints;
  const { facingMode, ...rest } = constraints;
  return { ...rest, deviceId: { exact: device } };
}

/** @param {MediaStreamConstraints} constraints @returns {Promise<MediaStream>} */
async function open(constraints) {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints);
  } catch (fault) {
    throw new MediaFault(codeOf(/** @type {DOMException} */ (fault).name));
  }
}

/** @param {string} name of the DOMException (Media Capture and Streams, 10.4) */
function codeOf(name) {
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "missing";
}
