// From the waiting room to the end of the conversation: one line to the centre, one call, and the screen that fits the moment.

import { announce, clock, el, fill, leadTo, phoneLink, say, wall } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { freshTicket } from "/static/lib/join.js";
import { closeMedia, openMedia, playChime } from "/static/lib/media.js";
import { createCall } from "/static/lib/call/call.js";
import { createSignaling } from "/static/lib/signaling.js";
import { mirror, unblocking } from "/static/pages/check/check.js";
import { callButton } from "/static/pages/room/calling.js";
import { createOwn } from "/static/pages/room/own.js";
import { openRoom } from "/static/pages/room/room.js";

/** @typedef {import("/static/lib/join.js").Visit} Visit */
/** @typedef {import("/static/lib/media.js").Opened} Opened */
/** @typedef {import("/static/lib/join.js").Refusal} Refusal */
/** @typedef {{media: Promise<Opened | null>}} Sent what is being opened to be sent */
/** @typedef {(place: "video" | "voice" | "video muted" | "voice muted") => void} KeepPlace */
/** @typedef {"closed" | "time" | "left" | "replaced" | "dismissed" | "cancelled" | "moved" | "refused"} End */

const AFTER_THE_TIME = new Set(["seat_needed", "join_too_late", "booking_cancelled", "room_closed", "not_found"]);
const LATE_MIN = 10;
const SOON_MS = 3000;

/**
 * Resolves when it is over on this page.
 * The line to the centre is opened while the person still looks at the check; the seat is taken when that is over.
 * @param {HTMLElement} host @param {Visit} visit @param {Promise<Sent>} checked
 * @param {{fast: number, muted: boolean, keepPlace: KeepPlace, giveUp: () => void}} given `fast`: how far the server's clock is ahead of this device's; `muted`: the microphone begins switched off; `keepPlace` is told what a reload is to open
 *   again; `giveUp` when the room closed before there was anything to send
 * @returns {Promise<{end: End, talked: boolean, refusal: Refusal | null}>}
 */
export async function converse(host, visit, checked, { fast, muted, keepPlace, giveUp }) {
  const door = createDoor(visit, checked);
  const { line } = door;
  let reason = "";
  const closed = new Promise((over) => line.on("ended", (end) => over((reason = end.reason))));
  const sent = await Promise.race([checked, closed.then(() => null)]);
  if (!sent || reason) {
    giveUp();
    checked.then(({ media }) => media).then((late) => late && closeMedia(late.stream));
    return { end: endOf(reason), talked: false, refusal: door.refusal };
  }
  return new Promise((over) => {
    const own = createOwn(sent.media, { muted });
    const call = createCall({ signaling: line });
    own.sendTo(call);
    own.onChange(() => {
      const { camera, microphone } = own.state;
      // What could not be opened now is asked for again by a reload.
      if (camera !== "none" && microphone !== "none") keepPlace(`${camera === "on" ? "video" : "voice"}${microphone === "off" ? " muted" : ""}`);
    });
    /** @type {(() => void) | null} */ let closeRoom = null;
    let finished = false;
    const waiting = createWaiting(visit, line, own, { leave, fast });
    door.onEarly(waiting.early);
    fill(host, waiting.part);
    host.dataset.step = "waiting";
    leadTo(host);

    line.on("room", (view) => {
      if (!closeRoom) waiting.entered(view.phone);
      if (!closeRoom) own.rest(view.phone);
      const called = line.you && line.you.admitted && view.state !== "waiting" && view.state !== "empty";
      if (called && !closeRoom) begin();
    });
    line.on("line", (state) => waiting.line(state));
    line.on("ended", ({ reason }) => finish(reason));
    const online = () => {
      line.nudge();
      call.restart();
    };
    const seen = () => document.visibilityState === "visible" && line.nudge();
    // A phone that falls asleep loses its place; and what the conversation needs later is there before it begins.
    let sleep = () => {};
    const soon = setTimeout(async () => {
      const part = await import("/static/pages/room/later.js").catch(() => null);
      if (part && !finished) sleep = part.stayAwake();
    }, SOON_MS);
    addEventListener("online", online);
    addEventListener("pageshow", seen);
    document.addEventListener("visibilitychange", seen);

    function begin() {
      announce(say("room.admitted"));
      if (waiting.waited()) playChime().catch(() => undefined);
      waiting.stop();
      closeRoom = openRoom(host, { line, call, own, phone: visit.office.phone, number: visit.telephone || "", other: visit.specialist.name, leads: false, leave });
    }

    /** One tap, and camera and microphone are off before anything else happens. */
    function leave() {
      own.close();
      line.leave();
      finish("left");
    }

    /** @param {string} reason */
    function finish(reason) {
      finished = true;
      clearTimeout(soon);
      sleep();
      removeEventListener("online", online);
      removeEventListener("pageshow", seen);
      document.removeEventListener("visibilitychange", seen);
      waiting.stop();
      if (closeRoom) closeRoom();
      call.close();
      own.close();
      over({ end: endOf(reason), talked: Boolean(closeRoom), refusal: door.refusal });
    }
  });
}

