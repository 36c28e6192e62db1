// Notes when pictures of the other side are shown: `__frames.first` one instant per connection, `__frames.gap()` the longest pause.
(() => {
  const remote = new WeakMap(); // track -> number of its connection
  const watched = new WeakSet();
  const frames = { first: [], last: 0, longest: 0, since: 0 };
  const now = () => performance.timeOrigin + performance.now();
  let connections = 0;

  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = function (...settings) {
    const connection = new Original(...settings);
    const number = connections++;
    connection.addEventListener("track", (event) => {
      if (event.track.kind === "video") remote.set(event.track, number);
    });
    return connection;
  };
  window.RTCPeerConnection.prototype = Original.prototype;
  window.RTCPeerConnection.generateCertificate = Original.generateCertificate;

  function shown(track) {
    const at = now();
    const number = remote.get(track);
    frames.first[number] ??= at;
    if (frames.last) frames.longest = Math.max(frames.longest, at - frames.last);
    frames.last = at;
  }

  function watch(video, track) {
    if (watched.has(track)) return;
    watched.add(track);
    const next = () => {
      shown(track);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  }

  function look() {
    for (const video of document.querySelectorAll("video")) {
      for (const track of video.srcObject?.getVideoTracks?.() ?? []) if (remote.has(track)) watch(video, track);
    }
    setTimeout(look, 4);
  }
  look();

  window.__frames = {
    first: () => frames.first.filter(Boolean).at(-1) ?? null,
    last: () => frames.last,
    begin: () => {
      frames.longest = 0;
    },
    gap: () => Math.max(frames.longest, frames.last ? now() - frames.last : 0),
  };
})();
