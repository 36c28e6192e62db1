// Free time to choose from: big chips in order of time, by day, by specialist or the same hour for weeks; and why there is none.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, clock, dayOf, dayShort, plainDay } from "/static/lib/time.js";
import { OtherClocks } from "./clocks.js";
import { Loading, Trouble, useAnswer } from "./shell.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {import("/static/lib/desk-types.js").FoundSlot} FoundSlot */
/** @typedef {import("/static/lib/desk-types.js").Found} FoundAnswer */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {Record<string, string | number | null | undefined>} Query what is wished, as GET /slots takes it */

const WAYS = ["earliest", "day", "specialist"];
const DAYS = 14;
// A wished time of the day must be among what is asked for; otherwise the first dozen is enough to look at.
const FEW = 12;
const WHOLE_DAY = 96;
const MOST = 200;
const NEAR_MS = 15 * 60_000;
const WEEKS = [2, 3, 4, 5, 6, 8, 10, 12];
export const PARTS = /** @type {Record<string, [string, string]>} */ ({ morning: ["06:00", "12:00"], day: ["12:00", "17:00"], evening: ["17:00", "22:00"] });

/**
 * @param {{wishes: Query, zone: string, clientZone?: string | null, from?: string, onFrom?: (day: string) => void, chosen: Slot | null, wanted?: string | null,
 *   held?: boolean, weekly?: boolean, onChoose: (slot: Slot | null) => void, onCourse?: (slot: FoundSlot) => void, onBare?: () => void, round?: number}} props
 *   `from` and `onFrom`: the first day is asked for elsewhere; `wanted`: the start to choose when it is free; `held`: the chosen one is kept,
 *   so it is not among what is free; `onCourse`: the same hour for weeks may be looked for; `onBare`: drops the wishes; `round` changes when the list must be asked anew
 */
export function Slots({ wishes, zone, clientZone, from, onFrom, chosen, wanted, held, onChoose, onCourse, onBare, round = 0 }) {
  const [way, setWay] = useState("earliest");
  const [weeks, setWeeks] = useState(4);
  const [ownDay, setOwnDay] = useState(from || dayOf(Date.now(), zone));
  const [part, setPart] = useState("");
  const [limit, setLimit] = useState(wanted ? WHOLE_DAY : FEW);
  const day = onFrom && from ? from : ownDay;
  const setDay = onFrom || setOwnDay;
  const asked = { ...wishes, from: day, days: DAYS, by: way, limit, ...(part && { part: PARTS[part].join("-") }), ...(way === "course" && { weeks }) };
  const question = JSON.stringify(asked);
  const answer = useAnswer(async () => ({ ...(await get("/slots", asked)), question }), [question, round]);
  useEffect(() => {
    const items = answer.value?.items;
    if (!items || answer.busy) return;
    const wished = wanted && !chosen && items.find((/** @type {Slot} */ each) => Math.abs(Date.parse(each.starts) - Date.parse(wanted)) < NEAR_MS);
    if (wished) onChoose(wished);
    else if (chosen && !held && !has([...items, ...(answer.value?.nearest || [])], chosen)) onChoose(null);
  }, [answer.value]);
  /** @param {FoundSlot} slot */
  const choose = (slot) => (way === "course" && onCourse ? onCourse(slot) : onChoose(slot));
  return html`
    <div class="slots" aria-busy=${answer.busy}>
      <div class="slots-head">
        <div class="segments" role="group" aria-label=${t("slots.way")}>
          ${[...WAYS, ...(onCourse ? ["course"] : [])].map((each) => html`<button type="button" key=${each} aria-pressed=${way === each} data-way=${each} onClick=${() => setWay(each)}>${t(`wish.by_${each}`)}</button>`)}
        </div>
        ${!onFrom && html`<div class="slots-own"><label class="slots-from"><span>${t("slots.from")}</span>
            <input type="date" id="slots-from" value=${day} min=${dayOf(Date.now(), zone)} onChange=${(/** @type {any} */ e) => e.target.value && setDay(e.target.value)} /></label>
          <label class="slots-from"><span class="visually-hidden">${t("wish.part")}</span>
            <select id="slots-part" value=${part} onChange=${(/** @type {any} */ e) => setPart(e.target.value)}>${["", ...Object.keys(PARTS)].map((each) => html`<option key=${each} value=${each}>${t(each ? `wish.part_${each}` : "wish.any_time")}</option>`)}</select></label></div>`}
        ${way === "course" && html`<label class="slots-from"><span>${t("wish.weeks")}</span>
          <select id="slots-weeks" value=${weeks} onChange=${(/** @type {any} */ e) => setWeeks(Number(e.target.value))}>${WEEKS.map((each) => html`<option key=${each} value=${each}>${t("wish.weeks_count", { count: each })}</option>`)}</select></label>`}
      </div>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!answer.value && !answer.error && html`<${Loading} what=${t("slots.looking")} />`}
      ${answer.value && html`<${Found} answer=${answer.value} old=${answer.value.question !== question} way=${way} day=${day} zone=${zone} clientZone=${clientZone} chosen=${chosen} held=${held} onChoose=${choose} onBare=${onBare || (part ? () => setPart("") : undefined)} onLater=${() => setDay(addDays(day, DAYS))} />`}
      <div class="row slots-more">
        ${limit < MOST && answer.value?.items.length >= limit && html`<button type="button" class="button small" onClick=${() => setLimit(Math.min(limit + 2 * FEW, MOST))}>${t("slots.more")}</button>`}
        ${answer.value?.items.length > 0 && html`<button type="button" class="button small" onClick=${() => setDay(addDays(day, DAYS))}>${t("slots.later")}</button>`}
      </div>
    </div>`;
}

