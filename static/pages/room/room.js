// The conversation on the screen, the same for all: one large, the others small, big buttons, and every state in words.

import { announce, el, fill, leadTo, locale, phoneLink, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { callButton } from "/static/pages/room/calling.js";
import { createLight, levelOf } from "/static/pages/room/light.js";
import { createSaying, sayingOf } from "/static/pages/room/saying.js";
import { createSeats, othersIn } from "/static/pages/room/seats.js";

/** @typedef {import("/static/lib/signaling.js").Signaling} Signaling */
/** @typedef {import("/static/lib/call/peer.js").PeerState} PeerState */
/** @typedef {ReturnType<typeof import("/static/lib/call/call.js").createCall>} Call */
/** @typedef {import("/static/pages/room/own.js").Own} Own */
/** @typedef {import("/static/pages/room/saying.js").Step} Step */
/** @typedef {import("/static/pages/room/saying.js").Limit} Limit */
/**
 * @typedef {object} Parts
 * @property {Signaling} line @property {Call} call @property {Own} own
 * @property {string} phone whom to ring when nothing else helps: the office for a guest, the client for the specialist
 * @property {string} [number] where a guest is rung, as far as he may see it
 * @property {string} other a name until the room tells it
 * @property {boolean} leads the specialist's own page
 * @property {() => void} leave
 * @property {() => void} [another] opens what books another time
 * @property {() => Absent} [absent] what to say, and perhaps offer, while the other has not come in
 */
/** @typedef {{words: string, next?: string, act?: HTMLElement | null}} Absent */
/** @typedef {{id: string, words: string, next?: string, acts?: (HTMLElement | null)[], waits?: boolean, phone?: boolean}} Notice `waits`: nothing to press */

// Long enough that a hiccup of the line does not flash a sentence over a face.
const HICCUP_MS = 900;
// What is needed only on demand leaves the line to the first picture.
const SOON_MS = 2500;

/** @param {HTMLElement} host @param {Parts} parts @returns {() => void} takes the room down */
export function openRoom(host, { line, call, own, phone, number, other, leads, leave, another, absent }) {
  const view = build(other);
  /** @type {Map<number, PeerState>} */ const states = new Map();
  /** @type {Map<number, Step>} */ const steps = new Map();
  /** @type {Map<number, {frozen: boolean, silent: boolean}>} */ const stalls = new Map();
  /** @type {Map<number, ReturnType<typeof setTimeout>>} */ const hiccups = new Map();
  /** Lines that came before there was a place for them. @type {import("/static/lib/wire.d.ts").ChatLine[]} */ const fresh = [];
  /** @type {Limit} */ let chosen = "auto";
  let [down, sharing, byPhone, hadCamera] = [false, false, false, false];
  const panels = createPanels(view);
  const saying = createSaying(() => open("choose"));
  const seats = createSeats(view.people, { line, other, unseen, changed: () => show() });
  const light = createLight();
  view.top.append(light.part, view.muted, view.small, saying.part);
  const tools = {
    microphone: tool("microphone", () => own.microphone(), "switch"),
    camera: tool("camera", () => own.camera(), "switch"),
    chat: tool("chat", () => open("chat")),
    help: tool("help", () => open("help")),
    choose: tool("choose", () => open("choose")),
    devices: tool("devices", () => open("devices")),
    share: tool("share", () => share()),
    full: tool("full", () => fullScreen(view.part)),
    leave: tool("leave", leave),
  };
  const soundOn = el("button", { class: "button primary big", type: "button", "data-test": "sound-on", onclick: () => seats.sound() }, icon("voice"), say("room.sound_on"));
  const ownOn = el("button", { class: "button primary big", type: "button", "data-test": "own-sound-on", onclick: soundBack }, icon("microphone"), say("room.sound_on"));
  const toVideo = el("button", { class: "button primary big", type: "button", "data-test": "phone-off", onclick: () => telephone(false) }, icon("camera"), say("room.phone_back"));
  const toPhone = leads
    ? el("button", { class: "button primary big", type: "button", "data-test": "relay-phone", onclick: () => telephone(true) }, icon("phone"), say("room.choose_phone"))
    : callButton(line, "phone", { look: "primary" });
  const badge = el("span", { class: "badge", hidden: true });
  tools.chat.append(badge);
  const more = tool("more", () => more.setAttribute("aria-expanded", String(view.bar.classList.toggle("all"))));
  more.setAttribute("aria-expanded", "false");
  tools.full.hidden = !canFullScreen(view.part);
  tools.share.hidden = !canShare();
  const rare = el("div", { class: "rare" }, tools.choose, tools.devices, tools.share, tools.full);
  fill(view.bar, tools.microphone, tools.camera, tools.chat, tools.help, rare, more, tools.leave);

  /** @type {Promise<typeof import("/static/pages/room/later.js")> | null} */ let brought = null;
  /** The second part of the page; asked for again where the line dropped it. */
  function later() {
    brought = brought || import("/static/pages/room/later.js");
    brought.catch(() => (brought = null));
    return brought;
  }

  /** @param {"chat" | "help" | "choose" | "devices"} name */
  async function open(name) {
    const part = await later().catch(() => null);
    if (!part || down) return;
    furnish(part);
    view.bar.classList.remove("all");
    more.setAttribute("aria-expanded", "false");
    panels.toggle(name, tools[name]);
  }

  /** @param {typeof import("/static/pages/room/later.js")} part */
  function furnish(part) {
    if (panels.has("chat")) return;
    const chat = part.createChat(line, fresh, (unread) => {
      badge.hidden = !unread;
      badge.textContent = String(unread);
    });
    panels.add("chat", chat.part, chat.opened, chat.closed);
    panels.add("help", part.helpPanel(line, { sound: soundBack, microphone: () => own.microphone(), choose: () => open("choose") }, leads ? "" : phone, leads));
    panels.add("devices", part.devicePanel(own, seats.videos));
    const acts = { choose, telephone: leads ? () => telephone(true) : null, another: another || null, close: panels.close };
    panels.add("choose", part.choicePanel(line, acts, () => chosen));
  }

  /** @param {number} seat */
  function unseen(seat) {
    const step = steps.get(seat);
    return Boolean(step && step.gets === "voice");
  }

  /** What this person may have it like; the camera is let go with "voice only". @param {Limit} limit */
  async function choose(limit) {
    if (limit === "voice" && chosen !== "voice") hadCamera = own.state.camera === "on";
    const back = chosen === "voice" && limit !== "voice" && hadCamera;
    chosen = limit;
    call.choose(limit);
    if (limit === "voice") await own.picture(false);
    else if (back && !byPhone) await own.picture(true);
    show();
  }

  /** @param {boolean} on */
  async function telephone(on) {
    toVideo.disabled = true;
    await line.ask("phone", { on }).catch(() => undefined);
    toVideo.disabled = false;
  }

  /** What is shown of the screen ends with the conversation here, and with its picture. */
  const unshare = () => sharing && later().then((part) => part.stopSharing());

  async function share() {
    const part = await later().catch(() => null);
    if (part && !down) await part.shareScreen(call, () => !down && !byPhone, (now) => {
      sharing = now;
      tools.share.setAttribute("aria-pressed", String(now));
      tools.share.classList.toggle("is-on", now);
      show();
    });
  }

  /** One press for both directions: own microphone taken afresh, the others heard again. */
  async function soundBack() {
    seats.sound();
    await own.again();
  }

  function show() {
    seats.show();
    const { main } = seats;
    const name = main ? main.name : other;
    const here = Boolean(main && main.here);
    const peer = (main && states.get(main.seat)) || "connecting";
    const stall = (main && stalls.get(main.seat)) || { frozen: false, silent: false };
    view.name.textContent = name;
    view.part.dataset.peer = here ? peer : "gone";
    view.part.dataset.rung = (main && main.media.rung) || "high";
    view.muted.hidden = byPhone || !here || !main || main.media.audio;
    view.selfBox.hidden = byPhone;
    view.small.textContent = line.state !== "up" && peer === "connected" ? say("room.line_down") : "";
    view.small.hidden = !view.small.textContent;
    light.part.hidden = byPhone || !main;
    // Good until a sample says otherwise.
    if (peer !== "connected" || !here) light.show("wait");
    else if (light.level === "wait") light.show("good");
    const notice = noticeOf(here, peer, name);
    view.part.classList.toggle("spoken", Boolean(notice));
    showNotice(notice);
    const step = (main && steps.get(main.seat)) || null;
    const facts = { main: here && peer === "connected" ? main : null, step, chosen, ...stall, own: own.state.camera === "on", sharing };
    saying.show(byPhone ? null : sayingOf(facts), name);
  }

  /** @param {boolean} here @param {PeerState} peer @param {string} name @returns {Notice | null} */
  function noticeOf(here, peer, name) {
    if (byPhone) return phoneNotice(name);
    const { audio } = own.state.trouble;
    if (audio) return { id: `own_${audio}`, words: say(`room.own_${audio}`), next: say(`room.own_${audio}_next`), acts: [ownOn] };
    if (!othersIn(line).length && absent && line.state === "up") {
      const { words, next, act } = absent();
      return { id: `absent ${words}`, words, next, acts: [act || null], phone: leads };
    }
    if (!here) return { id: line.state, ...sentence(line.state === "up" ? "paused" : "reconnecting", name) };
    if (peer !== "connected" && line.relayOnly && !line.ice.some(({ urls }) => urls.some((url) => url.startsWith("turn")))) return noRelay();
    if (peer === "connecting" || peer === "interrupted") return { id: peer, ...sentence(peer, name) };
    return seats.refused ? { id: "refused", words: say("room.sound_refused"), acts: [soundOn] } : null;
  }

  /** This service hides addresses behind a relay of ours, and there is none: waiting would be in vain. */
  function noRelay() {
    return { id: "no_relay", words: say("room.no_relay"), next: say(leads ? "room.no_relay_leads" : "room.no_relay_next"), acts: [toPhone], phone: true };
  }

  /** @param {string} name */
  function phoneNotice(name) {
    const words = say(leads ? "room.phone_leads" : "room.phone_on");
    const next = leads ? say("room.phone_leads_next", { name }) : say(number ? "room.phone_on_next" : "room.phone_on_next_none", { number: number || "" });
    return { id: "phone", words, next, acts: leads ? [toVideo] : [], phone: true };
  }

  let since = 0;
  /** Drawn anew only when the words change: a button under the finger must stay. @param {Notice | null} notice */
  function showNotice(notice) {
    view.notice.hidden = !notice;
    const id = notice ? `${notice.id} ${notice.words}` : "";
    if (view.notice.dataset.id === id) return;
    view.notice.dataset.id = id;
    if (!notice) return fill(view.notice);
    since = Date.now();
    const { words, next, acts, waits } = notice;
    fill(view.notice, el("p", { role: "status" }, words), next && el("p", { class: "notice-next" }, next), ...(acts || []), waits && waited(), (waits || notice.phone) && ringing(notice.id));
  }

  /** Since when, and something that moves. */
  function waited() {
    const time = new Date(since).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    return el("p", { class: "notice-since" }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), say("room.since", { time }));
  }

  /** @param {string} id */
  function ringing(id) {
    if (!phone) return null;
    const word = leads ? "room.ring_client" : id === "phone" ? "room.ring_wrong" : "room.ring_office";
    const link = phoneLink(phone);
    link.classList.toggle("button", leads && id === "phone");
    return el("p", { class: "notice-phone" }, say(word), " ", link);
  }

  function showOwn() {
    const { opening, microphone, camera, trouble } = own.state;
    for (const each of [tools.microphone, tools.camera]) each.disabled = byPhone || opening;
    const [heard, seen] = [microphone === "on" && !trouble.audio, camera === "on" && !trouble.video];
    state(tools.microphone, heard, "microphone", say(`room.microphone_${microphone !== "none" && trouble.audio ? "broken" : microphone}`));
    state(tools.camera, seen, "camera", say(`room.camera_${camera !== "none" && trouble.video ? "broken" : camera}`));
    if (view.self.srcObject !== own.stream) view.self.srcObject = own.stream;
    view.selfBox.dataset.camera = seen ? "on" : "off";
    view.selfWord.textContent = opening ? "" : heard ? say(seen ? "room.you" : "room.you_voice") : say("room.you_muted");
    view.selfBox.classList.toggle("muted", !heard);
    show();
  }

  function followRoom() {
    const now = Boolean(line.view && line.view.phone);
    if (now !== byPhone) {
      byPhone = now;
      tools.share.disabled = now;
      if (now) unshare();
      own.rest(now);
      if (now) announce(say(leads ? "room.phone_leads" : "room.phone_on"));
      else saying.tell("by_video", "");
    }
    show();
  }

  /** @param {{seat: number, state: PeerState}} told */
  function followPeer({ seat, state: next }) {
    clearTimeout(hiccups.get(seat));
    const become = () => {
      const fresh = next === "connected" && states.get(seat) !== "connected";
      const large = seats.main && seats.main.seat === seat;
      states.set(seat, next === "gone" ? "connecting" : next);
      stalls.delete(seat);
      if (fresh && large) announce(say("room.connected"));
      if (fresh) seats.light(seat, "good");
      show();
    };
    if (next === "interrupted") hiccups.set(seat, setTimeout(become, HICCUP_MS));
    else become();
  }

  /** @param {number} seat @param {"frozen" | "silent"} what @param {boolean} now */
  function stall(seat, what, now) {
    stalls.set(seat, { ...(stalls.get(seat) || { frozen: false, silent: false }), [what]: now });
    show();
  }

  const off = [
    call.on("stream", seats.stream),
    call.on("state", followPeer),
    call.on("rung", ({ seat, sends, gets, why }) => {
      steps.set(seat, { sends, gets, why });
      show();
    }),
    call.on("frozen", ({ seat, frozen }) => stall(seat, "frozen", frozen)),
    call.on("silent", ({ seat, silent }) => stall(seat, "silent", silent)),
    call.on("sample", (sample) => {
      seats.light(sample.seat, levelOf(sample));
      if (seats.main && seats.main.seat === sample.seat && states.get(sample.seat) === "connected") light.show(levelOf(sample));
    }),
    line.on("room", followRoom),
    line.on("line", show),
    line.on("chat", (said) => {
      if (!panels.has("chat")) fresh.push(said);
      later().then((part) => down || furnish(part), () => undefined);
    }),
    own.onChange(showOwn),
    own.onNews(({ kind, what, label }) => {
      if (what === "resumed" || (kind === "audio" && what !== "switched" && what !== "back")) return;
      saying.tell(`own_${kind}_${what}`, label);
    }),
  ];
  for (const known of call.peers()) {
    states.set(known.seat, known.state);
    seats.stream(known);
    if (known.state === "connected") seats.light(known.seat, "good");
  }
  followRoom();
  showOwn();
  fill(host, view.part);
  host.dataset.step = "room";
  leadTo(host);
  view.self.play().catch(() => undefined);
  let sleep = () => {};
  const soon = setTimeout(async () => {
    const part = await later().catch(() => null);
    if (!part || down) return;
    furnish(part);
    sleep = part.stayAwake();
  }, SOON_MS);

  return () => {
    down = true;
    clearTimeout(soon);
    hiccups.forEach((timer) => clearTimeout(timer));
    off.forEach((undo) => undo());
    saying.close();
    seats.close();
    unshare();
    sleep();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  };
}

