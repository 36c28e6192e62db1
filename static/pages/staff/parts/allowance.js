// What remains of a service, in words: by the standard, by each programme, by each certificate.

import { html } from "/static/vendor/preact-htm.js";
import { dayWithYear } from "/static/lib/time.js";
import { leftInWords } from "./periodicity.js";
import { lang, t } from "./words.js";

/** @typedef {import("/static/lib/standard-types.js").Allowance} Allowance */
/** @typedef {import("/static/lib/standard-types.js").Source} Source */

/** "1 декабря 2026 г." @param {string} day */
export function dayName(day) {
  return dayWithYear(`${day}T12:00:00Z`, "UTC", lang);
}

/** Whether something of it is worth saying. @param {Source} source */
export function says(source) {
  return source.alternatives.length > 0 || source.volume !== null;
}

/** Whether another session on the day asked for keeps to it. @param {Source} source @param {string} on */
export function allows(source, on) {
  return source.earliest === on;
}

/** @param {{found: Allowance}} props */
export function Remains({ found }) {
  const sources = found.sources.filter(says);
  if (!sources.length) return html`<p class="soft">${t("remains.free")}</p>`;
  return html`<ul class="plain remains">${sources.map((source) => html`<${Line} key=${source.kind + source.id} source=${source} on=${found.on} />`)}</ul>`;
}

/** @param {{source: Source, on: string}} props */
function Line({ source, on }) {
  const good = allows(source, on);
  return html`
    <li class=${`remain ${good ? "remain-good" : "remain-warn"}`} data-source=${source.kind} data-allowed=${good}>
      <span class="remain-mark" aria-hidden="true">${good ? "✓" : "!"}</span>
      <div><strong>${sourceName(source)}</strong>
        ${source.volume !== null && html`<p>${t("remains.volume", { remaining: source.remaining ?? 0, volume: source.volume })}${source.until && html`, ${t("remains.until", { day: dayName(source.until) })}`}</p>`}
        ${source.alternatives.length > 0 && source.remaining !== 0 && html`<p class="soft">${source.alternatives.map(leftInWords).join(t("often.or"))}</p>`}
        ${notes(source, on).map((note) => html`<p key=${note} class="remain-note">${note}</p>`)}
      </div>
    </li>`;
}

/** @param {Source} source */
export function sourceName({ kind, name }) {
  return t(`remains.of_${kind}`, { name });
}

/** What a person should know before booking more. @param {Source} source @param {string} on @returns {string[]} */
export function notes(source, on) {
  if (source.remaining === 0) return [t("remains.used_up")];
  const said = [];
  if (!source.earliest) said.push(t("remains.never"));
  else if (source.earliest !== on) said.push(t("remains.next", { day: dayName(source.earliest) }));
  const { fit, remaining } = source;
  if (fit !== null && remaining !== null && fit < Math.min(remaining, 120)) said.push(t("remains.short", { fit, remaining }));
  return said;
}
