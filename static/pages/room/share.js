// Showing one's screen: chosen in the browser's own window, ended there or by the same button.

/** @type {MediaStreamTrack | null} */
let shown = null;

/**
 * @param {import("/static/pages/room/room.js").Call} call
 * @param {(now: boolean) => void} changed
 */
export async function shareScreen(call, changed) {
  const stop = async () => {
    if (shown) shown.stop();
    shown = null;
    await call.share(null);
    changed(false);
  };
  if (call.sharing) return stop();
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false }).catch(() => null);
  const track = stream && stream.getVideoTracks()[0];
  if (!track) return;
  shown = track;
  track.addEventListener("ended", () => shown === track && stop());
  await call.share(track);
  changed(true);
}
