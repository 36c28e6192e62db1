// What waits for the department's officer today: a line each with its number, which leads to where it is done.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { dayOf } from "/static/lib/time.js";
import { months } from "../acts/months.js";
import { Empty, Loading, Trouble, useAnswer, zoneOf } from "../parts/shell.js";
import { money, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {{name: string, count: number, path: string, values?: Record<string, string>}} Task */

/** @param {{me: Me}} props */
export function OfficerDay({ me }) {
  const today = dayOf(Date.now(), zoneOf(me));
  const answer = useAnswer(() => tasks(today), []);
  /** @type {Task[] | undefined} */
  const found = answer.value;
  return html`
    <div class="page-head"><h1>${t("today.hello", { name: me.name })}</h1><a class="button primary" href="/staff/certificates?new">${t("today.new_certificate")}</a></div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!found && !answer.error && html`<${Loading} />`}
    ${found && !found.length && html`<${Empty} title=${t("today.nothing_waits")} text=${t("today.nothing_waits_text")} />`}
    ${found && found.length > 0 && html`<section class="stack" aria-labelledby="waits-title"><h2 id="waits-title">${t("today.waits")}</h2>
      <ul class="plain today-tasks" data-test="tasks">${found.map((each) => html`
        <li key=${each.name} data-task=${each.name}><a class="today-task" href=${each.path}><strong class="figures">${each.count}</strong><span>${t(`today.task_${each.name}`, { count: each.count, ...each.values })}</span></a></li>`)}</ul></section>`}`;
}

/** All that waits, what is most urgent first. @param {string} today @returns {Promise<Task[]>} */
async function tasks(today) {
  const year = Number(today.slice(0, 4));
  const [rendered, acts, budgets, certificates] = await Promise.all([
    get("/rendered", { state: "disputed", limit: 1 }), get("/acts", { year }), get("/budgets", { year }), get("/certificates", { limit: 1 })]);
  const over = months(acts).filter((each) => each.month.slice(0, 7) < today.slice(0, 7));
  const sum = (/** @type {"ready" | "ready_kopecks" | "drafts" | "drafts_kopecks"} */ what) => over.reduce((all, each) => all + each[what], 0);
  const { counts } = certificates;
  const alarms = budgets.items.filter((/** @type {{alarm: string | null}} */ each) => each.alarm).length;
  const all = [
    { name: "disputed", count: rendered.counts.disputed, path: "/staff/rendered?state=disputed" },
    { name: "drafts", count: sum("drafts"), path: "/staff/acts", values: { sum: money(sum("drafts_kopecks")) } },
    { name: "ready", count: sum("ready"), path: "/staff/acts", values: { sum: money(sum("ready_kopecks")) } },
    { name: "alarms", count: alarms, path: "/staff/budgets" },
    { name: "overdue", count: rendered.counts.overdue, path: "/staff/rendered?state=proposed" },
    { name: "forming", count: counts.by_status.forming || 0, path: "/staff/certificates?which=forming" },
    { name: "soon", count: counts.soon, path: "/staff/certificates?which=soon" },
    { name: "unused", count: counts.unused, path: "/staff/certificates?which=unused" },
  ];
  return all.filter((each) => each.count > 0);
}
