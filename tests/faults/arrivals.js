// Notes when pictures and sound of the other side arrive, over all peer connections a page ever makes: `__arrivals.after(instant)`.
(() => {
  const Original = window.RTCPeerConnection;
  const kept = (window.__connections = []);
  window.RTCPeerConnection = class extends Original {
    constructor(...settings) {
      super(...settings);
      kept.push({ connection: this, video: 0, audio: 0 });
    }
  };
  const came = { video: [], audio: [] };

  async function look() {
    for (const one of kept) {
      if (one.connection.signalingState === "closed") continue;
      for (const row of (await one.connection.getStats()).values()) {
        if (row.type !== "inbound-rtp") continue;
        const count = row.kind === "video" ? row.framesDecoded || 0 : row.packetsReceived || 0;
        if (count > one[row.kind]) came[row.kind].push(Date.now());
        one[row.kind] = count;
      }
    }
    setTimeout(look, 50);
  }
  look();

  window.__arrivals = {
    /** When the first picture and the first sound after that instant came, or null when one of them did not. */
    after(instant) {
      const first = ["video", "audio"].map((kind) => came[kind].find((at) => at > instant));
      return first.every(Boolean) ? Math.max(...first) : null;
    },
  };
})();
