// What the browser counted, as one quality sample of docs/protocol.md.

/** @typedef {import("../wire.d.ts").QualitySample} QualitySample */

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
