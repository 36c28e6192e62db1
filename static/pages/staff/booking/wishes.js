// What is wished of the time that is looked for: three fields in sight, the rest when asked for, all of it as one query.

import { html, useState } from "/static/vendor/preact-htm.js";
import { dayOf, weekdayName } from "/static/lib/time.js";
import { Field, Input, Select } from "../parts/form.js";
import { inAddress } from "../parts/shell.js";
import { PARTS } from "../parts/slots.js";
import { lang, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Service} Service */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */
/** @typedef {import("/static/lib/api-types.js").Topic} Topic */
/** @typedef {import("/static/lib/desk-types.js").Resource} Resource */
/** @typedef {{services: import("/static/lib/desk-types.js").CourseService[], specialists: Specialist[], topics: Topic[], resources: Resource[]}} Catalogue */
/**
 * @typedef {{from: string, part: string, since: string, until: string, specialists: number[], weekdays: number[], place: string, institutions: number[],
 *   kinds: string[], topic: string, language: string}} Wishes `part`: a name, "own" for `since`–`until`, "" for any
 */

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const PLACES = ["office", "point", "home"];
const KINDS = ["state", "ngo", "sole_trader"];
const MANY = 8;

/** A specialist books into her own calendar. @param {Me} me @param {string} zone @returns {Wishes} */
export function firstWishes(me, zone) {
  const own = me.roles.includes("coordinator") ? "" : String(me.specialist_id ?? "");
  const specialist = Number(inAddress("specialist") || own);
  const from = inAddress("day") || dayOf(Date.now(), zone);
  return { ...noWishes(from), specialists: specialist ? [specialist] : [] };
}

/** @param {string} from @returns {Wishes} */
export function noWishes(from) {
  return { from, part: "", since: "09:00", until: "12:00", specialists: [], weekdays: [], place: "", institutions: [], kinds: [], topic: "", language: "" };
}

/** As GET /slots takes them. @param {Wishes} wishes */
export function queryOf(wishes) {
  return {
    specialist: wishes.specialists.join(","), institution: wishes.institutions.join(","), kind: wishes.kinds.join(","), weekday: wishes.weekdays.join(","),
    topic: wishes.topic, language: wishes.language, place: wishes.place, part: partOf(wishes),
  };
}

/** @param {Wishes} wishes */
function partOf({ part, since, until }) {
  if (part === "own") return since && until && since < until ? `${since}-${until}` : "";
  return part && PARTS[part].join("-");
}

