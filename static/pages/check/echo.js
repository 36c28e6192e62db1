// The line check's connection: the server's peer sends back what it hears and sees, and the statistics say how well.

/** @typedef {{loss: number | null, rtt_ms: number | null, kbps: number | null}} Line */
/** @typedef {import("/static/lib/join.js").Verdict} Verdict */
/** @typedef {{open: (sdp: string) => Promise<{check: string, sdp: string}>, close: (check: string) => Promise<unknown>}} Door */

const GATHERING_MS = 1500;
const CONNECTING_MS = 8000;

/**
 * @param {MediaStream} stream @param {Door} door @param {(close: () => void) => void} born told at once, so that it can be ended before it stands
 * @returns {Promise<{heard: MediaStream, measure: (milliseconds: number) => Promise<Line>, close: () => void}>}
 * Throws the door's Refusal, or an Error("no_path") where no packet gets through.
 */
export async function openEcho(stream, door, born) {
  const peer = new RTCPeerConnection();
  const heard = new MediaStream();
  peer.addEventListener("track", (event) => heard.addTrack(event.track));
  stream.getTracks().forEach((track) => peer.addTrack(track, stream));
  let [check, closed] = ["", false];
  const close = () => {
    closed = true;
    removeEventListener("pagehide", close);
    peer.close();
    if (check) door.close(check).catch(() => undefined);
    check = "";
  };
  addEventListener("pagehide", close);
  born(close);
  try {
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const answer = await door.open(/** @type {RTCSessionDescription} */ (peer.localDescription).sdp);
    check = answer.check;
    if (closed) throw new Error("closed");
    await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await connected(peer);
  } catch (fault) {
    close();
    throw fault;
  }
  return { heard, measure: (milliseconds) => measure(peer, milliseconds), close };
}

/**
 * The thresholds of signaling/linecheck.py, for the words on the screen; a voice alone never needs the width of a picture.
 * @param {Line} line @param {boolean} picture was a picture sent too? @returns {Verdict}
 */
export function verdictOf({ loss, rtt_ms, kbps }, picture) {
  const [late, wide] = [rtt_ms || 0, kbps === null ? Infinity : kbps];
  if (loss === null || loss > 0.25 || late > 1500 || (picture && wide < 40)) return "too_weak";
  if (loss > 0.1 || late > 800 || (picture && wide < 200)) return "voice_only";
  return "good";
}

/** @param {RTCPeerConnection} peer @returns {Promise<void>} */
function gathered(peer) {
  return new Promise((done) => {
    const look = () => peer.iceGatheringState === "complete" && done();
    peer.addEventListener("icegatheringstatechange", look);
    setTimeout(done, GATHERING_MS);
    look();
  });
}

/** @param {RTCPeerConnection} peer @returns {Promise<void>} */
function connected(peer) {
  return new Promise((done, failed) => {
    const look = () => {
      if (peer.connectionState === "connected") done();
      if (peer.connectionState === "failed") failed(new Error("no_path"));
    };
    peer.addEventListener("connectionstatechange", look);
    setTimeout(() => failed(new Error("no_path")), CONNECTING_MS);
    look();
  });
}

/** @typedef {{received: number, lost: number, bytes: number, upLoss: number, rtt: number | null}} Count */

/** @param {RTCPeerConnection} peer @param {number} milliseconds @returns {Promise<Line>} */
async function measure(peer, milliseconds) {
  const step = 1000;
  let before = await count(peer);
  const first = before;
  let [kbps, upLoss] = [0, 0];
  /** @type {number | null} */ let rtt = before.rtt;
  for (let passed = 0; passed < milliseconds; passed += step) {
    await new Promise((done) => setTimeout(done, step));
    const now = await count(peer);
    kbps = Math.max(kbps, ((now.bytes - before.bytes) * 8) / step);
    upLoss = Math.max(upLoss, now.upLoss);
    rtt = now.rtt === null ? rtt : now.rtt;
    before = now;
  }
  const [received, lost] = [before.received - first.received, before.lost - first.lost];
  if (received <= 0) return { loss: null, rtt_ms: rtt, kbps: null };
  const down = Math.max(lost, 0) / (received + Math.max(lost, 0));
  return { loss: Math.round(Math.max(down, upLoss) * 1000) / 1000, rtt_ms: rtt, kbps: Math.round(kbps) };
}

/** @param {RTCPeerConnection} peer @returns {Promise<Count>} */
async function count(peer) {
  /** @type {Count} */
  const sum = { received: 0, lost: 0, bytes: 0, upLoss: 0, rtt: null };
  (await peer.getStats()).forEach((report) => {
    if (report.type === "inbound-rtp") {
      sum.received += report.packetsReceived || 0;
      sum.lost += report.packetsLost || 0;
      sum.bytes += report.bytesReceived || 0;
    }
    if (report.type === "remote-inbound-rtp") sum.upLoss = Math.max(sum.upLoss, report.fractionLost || 0);
    if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined) {
      sum.rtt = Math.round(report.currentRoundTripTime * 1000);
    }
  });
  return sum;
}
