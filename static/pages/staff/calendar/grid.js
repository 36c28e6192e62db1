// Days as columns of hours: working time, bookings, absences, and what is being drawn; moved by a mouse or by keys.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { dayOf, plainDay, wallOf, weekdayName, weekdayOf } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";
import { drawn, STEP, taken } from "./draft.js";
import { clockChange, DAY, dayFacts, inLanes, minutesOf, piecesOf, standing, windowsOf } from "./plan.js";
import { usePointer } from "./pointer.js";
import { absenceWords, dayWords, spanWords, stretchWords, timeWords, winWords } from "./spoken.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./keys.js").Cursor} Cursor */
/** @typedef {import("./plan.js").Win} Win */
/**
 * @typedef {{
 *   calendar: Calendar, days: string[], now: number, edits: boolean, cursor: Cursor, draft: Draft | null, name: string, focused: boolean,
 *   onKey: (event: KeyboardEvent) => void, onFocus: (has: boolean) => void, onDraft: (draft: Draft | null) => void, onFinish: (draft: Draft) => void, onCursor: (cursor: Cursor) => void,
 *   onWin: (win: Win) => void, onAbsence: (id: number) => void, onTime: (place: Cursor, meant: boolean) => void, onDay: (day: string) => void,
 * }} GridProps
 */

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const FIRST_SHOWN = 8;
const ROOM_ABOVE = 0.4;

/** @param {GridProps} props */
export function Grid(props) {
  const { calendar, days, now, edits, cursor, draft, name, focused } = props;
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  const wins = windowsOf(calendar);
  const winOf = (/** @type {Element} */ target) => wins.find((each) => each.key === target.closest("[data-window]")?.getAttribute("data-window")) || null;
  useFirstScroll(scroller, calendar, days);
  useCursorInSight(scroller, cursor, draft, focused);
  usePointer(body, {
    pick: (target, place) => picked(edits, winOf(target), target, place),
    drag: props.onDraft,
    done: props.onFinish,
    cancel: () => props.onDraft(null),
    tap: (target, place, meant) => {
      const absence = target.closest("[data-absence]");
      const win = winOf(target);
      const at = Math.floor(place.at / STEP) * STEP;
      props.onCursor({ day: place.day, at });
      if (absence && edits) props.onAbsence(Number(absence.getAttribute("data-absence")));
      else if (win && edits) props.onWin(win);
      else props.onTime({ day: place.day, at }, meant);
    },
  });
  return html`
    <div class="cal-scroll" data-scrolls ref=${scroller}>
      <div class="cal-heads" style=${{ "--days": days.length }}>
        <span class="cal-corner" aria-hidden="true"></span>
        ${days.map((day) => html`<${Head} key=${day} calendar=${calendar} day=${day} now=${now} open=${days.length > 1 ? () => props.onDay(day) : null} edits=${edits} onAbsence=${props.onAbsence} />`)}
      </div>
      <div class=${`cal-body${edits ? " is-work" : ""}${draft ? " is-busy" : ""}`} style=${{ "--days": days.length }} ref=${body} role="application" tabindex="0" data-test="week"
        aria-label=${name} aria-describedby="cal-keys-short" aria-roledescription=${t("calendar.grid_role")}
        onKeyDown=${props.onKey} onClick=${(/** @type {MouseEvent} */ e) => { const win = e.detail === 0 && edits ? winOf(/** @type {Element} */ (e.target)) : null; if (win) props.onWin(win); }} onFocus=${() => props.onFocus(true)} onBlur=${() => props.onFocus(false)}>
        <div class="cal-hours" aria-hidden="true">${HOURS.map((hour) => html`<span key=${hour} style=${{ "--from": hour }}>${hour ? timeWords(hour * 60) : ""}</span>`)}
          ${axisMarks(focused, cursor, draft).map((at) => html`<b key=${at} class="cal-axis-mark" style=${{ "--from": at / 60 }}>${timeWords(at)}</b>`)}</div>
        ${days.map((day) => html`<${Day} key=${day} ...${props} day=${day} wins=${wins.filter((each) => each.day === day)} />`)}
      </div>
    </div>`;
}

/** @param {boolean} edits @param {Win | null} win @param {Element} target @param {{day: string, at: number}} place @returns {Draft | null} */
function picked(edits, win, target, place) {
  if (!edits || target.closest("[data-absence]")) return null;
  if (!win) return drawn(place.day, Math.floor(place.at / STEP) * STEP, "mouse");
  const edge = target.closest("[data-edge]")?.getAttribute("data-edge");
  return taken(win, edge === "start" || edge === "end" ? edge : "move", place.at, "mouse");
}