/**
 * The way to the room: the line with a ticket for each connection, and why there was none.
 * @param {Visit} visit @param {Promise<unknown>} ready when the seat may be taken
 */
function createDoor(visit, ready) {
  /** @type {Refusal | null} */ let refusal = null;
  /** @type {(opensAt: string) => void} */ let early = () => {};
  const tellEarly = () => refusal && refusal.code === "join_too_early" && early(refusal.problem.opens_at || visit.opens_at);

  async function ticket() {
    const { ticket: given } = visit;
    visit.ticket = null;
    try {
      return given || (await freshTicket()).ticket;
    } catch (fault) {
      refusal = /** @type {Refusal} */ (fault);
      tellEarly();
      throw Object.assign(new Error(refusal.code), { code: refusal.code, fatal: AFTER_THE_TIME.has(refusal.code) });
    }
  }

  return {
    line: createSignaling({ getTicket: ticket, ready }),
    get refusal() {
      return refusal;
    },
    /** @param {(opensAt: string) => void} listener */
    onEarly: (listener) => {
      early = listener;
      tellEarly();
    },
  };
}

/** @param {string} reason @returns {End} */
function endOf(reason) {
  if (reason === "ended" || reason === "room_closed") return "closed";
  const known = /** @type {End[]} */ (["time", "left", "replaced", "dismissed", "cancelled", "moved"]);
  return known.find((end) => end === reason) || "refused";
}

/**
 * @param {Visit} visit @param {import("/static/lib/signaling.js").Signaling} line @param {import("/static/pages/room/own.js").Own} own
 * @param {{leave: () => void, fast: number}} given `fast`: how far the server's clock is ahead of this device's
 */
function createWaiting(visit, line, own, { leave, fast }) {
  const since = Date.now();
  const heading = el("h1", {}, say("visit.waiting_connecting"));
  const detail = el("p", { class: "large" }, say("visit.waiting_connecting_detail"));
  const soon = el("p", { class: "soon", role: "status" });
  const trouble = el("p", { class: "notice warn", role: "status", hidden: true }, say("visit.line_lost"));
  const media = el("div", { class: "own-picture" });
  const part = el(
    "div", { class: "waiting stack airy", "data-test": "waiting" },
    el("div", { class: "stack" }, heading, detail), trouble,
    el("div", { class: "check-board" }, media, el("div", { class: "stack airy" },
      el("div", { class: "card stack tight" },
        el("p", { class: "large" }, el("b", {}, say("visit.waiting_time", times(visit)))),
        el("p", {}, say("visit.waiting_service", { service: visit.service.name, specialist: visit.specialist.name })),
        el("p", {}, say("visit.waiting_since", { time: wall(new Date(since + fast).toISOString(), visit.zone) })),
        soon),
      callButton(line, "help", { phone: visit.office.phone }),
      el("p", {}, `${say("visit.waiting_phone")} `, phoneLink(visit.office.phone)),
      visit.role === "client" && Date.parse(visit.starts) > Date.now() + fast && el("a", { class: "button quiet", href: "/own-time", "data-test": "own-time" }, say("visit.own_time")),
      el("button", { class: "button wide", type: "button", "data-test": "waiting-leave", onclick: leave }, icon("leave"), say("visit.waiting_leave")))),
  );
  let inside = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let lost;

  /** @param {string} title @param {string} text */
  function tell(title, text) {
    if (heading.textContent === title) return;
    heading.textContent = title;
    detail.textContent = text;
    announce(`${title}. ${text}`);
  }
  function count() {
    const left = Math.ceil((Date.parse(visit.starts) - Date.now() - fast) / 60000);
    const late = left < -LATE_MIN;
    soon.textContent = left > 0 ? say("visit.waiting_starts_in", { count: left }) : say(late ? "visit.waiting_late" : "visit.waiting_now");
  }
  count();
  const timer = setInterval(count, 15000);
  const unwatch = [
    showMedia(media, own, visit.mode !== "voice"),
    // Shown until the person leaves it: a missing microphone must not be found out in the conversation.
    own.onNews(({ kind, what }) => {
      if (what === "lost" || what === "taken" || what === "interrupted") announce(say(kind === "audio" ? `room.own_${what}` : `room.say_own_video_${what}`));
    }),
  ];

  return {
    part,
    waited: () => Date.now() - since > 3000,
    /** @param {boolean} byPhone */
    entered: (byPhone) => {
      inside = true;
      media.hidden = byPhone;
      const { you } = line;
      if (byPhone) return tell(say("room.phone_on"), say(visit.telephone ? "room.phone_on_next" : "room.phone_on_next_none", { number: visit.telephone || "" }));
      if (!you || you.role === "client") return tell(say("visit.waiting"), say("visit.waiting_detail", { specialist: visit.specialist.name }));
      tell(say("visit.waiting"), say("visit.waiting_detail_guest", { name: you.name, role: say(`room.role_${you.role}`), specialist: visit.specialist.name }));
    },
    /** @param {string} opensAt */
    early: (opensAt) => tell(say("visit.waiting_early"), say("visit.waiting_early_detail", { time: clock(opensAt, visit.zone) })),
    /** @param {string} state */
    line: (state) => {
      clearTimeout(lost);
      if (state === "up") trouble.hidden = true;
      else if (inside) lost = setTimeout(() => (trouble.hidden = false), 1500);
    },
    stop: () => {
      clearInterval(timer);
      clearTimeout(lost);
      unwatch.forEach((undo) => undo());
    },
  };
}

