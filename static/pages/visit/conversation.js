// From the waiting room to the end of the conversation: one line to the centre, one call, and the screen that fits the moment.

import { announce, clock, el, fill, leadTo, say, wall } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { freshTicket } from "/static/lib/join.js";
import { openMedia, playChime } from "/static/lib/media.js";
import { createCall } from "/static/lib/call/call.js";
import { createSignaling } from "/static/lib/signaling.js";
import { mirror, unblocking } from "/static/pages/check/check.js";
import { createOwn } from "/static/pages/room/own.js";
import { openRoom } from "/static/pages/room/room.js";

/** @typedef {import("/static/lib/join.js").Visit} Visit */
/** @typedef {import("/static/lib/media.js").Opened} Opened */
/** @typedef {import("/static/lib/join.js").Refusal} Refusal */
/** @typedef {"closed" | "time" | "left" | "replaced" | "cancelled" | "moved" | "refused"} End */

const AFTER_THE_TIME = new Set(["seat_needed", "join_too_late", "booking_cancelled", "room_closed", "not_found"]);
const LATE_MIN = 10;

/**
 * Resolves when it is over on this page.
 * @param {HTMLElement} host @param {Visit} visit @param {Opened | null} opened
 * @param {(place: "video" | "voice") => void} keepPlace told when camera or microphone are opened only here
 * @returns {Promise<{end: End, talked: boolean, refusal: Refusal | null}>}
 */
export function converse(host, visit, opened, keepPlace) {
  const fast = Date.parse(visit.now) - Date.now();
  return new Promise((over) => {
    const own = createOwn(opened);
    const line = createSignaling({ getTicket: ticket });
    const call = createCall({ signaling: line, audio: own.track("audio"), video: own.track("video") });
    own.sendTo(call);
    /** @type {(() => void) | null} */ let closeRoom = null;
    /** @type {Refusal | null} */ let refusal = null;
    const waiting = createWaiting(visit, own, { leave, fast, keepPlace });
    fill(host, waiting.part);
    host.dataset.step = "waiting";
    leadTo(host);

    line.on("room", (view) => {
      waiting.entered();
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
    addEventListener("online", online);
    document.addEventListener("visibilitychange", seen);

    async function ticket() {
      try {
        return (await freshTicket()).ticket;
      } catch (fault) {
        refusal = /** @type {Refusal} */ (fault);
        const { code, problem } = refusal;
        if (code === "join_too_early") waiting.early(problem.opens_at || visit.opens_at);
        throw Object.assign(new Error(code), { code, fatal: AFTER_THE_TIME.has(code) });
      }
    }

    function begin() {
      announce(say("room.admitted"));
      if (waiting.waited()) playChime().catch(() => undefined);
      waiting.stop();
      closeRoom = openRoom(host, { line, call, own, phone: visit.office.phone, other: visit.specialist.name, leave });
    }

    /** One tap, and camera and microphone are off before anything else happens. */
    function leave() {
      own.close();
      line.leave();
      finish("left");
    }

    /** @param {string} reason */
    function finish(reason) {
      removeEventListener("online", online);
      document.removeEventListener("visibilitychange", seen);
      waiting.stop();
      if (closeRoom) closeRoom();
      call.close();
      own.close();
      over({ end: endOf(reason), talked: Boolean(closeRoom), refusal });
    }
  });
}

/** @param {string} reason @returns {End} */
function endOf(reason) {
  if (reason === "ended" || reason === "room_closed") return "closed";
  if (reason === "time" || reason === "left" || reason === "replaced" || reason === "cancelled" || reason === "moved") return reason;
  return "refused";
}

/**
 * @param {Visit} visit @param {import("/static/pages/room/own.js").Own} own
 * @param {{leave: () => void, fast: number, keepPlace: (place: "video" | "voice") => void}} given `fast`: how far the server's clock is ahead of this device's
 */
function createWaiting(visit, own, { leave, fast, keepPlace }) {
  const since = Date.now();
  const heading = el("h1", {}, say("visit.waiting_connecting"));
  const detail = el("p", { class: "large" });
  const soon = el("p", { class: "soon", role: "status" });
  const trouble = el("p", { class: "notice warn", role: "status", hidden: true }, say("visit.line_lost"));
  const media = el("div", { class: "own-picture" });
  const part = el(
    "div", { class: "waiting stack airy", "data-test": "waiting" },
    el("div", { class: "stack" }, heading, detail), trouble,
    el("div", { class: "check-board" }, media, el("div", { class: "stack airy" }, el("div", { class: "card stack tight" },
      el("p", { class: "large" }, el("b", {}, say("visit.waiting_time", times(visit)))),
      el("p", {}, say("visit.waiting_service", { service: visit.service.name, specialist: visit.specialist.name })),
      soon),
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
  showMedia(media, own, visit.mode !== "voice", keepPlace);

  return {
    part,
    waited: () => Date.now() - since > 3000,
    entered: () => {
      inside = true;
      tell(say("visit.waiting"), say("visit.waiting_detail", { specialist: visit.specialist.name }));
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
    },
  };
}

/** @param {Visit} visit */
function times({ starts, ends, zone }) {
  const day = wall(starts, zone, { weekday: "long", day: "numeric", month: "long" });
  return { day, starts: wall(starts, zone), ends: clock(ends, zone) };
}

/** What the specialist will see and hear; asks for it where the check was skipped. @param {HTMLElement} part @param {import("/static/pages/room/own.js").Own} own @param {boolean} video @param {(place: "video" | "voice") => void} keepPlace */
function showMedia(part, own, video, keepPlace) {
  const { microphone, camera } = own.state;
  if (camera === "on") return fill(part, mirror(own.stream), el("p", { class: "soft" }, say(microphone === "none" ? "visit.waiting_no_microphone" : "visit.waiting_seen")));
  if (microphone !== "none") return fill(part, el("p", { class: "mark good" }, el("span", { class: "sign" }, icon("microphone")), el("span", {}, say("visit.waiting_heard"))));
  const news = el("div", { role: "status", class: "stack" });
  /** @param {boolean} both */
  const ask = async (both) => {
    try {
      await own.take(await openMedia({ video: both }));
      keepPlace(own.state.camera === "on" ? "video" : "voice");
      showMedia(part, own, video, keepPlace);
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

