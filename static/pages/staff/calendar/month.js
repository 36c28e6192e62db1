// A month: hours and bookings of each day; days are chosen by dragging a mouse over them or with Shift and arrows.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { addDays, dayOf, mondayOf, weekdayName, weekdayOf } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";
import { dayFacts, piecesOf, standing } from "./plan.js";
import { dayWords, daysWords, spanWords } from "./spoken.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {{anchor: string, day: string}} Chosen days from one to the other, in either order; `day` has the focus */
/** @typedef {import("./days-dialog.js").DaysAct} DaysAct */
/**
 * @typedef {{
 *   calendar: Calendar, month: string, now: number, edits: boolean, chosen: Chosen, onChosen: (chosen: Chosen) => void, onDay: (day: string) => void,
 *   onAct: (act: DaysAct) => void, onRemove: () => void, onUndo: () => void, onHelp: () => void, onAbsence: (id: number) => void, hold: (held: boolean) => void,
 * }} MonthProps
 */

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const HOURS_SHOWN = 3;
const BAR_FROM = 7 * 60;
const BAR_LENGTH = 14 * 60;
/** @type {Record<string, number>} */
const ARROWS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The days a month's page shows: whole weeks. @param {string} day @returns {string[]} */
export function daysOfMonth(day) {
  const first = `${day.slice(0, 7)}-01`;
  const start = mondayOf(first);
  const next = monthLater(first, 1);
  const last = addDays(mondayOf(addDays(next, -1)), 6);
  /** @type {string[]} */
  const days = [];
  for (let at = start; at <= last; at = addDays(at, 1)) days.push(at);
  return days;
}

/** The same day some months on, or the last that month has. @param {string} day @param {number} months */
export function monthLater(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const length = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, length))).toISOString().slice(0, 10);
}

/** @param {Chosen} chosen @returns {string[]} in order */
export function chosenDays({ anchor, day }) {
  const [first, last] = anchor < day ? [anchor, day] : [day, anchor];
  /** @type {string[]} */
  const days = [];
  for (let at = first; at <= last; at = addDays(at, 1)) days.push(at);
  return days;
}

/** @param {MonthProps} props */
export function Month(props) {
  const { calendar, month, now, edits, chosen } = props;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const dragging = useRef(/** @type {number | null} */ (null));
  const days = daysOfMonth(month);
  const weeks = Array.from({ length: days.length / 7 }, (_, n) => days.slice(n * 7, n * 7 + 7));
  const inside = chosenDays(chosen);
  const facts = factsByDay(calendar, days);
  useEffect(() => {
    if (place.current?.contains(document.activeElement)) cellOf(place.current, chosen.day)?.focus();
  }, [chosen.day, month]);

  /** @param {PointerEvent} event */
  function down(event) {
    const day = dayAt(event);
    if (!day || event.button !== 0 || !event.isPrimary) return;
    props.onChosen(event.shiftKey ? { anchor: chosen.anchor, day } : { anchor: day, day });
    cellOf(place.current, day)?.focus({ preventScroll: true });
    if (event.pointerType === "touch" || !edits) return;
    dragging.current = event.pointerId;
    props.hold(true);
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const day = dragging.current === event.pointerId ? dayAt(event) : null;
    if (day && day !== chosen.day) props.onChosen({ ...chosen, day });
  }

  function end() {
    if (dragging.current === null) return;
    dragging.current = null;
    props.hold(false);
  }

  return html`
    <div class="month-acts" role="group" aria-label=${t("calendar.chosen_days")} data-test="month-acts">
      <p><strong>${daysWords(inside)}</strong> <span class="soft">${sumOf(inside, facts)}</span></p>
      <div class="row tight">
        ${edits && ["hours", "off", "away", "copy", "ordinary"].map((act) => html`<button type="button" key=${act} class="button small" data-days-act=${act} onClick=${() => props.onAct(/** @type {DaysAct} */ (act))}>${t(`calendar.act_${act}`)}</button>`)}
        <button type="button" class="button small" data-test="open-day" onClick=${() => props.onDay(chosen.day)}>${t("calendar.act_open")}</button>
      </div>
      ${edits && absencesIn(calendar, inside).map((each) => html`<button type="button" key=${each.id} class="act" data-absence=${each.id} onClick=${() => props.onAbsence(each.id)}>${t("calendar.about_absence", { kind: t(`absence.kind_${each.kind}`) })}</button>`)}
    </div>
    <div class="month" role="grid" aria-multiselectable=${edits} aria-label=${monthName(month)} ref=${place} data-test="month" onKeyDown=${(/** @type {KeyboardEvent} */ e) => key(e, props)}
      onPointerDown=${down} onPointerMove=${move} onPointerUp=${end} onPointerCancel=${end} onPointerLeave=${end}>
      <div class="month-heads" role="row">${WEEKDAYS.map((day) => html`<span key=${day} role="columnheader"><abbr title=${weekdayName(day, lang)}>${weekdayName(day, lang, "short")}</abbr></span>`)}</div>
      ${weeks.map((week) => html`<div class="month-week" role="row" key=${week[0]}>${week.map((day) => html`
        <${Cell} key=${day} calendar=${calendar} day=${day} facts=${facts.get(day)} other=${day.slice(0, 7) !== month.slice(0, 7)} today=${day === dayOf(now, calendar.zone)}
          focus=${day === chosen.day} chosen=${inside.includes(day)} onDay=${props.onDay} />`)}</div>`)}
    </div>`;
}

