// The coordinator's board: every booking of a day, the room as it happens, who needs help, and what can be done about it.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, clock, dayOf, differ, minutesBetween, plainDay } from "/static/lib/time.js";
import { ActDialog } from "./acts.js";
import { AskedLine } from "./asked-line.js";
import { GoingOn, useGoingOn } from "./going-on.js";
import { useBoard } from "./live.js";
import { Empty, inAddress, Loading, Trouble, useAnswer, useNow, zoneOf } from "./shell.js";
import { FeedbackMark, isOver, LineMark, QualityMark, RoomMark, stateOf, wantsOutcome } from "./state.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const LONG_WAIT_MIN = 5;
// The sessions that go on stand above with their buttons; said twice it would only frighten.
const SEEN_ABOVE = ["help", "weak_talk", "specialist_missing"];

/** @param {{me: Me}} props */
export function Board({ me }) {
  const zone = zoneOf(me);
  const now = useNow(20_000);
  const [day, setDay] = useState(inAddress("day") || dayOf(Date.now(), zone));
  const answer = useAnswer(() => get("/bookings", { from: day, until: day }), [day]);
  const here = useBoard(answer.again);
  const going = useGoingOn(me);
  const [act, setAct] = useState(/** @type {{name: string, id: number} | null} */ (null));
  /** @type {Booking[]} */
  const bookings = answer.value?.items || [];
  const acting = act && bookings.find((each) => each.id === act.id);
  const close = () => setAct(null);
  const today = dayOf(now, zone);
  return html`
    <div class="board-head">
      <div>
        <h1>${plainDay(day, lang)}</h1>
        <p class="soft">${[me.district?.name, zoneName(zone, now)].filter(Boolean).join(" · ")}</p>
      </div>
      <${DayButtons} day=${day} today=${today} setDay=${setDay} />
      <a class="button primary" href="/staff/booking">${t("today.book")}</a>
    </div>
    <${AskedLine} />
    ${!here && html`<p class="line-away" role="status">${t("today.away")}</p>`}
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!answer.value && !answer.error && html`<${Loading} />`}
    ${day === today && going.items.length > 0 && html`
      <section class="going-part" aria-labelledby="going-title"><h2 id="going-title"><a href="/staff/live">${t("live.title")}</a></h2><${GoingOn} me=${me} items=${going.items} again=${() => { going.again(); answer.again(); }} /></section>`}
    ${answer.value && (bookings.length
      ? html`<${Counts} bookings=${bookings} now=${now} /><${Rows} bookings=${bookings} now=${now} zone=${zone} onAct=${(/** @type {string} */ name, /** @type {number} */ id) => setAct({ name, id })} />`
      : html`<${Empty} title=${t(day === today ? "today.none" : "today.none_day")} text=${t("today.none_text")}><a class="button primary" href="/staff/booking">${t("today.book")}</a><//>`)}
    <${ActDialog} act=${act?.name ?? null} booking=${acting || null} zone=${zone} onClose=${close} onDone=${() => { close(); answer.again(); }} />`;
}

/** @param {{day: string, today: string, setDay: (day: string) => void}} props */
function DayButtons({ day, today, setDay }) {
  return html`
    <div class="day-buttons" role="group" aria-label=${t("today.days")}>
      <button type="button" class="button small" aria-label=${t("today.before")} onClick=${() => setDay(addDays(day, -1))}>‹</button>
      <button type="button" class="button small" disabled=${day === today} onClick=${() => setDay(today)}>${t("today.today")}</button>
      <button type="button" class="button small" aria-label=${t("today.after")} onClick=${() => setDay(addDays(day, 1))}>›</button>
    </div>`;
}

/** @param {{bookings: Booking[], now: number}} props */
function Counts({ bookings, now }) {
  const states = bookings.map((each) => stateOf(each, now));
  const count = (/** @type {string[]} */ ...wanted) => states.filter((state) => wanted.includes(state)).length;
  const figures = [
    { name: "all", n: bookings.filter((each) => each.status !== "cancelled").length, tone: "" },
    { name: "waiting", n: count("waiting"), tone: "warm" },
    { name: "live", n: count("live", "paused"), tone: "good" },
    { name: "help", n: bookings.filter((each) => worry(each, now)).length, tone: "bad" },
    { name: "done", n: count("took_place", "closed"), tone: "" },
  ];
  return html`<dl class="counts" data-test="counts">${figures.map(({ name, n, tone }) => html`
    <div key=${name} class=${`count${n && tone ? ` count-${tone}` : ""}`} data-count=${name}><dd>${n}</dd><dt>${t(`count.${name}`)}</dt></div>`)}</dl>`;
}

/** @param {{bookings: Booking[], now: number, zone: string, onAct: (name: string, id: number) => void}} props */
function Rows({ bookings, now, zone, onAct }) {
  const urgent = bookings.filter((each) => worry(each, now) && !SEEN_ABOVE.includes(worryCode(each, now)));
  return html`
    ${urgent.length > 0 && html`
      <section class="worries" aria-labelledby="worries-title">
        <h2 id="worries-title">${t("today.worries")}</h2>
        <ul>${urgent.map((each) => html`<li key=${each.id} data-worry=${each.id}><a href=${`#b${each.id}`}><strong>${clock(each.starts, zone, lang)} ${each.client.name}</strong></a> · ${worryWords(each, now)}
          ${each.client.phone && html` <a class="phone" href=${`tel:${each.client.phone}`}>${each.client.phone}</a>`}</li>`)}</ul>
      </section>`}
    <ol class="board">
      ${bookings.map((each) => html`<${Row} key=${each.id} booking=${each} now=${now} zone=${zone} onAct=${onAct} />`)}
    </ol>`;
}

/** @param {{booking: Booking, now: number, zone: string, onAct: (name: string, id: number) => void}} props */
function Row({ booking, now, zone, onAct }) {
  const state = stateOf(booking, now);
  const own = booking.specialist_zone;
  return html`
    <li class=${`board-row tone-${state}${worry(booking, now) ? " board-worry" : ""}`} id=${`b${booking.id}`} data-booking=${booking.id} data-state=${booking.room.state} data-status=${booking.status}>
      <div class="board-time">
        <time datetime=${booking.starts}>${clock(booking.starts, zone, lang)}</time>
        <span>${t("today.till", { time: clock(booking.ends, zone, lang) })}</span>
        ${differ(booking.starts, own, zone) && html`<span class="board-own" title=${zoneName(own, booking.starts)}>${t("slots.own_clock", { time: clock(booking.starts, own, lang) })}</span>`}
      </div>
      <div class="board-people">
        <h2><a href=${`/staff/client?id=${booking.client.id}`}>${booking.client.name}</a></h2>
        ${booking.client.phone && html`<a class="phone" href=${`tel:${booking.client.phone}`}>${booking.client.phone}</a>`}
        <p class="soft">${booking.service.name} · ${t(`mode.${booking.mode}`)}</p>
      </div>
      <div class="board-specialist"><p>${booking.specialist.name}</p><p class="soft">${booking.specialist.institution.name}</p></div>
      <div class="board-state">
        <${RoomMark} booking=${booking} now=${now} zone=${zone} />
        ${worry(booking, now) && html`<span class="worry-words">${worryWords(booking, now)}</span>`}
        <dl class="board-facts">
          <div><dt>${t("today.line")}</dt><dd><${LineMark} check=${booking.line_check} /></dd></div>
          ${booking.quality && html`<div><dt>${t("today.quality")}</dt><dd><${QualityMark} quality=${booking.quality} /></dd></div>`}
          ${booking.feedback && html`<div><dt>${t("today.feedback")}</dt><dd><${FeedbackMark} feedback=${booking.feedback} /></dd></div>`}
        </dl>
      </div>
      <${RowActs} booking=${booking} now=${now} onAct=${onAct} />
    </li>`;
}

/** @param {{booking: Booking, now: number, onAct: (name: string, id: number) => void}} props */
function RowActs({ booking, now, onAct }) {
  const changeable = !isOver(booking) && booking.room.state !== "closed";
  const ahead = changeable && Date.parse(booking.ends) > now;
  const who = booking.client.name;
  const button = (/** @type {string} */ name) => html`<button type="button" class="act" data-act=${name} aria-label=${t("today.act_for", { act: t(`act.${name}`), who })} onClick=${() => onAct(name, booking.id)}>${t(`act.${name}`)}</button>`;
  return html`
    <div class="board-acts">
      ${ahead && button("code")}
      ${ahead && booking.room.state === "empty" && button("move")}
      ${changeable && booking.room.state === "empty" && button("cancel")}
      ${wantsOutcome(booking, now) && button("outcome")}
      <a class="act" href=${`/staff/record?booking=${booking.id}`} aria-label=${t("today.act_for", { act: t("act.journal"), who })}>${t("act.journal")}</a>
    </div>`;
}

/** Does this booking need the coordinator now? @param {Booking} booking @param {number} now */
function worry(booking, now) {
  return worryCode(booking, now) !== "";
}

/** @param {Booking} booking @param {number} now */
function worryCode(booking, now) {
  const { room } = booking;
  if (isOver(booking) || room.state === "closed") return "";
  if (room.help_at && !room.help_answered_at) return "help";
  if (lostAndLate(booking, now)) return lost(room);
  if (room.state === "live" && !room.phone && (booking.quality?.loss ?? 0) > 0.15) return "weak_talk";
  if (comingSoon(booking, now) && booking.line_check?.verdict === "too_weak") return "weak_line";
  return "";
}

/** Who of the two is missing. @param {Booking["room"]} room */
function lost(room) {
  if (room.client_here) return "specialist_missing";
  return room.specialist_here ? "client_missing" : "nobody_here";
}

/** The hour has come, and after some minutes one of the two is still missing. @param {Booking} booking @param {number} now */
function lostAndLate(booking, now) {
  const late = minutesBetween(booking.starts, now) >= LONG_WAIT_MIN && Date.parse(booking.ends) > now;
  return late && booking.room.state !== "live" && !(booking.room.client_here && booking.room.specialist_here);
}

/** @param {Booking} booking @param {number} now */
function comingSoon(booking, now) {
  return Date.parse(booking.ends) > now && minutesBetween(now, booking.starts) <= 60;
}

/** @param {Booking} booking @param {number} now */
function worryWords(booking, now) {
  return t(`worry.${worryCode(booking, now)}`);
}
