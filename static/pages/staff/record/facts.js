// What is so of a booking: its end, the people and things in it, the service, the line, and until when the client may change it.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { clock, dayOf, dayWithYear } from "/static/lib/time.js";
import { useAnswer } from "../parts/shell.js";
import { FeedbackMark, isOver, LineMark, QualityMark, RoomMark, StatusMark } from "../parts/state.js";
import { lang, money, t, zoneName } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/desk-types.js").DeskBooking} Booking */

/** @param {{booking: Booking, me: import("/static/lib/api-types.js").Me, now: number, zone: string}} props */
export function Facts({ booking, me, now, zone }) {
  const facts = [
    ["record.status", html`<${StatusMark} status=${booking.status} />`], ["record.room", booking.room.state !== "empty" && html`<${RoomMark} booking=${booking} now=${now} zone=${zone} />`],
    ["course.card", booking.series?.n && html`<a href="#course-card">${t("course.place", { n: booking.series.n, of: booking.series.of || 0 })}</a>`],
    ["record.client", html`<a href=${`/staff/client?id=${booking.client.id}`}>${booking.client.name}</a>, ${t("client.born", { year: booking.client.birth_year })}`],
    ["record.phone", booking.client.phone && html`<a class="phone" href=${`tel:${booking.client.phone}`}>${booking.client.phone}</a>`],
    ["beside.participants", booking.participants.length > 0 && html`<ul class="plain participants" data-test="participants">${booking.participants.map((each) => html`<li key=${each.name}>${each.client ? html`<a href=${`/staff/client?id=${each.client}`}>${each.name}</a>` : each.name} <span class="soft">${t(`beside.role_${each.role}`)}</span></li>`)}</ul>`],
    ["record.specialist", html`${booking.specialist.name}<br /><span class="soft">${booking.specialist.institution.name}</span>`],
    ["record.service", html`${booking.service.name}<br /><span class="soft">${t("record.standard", { code: booking.service.code, version: booking.service.version })}, ${money(booking.price_kopecks)}</span>`],
    ["record.certificate", booking.certificate && (me.may.includes("certificates.read") ? html`<a href=${`/staff/certificate?id=${booking.certificate.id}`}>${t("record.number", { number: booking.certificate.number })}</a>` : t("record.number", { number: booking.certificate.number }))],
    ["record.application", booking.application && (me.may.includes("applications") ? html`<a href=${`/staff/application?id=${booking.application}`}>${t("record.number", { number: booking.application })}</a>` : t("record.number", { number: booking.application }))],
    ["record.mode", t(`mode.${booking.mode}`)], ["record.line", html`<${LineMark} check=${booking.line_check} />`],
    ["record.quality", booking.quality && html`<${QualityMark} quality=${booking.quality} />`], ["record.feedback", booking.feedback && html`<${FeedbackMark} feedback=${booking.feedback} />`],
    ["record.code", t(booking.code_used ? "record.code_used" : "record.code_unused")],
    ["deed.deadline", !isOver(booking) && Date.parse(booking.starts) > now && html`<${Deadline} booking=${booking} now=${now} zone=${zone} />`],
  ];
  return html`<section class="card" aria-labelledby="facts-title"><h2 id="facts-title">${t("record.facts")}</h2>
    <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(/** @type {string} */ (name))}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** Until when the client may move it himself: her calendar says how long before. @param {{booking: Booking, now: number, zone: string}} props */
function Deadline({ booking, now, zone }) {
  const day = dayOf(booking.starts, booking.specialist_zone);
  const answer = useAnswer(() => get(`/specialists/${booking.specialist.id}/calendar`, { from: day, until: day }), [booking.version]);
  const notice = /** @type {(Calendar & {change_notice_min?: number}) | undefined} */ (answer.value)?.change_notice_min;
  if (notice === undefined) return html`<span class="soft">…</span>`;
  const until = Date.parse(booking.starts) - notice * 60_000;
  const time = `${dayWithYear(until, zone, lang)}, ${clock(until, zone, lang)}, ${zoneName(zone, until)}`;
  return html`<span data-test="deadline">${until < now ? t("deed.deadline_over", { time }) : t("deed.deadline_until", { time })}</span>`;
}
