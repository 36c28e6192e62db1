// One specialist's line of the day: open time, free starts to press, what is booked, held and closed.

import { html, useMemo } from "/static/vendor/preact-htm.js";
import { clock, dayShort, differ, offsetName } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";
import { cellsOf, MINUTE, placed, roomFor, shortName } from "./span.js";

/** @typedef {import("/static/lib/schedule-types.js").Column} Column */
/** @typedef {import("/static/lib/schedule-types.js").BoardBooking} BoardBooking */
/** @typedef {import("./span.js").Span} Span */

/**
 * `targets`: where the booking that is being moved may start with her; undefined as long as nothing is being moved.
 * Its parts are made anew only when what they show has changed: with fifty lines that is what makes one change cheap.
 * @param {{column: Column, span: Span, zone: string, minutes: number, targets: string[] | undefined, lifted: number | null}} props
 */
export function Lane({ column, span, zone, minutes, targets, lifted }) {
  const { specialist } = column;
  const names = useMemo(() => html`<${Head} column=${column} zone=${zone} />`, [column, zone]);
  const ground = useMemo(() => html`<${Ground} column=${column} span=${span} />`, [column, span]);
  const free = useMemo(() => html`<${Free} column=${column} span=${span} zone=${zone} minutes=${minutes} />`, [column, span, zone, minutes]);
  const taken = useMemo(() => html`<${Taken} column=${column} span=${span} zone=${zone} lifted=${lifted} />`, [column, span, zone, lifted]);
  return html`
    <div class="sb-lane" role="group" aria-labelledby=${`sb-name-${specialist.id}`} data-lane=${specialist.id}>
      ${names}
      <div class="sb-line" data-line>
        ${ground}${free}
        ${targets && html`<div class="sb-rooms" aria-hidden="true">${roomFor(targets, minutes).map((each) => html`<span key=${each.starts} style=${placed(span, each.starts, each.ends)}></span>`)}</div>`}
        ${taken}
      </div>
    </div>`;
}

/** @param {{column: Column, zone: string}} props */
function Head({ column, zone }) {
  const { specialist, free, next_free: next } = column;
  const now = Date.now();
  return html`
    <div class="sb-head">
      <a class="sb-name" tabindex="-1" data-item data-at="0" id=${`sb-name-${specialist.id}`} href=${`/staff/calendar?specialist=${specialist.id}`} title=${specialist.name}>${shortName(specialist.name)}</a>
      <span class="sb-under">
        ${free?.length ? t("sched.free_from", { time: clock(free[0], zone, lang) }) : next
          ? html`<button type="button" class="sb-next" tabindex="-1" data-item data-at="1" data-next=${next} aria-label=${t("sched.next_of", { who: specialist.name, day: dayShort(next, zone, lang), time: clock(next, zone, lang) })}>${t("sched.next", { day: dayShort(next, zone, lang) })}</button>`
          : t("sched.none_free")}
        ${differ(now, column.zone, zone) && html` · ${offsetName(now, column.zone)}`}
      </span>
    </div>`;
}

/** @param {{column: Column, span: Span}} props */
function Ground({ column, span }) {
  const away = whyClosed(column);
  const words = column.open.length ? "" : away;
  return html`
    <div class="sb-ground" aria-hidden="true">${column.open.map((each) => html`<span key=${each.starts} class="sb-open" style=${placed(span, Date.parse(each.starts), Date.parse(each.ends))}></span>`)}
      ${column.away.map((each) => html`<span key=${each.starts} class="sb-away" style=${placed(span, Date.parse(each.starts), Date.parse(each.ends))}>${!words && html`<span class="sb-words">${t("sched.away")}</span>`}</span>`)}</div>
    ${words ? html`<p class="sb-words">${words}</p>` : away && html`<p class="visually-hidden">${away}</p>`}`;
}

/** Why she does not work on this day, in words, or nothing. @param {Column} column */
export function whyClosed({ off, away, open }) {
  if (off.length) return off[0].why === "holiday" ? t("sched.off_holiday", { name: off[0].name }) : t(`sched.off_${off[0].why}`);
  if (away.length) return t(open.length ? "sched.away_part" : "sched.away");
  return "";
}

/** @param {{column: Column, span: Span, zone: string, minutes: number}} props */
function Free({ column, span, zone, minutes }) {
  const { id, name } = column.specialist;
  return html`<div class="sb-free">${cellsOf(column.free || [], minutes).map((cell) => {
    const time = clock(cell.at, zone, lang);
    return html`<button type="button" key=${cell.starts} class=${`sb-start${cell.first ? " sb-start-first" : ""}${cell.last ? " sb-start-last" : ""}`} tabindex="-1" style=${{ ...placed(span, cell.at, cell.ends), "--sb-session": `${(minutes * MINUTE * 100) / (cell.ends - cell.at)}%` }}
      data-item data-at=${cell.at} data-starts=${cell.starts} data-specialist=${id} aria-label=${t("sched.start", { time, who: name })}><span aria-hidden="true">${time}</span></button>`;
  })}</div>`;
}

/** @param {{column: Column, span: Span, zone: string, lifted: number | null}} props */
function Taken({ column, span, zone, lifted }) {
  return html`<div class="sb-taken">
    ${column.held.map((each) => html`<span key=${`h${each.starts}`} class="sb-held" data-held=${each.starts} style=${placed(span, Date.parse(each.starts), Date.parse(each.ends))}
      title=${t("sched.held_at", { time: clock(each.starts, zone, lang) })}><span>${t("sched.held")}</span></span>`)}
    ${column.bookings.flatMap((each) => [
      each.busy_until > each.ends && html`<span key=${`t${each.id}`} class="sb-after" aria-hidden="true" style=${placed(span, Date.parse(each.ends), Date.parse(each.busy_until))}></span>`,
      html`<${Block} key=${`b${each.id}`} booking=${each} who=${column.specialist.name} span=${span} zone=${zone} lifted=${lifted === each.id} />`,
    ])}
  </div>`;
}

/** @param {{booking: BoardBooking, who: string, span: Span, zone: string, lifted: boolean}} props */
function Block({ booking, who, span, zone, lifted }) {
  const { client, movable, status } = booking;
  const words = spoken(booking, who, zone);
  return html`
    <button type="button" class=${`sb-block is-${status}${movable ? " sb-movable" : ""}${client ? "" : " sb-foreign"}${lifted ? " sb-lifted" : ""}`} tabindex="-1"
      style=${placed(span, Date.parse(booking.starts), Date.parse(booking.ends))} data-item data-at=${Date.parse(booking.starts)} data-booking=${booking.id} data-movable=${movable || undefined}
      title=${words} aria-keyshortcuts=${movable ? "M" : undefined}>
      <span class="sb-block-time">${clock(booking.starts, zone, lang)}</span> <span class="sb-block-who">${client ? shortName(client.name) : t("sched.busy")}</span><span class="visually-hidden">${words}</span>
    </button>`;
}

/** @param {BoardBooking} booking @param {string} who @param {string} zone */
function spoken(booking, who, zone) {
  const facts = { until: clock(booking.ends, zone, lang), who, service: booking.service.name, client: booking.client?.name || t("sched.busy"), status: t(`status.${booking.status}`) };
  return t(booking.movable ? "sched.block_movable" : "sched.block", facts);
}
