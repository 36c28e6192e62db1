// One line of the work-list: who asks, what for, until when, and what has to be done about it.

import { html } from "/static/vendor/preact-htm.js";
import { dayShort } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/application-types.js").ApplicationItem} Item */

/** @param {{item: Item, today: string, topics: Record<string, string>, zone: string}} props */
export function Row({ item, today, topics, zone }) {
  const { id, name, specialist, urgency } = item;
  const about = [item.topic && topics[item.topic], item.settlement, born(item)].filter(Boolean).join(" · ");
  return html`
    <li class=${`asked${item.needs.includes("overdue") ? " asked-late" : ""}`} data-application=${id}>
      <div class="asked-who"><a class="asked-name" href=${`/staff/application?id=${id}`}><strong>${name}</strong></a>
        <span class="soft">${about}</span></div>
      <p class="asked-needs">${urgency !== "usual" && html`<span class=${`tag ${urgency === "urgent" ? "bad" : "warn"}`}>${t(`ask.urgency_${urgency}`)}</span>`}
        <${Needed} item=${item} /></p>
      <p class="asked-when"><span>${t(`ask.came_${item.source}`, { day: dayShort(item.received_at, zone, lang) })}</span>
        ${item.due_on && item.status !== "closed" && html`<span class=${item.due_on < today ? "asked-over" : "soft"}>${t("applications.until", { day: dueDay(item.due_on) })}</span>`}
        ${specialist && html`<span class="soft">${specialist.name}</span>`}</p>
    </li>`;
}

/** What has to be done, as tags. @param {{item: Item}} props */
export function Needed({ item }) {
  const { needs, status, setback } = item;
  if (status === "closed") return html`<span class="tag">${t("application.status_closed")}</span>`;
  if (!needs.length) return html`<span class="tag good">${t(`application.status_${status}`)}</span>`;
  return needs.map((need) => html`<span key=${need} class=${`tag ${tone(need)}`} data-need=${need}>${word(need, setback)}</span>`);
}

/** "2 декабря": the weekday of a deadline helps nobody. @param {string} day */
export function dueDay(day) {
  return new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(day));
}

/** @param {Item} item */
export function born({ birth_date, birth_year }) {
  if (birth_date) return t("ask.born_on", { day: `${birth_date.slice(8)}.${birth_date.slice(5, 7)}.${birth_date.slice(0, 4)}` });
  return birth_year ? t("client.born", { year: birth_year }) : "";
}

/** @param {string} need @param {string | null} setback */
function word(need, setback) {
  if (need === "new") return t("application.status_new");
  return need === "missed" && setback ? t(`need.missed_${setback}`) : t(`need.${need}`);
}

/** @param {string} need */
function tone(need) {
  if (need === "overdue" || need === "without_specialist") return "bad";
  return need === "missed" || need === "doubtful" || need === "new" ? "warn" : "";
}
