// A specialist's day: who waits right now with a sound, the next conversation large, then the rest and the days to come.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, clock, dayOf, differ, fromNow, minutesBetween, plainDay } from "/static/lib/time.js";
import { ActDialog } from "./acts.js";
import { Ending } from "./ending.js";
import { useBoard } from "./live.js";
import { Bell, useBell, useTitle } from "./ring.js";
import { Empty, Loading, Trouble, useAnswer, useNow, zoneOf } from "./shell.js";
import { FeedbackMark, isOver, LineMark, RoomMark, stateOf, wantsOutcome, waited } from "./state.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const AHEAD_DAYS = 7;
const DOOR_MIN = 30;

/** @param {{me: Me}} props */
export function Day({ me }) {
  const now = useNow(15_000);
  const [zone, setZone] = useState(zoneOf(me));
  const today = dayOf(now, zone);
  const answer = useAnswer(() => week(me, today, setZone), [today]);
  const here = useBoard(answer.again);
  const [act, setAct] = useState(/** @type {{name: string, id: number} | null} */ (null));
  const [hushed, setHushed] = useState(/** @type {number[]} */ ([]));
  /** @type {Booking[]} */
  const bookings = answer.value || [];
  const waiting = bookings.filter((each) => clientWaits(each));
  const bell = useBell(waiting.some((each) => !hushed.includes(each.id)));
  useTitle(waiting.length ? t("day.title_waits") : "");
  const close = () => setAct(null);
  const onAct = (/** @type {string} */ name, /** @type {number} */ id) => setAct({ name, id });
  return html`
    <div class="day-head">
      <div><h1>${plainDay(today, lang)}</h1><p class="soft">${zoneName(zone, now)}</p></div>
      ${bell.silent && html`<button type="button" class="button" data-test="sound-on" onClick=${bell.unlock}><${Bell} />${t("day.sound_on")}</button>`}
    </div>
    ${!here && html`<p class="line-away" role="status">${t("today.away")}</p>`}
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!answer.value && !answer.error && html`<${Loading} />`}
    <div class="waiting" aria-live="assertive">${waiting.map((each) => html`<${Waiting} key=${each.id} booking=${each} now=${now} zone=${zone} hushed=${hushed.includes(each.id)} hush=${() => setHushed([...hushed, each.id])} />`)}</div>
    ${answer.value && html`<${Course} bookings=${bookings} now=${now} today=${today} zone=${zone} onAct=${onAct} again=${answer.again} />`}
    <${ActDialog} act=${act?.name ?? null} booking=${(act && bookings.find((each) => each.id === act.id)) || null} zone=${zone} onClose=${close} onDone=${() => { close(); answer.again(); }} />`;
}

/** Her bookings from yesterday on; her own zone comes with them. @param {Me} me @param {string} today @param {(zone: string) => void} setZone @returns {Promise<Booking[]>} */
async function week(me, today, setZone) {
  /** @type {{items: Booking[]}} */
  const { items } = await get("/bookings", { from: addDays(today, -1), until: addDays(today, AHEAD_DAYS), specialist: me.specialist_id });
  if (items.length) setZone(items[0].specialist_zone);
  return items;
}

/** @param {Booking} booking */
function clientWaits(booking) {
  return !isOver(booking) && booking.room.state === "waiting" && booking.room.client_here;
}

