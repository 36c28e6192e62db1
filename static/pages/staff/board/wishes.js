// What the schedule is asked for: the day and how many, the service, and wishes that leave out who does not fit. Kept in the address.

import { html } from "/static/vendor/preact-htm.js";
import { addDays, dayOf, dayShort, plainDay } from "/static/lib/time.js";
import { useSettled } from "../parts/finder.js";
import { Input, Select } from "../parts/form.js";
import { lang, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Service} Service */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */
/** @typedef {import("/static/lib/api-types.js").Topic} Topic */
/** @typedef {{services: Service[], specialists: Specialist[], topics: Topic[]}} Catalogue */
/** @typedef {{day: string, days: number, service: string, institution: string, kind: string, topic: string, language: string, name: string, free: boolean}} Wishes */

export const DAYS = [1, 3, 7];
const TEXTS = /** @type {const} */ (["service", "institution", "kind", "topic", "language", "name"]);

/** @param {Catalogue} catalogue @param {string} zone @returns {Wishes} */
export function fromAddress(catalogue, zone) {
  const asked = new URLSearchParams(location.search);
  const text = (/** @type {string} */ name) => asked.get(name) || "";
  const day = text("day");
  const days = Number(text("days"));
  return {
    day: /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : dayOf(Date.now(), zone),
    days: DAYS.includes(days) ? days : 1,
    service: catalogue.services.some(({ code }) => code === text("service")) ? text("service") : catalogue.services[0]?.code || "",
    institution: text("institution"), kind: text("kind"), topic: text("topic"), language: text("language"), name: text("name"),
    free: text("free") === "1",
  };
}

/** @param {Wishes} wishes */
export function intoAddress(wishes) {
  const kept = new URLSearchParams(location.search);
  const set = (/** @type {string} */ name, /** @type {string} */ value) => (value ? kept.set(name, value) : kept.delete(name));
  set("day", wishes.day);
  set("days", wishes.days > 1 ? String(wishes.days) : "");
  for (const name of TEXTS) set(name, wishes[name]);
  set("free", wishes.free ? "1" : "");
  history.replaceState(null, "", `?${kept}`);
}

/** The question to the server. @param {Wishes} wishes */
export function useQuery(wishes) {
  const name = useSettled(wishes.name.trim());
  const { day, days, service, institution, kind, topic, language, free } = wishes;
  return { from: day, until: addDays(day, days - 1), service, institution, kind, topic, language, name, only_free: free ? "true" : undefined };
}

/** @param {Wishes} wishes */
export function plain(wishes) {
  return { ...wishes, institution: "", kind: "", topic: "", language: "", name: "", free: false };
}

/** @param {{wishes: Wishes, today: string, narrow: boolean, onChange: (wishes: Wishes) => void}} props */
export function DayLine({ wishes, today, narrow, onChange }) {
  const { day, days } = wishes;
  const go = (/** @type {string} */ to) => onChange({ ...wishes, day: to });
  return html`
    <div class="sb-day">
      <div class="day-buttons" role="group" aria-label=${t("today.days")}>
        <button type="button" class="button small" data-test="day-before" aria-label=${t("today.before")} onClick=${() => go(addDays(day, -days))}>‹</button>
        <button type="button" class="button small" data-test="day-today" disabled=${day === today} onClick=${() => go(today)}>${t("today.today")}</button>
        <button type="button" class="button small" data-test="day-after" aria-label=${t("today.after")} onClick=${() => go(addDays(day, days))}>›</button>
      </div>
      <input type="date" id="sb-day" class="sb-date" aria-label=${t("sched.go_to")} value=${day} onChange=${(/** @type {any} */ e) => e.target.value && go(e.target.value)} />
      ${!narrow && html`<div class="segments" role="group" aria-label=${t("sched.how_many")}>${DAYS.map((each) => html`
        <button type="button" key=${each} data-days=${each} aria-pressed=${days === each} onClick=${() => onChange({ ...wishes, days: each })}>${t(`sched.days_${each}`)}</button>`)}</div>`}
    </div>`;
}

/** @param {Wishes} wishes */
export function dayTitle({ day, days }) {
  return days === 1 ? plainDay(day, lang) : t("sched.from_till", { from: dayShort(`${day}T12:00:00Z`, "UTC", lang), until: dayShort(`${addDays(day, days - 1)}T12:00:00Z`, "UTC", lang) });
}

/** @param {{wishes: Wishes, catalogue: Catalogue, narrow: boolean, onChange: (wishes: Wishes) => void}} props */
export function WishLine({ wishes, catalogue, narrow, onChange }) {
  const change = (/** @type {keyof Wishes} */ name) => (/** @type {any} */ e) => onChange({ ...wishes, [name]: e.target.value });
  const any = { value: "", label: t("sched.any") };
  const institutions = new Map(catalogue.specialists.map(({ institution }) => [String(institution.id), institution]));
  const kinds = [...new Set(catalogue.specialists.map(({ institution }) => institution.kind))];
  const languages = [...new Set(catalogue.specialists.flatMap((each) => each.languages))];
  const choices = html`
    <${Select} id="sb-institution" name="institution" label=${t("booking.institution")} value=${wishes.institution} onChange=${change("institution")}
      options=${[any, ...[...institutions.values()].sort((one, other) => one.name.localeCompare(other.name)).map(({ id, name }) => ({ value: String(id), label: name }))]} />
    <${Select} id="sb-kind" name="kind" label=${t("sched.kind")} value=${wishes.kind} onChange=${change("kind")} options=${[any, ...kinds.map((kind) => ({ value: kind, label: t(`sched.kind_${kind}`) }))]} />
    <${Select} id="sb-topic" name="topic" label=${t("booking.topic")} value=${wishes.topic} onChange=${change("topic")} options=${[any, ...catalogue.topics.map(({ code, name }) => ({ value: code, label: name }))]} />
    <${Select} id="sb-language" name="language" label=${t("booking.language")} value=${wishes.language} onChange=${change("language")} options=${[any, ...languages.map((code) => ({ value: code, label: named("language", code) }))]} />
    <${Input} id="sb-name" name="name" type="search" label=${t("sched.name")} value=${wishes.name} autocomplete="off" onInput=${change("name")} />
    <label class="choice sb-only"><input type="checkbox" id="sb-free" checked=${wishes.free} onChange=${(/** @type {any} */ e) => onChange({ ...wishes, free: e.target.checked })} />${t("sched.only_free")}</label>`;
  const count = [wishes.institution, wishes.kind, wishes.topic, wishes.language, wishes.name, wishes.free].filter(Boolean).length;
  return html`
    <div class="sb-wishes">
      <${Select} wide id="sb-service" name="service" label=${t("booking.service")} value=${wishes.service} onChange=${change("service")} options=${catalogue.services.map(({ code, name, duration_min: minutes }) => ({ value: code, label: t("sched.service", { name, minutes }) }))} />
      ${narrow ? html`<details class="sb-more"><summary>${count ? t("sched.wishes_n", { n: count }) : t("sched.wishes")}</summary><div class="sb-wishes">${choices}</div></details>` : choices}
    </div>`;
}
