// A specialist's calendar: the week to look at and to book in, and plain forms for hours, exceptions, absences and limits.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, clock, dayLong, dayOf, instantOf, mondayOf, plainDay, wallOf } from "/static/lib/time.js";
import { Absences, Exceptions, HoursForm, LimitsForm } from "./parts/calendar-forms.js";
import { Holidays } from "./parts/holidays.js";
import { Empty, inAddress, Loading, NoPage, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { StatusMark } from "./parts/state.js";
import { lang, t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */

const TABS = ["view", "hours", "exceptions", "absences", "limits"];
const TABLE_MARKS = ["role", "aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan"];
const FIRST_HOUR = 8;
const LAST_HOUR = 18;
// The list of special days and absences reaches as far as the interface answers at once.
const AHEAD_DAYS = 61;

open("calendar", CalendarPage);

/** @param {{me: Me}} props */
function CalendarPage({ me }) {
  const answer = useAnswer(() => get("/specialists"), []);
  const [id, setId] = useState(inAddress("specialist") || String(me.specialist_id ?? ""));
  if (!me.roles.includes("coordinator") && !me.specialist_id) return html`<h1>${t("holidays.title")}</h1><${Holidays} edits=${me.roles.includes("administrator")} />`;
  if (answer.error) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<h1>${t("calendar.title")}</h1><${Loading} />`;
  /** @type {Specialist[]} */
  const specialists = answer.value.items;
  const specialist = specialists.find((each) => String(each.id) === id) || (me.roles.includes("coordinator") ? specialists[0] : undefined);
  if (!specialist) return html`<h1>${t("calendar.title")}</h1><${Empty} title=${t("calendar.nobody")} text=${t("calendar.nobody_text")} />`;
  const choose = (/** @type {string} */ chosen) => {
    history.replaceState(null, "", `?specialist=${chosen}`);
    setId(chosen);
  };
  return html`
    <div class="page-head">
      <div><h1>${t("calendar.title")}</h1><p class="soft">${specialist.name}, ${specialist.institution.name}</p></div>
      ${me.roles.includes("coordinator") && html`<div class="field"><label for="calendar-specialist">${t("booking.specialist")}</label>
        <select id="calendar-specialist" value=${String(specialist.id)} onChange=${(/** @type {any} */ e) => choose(e.target.value)}>${specialists.map((each) => html`<option key=${each.id} value=${String(each.id)}>${each.name}</option>`)}</select></div>`}
    </div>
    <${OneCalendar} key=${specialist.id} me=${me} specialist=${specialist} />`;
}

/** @param {{me: Me, specialist: Specialist}} props */
function OneCalendar({ me, specialist }) {
  const zone = specialist.zone || zoneOf(me);
  const [day, setDay] = useState(inAddress("day") || dayOf(Date.now(), zone));
  const [tab, setTab] = useState("view");
  const monday = mondayOf(day);
  const ahead = tab !== "view";
  const from = ahead ? dayOf(Date.now(), zone) : monday;
  const answer = useAnswer(() => get(`/specialists/${specialist.id}/calendar`, { from, until: addDays(from, ahead ? AHEAD_DAYS : 6) }), [from, ahead]);
  const edits = me.specialist_id === specialist.id || (me.roles.includes("coordinator") && specialist.institution.id === me.institution.id);
  if (answer.error && !answer.value) return html`<${Trouble} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  /** @type {Calendar} */
  const calendar = answer.value;
  const shared = { calendar, specialist, again: answer.again };
  return html`
    ${edits && html`<div class="segments calendar-tabs" role="group" aria-label=${t("calendar.parts")}>${TABS.map((each) => html`<button type="button" key=${each} data-tab=${each} aria-pressed=${tab === each} onClick=${() => setTab(each)}>${t(`calendar.${each}`)}</button>`)}</div>`}
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${tab === "view" && html`<${WeekView} ...${shared} day=${day} setDay=${setDay} />`}
    ${tab === "hours" && html`<${HoursForm} ...${shared} />`}
    ${tab === "exceptions" && html`<${Exceptions} ...${shared} />`}
    ${tab === "absences" && html`<${Absences} ...${shared} />`}
    ${tab === "limits" && html`<${LimitsForm} ...${shared} />`}`;
}

/** @param {{calendar: Calendar, specialist: Specialist, day: string, setDay: (day: string) => void}} props */
function WeekView({ calendar, specialist, day, setDay }) {
  const narrow = matchMedia("(max-width: 46rem)").matches;
  const [shape, setShape] = useState(narrow ? "list" : "week");
  const monday = mondayOf(day);
  const step = shape === "day" ? 1 : 7;
  const today = dayOf(Date.now(), calendar.zone);
  const title = shape === "day" ? plainDay(day, lang) : t("calendar.week_of", { from: dayLong(`${monday}T12:00:00Z`, "UTC", lang), until: dayLong(`${addDays(monday, 6)}T12:00:00Z`, "UTC", lang) });
  const bookAt = (/** @type {string} */ wall) => location.assign(bookingAddress(specialist.id, wall, calendar.zone));
  return html`
    <div class="calendar-head">
      <div class="day-buttons" role="group" aria-label=${t("calendar.turn")}>
        <button type="button" class="button small" aria-label=${t(`calendar.before_${shape === "day" ? "day" : "week"}`)} onClick=${() => setDay(addDays(day, -step))}>‹</button>
        <button type="button" class="button small" onClick=${() => setDay(today)}>${t("today.today")}</button>
        <button type="button" class="button small" aria-label=${t(`calendar.after_${shape === "day" ? "day" : "week"}`)} onClick=${() => setDay(addDays(day, step))}>›</button>
      </div>
      <h2 aria-live="polite">${title}</h2>
      <div class="segments" role="group" aria-label=${t("calendar.shape")}>
        ${(narrow ? ["day", "list"] : ["week", "day", "list"]).map((each) => html`<button type="button" key=${each} aria-pressed=${shape === each} data-shape=${each} onClick=${() => setShape(each)}>${t(`calendar.as_${each}`)}</button>`)}
      </div>
    </div>
    <p class="soft">${zoneName(calendar.zone, `${day}T12:00:00Z`)}</p>
    ${shape === "list" ? html`<${WeekList} calendar=${calendar} specialist=${specialist} monday=${monday} />` : html`<${Grid} calendar=${calendar} day=${day} shape=${shape} onFree=${bookAt} />`}
    ${shape !== "list" && html`<p class="hint">${t("calendar.how")}</p>`}`;
}

/** The library's grid; what it shows are wall clocks of the specialist's zone. @param {{calendar: Calendar, day: string, shape: string, onFree: (wall: string) => void}} props */
function Grid({ calendar, day, shape, onFree }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const made = useRef(/** @type {any} */ (null));
  const act = useRef(onFree);
  act.current = onFree;
  useEffect(() => {
    if (!place.current) return undefined;
    made.current = window.EventCalendar.create(place.current, {
      ...gridOptions(calendar), date: day, view: viewOf(shape),
      dateClick: (/** @type {any} */ info) => act.current(info.dateStr.slice(0, 16)),
    });
    const plain = new MutationObserver(() => withoutTable(place.current));
    plain.observe(place.current, { subtree: true, childList: true });
    withoutTable(place.current);
    return () => {
      plain.disconnect();
      window.EventCalendar.destroy(made.current);
    };
  }, []);
  useEffect(() => {
    for (const [name, value] of Object.entries({ ...gridOptions(calendar), date: day, view: viewOf(shape) })) made.current?.setOption(name, value);
  }, [calendar, day, shape]);
  return html`<div class="grid-place ec-auto-dark" role="group" aria-label=${t("calendar.view")} ref=${place} data-test="week"></div>`;
}

/** @param {string} shape */
function viewOf(shape) {
  return shape === "day" ? "timeGridDay" : "timeGridWeek";
}

/** The grid calls itself a table, which its floating events are not: to a reader it is days with links. @param {HTMLElement | null} place */
function withoutTable(place) {
  for (const part of place?.querySelectorAll(TABLE_MARKS.map((name) => `[${name}]`).join()) || []) {
    for (const name of TABLE_MARKS) part.removeAttribute(name);
  }
}

/** What stands in the box of an event: a link where there is something to open. @param {any} info */
function eventContent({ event, timeText }) {
  const { booking, spoken } = event.extendedProps;
  if (event.display === "background") return "";
  const box = document.createElement(booking ? "a" : "span");
  box.className = "slot-box";
  if (box instanceof HTMLAnchorElement) box.href = `/staff/record?booking=${booking}`;
  if (spoken) box.title = spoken;
  const time = Object.assign(document.createElement("span"), { className: "slot-time", textContent: event.allDay ? "" : timeText.split(/\s*[–-]\s*/)[0] });
  const name = Object.assign(document.createElement("span"), { className: "slot-name", textContent: event.title });
  box.append(time, " ", name);
  return { domNodes: [box] };
}

/** @param {Calendar} calendar */
function gridOptions(calendar) {
  const [first, last] = bounds(calendar);
  return {
    headerToolbar: { start: "", center: "", end: "" }, locale: lang === "en" ? "en-GB" : "ru", firstDay: 1, allDaySlot: calendar.holidays.length > 0, allDayContent: t("calendar.all_day"),
    slotMinTime: `${first}:00:00`, slotMaxTime: `${last}:00:00`, slotDuration: "00:30:00", slotHeight: 40, slotLabelInterval: "01:00:00",
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" }, nowIndicator: false, pointer: true, eventContent, events: eventsOf(calendar), height: "auto",
  };
}

/** @param {Calendar} calendar @returns {[number, number]} first and last hour that must be seen */
function bounds(calendar) {
  const hours = [...calendar.open, ...calendar.bookings].flatMap((each) => [Number(wallOf(each.starts, calendar.zone).slice(11, 13)), Math.ceil(endHour(each.ends, calendar.zone))]);
  return [Math.min(FIRST_HOUR, ...hours), Math.max(LAST_HOUR, ...hours)];
}

/** @param {string} at @param {string} zone */
function endHour(at, zone) {
  const [hour, minute] = wallOf(at, zone).slice(11).split(":").map(Number);
  return (hour || 24) + minute / 60;
}

/** @param {Calendar} calendar */
function eventsOf(calendar) {
  const wall = (/** @type {string} */ at) => wallOf(at, calendar.zone);
  return [
    ...calendar.open.map((each) => ({ start: wall(each.starts), end: wall(each.ends), display: "background", classNames: ["is-open"], extendedProps: {} })),
    ...calendar.absences.map((each) => ({ start: wall(each.starts), end: wall(each.ends), title: t(`absence.kind_${each.kind}`), classNames: ["is-absent"], extendedProps: {} })),
    ...calendar.holidays.map((each) => ({ start: each.day, end: addDays(each.day, 1), allDay: true, title: each.name, classNames: ["is-holiday"], extendedProps: {} })),
    ...calendar.bookings.filter((each) => each.status !== "cancelled").map((each) => ({
      id: String(each.id), start: wall(each.starts), end: wall(each.ends), title: each.client?.name || t("calendar.busy"), classNames: [`is-${each.status}`],
      extendedProps: { booking: each.client ? each.id : null, spoken: `${clock(each.starts, calendar.zone, lang)}–${clock(each.ends, calendar.zone, lang)}, ${t(`status.${each.status}`)}` },
    })),
  ];
}

/** @param {number} specialist @param {string} wall @param {string} zone */
function bookingAddress(specialist, wall, zone) {
  return `/staff/booking?specialist=${specialist}&day=${wall.slice(0, 10)}&starts=${encodeURIComponent(instantOf(wall, zone))}`;
}

/** The same week as words: for a narrow screen, a keyboard, a screen reader. @param {{calendar: Calendar, specialist: Specialist, monday: string}} props */
function WeekList({ calendar, specialist, monday }) {
  const days = [0, 1, 2, 3, 4, 5, 6].map((n) => addDays(monday, n));
  return html`<ol class="week-list">${days.map((day) => html`<${DayLine} key=${day} calendar=${calendar} specialist=${specialist} day=${day} />`)}</ol>`;
}

/** @param {{calendar: Calendar, specialist: Specialist, day: string}} props */
function DayLine({ calendar, specialist, day }) {
  const { zone } = calendar;
  const here = (/** @type {{starts: string}} */ each) => dayOf(each.starts, zone) === day;
  const bookings = calendar.bookings.filter((each) => each.status !== "cancelled" && here(each));
  const open = calendar.open.filter(here);
  const holiday = calendar.holidays.find((each) => each.day === day);
  const absent = calendar.absences.filter((each) => dayOf(each.starts, zone) <= day && dayOf(Date.parse(each.ends) - 1, zone) >= day);
  const ahead = day >= dayOf(Date.now(), zone);
  return html`
    <li class="week-day" data-day=${day}>
      <h3>${plainDay(day, lang)}</h3>
      ${holiday && html`<p><span class="tag warn">${holiday.name}</span></p>`}
      ${absent.map((each) => html`<p key=${each.id}><span class="tag warn">${t(`absence.kind_${each.kind}`)}</span></p>`)}
      <p class="soft">${open.length ? t("calendar.open_at", { hours: open.map((each) => `${clock(each.starts, zone, lang)}–${clock(each.ends, zone, lang)}`).join(", ") }) : t("calendar.closed")}</p>
      ${bookings.length > 0 && html`<ul class="past">${bookings.map((each) => html`<li key=${each.id} data-booking=${each.id}><strong class="figures">${clock(each.starts, zone, lang)}</strong>
        ${each.client ? html`<a href=${`/staff/record?booking=${each.id}`}>${each.client.name}</a>` : html`<span>${t("calendar.busy")}</span>`} <span class="soft">${each.service.name}</span><${StatusMark} status=${each.status} /></li>`)}</ul>`}
      ${open.length > 0 && ahead && html`<a class="button small" href=${`/staff/booking?specialist=${specialist.id}&day=${day}`} aria-label=${t("calendar.book_on", { day: plainDay(day, lang) })}>${t("calendar.book")}</a>`}
    </li>`;
}