/** A state in which nothing is to be pressed: what is, and what comes next. @param {string} state @param {string} name */
function sentence(state, name) {
  return { words: say(`room.${state}`, { name }), next: say(`room.${state}_next`), waits: true };
}

/** @param {string} other */
function build(other) {
  const self = el("video", { id: "self", autoplay: true, muted: true, "data-test": "self" });
  self.setAttribute("playsinline", "");
  self.setAttribute("aria-label", say("room.self_picture"));
  const [name, selfWord] = [el("b", {}, other), el("span", { class: "self-word" })];
  const muted = el("p", { class: "chip", hidden: true }, icon("microphone-off"), say("room.other_muted"));
  const small = el("p", { class: "chip", hidden: true, role: "status" });
  const notice = el("div", { class: "room-notice", "data-test": "notice" });
  const selfBox = el("div", { class: "self-box" }, self, selfWord);
  const people = el("div", { class: "people", "data-test": "people" }, selfBox);
  const bar = el("div", { class: "bar", role: "group", "aria-label": say("room.controls") });
  const panel = el("section", { class: "panel", hidden: true, "aria-labelledby": "panel-title" });
  const top = el("div", { class: "room-top" }, el("p", { class: "who" }, name));
  const stage = el("div", { class: "stage" }, people, top, notice);
  const part = el("div", { class: "room" }, el("h1", { class: "visually-hidden" }, say("room.heading", { name: other })), stage, panel, bar);
  return { part, stage, people, self, selfBox, selfWord, name, muted, small, notice, bar, panel, top };
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
    close,
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
      const title = el("h2", { id: "panel-title", tabIndex: -1 }, say(`room.${name}_title`));
      const shut = el("button", { class: "button small", type: "button", "data-test": "panel-close", onclick: close }, icon("close"), say("room.close"));
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
  button.setAttribute("aria-checked", String(on));
  button.classList.toggle("is-off", !on);
  fill(button, icon(on ? name : `${name}-off`), el("span", { class: "word" }, say(`room.${name}`)), !on && el("span", { class: "state" }, word));
}

/** Showing a screen is an act of computers: telephones offer it nowhere, or to no use. */
function canShare() {
  const { mediaDevices } = navigator;
  return Boolean(mediaDevices && /** @type {any} */ (mediaDevices).getDisplayMedia && matchMedia("(pointer: fine)").matches);
}

/** @param {HTMLElement} part */
const canFullScreen = (part) => Boolean(part.requestFullscreen || /** @type {any} */ (part).webkitRequestFullscreen);

/** @param {HTMLElement} part */
function fullScreen(part) {
  const page = /** @type {any} */ (document);
  if (page.fullscreenElement || page.webkitFullscreenElement) return (page.exitFullscreen || page.webkitExitFullscreen).call(page);
  return (part.requestFullscreen || /** @type {any} */ (part).webkitRequestFullscreen).call(part);
}
