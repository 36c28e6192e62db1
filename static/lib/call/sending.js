// What a sender of pictures may take of the line: bits, frames and size for each rung, set without any negotiation.

/** @typedef {import("./ladder.js").Rung} Rung */
/** @typedef {{bits: number, frames: number, lines: number}} Budget `lines`: the height of the picture at most; 0: as it comes */

// A face stays readable at 180 lines; letters on a shared screen need every line and few frames.
/** @type {Record<Exclude<Rung, "voice">, Budget>} */
const FACE = {
  high: { bits: 1200000, frames: 30, lines: 0 },
  low: { bits: 260000, frames: 20, lines: 360 },
  tiny: { bits: 75000, frames: 15, lines: 180 },
};
/** @type {Record<Exclude<Rung, "voice">, Budget>} */
const SCREEN = {
  high: { bits: 1500000, frames: 8, lines: 0 },
  low: { bits: 260000, frames: 4, lines: 0 },
  tiny: { bits: 75000, frames: 2, lines: 720 },
};

/** @type {WeakMap<RTCRtpSender, string>} what was asked of each last */
const asked = new WeakMap();

/** No picture at all. */
const SILENT = { active: false };

/**
 * Encoding parameters for one of `peers` connections that share our line and processor.
 * @param {{rung: Rung, screen: boolean, height: number, peers: number}} wanted
 */
export function parametersOf({ rung, screen, height, peers }) {
  if (rung === "voice") return SILENT;
  const { bits, frames, lines } = (screen ? SCREEN : FACE)[rung];
  const most = lines || (peers > 1 && !screen ? 360 : 0);
  return {
    active: true,
    maxBitrate: Math.round(bits / Math.max(1, peers)),
    maxFramerate: frames,
    scaleResolutionDownBy: most && height > most ? height / most : 1,
  };
}

/**
 * Null when nothing is to be changed: the caller need not wait. A browser that cannot do it sends as it likes.
 * @param {RTCRtpSender} sender @param {Record<string, unknown>} wanted @param {string} [preference] @returns {Promise<void> | null}
 */
function set(sender, wanted, preference) {
  const parameters = /** @type {any} */ (sender.getParameters());
  const [encoding] = parameters.encodings || [];
  if (!encoding || Object.entries(wanted).every(([name, value]) => encoding[name] === value)) return null;
  // What a browser does not take it will not take the next time either.
  const words = JSON.stringify(wanted);
  if (asked.get(sender) === words && encoding.active === (wanted.active ?? encoding.active)) return null;
  asked.set(sender, words);
  Object.assign(encoding, wanted);
  if (wanted.active) delete encoding.codec;
  if (preference) parameters.degradationPreference = preference;
  return sender.setParameters(parameters).catch(() => {});
}

/** Letters must stay sharp, a face must keep moving. @param {RTCRtpSender} sender @param {ReturnType<typeof parametersOf>} wanted @param {boolean} screen */
export function tune(sender, wanted, screen) {
  return wanted === SILENT ? hush(sender) : set(sender, wanted, screen ? "maintain-resolution" : "maintain-framerate");
}

/**
 * Stops the picture and forgets it. An encoding that is only inactive still sends again what the other side misses, for twenty
 * seconds and more than a weak line bears; under the name of another codec there is nothing left to send again.
 * @param {RTCRtpSender} sender
 */
export function hush(sender) {
  const { codecs = [] } = /** @type {any} */ (sender.getParameters());
  const [first, ...others] = codecs.filter((/** @type {any} */ { mimeType }) => !/rtx|red|ulpfec|flexfec/i.test(mimeType));
  const other = others.find((/** @type {any} */ { mimeType }) => mimeType !== first.mimeType);
  if (!other) return set(sender, SILENT);
  const { mimeType, clockRate, sdpFmtpLine } = other;
  const [encoding] = sender.getParameters().encodings || [];
  if (encoding && encoding.active === false) return null;
  const told = set(sender, { ...SILENT, codec: { mimeType, clockRate, ...(sdpFmtpLine ? { sdpFmtpLine } : {}) } });
  // Where an encoding may not change its codec, to be silent is enough.
  return told && told.then(() => (sender.getParameters().encodings[0].active ? set(sender, SILENT) : null)).then(() => {});
}

/** Voice goes before picture, in this browser's queue and where the network reads such marks. @param {RTCRtpSender} sender */
export function goFirst(sender) {
  return set(sender, { priority: "high", networkPriority: "high" });
}
