// The conversation on the screen, the same for both sides: the other large, oneself small, big buttons, and every state in words.

import { announce, el, fill, leadTo, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { createChat } from "/static/pages/room/chat.js";
import { createLight, levelOf } from "/static/pages/room/light.js";

/** @typedef {import("/static/lib/signaling.js").Signaling} Signaling */
/** @typedef {import("/static/lib/wire.d.ts").SeatView} SeatView */
/** @typedef {import("/static/lib/call/call.js").PeerState} PeerState */
/** @typedef {ReturnType<typeof import("/static/lib/call/call.js").createCall>} Call */
/** @typedef {import("/static/pages/room/own.js").Own} Own */
/**
 * @typedef {object} Parts
 * @property {Signaling} line @property {Call} call @property {Own} own
 * @property {string} phone of the office, for "I cannot hear you"
 * @property {string} other a name until the room tells it
 * @property {() => void} leave
 * @property {() => {words: string, act?: HTMLElement}} [absent] what to say, and perhaps offer, while the other has not come in
 */

// Long enough that a hiccup of the line does not flash a sentence over a face.
const HICCUP_MS = 900;
const SOON_MS = 4000;

/** @param {HTMLElement} host @param {Parts} parts @returns {() => void} takes the room down */
export function openRoom(host, { line, call, own, phone, other, leave, absent }) {
  const view = build(other);
  /** @type {PeerState} */ let peer = "connecting";
  let [soundRefused, down] = [false, false];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let hiccup;
  const panels = createPanels(view);
  const tools = {
    microphone: tool("microphone", () => own.microphone(), "switch"),
    camera: tool("camera", () => own.camera(), "switch"),
    voice: tool("voice", () => own.voiceOnly(), "switch"),
    chat: tool("chat", () => panels.toggle("chat", tools.chat)),
    devices: tool("devices", () => openDevices()),
    full: tool("full", () => fullScreen(view.part)),
    help: tool("help", () => openHelp()),
    leave: tool("leave", leave),
  };
  const soundOn = el("button", { class: "button primary big", type: "button", "data-test": "sound-on", onclick: turnSoundOn }, icon("voice"), say("room.sound_on"));
  const badge = el("span", { class: "badge", hidden: true });
  tools.chat.append(badge);
  const chat = createChat(line, (unread) => {
    badge.hidden = !unread;
    badge.textContent = String(unread);
  });
  panels.add("chat", chat.part, chat.opened, chat.closed);
  const more = tool("more", () => more.setAttribute("aria-expanded", String(view.bar.classList.toggle("all"))));
  more.setAttribute("aria-expanded", "false");
  tools.full.hidden = !canFullScreen(view.part);
  const rare = el("div", { class: "rare" }, tools.voice, tools.devices, tools.full);
  fill(view.bar, tools.microphone, tools.camera, tools.chat, tools.help, rare, more, tools.leave);

  async function openDevices() {
    const part = panels.has("devices") ? null : await import("/static/pages/room/devices.js").catch(() => null);
    if (part) panels.add("devices", part.devicePanel(own, view.remote));
    panels.toggle("devices", tools.devices);
  }
  async function openHelp() {
    const part = panels.has("help") ? null : await import("/static/pages/room/help.js").catch(() => null);
    const acts = { sound: turnSoundOn, microphone: () => own.microphone(), voice: () => own.voiceOnly() };
    if (part) panels.add("help", part.helpPanel(line, acts, phone));
    panels.toggle("help", tools.help);
  }

  function turnSoundOn() {
    view.remote.muted = false;
    view.remote.play().then(() => heard(false), () => heard(true));
  }
  /** @param {boolean} refused */
  function heard(refused) {
    soundRefused = refused;
    showState();
  }

  /** The one whose face is large: the specialist for a guest, the client for her. @returns {SeatView | null} */
  function theirs() {
    const { you } = line;
    const seats = line.view && you ? line.view.seats.filter((seat) => seat.seat !== you.seat && seat.admitted) : [];
    return seats.find((seat) => seat.role !== "companion") || seats[0] || null;
  }

  function showState() {
    const seat = theirs();
    const name = seat ? seat.name : other;
    view.name.textContent = name;
    view.initials.textContent = initialsOf(name);
    const here = Boolean(seat && seat.here);
    view.part.dataset.peer = here ? peer : "gone";
    view.remoteOff.hidden = here && peer !== "connecting" && Boolean(seat && seat.media.video) && !own.state.voiceOnly;
    view.muted.hidden = !here || !seat || seat.media.audio;
    showNotice(noticeOf(here, name));
    view.initials.hidden = view.remoteWord.hidden = !view.notice.hidden;
    view.light.part.hidden = !seat;
    view.small.textContent = line.state !== "up" && peer === "connected" ? say("room.line_down") : "";
    view.small.hidden = !view.small.textContent;
    if (peer !== "connected" || !here) view.light.show("wait");
  }

  /** @param {boolean} here @param {string} name @returns {{words: string, act?: HTMLElement, waits?: boolean}} */
  function noticeOf(here, name) {
    if (!theirs() && absent && line.state === "up") return absent();
    if (!here) return { words: say(line.state === "up" ? "room.paused" : "room.reconnecting", { name }), waits: true };
    if (peer === "connecting") return { words: say("room.connecting", { name }), waits: true };
    if (peer === "interrupted") return { words: say("room.interrupted"), waits: true };
    return soundRefused ? { words: say("room.sound_refused"), act: soundOn } : { words: "" };
  }

  /** Drawn anew only when the words change: a button under the finger must stay. @param {ReturnType<typeof noticeOf>} notice */
  function showNotice({ words, act, waits }) {
    view.notice.hidden = !words;
    if (view.notice.dataset.words === words) return;
    view.notice.dataset.words = words;
    fill(view.notice, words && el("p", {}, words), act, waits && dots());
  }

  function showOwn() {
    const { microphone, camera, voiceOnly } = own.state;
    state(tools.microphone, microphone === "on", "microphone", say(`room.microphone_${microphone}`));
    state(tools.camera, camera === "on", "camera", say(`room.camera_${camera}`));
    state(tools.voice, voiceOnly, "voice", "");
    view.self.srcObject = own.stream;
    view.selfBox.dataset.camera = camera;
    view.selfWord.textContent = microphone === "on" ? say(camera === "on" ? "room.you" : "room.you_voice") : say("room.you_muted");
    view.selfBox.classList.toggle("muted", microphone !== "on");
    showState();
  }

  /** @param {{seat: number, stream: MediaStream}} arrived */
  function play({ seat, stream }) {
    const main = theirs();
    if (main && main.seat !== seat) return;
    view.remote.srcObject = stream;
    view.remote.play().then(() => heard(false), (fault) => fault.name === "NotAllowedError" && heard(true));
  }

  const off = [
    call.on("stream", play),
    call.on("state", ({ seat, state: next }) => {
      const main = theirs();
      if (main && main.seat !== seat) return;
      clearTimeout(hiccup);
      const show = () => {
        if (next === "connected" && peer !== "connected") announce(say("room.connected"));
        if (next === "connected") view.light.show("good");
        peer = next === "gone" ? "connecting" : next;
        showState();
      };
      if (next === "interrupted") hiccup = setTimeout(show, HICCUP_MS);
      else show();
    }),
    call.on("sample", (sample) => peer === "connected" && view.light.show(levelOf(sample))),
    line.on("room", showState),
    line.on("line", showState),
    own.onChange(showOwn),
  ];
  const known = call.peers()[0];
  if (known) {
    peer = known.state;
    play(known);
  }
  showOwn();
  fill(host, view.part);
  host.dataset.step = "room";
  leadTo(host);
  view.self.play().catch(() => undefined);
  // What can come later leaves the line to the first picture; what is needed on demand is there before somebody is lost.
  let sleep = () => {};
  const soon = setTimeout(async () => {
    await Promise.all([import("/static/pages/room/devices.js"), import("/static/pages/room/help.js")]).catch(() => undefined);
    const awake = await import("/static/pages/room/awake.js").catch(() => null);
    if (awake && !down) sleep = awake.stayAwake();
  }, SOON_MS);

  return () => {
    down = true;
    clearTimeout(soon);
    clearTimeout(hiccup);
    off.forEach((undo) => undo());
    sleep();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  };
}

/** @param {string} other */
function build(other) {
  const remote = el("video", { id: "remote", autoplay: true, "data-test": "remote" });
  const self = el("video", { id: "self", autoplay: true, muted: true, "data-test": "self" });
  for (const video of [remote, self]) video.setAttribute("playsinline", "");
  remote.setAttribute("aria-label", say("room.remote_picture"));
  self.setAttribute("aria-label", say("room.self_picture"));
  const light = createLight();
  const [name, selfWord, remoteWord] = [el("b", {}, other), el("span", { class: "self-word" }), el("p", {}, say("room.other_voice"))];
  const initials = el("span", { class: "initials", "aria-hidden": "true" });
  const muted = el("p", { class: "chip", hidden: true }, icon("microphone-off"), say("room.other_muted"));
  const small = el("p", { class: "chip", hidden: true, role: "status" });
  const remoteOff = el("div", { class: "remote-off" }, initials, remoteWord);
  const notice = el("div", { class: "room-notice", role: "status" });
  const selfBox = el("div", { class: "self-box" }, self, selfWord);
  const bar = el("div", { class: "bar", role: "group", "aria-label": say("room.controls") });
  const panel = el("section", { class: "panel", hidden: true, "aria-labelledby": "panel-title" });
  const top = el("div", { class: "room-top" }, el("p", { class: "who" }, name), light.part, muted, small);
  const stage = el("div", { class: "stage" }, remoteOff, remote, top, notice, selfBox);
  const part = el("div", { class: "room" }, el("h1", { class: "visually-hidden" }, say("room.heading", { name: other })), stage, panel, bar);
  return { part, remote, self, selfBox, selfWord, name, initials, muted, small, remoteOff, notice, bar, panel, light, remoteWord };
}

/** A sheet beside (or on a phone over) the picture; one at a time. @param {{panel: HTMLElement, part: HTMLElement}} view */
function createPanels({ panel, part }) {
  /** @type {Map<string, {content: HTMLElement, opened?: () => void, closed?: () => void}>} */
  const known = new Map();
  let current = "";
  /** @type {HTMLElement | null} */ let opener = null;
  const close = () => {
    const was = known.get(current);
    current = "";
    panel.hidden = true;
    part.classList.remove("with-panel");
    if (was && was.closed) was.closed();
    if (opener) opener.focus();
    if (opener) opener.setAttribute("aria-expanded", "false");
  };
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  return {
    /** @param {string} name */
    has: (name) => known.has(name),
    /** @param {string} name @param {HTMLElement} content @param {() => void} [opened] @param {() => void} [closed] */
    add: (name, content, opened, closed) => void known.set(name, { content, opened, closed }),
    /** @param {string} name @param {HTMLElement} from */
    toggle: (name, from) => {
      const again = current === name;
      if (current) close();
      const next = known.get(name);
      if (again || !next) return;
      [current, opener] = [name, from];
      const title = el("h2", { id: "panel-title", tabIndex: -1 }, say(`room.${name}`));
      const shut = el("button", { class: "button small", type: "button", onclick: close }, icon("close"), say("room.close"));
      fill(panel, el("div", { class: "panel-head" }, title, shut), next.content);
      panel.hidden = false;
      part.classList.add("with-panel");
      from.setAttribute("aria-expanded", "true");
      title.focus();
      if (next.opened) next.opened();
    },
  };
}

/** A big button with its word under the picture. @param {string} name @param {() => void} act @param {string} [role] */
function tool(name, act, role) {
  const button = el("button", { class: `tool tool-${name}`, type: "button", "data-test": name, onclick: act }, icon(name), el("span", { class: "word" }, say(`room.${name}`)));
  if (role) button.setAttribute("role", role);
  return button;
}

/** @param {HTMLElement} button @param {boolean} on @param {string} name @param {string} word */
function state(button, on, name, word) {
  const off = !on && name !== "voice";
  button.setAttribute("aria-checked", String(on));
  button.classList.toggle("is-off", off);
  button.classList.toggle("is-on", on);
  fill(button, icon(off ? `${name}-off` : name), el("span", { class: "word" }, say(`room.${name}`)), off && el("span", { class: "state" }, word));
}

const dots = () => el("div", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));

/** @param {string} name */
function initialsOf(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => word.charAt(0)).join("").toUpperCase();
}

/** @param {HTMLElement} part */
const canFullScreen = (part) => Boolean(part.requestFullscreen || /** @type {any} */ (part).webkitRequestFullscreen);

/** @param {HTMLElement} part */
function fullScreen(part) {
  const page = /** @type {any} */ (document);
  if (page.fullscreenElement || page.webkitFullscreenElement) return (page.exitFullscreen || page.webkitExitFullscreen).call(page);
  return (part.requestFullscreen || /** @type {any} */ (part).webkitRequestFullscreen).call(part);
}
