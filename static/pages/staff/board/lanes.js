// The day of many specialists as lines under one row of hours: pressed, dragged and walked through by keyboard.

import { html, useLayoutEffect, useMemo, useRef } from "/static/vendor/preact-htm.js";
import { clock, dayLong, dayOf, instantOf } from "/static/lib/time.js";
import { useNow } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";
import { Dragging } from "./dragging.js";
import { Idle, isIdle } from "./idle.js";
import { Lane } from "./lane.js";
import { HOUR, hoursOf, placed, spanOf } from "./span.js";
import { useWalking } from "./walking.js";

/** @typedef {import("/static/lib/schedule-types.js").Board} Board */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */
/** @typedef {import("/static/lib/schedule-types.js").BoardBooking} BoardBooking */
/** @typedef {{booking: BoardBooking, from: Column, free: Map<number, string[]> | null, minutes: number}} Carried what hangs under the pointer, and where it may be put down once that is known */
/**
 * @typedef {object} Acts
 * @property {(column: Column, starts: string) => void} onFree
 * @property {(column: Column, booking: BoardBooking) => void} onBooking
 * @property {(column: Column, booking: BoardBooking) => void} onMove by keyboard
 * @property {(next: string) => void} onNext
 * @property {(carried: {booking: BoardBooking, from: Column}) => void} onLift
 * @property {(drop: {specialist: number, starts: string} | null) => void} onDrop null: put back
 */

/** @param {{board: Board, day: string, zone: string, carried: Carried | null, focus: string | null, onFocused: () => void} & Acts} props */
export function Lanes({ board, day, zone, carried, focus, onFocused, ...acts }) {
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  const midnight = Date.parse(instantOf(`${day}T00:00`, zone));
  const found = spanOf(board.items, midnight);
  const span = useMemo(() => found, [found.since, found.until]);
  const groups = useMemo(() => byInstitution(board.items.filter((each) => !isIdle(each))), [board.items]);
  const latest = useRef({ board, acts, carried, span });
  latest.current = { board, acts, carried, span };
  useWalking(root, focus, onFocused);
  useLayoutEffect(() => {
    const dragging = new Dragging(/** @type {HTMLElement} */ (root.current), () => latest.current);
    return () => dragging.end();
  }, []);
  useLayoutEffect(() => { root.current?.style.setProperty("--sb-hours", String((span.until - span.since) / HOUR)); }, [span]);
  return html`
    <div class=${`sb${carried ? " sb-carrying" : ""}`} ref=${root} role="group" aria-label=${t("sched.lines", { day: dayLong(midnight, zone, lang) })} aria-describedby="sb-keys" data-test="lines"
      onClick=${(/** @type {any} */ event) => pressed(event, latest.current)} onKeyDown=${(/** @type {any} */ event) => typed(event, latest.current)}>
      <${Hours} span=${span} day=${day} zone=${zone} />
      ${groups.map(({ institution, columns }) => html`
        <section key=${institution.id} class="sb-group" aria-labelledby=${`sb-inst-${institution.id}`}>
          <div class="sb-inst-line"><h2 class="sb-inst" id=${`sb-inst-${institution.id}`}><span>${institution.name}</span> <span class="sb-kind">${t(`sched.kind_${institution.kind}`)}</span></h2></div>
          ${columns.map((column) => html`<${Lane} key=${column.specialist.id} column=${column} span=${span} zone=${zone}
            minutes=${carried ? carried.minutes : board.duration_min || 0} targets=${carried ? carried.free?.get(column.specialist.id) || [] : undefined} lifted=${carried && carried.from.specialist.id === column.specialist.id ? carried.booking.id : null} />`)}
        </section>`)}
      <${Idle} columns=${board.items.filter(isIdle)} />
    </div>`;
}

/** @param {{span: import("./span.js").Span, day: string, zone: string}} props */
function Hours({ span, day, zone }) {
  const now = useNow(30_000);
  const own = useRef(/** @type {HTMLElement | null} */ (null));
  const inside = dayOf(now, zone) === day && now > span.since && now < span.until;
  const at = inside ? placed(span, span.since, now).width : "";
  useLayoutEffect(() => {
    const lines = own.current?.parentElement;
    if (at) lines?.style.setProperty("--sb-now", at);
    else lines?.style.removeProperty("--sb-now");
  }, [at]);
  return html`
    <div class="sb-hours" aria-hidden="true" ref=${own}>
      <div class="sb-corner"></div>
      <div class="sb-scale">${hoursOf(span).map((at) => html`<span key=${at} style=${{ left: placed(span, at, at).left }}>${clock(at, zone, lang)}</span>`)}
        ${at && html`<span class="sb-now" style=${{ left: at }}>${clock(now, zone, lang)}</span>`}</div>
    </div>`;
}

/** Those where nobody works on this day come last. @param {Column[]} items in the order of their institutions */
export function byInstitution(items) {
  /** @type {{institution: Column["specialist"]["institution"], columns: Column[]}[]} */
  const groups = [];
  for (const column of items) {
    const last = groups[groups.length - 1];
    if (last?.institution.id === column.specialist.institution.id) last.columns.push(column);
    else groups.push({ institution: column.specialist.institution, columns: [column] });
  }
  const works = (/** @type {(typeof groups)[0]} */ { columns }) => columns.some(({ open, bookings }) => open.length + bookings.length > 0);
  return [...groups.filter(works), ...groups.filter((each) => !works(each))];
}

/** @param {MouseEvent} event @param {{board: Board, acts: Acts}} now */
function pressed(event, { board, acts }) {
  const part = /** @type {HTMLElement} */ (event.target).closest("button");
  const lane = part?.closest("[data-lane]");
  const column = lane && board.items.find((each) => String(each.specialist.id) === lane.getAttribute("data-lane"));
  if (!part || !column) return;
  const { starts, booking, next } = part.dataset;
  if (starts) acts.onFree(column, starts);
  if (next) acts.onNext(next);
  const found = booking && column.bookings.find((each) => String(each.id) === booking);
  if (found) acts.onBooking(column, found);
}

/** M as on every keyboard, also where the same key writes ь. @param {KeyboardEvent} event @param {{board: Board, acts: Acts}} now */
function typed(event, { board, acts }) {
  if (event.code !== "KeyM" || event.ctrlKey || event.metaKey || event.altKey) return;
  const id = /** @type {HTMLElement} */ (event.target).closest("[data-movable]")?.getAttribute("data-booking");
  const column = id && board.items.find((each) => each.bookings.some((one) => String(one.id) === id));
  const booking = column && column.bookings.find((one) => String(one.id) === id);
  if (!column || !booking) return;
  event.preventDefault();
  acts.onMove(column, booking);
}
