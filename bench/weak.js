// Watches a page's call from outside: forces it through the relay named in `__relay`, and counts what is heard and seen.
//
//   __weak.now()          counts of the newest connection that was made: samples heard and concealed, frames, bytes, round trip
//   __weak.gaps()         longest stretch in ms without any real sound, and without a new picture, since the last asking
//   __weak.arrivals(at)   when sound came first after that instant; null before it does
//   __weak.record(s)      what is heard for so many seconds, as text of 16-bit samples at 10 kHz
// A page that tells people why the picture stands puts that into `__said`: such a stretch is not counted as frozen.
(() => {
  const relay = /** @type {any} */ (window).__relay;
  const connections = [];
  const clock = () => performance.timeOrigin + performance.now();
  const LOOK_MS = 100;
  const CONCEALED = 0.9;
  const state = { sound: 0, still: 0, soundGap: 0, stillGap: 0, lastFrame: 0, packets: new WeakMap(), frames: 0 };
  /** @type {{at: number, heard: number} | null} */
  let before = null;
  /** @type {number[]} instants at which new sound packets had come */
  let came = [];

  const Original = window.RTCPeerConnection;
  const through = (settings) => ({ ...settings, iceServers: [relay], iceTransportPolicy: "relay" });
  class Relayed extends Original {
    constructor(settings) {
      super(through(settings));
      connections.push(this);
    }
    setConfiguration(settings) {
      super.setConfiguration(through(settings));
    }
  }
  if (relay) window.RTCPeerConnection = Relayed;

  const newest = () => connections.filter((each) => each.connectionState !== "closed").at(-1) || null;

  async function rows(connection) {
    return [...(await connection.getStats()).values()];
  }

  function inbound(all, kind) {
    return all.find((row) => row.type === "inbound-rtp" && row.kind === kind) || {};
  }

  async function now() {
    const connection = newest();
    if (!connection) return null;
    const all = await rows(connection);
    const sound = inbound(all, "audio");
    const picture = inbound(all, "video");
    const pair = all.find((row) => row.type === "candidate-pair" && row.nominated && row.state === "succeeded") || {};
    const outbound = all.filter((row) => row.type === "outbound-rtp");
    return {
      at: clock(),
      number: connections.indexOf(connection),
      state: connection.connectionState,
      heard: sound.totalSamplesReceived || 0,
      concealed: sound.concealedSamples || 0,
      silent: sound.silentConcealedSamples || 0,
      packets: sound.packetsReceived || 0,
      lost: sound.packetsLost || 0,
      discarded: sound.packetsDiscarded || 0,
      fec: sound.fecPacketsReceived || 0,
      jitterBuffer: sound.jitterBufferDelay || 0,
      emitted: sound.jitterBufferEmittedCount || 0,
      frames: picture.framesDecoded || 0,
      width: picture.frameWidth || 0,
      inBytes: (sound.bytesReceived || 0) + (sound.headerBytesReceived || 0),
      pictureBytes: (picture.bytesReceived || 0) + (picture.headerBytesReceived || 0),
      rtt: pair.currentRoundTripTime || 0,
      outSound: outbound.filter((row) => row.kind === "audio").reduce((sum, row) => sum + row.bytesSent, 0),
      outPicture: outbound.filter((row) => row.kind === "video").reduce((sum, row) => sum + row.bytesSent, 0),
    };
  }

  /** Ten times a second: how long it has been without real sound, and without a new picture. */
  async function look() {
    const connection = newest();
    const all = connection ? await rows(connection).catch(() => []) : [];
    const sound = inbound(all, "audio");
    const frames = inbound(all, "video").framesDecoded || 0;
    const at = clock();
    if (sound.totalSamplesReceived && sound.packetsReceived) heard(connection, sound, at);
    seen(frames, at);
    setTimeout(look, LOOK_MS);
  }

  function heard(connection, sound, at) {
    const real = sound.totalSamplesReceived - sound.concealedSamples;
    const last = state.packets.get(connection) || { total: 0, real: 0, packets: 0 };
    const total = sound.totalSamplesReceived - last.total;
    if (total > 0) {
      const share = 1 - (real - last.real) / total;
      state.sound = share >= CONCEALED ? state.sound + (total / 48000) * 1000 : 0;
      state.soundGap = Math.max(state.soundGap, state.sound);
    }
    if (sound.packetsReceived > last.packets) came.push(at);
    state.packets.set(connection, { total: sound.totalSamplesReceived, real, packets: sound.packetsReceived });
  }

  function seen(frames, at) {
    if (frames !== state.frames || window.__said) state.lastFrame = at;
    state.frames = frames;
    if (state.lastFrame) state.stillGap = Math.max(state.stillGap, at - state.lastFrame);
  }

  function gaps() {
    const found = { sound: state.soundGap, still: state.stillGap };
    Object.assign(state, { soundGap: 0, stillGap: 0, sound: 0 });
    return found;
  }

  async function record(seconds) {
    const context = new AudioContext({ sampleRate: 10000 });
    const track = newest()
      .getReceivers()
      .find((receiver) => receiver.track.kind === "audio").track;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const code = `registerProcessor("tape", class extends AudioWorkletProcessor {
      process([input]) { if (input[0]) this.port.postMessage(input[0].slice()); return true; } });`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    const tape = new AudioWorkletNode(context, "tape");
    const samples = new Int16Array(Math.round(seconds * context.sampleRate));
    let filled = 0;
    await context.resume();
    await new Promise((done) => {
      tape.port.onmessage = ({ data }) => {
        for (const value of data) {
          if (filled < samples.length) samples[filled++] = Math.max(-1, Math.min(1, value)) * 32767;
        }
        if (filled === samples.length) done(undefined);
      };
      source.connect(tape).connect(context.destination);
    });
    await context.close();
    let text = "";
    const bytes = new Uint8Array(samples.buffer);
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  }

  look();
  /** @type {any} */ (window).__weak = {
    connections,
    now,
    gaps,
    record,
    arrivals: (at) => came.find((each) => each > at) || null,
    clock,
  };
})();
