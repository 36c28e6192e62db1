// What the browser counted: kept as sums, and compared as one quality sample of docs/protocol.md or one look of the ladder.

/** @typedef {import("../wire.d.ts").QualitySample} QualitySample */
/** @typedef {ReturnType<typeof counted>} Counts */
/** @typedef {ReturnType<typeof compared>} Look */

/**
 * The sums of a stats report. What this browser does not count is null or 0.
 * @param {RTCStatsReport} report @param {number} at
 */
export function counted(report, at) {
  /** @type {any[]} */
  const all = [];
  report.forEach((row) => all.push(row));
  /** @param {string} type @param {string} [kind] */
  const of = (type, kind) => all.filter((row) => row.type === type && (!kind || row.kind === kind));
  const [voice = {}] = of("inbound-rtp", "audio");
  const [picture = {}] = of("inbound-rtp", "video");
  const transport = all.find((row) => row.type === "transport" && row.selectedCandidatePairId);
  const pair =
    (transport && report.get(transport.selectedCandidatePairId)) ||
    all.find((row) => row.type === "candidate-pair" && row.nominated && row.state === "succeeded");
  const ends = pair ? [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)].filter(Boolean) : [];
  const codec = picture.codecId ? report.get(picture.codecId) : null;
  const inbound = of("inbound-rtp");
  const heard = of("remote-inbound-rtp");
  return {
    at,
    inBytes: sum(inbound, "bytesReceived"),
    outBytes: sum(of("outbound-rtp"), "bytesSent"),
    outFrames: sum(of("outbound-rtp", "video"), "framesEncoded"),
    voice: { lost: voice.packetsLost || 0, received: voice.packetsReceived || 0 },
    // Packets asked for again, and sent again: what was healed shows as no loss elsewhere.
    asked: voice.nackCount || 0,
    again: sum(of("outbound-rtp", "audio"), "retransmittedPacketsSent"),
    spoken: sum(of("outbound-rtp", "audio"), "packetsSent"),
    picture: { lost: picture.packetsLost || 0, received: picture.packetsReceived || 0 },
    frames: picture.framesDecoded || 0,
    samples: known(voice.totalSamplesReceived),
    concealed: Math.max(0, (voice.concealedSamples || 0) - (voice.silentConcealedSamples || 0)),
    // Anything that came in at all, checks of the path included.
    breaths: sum(inbound, "packetsReceived") + ((pair && pair.responsesReceived) || 0),
    reports: heard.map(({ id, kind, timestamp, fractionLost }) => ({ id, kind, timestamp, lost: known(fractionLost) })),
    trips: tripsOf(pair, heard),
    rtt: pair && pair.responsesReceived !== 0 && pair.currentRoundTripTime >= 0 ? pair.currentRoundTripTime * 1000 : null,
    room: pair ? known(pair.availableOutgoingBitrate) : null,
    width: known(picture.frameWidth),
    height: known(picture.frameHeight),
    fps: known(picture.framesPerSecond),
    codec: codec ? String(codec.mimeType).slice(0, 32) : null,
    /** @type {"relay" | "direct" | null} */
    path: !ends.length ? null : ends.some((end) => end.candidateType === "relay") ? "relay" : "direct",
  };
}

/** What happened between two counts. @param {Counts} now @param {Counts | null} then */
export function compared(now, then) {
  const since = then || { ...now, at: now.at - 1 };
  const ms = Math.max(1, now.at - since.at);
  const heard = Math.max(0, (now.samples || 0) - (since.samples || 0));
  return {
    ms,
    loss: lossBetween(now, since, ["voice", "picture"]),
    voiceLoss: missed(now, since),
    concealed: now.samples === null || !heard ? null : Math.min(1, Math.max(0, now.concealed - since.concealed) / heard),
    heard: now.voice.received - since.voice.received,
    seen: now.frames - since.frames,
    showing: now.picture.received - since.picture.received,
    breaths: now.breaths - since.breaths,
    inKbps: kbps(now.inBytes - since.inBytes, ms),
    outKbps: kbps(now.outBytes - since.outBytes, ms),
    outFrames: now.outFrames - since.outFrames,
    theyLost: most(...saidAnew(now, since), now.spoken > since.spoken ? (now.again - since.again) / (now.spoken - since.spoken) : null),
    trip: mean(now.trips.filter(({ id, times }) => !since.trips.some((one) => one.id === id && one.times === times))),
    room: now.room === null ? null : now.room / 1000,
  };
}

/** @param {Counts} now @param {Look} look @returns {Omit<QualitySample, "seat">} */
export function sampleOf(now, look) {
  return {
    loss: look.loss === null ? null : rounded(look.loss, 4),
    rtt_ms: now.rtt === null ? null : rounded(now.rtt, 1),
    in_kbps: rounded(look.inKbps, 1),
    out_kbps: rounded(look.outKbps, 1),
    codec: now.codec,
    width: now.width,
    height: now.height,
    fps: now.fps === null ? null : rounded(now.fps, 1),
    path: now.path,
    concealed: look.concealed === null ? null : rounded(look.concealed, 4),
  };
}

/** @param {Counts} now @param {Counts} then @param {("voice" | "picture")[]} kinds */
function lossBetween(now, then, kinds) {
  let [lost, received] = [0, 0];
  for (const kind of kinds) {
    lost += Math.max(0, now[kind].lost - then[kind].lost);
    received += Math.max(0, now[kind].received - then[kind].received);
  }
  return lost + received ? lost / (lost + received) : null;
}

/** The share of voice packets that did not come at the first try, or at all. @param {Counts} now @param {Counts} then */
function missed(now, then) {
  const [lost, received] = [Math.max(0, now.voice.lost - then.voice.lost), now.voice.received - then.voice.received];
  return lost + received > 0 ? Math.min(1, (lost + Math.max(0, now.asked - then.asked)) / (lost + received)) : null;
}

/** @param {(number | null)[]} values */
function most(...values) {
  const said = /** @type {number[]} */ (values.filter((value) => value !== null));
  return said.length ? Math.max(...said) : null;
}

/** What the other side said of our voice since: an old word says nothing of now. @param {Counts} now @param {Counts} then */
function saidAnew(now, then) {
  const fresh = now.reports.filter(({ id, timestamp }) => !then.reports.some((one) => one.id === id && one.timestamp === timestamp));
  return fresh.filter(({ kind }) => kind === "audio").map(({ lost }) => lost);
}

/** Round trips in ms with how often each was measured: a line that answers nothing keeps its old good figure. @param {any} pair @param {any[]} heard */
function tripsOf(pair, heard) {
  const said = heard.map((row) => ({ id: row.id, times: row.roundTripTimeMeasurements, ms: row.roundTripTime * 1000 }));
  if (pair) said.push({ id: pair.id, times: pair.responsesReceived, ms: pair.currentRoundTripTime * 1000 });
  return said.filter(({ ms }) => ms > 0);
}

/** @param {{ms: number}[]} trips */
function mean(trips) {
  return trips.length ? trips.reduce((total, { ms }) => total + ms, 0) / trips.length : null;
}

/** @param {any[]} rows @param {string} field */
function sum(rows, field) {
  return rows.reduce((total, row) => total + (row[field] || 0), 0);
}

/** @param {number | undefined} value */
function known(value) {
  return value === undefined ? null : value;
}

/** @param {number} bytes @param {number} ms */
function kbps(bytes, ms) {
  return Math.max(0, (bytes * 8) / ms);
}

/** @param {number} value @param {number} digits */
function rounded(value, digits) {
  return Number(value.toFixed(digits));
}