/** @param {{catalogue: Catalogue, service: Service | null, wishes: Wishes, me: Me, today: string, onChange: (wishes: Wishes) => void}} props */
export function WishFields({ catalogue, service, wishes, me, today, onChange }) {
  const [open, setOpen] = useState(false);
  const set = (/** @type {Partial<Wishes>} */ parts) => onChange({ ...wishes, ...parts });
  const able = catalogue.specialists.filter((each) => !service || each.services.includes(service.code));
  const coordinator = me.roles.includes("coordinator");
  const several = wishes.specialists.length > 1;
  return html`
    <div class="wish">
      <div class="wish-first">
        <${Input} id="slots-from" name="from" type="date" label=${t("wish.from")} value=${wishes.from} min=${today} onChange=${(/** @type {any} */ e) => e.target.value && set({ from: e.target.value })} />
        <${Select} id="wish-part" name="part" label=${t("wish.part")} value=${wishes.part} onChange=${(/** @type {any} */ e) => set({ part: e.target.value })}
          options=${[{ value: "", label: t("wish.any_time") }, ...Object.keys(PARTS).map((each) => ({ value: each, label: t(`wish.part_${each}`) })), { value: "own", label: t("wish.part_own") }]} />
        ${coordinator && html`<${Select} id="wish-specialist" name="specialist" label=${t("wish.specialist")} value=${several ? "several" : String(wishes.specialists[0] ?? "")}
          onChange=${(/** @type {any} */ e) => (e.target.value === "several" ? setOpen(true) : set({ specialists: e.target.value ? [Number(e.target.value)] : [] }))}
          options=${[{ value: "", label: t("booking.any") }, ...able.map((each) => ({ value: String(each.id), label: `${each.name}, ${each.institution.name}` })), { value: "several", label: several ? t("wish.several_count", { count: wishes.specialists.length }) : t("wish.several") }]} />`}
        ${wishes.part === "own" && html`<${OwnPart} wishes=${wishes} set=${set} />`}
      </div>
      <details class="wish-more" open=${open} onToggle=${(/** @type {any} */ e) => setOpen(e.target.open)}>
        <summary data-test="more-wishes">${t("wish.more")}</summary>
        <div class="wish-rest">
          <${Marks} legend=${t("wish.weekdays")} name="weekday" each=${WEEKDAYS.map((day) => ({ value: day, label: weekdayName(day, lang, "short"), full: weekdayName(day, lang) }))} chosen=${wishes.weekdays} onChange=${(/** @type {number[]} */ weekdays) => set({ weekdays })} />
          <div class="form-grid">
            <${Select} name="topic" label=${t("booking.topic")} value=${wishes.topic} onChange=${(/** @type {any} */ e) => set({ topic: e.target.value })} options=${[anyOption(), ...catalogue.topics.map((each) => ({ value: each.code, label: each.name }))]} />
            <${Select} name="wish_language" label=${t("booking.language")} value=${wishes.language} onChange=${(/** @type {any} */ e) => set({ language: e.target.value })} options=${[anyOption(), ...[...new Set(able.flatMap((each) => each.languages))].map((code) => ({ value: code, label: named("language", code) }))]} />
            <${Select} name="place" label=${t("wish.place")} value=${wishes.place} onChange=${(/** @type {any} */ e) => set({ place: e.target.value })} options=${[anyOption(), ...PLACES.map((each) => ({ value: each, label: t(`wish.place_${each}`) }))]} />
          </div>
          ${coordinator && html`
            <${Marks} legend=${t("wish.kind")} name="kind" each=${KINDS.map((each) => ({ value: each, label: t(`wish.kind_${each}`) }))} chosen=${wishes.kinds} onChange=${(/** @type {string[]} */ kinds) => set({ kinds })} />
            <${Marks} legend=${t("wish.institutions")} name="institution" each=${institutionsOf(able)} chosen=${wishes.institutions} onChange=${(/** @type {number[]} */ institutions) => set({ institutions })} />
            <${Marks} legend=${t("wish.specialists")} name="specialists" each=${able.map((each) => ({ value: each.id, label: each.name, note: each.institution.name }))} chosen=${wishes.specialists} onChange=${(/** @type {number[]} */ specialists) => set({ specialists })} />`}
        </div>
      </details>
      <${Chosen} catalogue=${catalogue} wishes=${wishes} coordinator=${coordinator} set=${set} />
    </div>`;
}

function anyOption() {
  return { value: "", label: t("booking.any") };
}

/** @param {{wishes: Wishes, set: (parts: Partial<Wishes>) => void}} props */
function OwnPart({ wishes, set }) {
  const wrong = !partOf(wishes);
  return html`<${Field} id="wish-since" name="since" label=${t("wish.own_part")} error=${wrong ? t("wish.own_part_wrong") : undefined}>${(/** @type {object} */ a) => html`
    <div class="row tight wish-own"><input type="time" ...${a} value=${wishes.since} onChange=${(/** @type {any} */ e) => set({ since: e.target.value })} /><span aria-hidden="true">–</span>
      <input type="time" aria-label=${t("wish.own_until")} value=${wishes.until} onChange=${(/** @type {any} */ e) => set({ until: e.target.value })} /></div>`}<//>`;
}

