// Moving a booking without a mouse: a list of who is free and when, one press moves it, Escape leaves it where it is.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, clock, dayLong, dayOf, plainDay } from "/static/lib/time.js";
import { Dialog } from "../parts/dialog.js";
import { Select } from "../parts/form.js";
import { Empty, Loading, Trouble, useAnswer } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/schedule-types.js").BoardBooking} BoardBooking */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */

const FEW = 8;

/** @param {{booking: BoardBooking, from: Column, among: import("./asking.js").Query, zone: string, onMove: (to: {specialist: number, starts: string}) => void, onClose: () => void}} props */
export function MovingWindow({ booking, from, among, zone, onMove, onClose }) {
  const today = dayOf(Date.now(), zone);
  const [day, setDay] = useState(dayOf(booking.starts, zone) < today ? today : dayOf(booking.starts, zone));
  const [who, setWho] = useState("");
  const answer = useAnswer(() => get("/calendars", { ...among, moving: booking.id, from: day, until: day }), [day]);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const begun = useRef(false);
  useEffect(() => {
    // Whoever came here by a key goes on by keys: the first time stands ready.
    if (!answer.value || begun.current) return;
    begun.current = true;
    /** @type {HTMLElement | null | undefined} */ (list.current?.querySelector("[data-test=move-to]"))?.focus();
  }, [answer.value]);
  /** @type {Column[]} */
  const columns = answer.value?.items || [];
  const own = from.specialist.id;
  const shown = columns.filter((each) => (who ? String(each.specialist.id) === who : each.free?.length)).sort((one, other) => Number(other.specialist.id === own) - Number(one.specialist.id === own));
  const people = [{ value: "", label: t("sched.anybody") }, ...columns.map(({ specialist }) => ({ value: String(specialist.id), label: `${specialist.name}, ${specialist.institution.name}` }))];
  return html`
    <${Dialog} title=${t("act.move_title")} name="moving" wide onClose=${onClose}>
      <div class="stack">
        <p class="about"><strong>${booking.client?.name}</strong><br />${dayLong(booking.starts, zone, lang)}, ${clock(booking.starts, zone, lang)}<br />${from.specialist.name}</p>
        <div class="sb-move-head">
          <${Select} id="sb-move-who" name="who" label=${t("booking.specialist")} value=${who} onChange=${(/** @type {any} */ e) => setWho(e.target.value)} options=${people} />
          <div class="field"><label for="sb-move-day">${t("sched.on_day")}</label><input type="date" id="sb-move-day" value=${day} min=${today} onChange=${(/** @type {any} */ e) => e.target.value && setDay(e.target.value)} /></div>
          <div class="day-buttons" role="group" aria-label=${t("today.days")}>
            <button type="button" class="button small" aria-label=${t("today.before")} disabled=${day <= today} onClick=${() => setDay(addDays(day, -1))}>‹</button>
            <button type="button" class="button small" aria-label=${t("today.after")} onClick=${() => setDay(addDays(day, 1))}>›</button>
          </div>
        </div>
        <h3 aria-live="polite">${plainDay(day, lang)}</h3>
        ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
        ${!answer.value && !answer.error && html`<${Loading} what=${t("sched.looking")} />`}
        ${answer.value && !shown.some((each) => each.free?.length) && html`<${Empty} title=${t("sched.none_that_day")} text=${t("sched.none_that_day_next")} />`}
        <div class="sb-move-list" ref=${list} onKeyDown=${stepped}>${shown.map((each) => html`<${Times} key=${`${each.specialist.id} ${day}`} column=${each} zone=${zone} now=${each.specialist.id === own ? booking.starts : ""} onMove=${onMove} />`)}</div>
      </div>
    <//>`;
}

/** Arrows go from time to time, and from one specialist to the next. @param {KeyboardEvent} event */
function stepped(event) {
  const chip = /** @type {HTMLElement} */ (event.target).closest("button");
  const section = chip?.closest("section");
  if (!chip || !section) return;
  const chips = [...section.querySelectorAll("button")];
  const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const across = { ArrowUp: section.previousElementSibling, ArrowDown: section.nextElementSibling }[event.key];
  const next = along ? chips[chips.indexOf(chip) + along] : across?.querySelector("button");
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** @param {{column: Column, zone: string, now: string, onMove: (to: {specialist: number, starts: string}) => void}} props `now`: where it stands, which is no move */
function Times({ column, zone, now, onMove }) {
  const [all, setAll] = useState(false);
  const free = (column.free || []).filter((each) => each !== now);
  const { specialist } = column;
  if (!free.length) return null;
  return html`
    <section class="sb-times" aria-label=${specialist.name} data-specialist=${specialist.id}>
      <h4>${specialist.name}<span class="soft">${specialist.institution.name}</span></h4>
      <div class="sb-chips">${(all ? free : free.slice(0, FEW)).map((starts) => html`
        <button type="button" key=${starts} class="sb-chip" data-test="move-to" data-starts=${starts} data-specialist=${specialist.id} onClick=${() => onMove({ specialist: specialist.id, starts })}>${clock(starts, zone, lang)}</button>`)}
        ${!all && free.length > FEW && html`<button type="button" class="sb-chip sb-chip-more" onClick=${() => setAll(true)}>${t("sched.more_n", { count: free.length - FEW })}</button>`}</div>
    </section>`;
}
