// A few days of many specialists as a table: in each cell the first free times to press, and how much is booked.

import { html, useLayoutEffect, useMemo, useRef } from "/static/vendor/preact-htm.js";
import { addDays, clock, dayOf, dayShort } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";
import { byInstitution } from "./lanes.js";
import { oneAfterAnother, shortName } from "./span.js";
import { useWalking } from "./walking.js";

/** @typedef {import("/static/lib/schedule-types.js").Board} Board */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */

/** @param {{board: Board, day: string, days: number, zone: string, focus: string | null, onFocused: () => void, onFree: (column: Column, starts: string) => void, onDay: (day: string) => void}} props */
export function Cells({ board, day, days, zone, focus, onFocused, onFree, onDay }) {
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  useWalking(root, focus, onFocused);
  useLayoutEffect(() => { root.current?.style.setProperty("--sb-days", String(days)); }, [days]);
  const shown = useMemo(() => Array.from({ length: days }, (_, n) => addDays(day, n)), [day, days]);
  const today = dayOf(Date.now(), zone);
  return html`
    <div class="sb sb-table" ref=${root} role="group" aria-label=${t("sched.table")} data-test="cells">
      <table>
        <thead><tr><th scope="col" class="sb-corner"><span class="visually-hidden">${t("booking.specialist")}</span></th>
          ${shown.map((each) => html`<th scope="col" key=${each} aria-current=${each === today ? "date" : undefined}><button type="button" class="sb-day-head" onClick=${() => onDay(each)}>${dayShort(`${each}T12:00:00Z`, "UTC", lang)}</button></th>`)}</tr></thead>
        ${byInstitution(board.items).map(({ institution, columns }) => html`
          <tbody key=${institution.id}>
            <tr class="sb-inst-row"><th scope="rowgroup" colspan=${days + 1}><span class="sb-inst">${institution.name} <span class="sb-kind">${t(`sched.kind_${institution.kind}`)}</span></span></th></tr>
            ${columns.map((column) => html`<${Row} key=${column.specialist.id} column=${column} days=${shown} zone=${zone} minutes=${board.duration_min || 0} onFree=${onFree} onDay=${onDay} />`)}
          </tbody>`)}
      </table>
    </div>`;
}

/** @param {{column: Column, days: string[], zone: string, minutes: number, onFree: (column: Column, starts: string) => void, onDay: (day: string) => void}} props */
function Row({ column, days, zone, minutes, onFree, onDay }) {
  // Handlers look the same for the same row; only what it shows makes it anew.
  return useMemo(() => {
    const { specialist } = column;
    const free = grouped(column.free || [], (each) => dayOf(each, zone));
    const booked = grouped(column.bookings, (each) => dayOf(each.starts, zone));
    return html`
      <tr data-lane=${specialist.id}>
        <th scope="row" class="sb-head"><a class="sb-name" tabindex="-1" data-item data-at="0" href=${`/staff/calendar?specialist=${specialist.id}`} title=${specialist.name}>${shortName(specialist.name)}</a></th>
        ${days.map((day) => html`<td key=${day}><${Cell} column=${column} day=${day} zone=${zone} free=${free.get(day) || []} booked=${(booked.get(day) || []).length} minutes=${minutes} most=${days.length > 3 ? FEW : MANY} onFree=${onFree} onDay=${onDay} /></td>`)}
      </tr>`;
  }, [column, days, zone, minutes]);
}

// A week has room for two rows of two, three days for two rows of five.
const FEW = 4;
const MANY = 10;

/** @param {{column: Column, day: string, zone: string, free: string[], booked: number, minutes: number, most: number, onFree: (column: Column, starts: string) => void, onDay: (day: string) => void}} props */
function Cell({ column, day, zone, free, booked, minutes, most, onFree, onDay }) {
  const who = shortName(column.specialist.name);
  const off = column.off.find((each) => each.day === day);
  const apart = oneAfterAnother(free, minutes);
  const few = apart.length > most ? apart.slice(0, most - 1) : apart;
  return html`
    <div class="sb-cell">
      ${few.length > 0 && html`<div class="sb-chips">${few.map((starts) => html`<button type="button" key=${starts} class="sb-chip" tabindex="-1" data-item data-at=${Date.parse(starts)} data-starts=${starts} data-specialist=${column.specialist.id} aria-label=${t("sched.start", { time: clock(starts, zone, lang), who })} onClick=${() => onFree(column, starts)}>${clock(starts, zone, lang)}</button>`)}
        ${apart.length > few.length && html`<button type="button" class="sb-chip sb-chip-more" tabindex="-1" data-item data-at=${Date.parse(few[few.length - 1]) + 1} aria-label=${t("sched.more_of", { count: apart.length - few.length, who, day: dayShort(`${day}T12:00:00Z`, "UTC", lang) })} onClick=${() => onDay(day)}>+${apart.length - few.length}</button>`}</div>`}
      <p class="sb-cell-words">${[off ? offWords(off) : !free.length && t("sched.none_free"), booked > 0 && t("sched.booked_n", { count: booked })].filter(Boolean).join(" · ")}</p>
    </div>`;
}

/** @param {Column["off"][number]} off */
export function offWords(off) {
  return off.why === "holiday" ? t("sched.off_holiday", { name: off.name }) : t(`sched.off_${off.why}`);
}

/** @template T @param {T[]} items @param {(item: T) => string} name @returns {Map<string, T[]>} */
function grouped(items, name) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const each of items) {
    const known = groups.get(name(each));
    if (known) known.push(each);
    else groups.set(name(each), [each]);
  }
  return groups;
}
