// Small marks that say how a booking stands: its status, the room, the line, the talk's quality, what the client thought.

import { html } from "/static/vendor/preact-htm.js";
import { clock, minutesBetween, minutesInWords } from "/static/lib/time.js";
import { lang, named, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */

const OVER = ["took_place", "cancelled", "missed", "client_gave_up", "specialist_late", "failed_technically"];

/** @param {Booking} booking */
export function isOver(booking) {
  return OVER.includes(booking.status);
}

/** Past its end and nobody has said how it went. @param {Booking} booking @param {number} now */
export function wantsOutcome(booking, now) {
  return !isOver(booking) && (Date.parse(booking.ends) < now || booking.room.state === "closed");
}

/** What the board counts and colours by: the room while it lives, the status when it is over. @param {Booking} booking @param {number} now */
export function stateOf(booking, now) {
  if (isOver(booking)) return booking.status;
  if (booking.room.state !== "empty") return booking.room.state;
  if (Date.parse(booking.ends) < now) return "unsettled";
  if (Date.parse(booking.starts) < now) return "nobody";
  return booking.status;
}

/** @param {{booking: Booking, now: number, zone: string}} props */
export function RoomMark({ booking, now, zone }) {
  const state = stateOf(booking, now);
  return html`<span class="mark mark-${toneOf(state, booking)}" data-state=${state}><span class="mark-dot" aria-hidden="true"></span>${roomWords(booking, state, now, zone)}</span>`;
}

/** @param {string} state @param {Booking} booking */
function toneOf(state, booking) {
  if (state === "waiting") return booking.room.client_here ? "warm" : "calm";
  return { live: "good", paused: "warm", took_place: "good", missed: "bad", client_gave_up: "bad", specialist_late: "bad", failed_technically: "bad", nobody: "warm", unsettled: "warm" }[state] || "calm";
}

/** @param {Booking} booking @param {string} state @param {number} now @param {string} zone */
function roomWords(booking, state, now, zone) {
  const { room } = booking;
  if (state === "waiting") {
    const who = room.client_here ? "client" : "specialist";
    return room.waiting_since ? t(`state.waiting_${who}_for`, { time: waited(room.waiting_since, now) }) : t(`state.waiting_${who}`);
  }
  if (state === "live" && room.live_since) return t("state.live_since", { time: clock(room.live_since, zone, lang) });
  if (state === "paused") return t(room.client_here ? "state.paused_specialist" : "state.paused_client");
  return t(`state.${state}`);
}

/** @param {string} since @param {number} now */
export function waited(since, now) {
  const minutes = minutesBetween(since, now);
  return minutes > 0 ? minutesInWords(minutes, lang) : t("state.less_than_minute");
}

/** @param {{check: Booking["line_check"]}} props */
export function LineMark({ check }) {
  if (!check) return html`<span class="mark mark-none">${t("line.none")}</span>`;
  const tone = { good: "good", voice_only: "warm", too_weak: "bad" }[check.verdict];
  const troubles = [deviceTrouble("microphone", check.microphone), deviceTrouble("camera", check.camera)].filter(Boolean);
  return html`<span class="mark mark-${troubles.length && tone === "good" ? "warm" : tone}"><span class="mark-dot" aria-hidden="true"></span>${[t(`line.${check.verdict}`), ...troubles].join(", ")}</span>`;
}

/** @param {string} device @param {string} state */
function deviceTrouble(device, state) {
  return state === "ok" ? "" : t(`line.${device}_${state}`);
}

/** The talk as it goes, in words; figures stand behind. @param {{quality: Booking["quality"]}} props */
export function QualityMark({ quality }) {
  if (!quality) return null;
  const loss = quality.loss ?? 0;
  const rtt = quality.rtt_ms ?? 0;
  const figures = t("quality.figures", { loss: Math.round(loss * 100), rtt: Math.round(rtt), path: named("quality", quality.path || "unknown") });
  const tone = qualityTone(loss, rtt);
  return html`<span class="mark mark-${tone}" title=${figures}><span class="mark-dot" aria-hidden="true"></span>${t(`quality.${tone}`)}</span>`;
}

/** @param {number} loss a share @param {number} rtt milliseconds */
function qualityTone(loss, rtt) {
  if (loss > 0.15 || rtt > 800) return "bad";
  return loss > 0.05 || rtt > 400 ? "warm" : "good";
}

/** @param {{feedback: Booking["feedback"]}} props */
export function FeedbackMark({ feedback }) {
  if (!feedback) return null;
  const tone = { 1: "bad", 2: "warm", 3: "good" }[feedback.score];
  return html`<span class="mark mark-${tone}"><span class="mark-dot" aria-hidden="true"></span>${t(`feedback.${feedback.score}`)}</span>`;
}

/** @param {{status: string}} props */
export function StatusMark({ status }) {
  const tone = { took_place: "good", missed: "bad", client_gave_up: "bad", specialist_late: "bad", failed_technically: "bad", cancelled: "none" }[status] || "calm";
  return html`<span class="mark mark-${tone}" data-status=${status}><span class="mark-dot" aria-hidden="true"></span>${t(`status.${status}`)}</span>`;
}