/** @param {Visit} visit */
function times({ starts, ends, zone }) {
  const day = wall(starts, zone, { weekday: "long", day: "numeric", month: "long" });
  return { day, starts: wall(starts, zone), ends: clock(ends, zone) };
}

/**
 * What the specialist will see and hear; asks for it where the check was skipped. Follows the devices until it is undone.
 * @param {HTMLElement} part @param {import("/static/pages/room/own.js").Own} own @param {boolean} video
 */
function showMedia(part, own, video) {
  let shown = "";
  const draw = () => {
    const { opening, microphone, camera, trouble } = own.state;
    const state = [microphone, camera, trouble.audio].join();
    if (opening || state === shown) return;
    shown = state;
    const words = trouble.audio ? `room.own_${trouble.audio}` : microphone === "none" ? "visit.waiting_no_microphone" : "";
    const fault = words && el("div", { class: "notice warn stack tight" }, el("p", {}, say(words)), el("button", { class: "button primary wide", type: "button", "data-test": "own-sound-on", onclick: own.again }, icon("microphone"), say("room.sound_on")));
    if (camera === "on") return fill(part, mirror(own.stream), words ? trouble.audio ? fault : el("p", { class: "notice warn" }, say(words)) : el("p", { class: "soft" }, say("visit.waiting_seen")));
    if (trouble.audio) return fill(part, fault);
    if (microphone !== "none") return fill(part, el("p", { class: "mark good" }, el("span", { class: "sign" }, icon("microphone")), el("span", {}, say("visit.waiting_heard"))));
    askForMedia(part, own, video);
  };
  draw();
  return own.onChange(draw);
}

/** @param {HTMLElement} part @param {import("/static/pages/room/own.js").Own} own @param {boolean} video */
function askForMedia(part, own, video) {
  const news = el("div", { role: "status", class: "stack" });
  /** @param {boolean} both */
  const ask = async (both) => {
    try {
      own.take(await openMedia({ video: both }));
    } catch (fault) {
      const code = /** @type {import("/static/lib/media.js").MediaFault} */ (fault).code || "missing";
      fill(news, el("p", { class: "notice warn" }, `${say(`check.fault_${code}`)}. ${say(`check.fault_${code}_detail`)}`), code === "blocked" && unblocking());
    }
  };
  fill(
    part,
    el("div", { class: "card stack" },
      el("h2", {}, say("visit.waiting_media")),
      el("p", {}, say("visit.waiting_media_detail")),
      video && el("button", { class: "button primary wide", type: "button", "data-test": "media-ask", onclick: () => ask(true) }, icon("camera"), say("visit.waiting_media_ask")),
      el("button", { class: "button wide", type: "button", "data-test": "media-voice", onclick: () => ask(false) }, icon("microphone"), say("visit.waiting_voice_ask")),
      news),
  );
}
