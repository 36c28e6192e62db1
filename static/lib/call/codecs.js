// Which codecs an offer names: a browser lists some twenty forms of five, 150 bytes each, in every offer over a weak line. Three are
// enough: one that every browser has (RFC 7742 asks for VP8 and H.264 both), one that phones do in hardware, and one that is smaller.

const BASELINE = /profile-level-id=42e0/i;
const WHOLE_FRAMES = /packetization-mode=1/;

/** @param {{mimeType: string, sdpFmtpLine?: string}} codec */
function wanted({ mimeType, sdpFmtpLine = "" }) {
  const name = mimeType.toLowerCase();
  if (name === "video/h264") return BASELINE.test(sdpFmtpLine) && WHOLE_FRAMES.test(sdpFmtpLine);
  if (name === "video/vp9") return !sdpFmtpLine || /profile-id=0/.test(sdpFmtpLine);
  return /vp8|rtx|red|ulpfec/.test(name);
}

/**
 * Before the offer is made. Where the browser cannot be asked, or would not have VP8, its own list stays. So it does in Firefox (ESR 140):
 * it names few by itself, and after a list of ours no picture of the other side came to it.
 * @param {RTCRtpTransceiver} transceiver
 */
export function nameFewCodecs(transceiver) {
  if (navigator.userAgent.includes("Firefox")) return;
  if (!transceiver.setCodecPreferences || !window.RTCRtpReceiver || !RTCRtpReceiver.getCapabilities) return;
  const known = RTCRtpReceiver.getCapabilities("video");
  const codecs = known ? known.codecs.filter(wanted) : [];
  if (!codecs.some(({ mimeType }) => /vp8/i.test(mimeType))) return;
  try {
    transceiver.setCodecPreferences(codecs);
  } catch (fault) {
    // An older browser takes its own list only.
  }
}
