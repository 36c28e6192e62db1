// Free time to choose from: big chips in order of time, by day or by specialist.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { addDays, clock, dayOf, dayShort, differ, plainDay } from "/static/lib/time.js";
import { Empty, Loading, Trouble, useAnswer } from "./shell.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/api-types.js").SlotAnswer} SlotAnswer */
/** @typedef {{service: string, specialist?: string, topic?: string, language?: string, institution?: string}} Wishes */

const WAYS = ["earliest", "day", "specialist"];
const DAYS = 14;
// A wished time of the day must be among what is asked for; otherwise the first dozen is enough to look at.
const FEW = 12;
const WHOLE_DAY = 96;
const NEAR_MS = 15 * 60_000;

/**
 * @param {{wishes: Wishes, zone: string, from?: string, chosen: Slot | null, wanted?: string | null,
 *   onChoose: (slot: Slot | null) => void, round?: number}} props `wanted`: the start to choose when it is free; `round` changes when the list must be asked anew
 */
export function Slots({ wishes, zone, from, chosen, wanted, onChoose, round = 0 }) {
  const [way, setWay] = useState("earliest");
  const [day, setDay] = useState(from || dayOf(Date.now(), zone));
  const [limit, setLimit] = useState(wanted ? WHOLE_DAY : FEW);
  const answer = useAnswer(
    () => get("/slots", { ...wishes, from: day, days: DAYS, by: way, limit }),
    [JSON.stringify(wishes), day, way, limit, round],
  );
  useEffect(() => {
    const items = answer.value?.items;
    if (!items || answer.busy) return;
    const wished = wanted && !chosen && items.find((/** @type {Slot} */ each) => Math.abs(Date.parse(each.starts) - Date.parse(wanted)) < NEAR_MS);
    if (wished) onChoose(wished);
    else if (chosen && !has(items, chosen)) onChoose(null);
  }, [answer.value]);
  return html`
    <div class="slots" aria-busy=${answer.busy}>
      <div class="slots-head">
        <div class="segments" role="group" aria-label=${t("slots.way")}>
          ${WAYS.map((each) => html`<button type="button" key=${each} aria-pressed=${way === each} data-way=${each} onClick=${() => setWay(each)}>${t(`slots.by_${each}`)}</button>`)}
        </div>
        <label class="slots-from"><span>${t("slots.from")}</span>
          <input type="date" id="slots-from" value=${day} min=${dayOf(Date.now(), zone)} onChange=${(/** @type {any} */ e) => e.target.value && setDay(e.target.value)} /></label>
      </div>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!answer.value && !answer.error && html`<${Loading} what=${t("slots.looking")} />`}
      ${answer.value && html`<${Found} answer=${answer.value} way=${way} zone=${zone} chosen=${chosen} onChoose=${onChoose} />`}
      <div class="row slots-more">
        ${answer.value?.items.length >= limit && html`<button type="button" class="button small" onClick=${() => setLimit(limit + 2 * FEW)}>${t("slots.more")}</button>`}
        <button type="button" class="button small" onClick=${() => setDay(addDays(day, DAYS))}>${t("slots.later")}</button>
      </div>
    </div>`;
}

/** @param {{answer: SlotAnswer, way: string, zone: string, chosen: Slot | null, onChoose: (slot: Slot) => void}} props */
function Found({ answer, way, zone, chosen, onChoose }) {
  if (!answer.items.length) {
    const why = answer.none_because || "all_taken";
    return html`<${Empty} title=${t(`slots.none_${why}`)} text=${t(`slots.none_${why}_next`)} />`;
  }
  const groups = way === "specialist" ? grouped(answer.items, bySpecialist) : grouped(answer.items, (slot) => plainDay(dayOf(slot.starts, zone), lang));
  return html`
    <p class="hint">${t("slots.zone", { zone: zoneName(zone, answer.items[0].starts) })}</p>
    ${groups.map(([title, slots]) => html`
      <section class="slots-group" key=${title} aria-label=${title}>
        <h3>${title}</h3>
        <div class="chips">
          ${slots.map((slot) => html`<${SlotChip} key=${nameOfSlot(slot)} slot=${slot} zone=${zone} withDay=${way === "specialist"} withWho=${way !== "specialist"}
            pressed=${Boolean(chosen) && nameOfSlot(slot) === nameOfSlot(/** @type {Slot} */ (chosen))} onChoose=${onChoose} />`)}
        </div>
      </section>`)}`;
}

/** @param {{slot: Slot, zone: string, withDay?: boolean, withWho?: boolean, pressed?: boolean, onChoose: (slot: Slot) => void}} props */
export function SlotChip({ slot, zone, withDay, withWho, pressed, onChoose }) {
  return html`
    <button type="button" class="chip" aria-pressed=${pressed ? "true" : "false"} data-test="slot" data-starts=${slot.starts} data-specialist=${slot.specialist.id} onClick=${() => onChoose(slot)}>
      ${withDay && html`<span class="chip-day">${dayShort(slot.starts, zone, lang)}</span>`}
      <span class="chip-time">${clock(slot.starts, zone, lang)}</span>
      ${differ(slot.starts, slot.zone, zone) && html`<span class="chip-own">${t("slots.own_clock", { time: clock(slot.starts, slot.zone, lang) })}</span>`}
      ${withWho && html`<span class="chip-who">${slot.specialist.name}<small>${slot.specialist.institution.name}</small></span>`}
    </button>`;
}

/** @param {Slot} slot */
function bySpecialist(slot) {
  return `${slot.specialist.name} · ${slot.specialist.institution.name}`;
}

/** @param {Slot[]} slots @param {(slot: Slot) => string} title @returns {[string, Slot[]][]} */
function grouped(slots, title) {
  /** @type {Map<string, Slot[]>} */
  const groups = new Map();
  for (const slot of slots) groups.set(title(slot), [...(groups.get(title(slot)) || []), slot]);
  return [...groups];
}

/** @param {Slot[]} slots @param {Slot} one */
function has(slots, one) {
  return slots.some((slot) => nameOfSlot(slot) === nameOfSlot(one));
}

/** @param {Slot} slot */
function nameOfSlot(slot) {
  return `${slot.specialist.id} ${slot.starts}`;
}
