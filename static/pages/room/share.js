// Showing one's screen: chosen in the browser's own window, ended there, by the same button, or with the conversation.

/** What ends the showing that goes on. @type {(() => unknown) | null} */
let end = null;

export function stopSharing() {
  if (end) end();
}

/**
 * @param {import("/static/pages/room/room.js").Call} call
 * @param {() => boolean} wanted whether there is still anybody to show it to, when the person has chosen
 * @param {(now: boolean) => void} changed
 */
export async function shareScreen(call, wanted, changed) {
  if (end) return stopSharing();
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false }).catch(() => null);
  const track = stream && stream.getVideoTracks()[0];
  if (!track) return;
  if (!wanted()) return track.stop();
  const stop = async () => {
    track.stop();
    if (end !== stop) return;
    end = null;
    await call.share(null);
    changed(false);
  };
  end = stop;
  track.addEventListener("ended", stop);
  await call.share(track);
  changed(true);
}