/** @param {{booking: Booking, now: number, zone: string, hushed: boolean, hush: () => void}} props */
function Waiting({ booking, now, zone, hushed, hush }) {
  return html`
    <section class="waits" data-booking=${booking.id} data-state=${booking.room.state} data-test="waiting">
      <div>
        <h2>${t("day.waits", { name: booking.client.name })}</h2>
        <p>${booking.room.waiting_since && t("day.waits_for", { time: waited(booking.room.waiting_since, now) })} ${t("day.booked_at", { time: clock(booking.starts, zone, lang) })}</p>
        <p>${t("today.line")}: <${LineMark} check=${booking.line_check} /></p>
      </div>
      <div class="row">
        <a class="button primary" data-test="admit" href=${`/staff/room?booking=${booking.id}#admit`}>${t("day.admit")}</a>
        ${!hushed && html`<button type="button" class="button quiet" onClick=${hush}>${t("day.hush")}</button>`}
      </div>
    </section>`;
}

/** @param {{bookings: Booking[], now: number, today: string, zone: string, onAct: (name: string, id: number) => void, again: () => void}} props */
function Course({ bookings, now, today, zone, onAct, again }) {
  const open = bookings.filter((each) => !isOver(each) && !wantsOutcome(each, now));
  const unsettled = bookings.filter((each) => wantsOutcome(each, now));
  const next = open.find((each) => !clientWaits(each));
  const ofToday = bookings.filter((each) => dayOf(each.starts, zone) === today && each !== next && !unsettled.includes(each) && !clientWaits(each));
  const later = open.filter((each) => dayOf(each.starts, zone) > today && each !== next);
  return html`
    ${next && html`<${Next} booking=${next} now=${now} zone=${zone} today=${today} onAct=${onAct} />`}
    ${!next && !open.length && html`<${Empty} title=${t(ofToday.length ? "day.all_done" : "day.free")} text=${t("day.free_text")}><a class="button" href="/staff/calendar">${t("day.to_calendar")}</a><//>`}
    ${unsettled.length > 0 && html`
      <section class="day-part"><h2>${t("day.unsettled")}</h2><p class="soft">${t("day.unsettled_text")}</p>
        <ul class="plain">${unsettled.map((each) => html`<li key=${each.id} class="unsettled" data-booking=${each.id}>
          <p><strong>${each.client.name}</strong> <span class="soft">${plainDay(dayOf(each.starts, zone), lang)}, ${clock(each.starts, zone, lang)}</span></p>
          <${Ending} booking=${each} zone=${zone} onDone=${again} /></li>`)}</ul></section>`}
    ${ofToday.length > 0 && html`<section class="day-part"><h2>${t("day.rest")}</h2><${List} bookings=${ofToday} now=${now} zone=${zone} onAct=${onAct} /></section>`}
    ${later.length > 0 && html`<section class="day-part"><h2>${t("day.later")}</h2><${List} bookings=${later} now=${now} zone=${zone} withDay onAct=${onAct} /></section>`}`;
}

/** @param {{booking: Booking, now: number, zone: string, today: string, onAct: (name: string, id: number) => void}} props */
function Next({ booking, now, zone, today, onAct }) {
  const near = minutesBetween(now, booking.starts) <= DOOR_MIN;
  const inside = ["live", "paused"].includes(booking.room.state);
  return html`
    <section class="next card" data-booking=${booking.id} data-state=${booking.room.state} data-test="next">
      <div class="next-time">
        <span class="next-label">${t(inside ? "day.now" : "day.next")}</span>
        <time datetime=${booking.starts}>${clock(booking.starts, zone, lang)}</time>
        <span>${dayOf(booking.starts, zone) === today ? fromNow(booking.starts, now, lang) : plainDay(dayOf(booking.starts, zone), lang)}</span>
      </div>
      <div class="next-who">
        <h2><a href=${`/staff/client?id=${booking.client.id}`}>${booking.client.name}</a></h2>
        <p>${booking.service.name}</p>
        <p class="soft">${t(`mode.${booking.mode}`)}, ${t("day.until", { time: clock(booking.ends, zone, lang) })}${differ(booking.starts, booking.zone, zone) && html`, ${t("day.client_clock", { time: clock(booking.starts, booking.zone, lang) })}`}</p>
        <p class="next-marks"><${RoomMark} booking=${booking} now=${now} zone=${zone} /><span class="soft">${t("today.line")}: <${LineMark} check=${booking.line_check} /></span></p>
      </div>
      <div class="next-acts">
        <a class=${`button${near || inside ? " primary" : ""}`} data-test="enter" href=${`/staff/room?booking=${booking.id}`}>${t(inside ? "day.back_in" : "day.enter")}</a>
        <${SmallActs} booking=${booking} now=${now} onAct=${onAct} />
      </div>
    </section>`;
}

/** @param {{bookings: Booking[], now: number, zone: string, withDay?: boolean, onAct: (name: string, id: number) => void}} props */
function List({ bookings, now, zone, withDay, onAct }) {
  return html`
    <ol class="day-list">${bookings.map((each) => html`
      <li key=${each.id} class=${`tone-${stateOf(each, now)}`} data-booking=${each.id} data-state=${each.room.state} data-status=${each.status}>
        <div class="day-when">${withDay && html`<span>${plainDay(dayOf(each.starts, zone), lang)}</span>`}<time datetime=${each.starts}>${clock(each.starts, zone, lang)}</time></div>
        <div class="day-who"><a href=${`/staff/client?id=${each.client.id}`}><strong>${each.client.name}</strong></a><span class="soft">${each.service.name} · ${t(`mode.${each.mode}`)}</span></div>
        <div class="day-marks"><${RoomMark} booking=${each} now=${now} zone=${zone} /><${FeedbackMark} feedback=${each.feedback} /></div>
        <${SmallActs} booking=${each} now=${now} onAct=${onAct} />
      </li>`)}</ol>`;
}

/** @param {{booking: Booking, now: number, onAct: (name: string, id: number) => void}} props */
function SmallActs({ booking, now, onAct }) {
  const ahead = !isOver(booking) && booking.room.state === "empty" && Date.parse(booking.ends) > now;
  const who = booking.client.name;
  return html`
    <div class="board-acts">
      ${ahead && ["code", "move", "cancel"].map((name) => html`<button type="button" key=${name} class="act" data-act=${name} aria-label=${t("today.act_for", { act: t(`act.${name}`), who })} onClick=${() => onAct(name, booking.id)}>${t(`act.${name}`)}</button>`)}
      <a class="act" href=${`/staff/record?booking=${booking.id}`} aria-label=${t("today.act_for", { act: t("act.record"), who })}>${t("act.record")}</a>
    </div>`;
}
