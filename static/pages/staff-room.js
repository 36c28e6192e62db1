// The specialist's room: opens the booking, her camera and the line, and puts beside the conversation what she does meanwhile.

import { byId, el, fill, language, leadTo, say } from "/static/components/page.js";
import { get, post } from "/static/lib/api.js";
import { closeMedia, openMedia, permission } from "/static/lib/media.js";
import { createCall } from "/static/lib/call/call.js";
import { createSignaling } from "/static/lib/signaling.js";
import { clock, dayLong } from "/static/lib/time.js";
import { createEnding, createOutcome } from "/static/pages/beside/ending.js";
import { createGuests } from "/static/pages/beside/guests.js";
import { createInvite } from "/static/pages/beside/invite.js";
import { createModes } from "/static/pages/beside/modes.js";
import { createNext } from "/static/pages/beside/next.js";
import { createNote } from "/static/pages/beside/note.js";
import { createOwn } from "/static/pages/room/own.js";
import { openRoom } from "/static/pages/room/room.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/media.js").Opened} Opened */

const place = byId("call");
const beside = byId("beside");
const FATAL = new Set(["not_found", "not_permitted", "sign_in_needed", "room_closed", "join_too_late"]);

start();

async function start() {
  try {
    const id = new URLSearchParams(location.search).get("booking") || "";
    consult(/** @type {Booking} */ (await get(`/bookings/${encodeURIComponent(id)}`)));
  } catch (fault) {
    const { code, title, detail } = /** @type {Refusal} */ (fault);
    if (code === "sign_in_needed") return location.assign(`/staff/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    word(title || say("staffroom.unavailable"), detail, button("try_again", "primary", start));
  }
}

/** @param {Booking} booking */
async function consult(booking) {
  const { client, service, starts, ends, specialist_zone: zone } = booking;
  byId("client").textContent = `${client.name}, ${say("staffroom.born", { year: client.birth_year })}`;
  byId("when").textContent = `${say("staffroom.when", { day: dayLong(starts, zone, language), starts: clock(starts, zone, language), ends: clock(ends, zone, language) })}, ${service.name}`;
  const [guests, invite, note, next] = [createGuests(booking), createInvite(booking), createNote(booking.id), createNext(booking)];
  const modes = createModes(booking, next.open);
  const outside = () => Promise.reject(new Error("not in the room"));
  /** @type {() => Promise<any>} */ let close = outside;
  const ending = createEnding(() => close());
  fill(beside, modes.calls, guests.part, note.part, next.part, modes.part, invite.part, ending.part);
  const gone = [modes.calls, guests.part, modes.part, invite.part, ending.part];
  if (booking.room.state === "closed") return over(booking, "ended", gone);
  for (;;) {
    const opened = await media(booking.mode !== "voice");
    const reason = await talk(booking, opened, { guests, modes, next }, (end) => (close = end));
    close = outside;
    if (reason === "left") await choice("left", "return");
    else if (reason === "replaced") await choice("replaced", "continue");
    else return over(booking, reason, gone);
  }
}

/**
 * One life of the line; resolves with the reason of its end.
 * @param {Booking} booking @param {Opened | null} opened @param {{guests: ReturnType<typeof createGuests>, modes: ReturnType<typeof createModes>, next: ReturnType<typeof createNext>}} sides
 * @param {(close: () => Promise<any>) => void} closable
 * @returns {Promise<string>}
 */
function talk(booking, opened, { guests, modes, next }, closable) {
  return new Promise((ended) => {
    const own = createOwn(Promise.resolve(opened));
    const line = createSignaling({ getTicket: ticket });
    const call = createCall({ signaling: line });
    own.sendTo(call);
    guests.follow(line);
    modes.follow(line);
    if (takeWord()) admitFirst(line);
    closable(() => line.ask("close", {}));
    const online = () => {
      line.nudge();
      call.restart();
    };
    const seen = () => document.visibilityState === "visible" && line.nudge();
    addEventListener("online", online);
    document.addEventListener("visibilitychange", seen);
    const shut = openRoom(place, {
      line, call, own, phone: booking.client.phone, other: booking.client.name, leads: true, another: () => next.open(),
      absent: () => {
        const waits = line.view && line.view.seats.find((seat) => seat.role !== "specialist" && seat.here);
        if (!waits) return { words: say("staffroom.waiting_client"), next: say("staffroom.waiting_client_next") };
        const admit = () => void line.ask("admit", { seat: waits.seat }).catch(() => undefined);
        return { words: say("staffroom.rings", { name: waits.name }), act: button("admit", "primary big", admit, "admit-here") };
      },
      leave: () => {
        own.close();
        line.leave();
        finish("left");
      },
    });
    line.on("ended", ({ reason }) => finish(reason));

    async function ticket() {
      try {
        return /** @type {{ticket: string}} */ (await post(`/bookings/${booking.id}/ticket`)).ticket;
      } catch (fault) {
        const { code } = /** @type {Refusal} */ (fault);
        throw Object.assign(new Error(code), { code, fatal: FATAL.has(code) });
      }
    }
    /** @param {string} reason */
    function finish(reason) {
      removeEventListener("online", online);
      document.removeEventListener("visibilitychange", seen);
      shut();
      call.close();
      own.close();
      ended(reason);
    }
  });
}

/** "Enter and admit" was pressed on her day page: said once, a reload does not say it again. */
function takeWord() {
  if (location.hash !== "#admit") return false;
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

/** Lets in whoever waits first. @param {import("/static/lib/signaling.js").Signaling} line */
function admitFirst(line) {
  const off = line.on("room", (view) => {
    const waits = view.seats.find((seat) => seat.role !== "specialist" && seat.here && !seat.admitted);
    if (!waits) return;
    off();
    line.ask("admit", { seat: waits.seat }).catch(() => undefined);
  });
}

/** Asks at once where the browser will not ask back; else says first what will be asked. @param {boolean} video @returns {Promise<Opened | null>} */
async function media(video) {
  const known = await Promise.all([permission("microphone"), video ? permission("camera") : "granted"]);
  if (known.every((state) => state === "granted")) {
    const opened = await openMedia({ video }).catch(() => null);
    if (opened) return opened;
  }
  return new Promise((done) => {
    const news = el("p", { role: "status", class: "large" });
    let settled = false;
    const without = () => {
      settled = true;
      done(null);
    };
    /** @param {boolean} both */
    const ask = async (both) => {
      try {
        const got = await openMedia({ video: both });
        // A second press, or "without": what comes too late is not wanted.
        if (settled) closeMedia(got.stream);
        settled = true;
        done(got);
      } catch (fault) {
        const { code } = /** @type {import("/static/lib/media.js").MediaFault} */ (fault);
        news.textContent = `${say(`check.fault_${code}`)}. ${say(`check.fault_${code}_detail`)}`;
      }
    };
    word(
      say("staffroom.media_heading"), say("staffroom.media_detail"), news,
      video && button("media_ask", "primary", () => ask(true)),
      button("media_voice", "", () => ask(false)),
      button("media_none", "", without),
    );
  });
}

/** @param {string} state @param {string} back @returns {Promise<void>} */
function choice(state, back) {
  return new Promise((done) => word(say(`staffroom.${state}`), say(`staffroom.${state}_detail`), button(back, "primary", done)));
}

/** @param {Booking} booking @param {string} reason @param {HTMLElement[]} gone what a closed room has no use for */
function over(booking, reason, gone) {
  gone.forEach((part) => part.remove());
  beside.prepend(createOutcome(booking).part);
  byId("step").dataset.step = "over";
  const heading = ["time", "cancelled", "moved"].includes(reason) ? `staffroom.${reason}` : "staffroom.ended";
  word(say(heading), say("staffroom.ended_detail"), el("a", { class: "button", href: "/staff/today" }, say("staffroom.back")));
}

/** @param {string} heading @param {string} text @param {...(Node | false)} more */
function word(heading, text, ...more) {
  byId("step").dataset.step = "word";
  fill(place, el("div", { class: "call-word" }, el("h1", {}, heading), el("p", { class: "soft large" }, text), ...more));
  leadTo(place);
}

/** @param {string} name @param {string} look @param {() => void} act @param {string} [hook] */
function button(name, look, act, hook = name) {
  return el("button", { class: `button ${look}`, type: "button", "data-test": hook, onclick: () => act() }, say(`staffroom.${name}`));
}