/** Marks of which any number may be set; where there are many, typing narrows them. @param {{legend: string, name: string, each: {value: any, label: string, full?: string, note?: string}[], chosen: any[], onChange: (chosen: any[]) => void}} props */
function Marks({ legend, name, each, chosen, onChange }) {
  const [typed, setTyped] = useState("");
  if (each.length < 2) return null;
  const shown = each.filter((one) => chosen.includes(one.value) || `${one.label} ${one.note || ""}`.toLowerCase().includes(typed.trim().toLowerCase()));
  const toggle = (/** @type {any} */ value) => onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return html`
    <fieldset class="marks" data-marks=${name}><legend>${legend}</legend>
      ${each.length > MANY && html`<input type="search" aria-label=${t("wish.narrow", { what: legend })} placeholder=${t("wish.narrow_hint")} value=${typed} onInput=${(/** @type {any} */ e) => setTyped(e.target.value)} />`}
      <div class="marks-list">${shown.map((one) => html`
        <label class="mark-choice" key=${one.value}><input type="checkbox" name=${name} value=${one.value} checked=${chosen.includes(one.value)} aria-label=${one.full} onChange=${() => toggle(one.value)} />
          <span>${one.label}${one.note && html`<small>${one.note}</small>`}</span></label>`)}</div>
    </fieldset>`;
}

/** What is wished stays in sight when the fields are shut, each to be taken away. @param {{catalogue: Catalogue, wishes: Wishes, coordinator: boolean, set: (parts: Partial<Wishes>) => void}} props */
function Chosen({ catalogue, wishes, coordinator, set }) {
  const institution = new Map(catalogue.specialists.map((each) => [each.institution.id, each.institution.name]));
  const who = new Map(catalogue.specialists.map((each) => [each.id, each.name]));
  /** @type {[string, Partial<Wishes>][]} */
  const tags = [
    ...[...wishes.weekdays].sort().map((day) => /** @type {[string, Partial<Wishes>]} */ ([weekdayName(day, lang), { weekdays: wishes.weekdays.filter((each) => each !== day) }])),
    ...(wishes.topic ? [/** @type {[string, Partial<Wishes>]} */ ([catalogue.topics.find((each) => each.code === wishes.topic)?.name || wishes.topic, { topic: "" }])] : []),
    ...(wishes.language ? [/** @type {[string, Partial<Wishes>]} */ ([named("language", wishes.language), { language: "" }])] : []),
    ...(wishes.place ? [/** @type {[string, Partial<Wishes>]} */ ([t(`wish.place_${wishes.place}`), { place: "" }])] : []),
    ...wishes.kinds.map((kind) => /** @type {[string, Partial<Wishes>]} */ ([t(`wish.kind_${kind}`), { kinds: wishes.kinds.filter((each) => each !== kind) }])),
    ...wishes.institutions.map((id) => /** @type {[string, Partial<Wishes>]} */ ([institution.get(id) || String(id), { institutions: wishes.institutions.filter((each) => each !== id) }])),
    ...(coordinator && wishes.specialists.length > 1 ? wishes.specialists.map((id) => /** @type {[string, Partial<Wishes>]} */ ([who.get(id) || String(id), { specialists: wishes.specialists.filter((each) => each !== id) }])) : []),
  ];
  if (!tags.length) return null;
  return html`<ul class="wish-tags" aria-label=${t("wish.chosen")}>${tags.map(([label, without]) => html`
    <li key=${label}><button type="button" class="wish-tag" aria-label=${t("wish.drop", { what: label })} onClick=${() => set(without)}>${label}<span aria-hidden="true">×</span></button></li>`)}</ul>`;
}

/** @param {Specialist[]} able */
function institutionsOf(able) {
  const found = new Map(able.map((each) => [each.institution.id, each.institution]));
  return [...found.values()].map((each) => ({ value: each.id, label: each.name, note: each.kind ? t(`wish.kind_${each.kind}`) : undefined }));
}
