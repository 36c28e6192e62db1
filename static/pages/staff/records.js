// Consultations past and present as a list, narrowed by days, status and specialist.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, clock, dayOf, plainDay } from "/static/lib/time.js";
import { Select } from "./parts/form.js";
import { Empty, inAddress, Loading, open, Trouble, useAnswer, useNow, zoneOf } from "./parts/shell.js";
import { FeedbackMark, QualityMark, RoomMark } from "./parts/state.js";
import { lang, t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const STATUSES = ["booked", "confirmed", "took_place", "missed", "client_gave_up", "specialist_late", "failed_technically", "cancelled"];
const BACK_DAYS = 30;

open("records", Records);

/** @param {{me: Me}} props */
function Records({ me }) {
  const zone = zoneOf(me);
  const now = useNow(60_000);
  const today = dayOf(now, zone);
  const [wish, setWish] = useState({ from: inAddress("from") || addDays(today, -BACK_DAYS), until: inAddress("until") || today, status: "", specialist: "" });
  const answer = useAnswer(() => get("/bookings", wish), [JSON.stringify(wish)]);
  const coordinator = me.roles.includes("coordinator");
  const specialists = useAnswer(async () => (coordinator ? get("/specialists") : { items: [] }), []);
  const set = (/** @type {string} */ name) => (/** @type {any} */ e) => setWish({ ...wish, [name]: e.target.value });
  const any = { value: "", label: t("records.any") };
  /** @type {Booking[]} */
  const items = [...(answer.value?.items || [])].reverse();
  return html`
    <div class="page-head"><h1>${t("records.title")}</h1>${me.may.includes("quality") && html`<a href="/staff/quality">${t("nav.quality")}</a>`}</div>
    <div class="filters">
      <div class="field"><label for="records-from">${t("records.from")}</label><input type="date" id="records-from" value=${wish.from} onChange=${set("from")} /></div>
      <div class="field"><label for="records-until">${t("records.until")}</label><input type="date" id="records-until" value=${wish.until} onChange=${set("until")} /></div>
      <${Select} id="records-status" name="status" label=${t("records.status")} value=${wish.status} onChange=${set("status")} options=${[any, ...STATUSES.map((each) => ({ value: each, label: t(`status.${each}`) }))]} />
      ${coordinator && html`<${Select} id="records-specialist" name="specialist" label=${t("booking.specialist")} value=${wish.specialist} onChange=${set("specialist")}
        options=${[any, ...(specialists.value?.items || []).map((/** @type {any} */ each) => ({ value: String(each.id), label: each.name }))]} />`}
    </div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!answer.value && !answer.error && html`<${Loading} />`}
    ${answer.value && !items.length && html`<${Empty} title=${t("records.none")} text=${t("records.none_text")} />`}
    ${items.length > 0 && html`<p class="hint">${t("records.count", { count: items.length })} · ${zoneName(zone, now)}</p>${byDay(items, zone).map(([day, ofDay]) => html`
      <section key=${day} class="records-day"><h2>${plainDay(day, lang)}</h2>
        <ul class="records">${ofDay.map((each) => html`<${One} key=${each.id} booking=${each} now=${now} zone=${zone} />`)}</ul></section>`)}`}`;
}

/** @param {{booking: Booking, now: number, zone: string}} props */
function One({ booking, now, zone }) {
  return html`
    <li data-booking=${booking.id} data-status=${booking.status}>
      <time datetime=${booking.starts}>${clock(booking.starts, zone, lang)}</time>
      <div class="day-who"><a href=${`/staff/record?booking=${booking.id}`}><strong>${booking.client.name}</strong></a><span class="soft">${booking.specialist.name} · ${booking.service.name} · ${t(`mode.${booking.mode}`)}</span></div>
      <div class="day-marks"><${RoomMark} booking=${booking} now=${now} zone=${zone} /><${QualityMark} quality=${booking.quality} /><${FeedbackMark} feedback=${booking.feedback} /></div>
    </li>`;
}

/** @param {Booking[]} items @param {string} zone @returns {[string, Booking[]][]} */
function byDay(items, zone) {
  /** @type {Map<string, Booking[]>} */
  const days = new Map();
  for (const each of items) days.set(dayOf(each.starts, zone), [...(days.get(dayOf(each.starts, zone)) || []), each]);
  return [...days];
}
