// The day on a phone: one specialist after the other, her next free times as big buttons, her bookings on demand.

import { html, useMemo, useState } from "/static/vendor/preact-htm.js";
import { clock, dayShort } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";
import { Idle, isIdle } from "./idle.js";
import { whyClosed } from "./lane.js";
import { byInstitution } from "./lanes.js";
import { oneAfterAnother } from "./span.js";

/** @typedef {import("/static/lib/schedule-types.js").Board} Board */
/** @typedef {import("/static/lib/schedule-types.js").BoardBooking} BoardBooking */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */
/** @typedef {{onFree: (column: Column, starts: string) => void, onBooking: (column: Column, booking: BoardBooking) => void, onNext: (next: string) => void}} Acts */

const FEW = 5;

/** @param {{board: Board, zone: string} & Acts} props */
export function People({ board, zone, ...acts }) {
  return html`
    <div class="sb-people" data-test="people">${byInstitution(board.items.filter((each) => !isIdle(each))).map(({ institution, columns }) => html`
      <section key=${institution.id} aria-labelledby=${`sb-inst-${institution.id}`}>
        <h2 class="sb-inst" id=${`sb-inst-${institution.id}`}>${institution.name} <span class="sb-kind">${t(`sched.kind_${institution.kind}`)}</span></h2>
        ${columns.map((column) => html`<${Person} key=${column.specialist.id} column=${column} zone=${zone} minutes=${board.duration_min || 0} acts=${acts} />`)}
      </section>`)}
      <${Idle} columns=${board.items.filter(isIdle)} /></div>`;
}

/** @param {{column: Column, zone: string, minutes: number, acts: Acts}} props */
function Person({ column, zone, minutes, acts }) {
  const [all, setAll] = useState(false);
  return useMemo(() => {
    const { specialist, bookings, held, next_free: next } = column;
    const free = column.free || [];
    const few = oneAfterAnother(free, minutes).slice(0, FEW);
    const closed = whyClosed(column);
    const words = [closed, !closed && !free.length && t("sched.none_free"), held.length > 0 && t("sched.held_times", { times: held.map((each) => clock(each.starts, zone, lang)).join(", ") })].filter(Boolean).join(" · ");
    return html`
      <article class="sb-person" data-lane=${specialist.id} aria-labelledby=${`sb-name-${specialist.id}`}>
        <h3 id=${`sb-name-${specialist.id}`}>${specialist.name}</h3>
        ${words && html`<p class="soft">${words}</p>`}
        ${free.length > 0 && html`<div class="sb-chips sb-big">
          ${(all ? free : few).map((starts) => html`<button type="button" key=${starts} class="sb-chip" data-starts=${starts} data-specialist=${specialist.id}
            aria-label=${t("sched.start", { time: clock(starts, zone, lang), who: specialist.name })} onClick=${() => acts.onFree(column, starts)}>${clock(starts, zone, lang)}</button>`)}
          ${!all && free.length > few.length && html`<button type="button" class="sb-chip sb-chip-more" aria-label=${t("sched.all_of", { who: specialist.name })} onClick=${() => setAll(true)}>${t("sched.all_times")}</button>`}</div>`}
        ${!free.length && next && html`<button type="button" class="button wide" data-next=${next} onClick=${() => acts.onNext(next)}>${t("sched.next_at", { day: dayShort(next, zone, lang), time: clock(next, zone, lang) })}</button>`}
        ${bookings.length > 0 && html`<details><summary>${t("sched.booked_n", { count: bookings.length })}</summary>
          <ul class="sb-booked">${bookings.map((each) => html`<li key=${each.id}><button type="button" data-booking=${each.id} onClick=${() => acts.onBooking(column, each)}><strong>${clock(each.starts, zone, lang)}</strong> ${each.client?.name || t("sched.busy")}</button></li>`)}</ul></details>`}
      </article>`;
  }, [column, zone, minutes, all]);
}