/** `old`: these are the times of an earlier question, and nobody may take one of them for an answer to this one. @param {{answer: FoundAnswer, old: boolean, way: string, day: string, zone: string, clientZone?: string | null, chosen: Slot | null, held?: boolean, onChoose: (slot: FoundSlot) => void, onBare?: () => void, onLater: () => void}} props */
function Found({ answer, old, way, day, zone, clientZone, chosen, held, onChoose, onBare, onLater }) {
  if (!answer.items.length) return html`<${NothingFree} answer=${answer} zone=${zone} clientZone=${clientZone} chosen=${chosen} onChoose=${onChoose} onBare=${onBare} onLater=${onLater} />`;
  const items = held && chosen && way === "earliest" ? withHeld(answer.items, /** @type {FoundSlot} */ (chosen), dayOf(chosen.starts, zone) >= day) : answer.items;
  const bySpecialists = way === "specialist" || way === "course";
  const groups = bySpecialists ? grouped(items, nameOf) : grouped(items, (slot) => plainDay(dayOf(slot.starts, zone), lang));
  return html`
    <p class="hint">${t(way === "course" ? "wish.course_hint" : "slots.zone", { zone: zoneName(zone, items[0].starts) })}</p>
    ${groups.map(([title, slots]) => html`
      <section class="slots-group" key=${title} aria-label=${title} inert=${old}>
        <h3>${title}</h3>
        <div class="chips">
          ${slots.map((slot) => html`<${SlotChip} key=${keyOf(slot)} slot=${slot} zone=${zone} clientZone=${clientZone} withDay=${bySpecialists} withWho=${!bySpecialists}
            pressed=${Boolean(chosen) && keyOf(slot) === keyOf(/** @type {Slot} */ (chosen))} onChoose=${onChoose} />`)}
        </div>
      </section>`)}`;
}

/** Why there is nothing, in a sentence, and what comes close. @param {{answer: FoundAnswer, zone: string, clientZone?: string | null, chosen: Slot | null, onChoose: (slot: FoundSlot) => void, onBare?: () => void, onLater: () => void}} props */
function NothingFree({ answer, zone, clientZone, chosen, onChoose, onBare, onLater }) {
  const why = answer.none_because || "all_taken";
  return html`
    <div class="none stack" data-test="none" data-because=${why}>
      <div><p class="none-title">${t(`wish.none_${why}`)}</p><p class="soft">${t(`wish.none_${why}_next`)}</p></div>
      ${answer.nearest.length > 0 && html`<section class="alternatives" aria-label=${t("slots.alternatives")} data-test="nearest"><h3>${t("slots.alternatives")}</h3>
        <div class="chips">${answer.nearest.map((slot) => html`<${SlotChip} key=${keyOf(slot)} slot=${slot} zone=${zone} clientZone=${clientZone} withDay withWho
          pressed=${Boolean(chosen) && keyOf(slot) === keyOf(/** @type {Slot} */ (chosen))} onChoose=${onChoose} />`)}</div></section>`}
      <div class="row tight">${onBare && html`<button type="button" class="button small" data-test="bare" onClick=${onBare}>${t("wish.drop_all")}</button>`}
        <button type="button" class="button small" onClick=${onLater}>${t("slots.later")}</button></div>
    </div>`;
}

/** @param {{slot: FoundSlot | Slot, zone: string, clientZone?: string | null, withDay?: boolean, withWho?: boolean, pressed?: boolean, onChoose: (slot: any) => void}} props */
export function SlotChip({ slot, zone, clientZone, withDay, withWho, pressed, onChoose }) {
  const then = "then" in slot ? slot.then : [];
  return html`
    <button type="button" class="chip" aria-pressed=${pressed ? "true" : "false"} data-test="slot" data-starts=${slot.starts} data-specialist=${slot.specialist.id} onClick=${() => onChoose(slot)}>
      ${withDay && html`<span class="chip-day">${dayShort(slot.starts, zone, lang)}</span>`}
      <span class="chip-time">${clock(slot.starts, zone, lang)}</span>
      <${OtherClocks} at=${slot.starts} zone=${zone} others=${[{ who: "specialist", zone: slot.zone }, { who: "client", zone: clientZone }]} />
      ${then.length > 0 && html`<span class="chip-day">${t("wish.until_day", { day: dayShort(then[then.length - 1], zone, lang) })}</span>`}
      ${withWho && html`<span class="chip-who">${slot.specialist.name}<small>${slot.specialist.institution.name}</small></span>`}
    </button>`;
}

/** What is held is nobody's to find any more; it stays in the list of the one who holds it. @param {FoundSlot[]} items @param {FoundSlot} chosen @param {boolean} within */
function withHeld(items, chosen, within) {
  if (!within || has(items, chosen)) return items;
  const later = items.findIndex((each) => each.starts > chosen.starts);
  const at = later < 0 ? items.length : later;
  return [...items.slice(0, at), chosen, ...items.slice(at)];
}

/** @param {Slot} slot */
function nameOf(slot) {
  return `${slot.specialist.name} · ${slot.specialist.institution.name}`;
}

/** @template {Slot} T @param {T[]} slots @param {(slot: T) => string} title @returns {[string, T[]][]} */
function grouped(slots, title) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const slot of slots) groups.set(title(slot), [...(groups.get(title(slot)) || []), slot]);
  return [...groups];
}

/** @param {Slot[]} slots @param {Slot} one */
function has(slots, one) {
  return slots.some((slot) => keyOf(slot) === keyOf(one));
}

/** @param {Slot} slot */
export function keyOf(slot) {
  return `${slot.specialist.id} ${slot.starts}`;
}
