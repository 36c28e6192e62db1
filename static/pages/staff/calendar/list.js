// The same days as words: for a narrow screen, a screen reader, and whoever likes lists better than grids.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayOf, plainDay } from "/static/lib/time.js";
import { StatusMark } from "../parts/state.js";
import { lang, t } from "../parts/words.js";
import { dayFacts, standing, windowsOf } from "./plan.js";
import { absenceWords, dayWords, originWords, spanWords } from "./spoken.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {{calendar: Calendar, specialist: {id: number}, days: string[], now: number, edits: boolean, onWin: (win: Win) => void, onAdd: (day: string) => void, onAbsence: (id: number) => void}} ListProps */

/** @param {ListProps} props */
export function List(props) {
  return html`<ol class="week-list" data-test="list">${props.days.map((day) => html`<${Line} key=${day} ...${props} day=${day} />`)}</ol>`;
}

/** @param {ListProps & {day: string}} props */
function Line({ calendar, specialist, day, now, edits, onWin, onAdd, onAbsence }) {
  const { zone } = calendar;
  const { holiday, exception, absences } = dayFacts(calendar, day);
  const wins = windowsOf(calendar).filter((each) => each.day === day);
  const bookings = standing(calendar).filter((each) => dayOf(each.starts, zone) === day);
  const ahead = day >= dayOf(now, zone);
  return html`
    <li class="week-day" data-day=${day}>
      <h3>${plainDay(day, lang)}</h3>
      ${holiday && html`<p><span class="tag warn">${holiday.name}</span></p>`}
      ${exception && html`<p><span class="tag">${exception.reason || t("calendar.special_day")}</span></p>`}
      ${absences.map((each) => html`<p key=${each.id} class="row tight"><span class="tag warn">${absenceWords(each, zone)}</span>${edits && html`<button type="button" class="act" onClick=${() => onAbsence(each.id)}>${t("calendar.about_absence", { kind: t(`absence.kind_${each.kind}`) })}</button>`}</p>`)}
      ${edits
        ? html`<ul class="cal-list-windows">${wins.map((win) => html`<li key=${win.key}><button type="button" class="cal-list-window" data-window=${win.key} title=${t("calendar.change_window", { span: spanWords(win), day: dayWords(win.day) })} onClick=${() => onWin(win)}><strong class="figures">${spanWords(win)}</strong> <span class="soft">${originWords(calendar, win)}</span></button></li>`)}</ul>
          <button type="button" class="button small" aria-label=${t("calendar.add_on", { day: plainDay(day, lang) })} onClick=${() => onAdd(day)}>${t("calendar.add_hours")}</button>`
        : html`<p class="soft">${wins.length ? t("calendar.open_at", { hours: wins.map(spanWords).join(", ") }) : t("calendar.closed")}</p>`}
      ${bookings.length > 0 && html`<ul class="past">${bookings.map((each) => html`<li key=${each.id} data-booking=${each.id}><strong class="figures">${clock(each.starts, zone, lang)}</strong>
        ${each.client ? html`<a href=${`/staff/record?booking=${each.id}`}>${each.client.name}</a>` : html`<span>${t("calendar.busy")}</span>`} <span class="soft">${each.service.name}</span><${StatusMark} status=${each.status} /></li>`)}</ul>`}
      ${!edits && wins.length > 0 && ahead && html`<a class="button small" href=${`/staff/booking?specialist=${specialist.id}&day=${day}`} aria-label=${t("calendar.book_on", { day: plainDay(day, lang) })}>${t("calendar.book")}</a>`}
    </li>`;
}