/** What is read off the axis: the cursor, or both ends of what is on its way. @param {boolean} focused @param {Cursor} cursor @param {Draft | null} draft */
function axisMarks(focused, cursor, draft) {
  if (draft) return [draft.start, draft.end];
  return focused ? [cursor.at] : [];
}

/** A day opens where its work begins. @param {{current: HTMLElement | null}} scroller @param {Calendar} calendar @param {string[]} days */
function useFirstScroll(scroller, calendar, days) {
  useEffect(() => {
    const box = scroller.current;
    const starts = [...calendar.windows, ...standing(calendar).map((each) => ({ day: dayOf(each.starts, calendar.zone), start: wallOf(each.starts, calendar.zone).slice(11) }))]
      .filter((each) => days.includes(each.day)).map((each) => minutesOf(each.start) / 60);
    const first = Math.max(0, Math.min(FIRST_SHOWN + 1, ...starts) - ROOM_ABOVE);
    if (box) box.scrollTop = first * hourPx(box);
  }, [days[0], days.length]);
}

/** @param {{current: HTMLElement | null}} scroller @param {Cursor} cursor @param {Draft | null} draft @param {boolean} focused */
function useCursorInSight(scroller, cursor, draft, focused) {
  const at = draft?.by === "keys" ? (draft.act === "create" || draft.act === "end" ? draft.end : draft.start) : cursor.at;
  useEffect(() => {
    const box = scroller.current;
    if (!box || !focused || draft?.by === "mouse") return;
    const [hour, head] = [hourPx(box), box.querySelector(".cal-heads")?.getBoundingClientRect().height || 0];
    const y = (at / 60) * hour;
    if (y < box.scrollTop) box.scrollTop = y - hour / 2;
    else if (y > box.scrollTop + box.clientHeight - head - hour) box.scrollTop = y - box.clientHeight + head + hour;
  }, [at, cursor.day, focused]);
}

/** @param {HTMLElement} box */
function hourPx(box) {
  return (box.querySelector(".cal-hours")?.getBoundingClientRect().height || 0) / 24;
}

/** @param {{calendar: Calendar, day: string, now: number, open: (() => void) | null, edits: boolean, onAbsence: (id: number) => void}} props */
function Head({ calendar, day, now, open, edits, onAbsence }) {
  const { holiday, exception, absences } = dayFacts(calendar, day);
  const today = day === dayOf(now, calendar.zone);
  const label = html`<span class="cal-weekday">${weekdayName(weekdayOf(day), lang, "short")}</span> <span class="cal-date">${Number(day.slice(8))}</span>`;
  return html`
    <div class=${`cal-head${today ? " is-today" : ""}${holiday?.kind === "closed" ? " is-off" : ""}`} data-head=${day}>
      ${open ? html`<button type="button" class="cal-day-name" title=${t("calendar.open_day", { day: plainDay(day, lang) })} aria-current=${today ? "date" : undefined} onClick=${open}>${label}</button>` : html`<span class="cal-day-name">${label}</span>`}
      ${holiday && html`<span class="cal-fact is-holiday" title=${holiday.name}>${holiday.name}</span>`}
      ${exception && html`<span class="cal-fact" title=${exception.reason || undefined}>${exception.reason || t(exception.windows.length ? "calendar.special_day" : "calendar.day_off")}</span>`}
      ${absences.map((each) => (edits
        ? html`<button type="button" key=${each.id} class="cal-fact is-absent" onClick=${() => onAbsence(each.id)}>${t(`absence.kind_${each.kind}`)}</button>`
        : html`<span key=${each.id} class="cal-fact is-absent">${t(`absence.kind_${each.kind}`)}</span>`))}
    </div>`;
}