/** @param {string} month */
export function monthName(month) {
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${month.slice(0, 7)}-15T12:00:00Z`));
}

/** @param {HTMLElement | null} place @param {string} day @returns {HTMLElement | null} */
function cellOf(place, day) {
  return place?.querySelector(`[data-day="${day}"]`) || null;
}

/** @param {PointerEvent} event */
function dayAt(event) {
  const under = document.elementFromPoint(event.clientX, event.clientY)?.closest(".month [data-day]");
  return under instanceof HTMLElement ? under.dataset.day || null : null;
}

/** @param {KeyboardEvent} event @param {MonthProps} props */
function key(event, props) {
  const { chosen } = props;
  const to = (/** @type {string} */ day) => props.onChosen(event.shiftKey && props.edits ? { anchor: chosen.anchor, day } : { anchor: day, day });
  const control = event.ctrlKey || event.metaKey;
  if (ARROWS[event.key] && !control && !event.altKey) to(addDays(chosen.day, ARROWS[event.key]));
  else if (event.key === "PageUp" || event.key === "PageDown") to(monthLater(chosen.day, event.key === "PageUp" ? -1 : 1));
  else if (event.key === "Home") to(mondayOf(chosen.day));
  else if (event.key === "End") to(addDays(mondayOf(chosen.day), 6));
  else if (event.key === "Enter" || event.key === " ") { if (props.edits) props.onAct("hours"); else props.onDay(chosen.day); }
  else if (event.key === "Delete" && props.edits) props.onRemove();
  else if (event.key === "Escape") props.onChosen({ anchor: chosen.day, day: chosen.day });
  else if (event.key === "?") props.onHelp();
  else if (props.edits && ((event.code === "KeyU" && !control) || (event.code === "KeyZ" && control))) props.onUndo();
  else return;
  event.preventDefault();
}

/** @typedef {{hours: {start: number, end: number}[], bookings: number} & ReturnType<typeof dayFacts>} Facts */

/** @param {Calendar} calendar @param {string[]} days @returns {Map<string, Facts>} */
function factsByDay(calendar, days) {
  // What is open, without absences: on holiday nobody works, whatever the rules say.
  const open = calendar.open.flatMap((each) => piecesOf(each.starts, each.ends, calendar.zone));
  const booked = standing(calendar).map((each) => dayOf(each.starts, calendar.zone));
  return new Map(days.map((day) => {
    const hours = open.filter((each) => each.day === day);
    return [day, { hours, bookings: booked.filter((each) => each === day).length, ...dayFacts(calendar, day) }];
  }));
}

/** @param {string[]} days @param {Map<string, Facts>} facts */
function sumOf(days, facts) {
  const minutes = days.reduce((sum, day) => sum + (facts.get(day)?.hours || []).reduce((own, each) => own + each.end - each.start, 0), 0);
  const bookings = days.reduce((sum, day) => sum + (facts.get(day)?.bookings || 0), 0);
  return `${t("calendar.hours_sum", { count: Math.round(minutes / 60) })}, ${t("calendar.bookings", { count: bookings })}`;
}

/** @param {Calendar} calendar @param {string[]} days */
function absencesIn(calendar, days) {
  return calendar.absences.filter((each) => days.some((day) => dayFacts(calendar, day).absences.includes(each)));
}

/** @param {{calendar: Calendar, day: string, facts: Facts, other: boolean, today: boolean, focus: boolean, chosen: boolean, onDay: (day: string) => void}} props */
function Cell({ day, facts, other, today, focus, chosen, onDay }) {
  const absent = facts.absences[0];
  const off = facts.holiday?.kind === "closed" || !facts.hours.length;
  const marks = [facts.holiday && { kind: "holiday", text: facts.holiday.name }, absent && { kind: "absent", text: t(`absence.kind_${absent.kind}`) }, facts.exception && { kind: "special", text: facts.exception.reason || t("calendar.special_day") }].filter(Boolean);
  const classes = ["month-day", other && "is-other", today && "is-today", off && "is-off", absent && "is-absent", weekdayOf(day) > 4 && "is-weekend", chosen && "is-chosen"].filter(Boolean).join(" ");
  return html`
    <div role="gridcell" class=${classes} data-day=${day} tabindex=${focus ? 0 : -1} aria-selected=${chosen ? "true" : "false"} aria-current=${today ? "date" : undefined} onDblClick=${() => onDay(day)}>
      <span class="visually-hidden">${dayWords(day)}${facts.hours.length ? "" : `, ${t("calendar.closed")}`}</span>
      <span class="month-date" aria-hidden="true">${Number(day.slice(8))}</span>
      ${facts.bookings > 0 && html`<span class="month-bookings" title=${t("calendar.bookings", { count: facts.bookings })}><span class="month-count">${facts.bookings}</span><span class="month-count-word"> ${t("calendar.bookings_word", { count: facts.bookings })}</span></span>`}
      <span class="month-bar" aria-hidden="true">${facts.hours.map((each) => html`<i key=${each.start} style=${{ "--at": share(each.start - BAR_FROM), "--long": share(Math.min(each.end, BAR_FROM + BAR_LENGTH) - Math.max(each.start, BAR_FROM)) }}></i>`)}</span>
      <span class="month-hours">${facts.hours.slice(0, HOURS_SHOWN).map((each) => html`<span key=${each.start}>${spanWords(each)}</span>`)}${facts.hours.length > HOURS_SHOWN && html`<span>+${facts.hours.length - HOURS_SHOWN}</span>`}</span>
      ${marks.map((/** @type {any} */ each) => html`<span key=${each.kind} class=${`month-mark is-${each.kind}`} title=${each.text}>${each.text}</span>`)}
    </div>`;
}

/** @param {number} minutes of the bar, which shows 7:00 to 21:00 */
function share(minutes) {
  return Math.max(0, Math.min(1, minutes / BAR_LENGTH));
}