/** @param {GridProps & {day: string, wins: Win[]}} props */
function Day({ calendar, day, now, edits, cursor, draft, focused, wins }) {
  const { zone } = calendar;
  const today = day === dayOf(now, zone);
  const absent = calendar.absences.flatMap((each) => piecesOf(each.starts, each.ends, zone).filter((piece) => piece.day === day).map((piece) => ({ ...piece, absence: each })));
  const change = clockChange(day, zone);
  const booked = inLanes(standing(calendar).flatMap((booking) => piecesOf(booking.starts, booking.ends, zone).filter((piece) => piece.day === day).map((piece) => ({ ...piece, booking }))));
  return html`
    <div class=${`cal-column${today ? " is-today" : ""}${weekdayOf(day) > 4 ? " is-weekend" : ""}`} data-day=${day}>
      ${change && html`<div class="cal-clock" style=${placed(change)}><span>${t(`calendar.clock_${change.kind}`, { span: spanWords(change) })}</span></div>`}
      ${inLanes(wins).map((win) => (edits ? html`<${Block} key=${win.key} calendar=${calendar} win=${win} away=${draft?.win?.key === win.key} under=${focused && !draft && cursor.day === day && cursor.at >= win.start && cursor.at < win.end} />` : html`<div key=${win.key} class="cal-open" style=${placed(win)} data-open=${spanWords(win)}></div>`))}
      ${absent.map((each) => html`<div key=${`a${each.absence.id}`} class="cal-absent" style=${placed(each)} data-absence=${each.absence.id} title=${absenceWords(each.absence, zone)}>${each.end - each.start < DAY && html`<span>${t(`absence.kind_${each.absence.kind}`)}</span>`}</div>`)}
      ${booked.map((each) => html`<${Booked} key=${`b${each.booking.id}`} item=${each} zone=${zone} edits=${edits} />`)}
      ${today && html`<div class="cal-now" style=${{ "--from": minutesOf(wallOf(now, zone).slice(11)) / 60 }}></div>`}
      ${draft && draft.day === day && html`<div class="cal-draft" data-draft style=${placed(draft)}><span>${spanWords(draft)}</span></div>`}
      ${focused && !draft && cursor.day === day && html`<div class=${`cal-cursor${edits && wins.some((each) => each.start <= cursor.at && cursor.at < each.end) ? " is-line" : ""}`} data-cursor style=${placed({ start: cursor.at, end: cursor.at + STEP })}></div>`}
    </div>`;
}

/** @param {{start: number, end: number, lane?: number, lanes?: number}} stretch */
function placed({ start, end, lane = 0, lanes = 1 }) {
  return { "--from": start / 60, "--to": end / 60, "--lane": lane, "--lanes": lanes };
}

/** @param {{calendar: Calendar, win: Win & import("./plan.js").Laned, away: boolean, under: boolean}} props */
function Block({ calendar, win, away, under }) {
  const small = win.end - win.start < 45;
  const kind = win.rule === null ? " is-whole-day" : "";
  return html`
    <button type="button" tabindex="-1" class=${`cal-win${kind}${away ? " is-away" : ""}${under ? " is-under" : ""}${small ? " is-small" : ""}`} style=${placed(win)} data-window=${win.key} data-hours=${spanWords(win)}
      title=${`${dayWords(win.day)}, ${winWords(calendar, win)}`}>
      <span class="cal-grip is-start" data-edge="start"></span>
      <span class="cal-win-hours">${spanWords(win)}</span>
      ${!small && win.place !== "office" && html`<span class="cal-win-place">${t(`calendar.place.${win.place}`)}</span>`}
      ${!small && win.services && html`<span class="cal-win-place">${t("calendar.services_some", { count: win.services.length })}</span>`}
      <span class="cal-grip is-end" data-edge="end"></span>
    </button>`;
}

/** @param {{item: {booking: import("/static/lib/api-types.js").CalendarBooking} & import("./plan.js").Laned, zone: string, edits: boolean}} props */
function Booked({ item, zone, edits }) {
  const { booking } = item;
  const who = booking.client?.name || t("calendar.busy");
  const spoken = `${stretchWords(item)}, ${who}, ${t(`status.${booking.status}`)}`;
  const inside = html`<span class="cal-booked-time">${timeWords(minutesOf(wallOf(booking.starts, zone).slice(11)))}</span> <span class="cal-booked-who">${who}</span>`;
  const shared = { class: `cal-booked is-${booking.status}${edits ? " is-fixed" : ""}${item.end - item.start < 45 ? " is-short" : ""}`, style: placed(item), title: spoken };
  if (edits || !booking.client) return html`<div ...${shared} data-booking=${booking.id}>${inside}</div>`;
  return html`<a ...${shared} href=${`/staff/record?booking=${booking.id}`} data-booking=${booking.id}>${inside}</a>`;
}
