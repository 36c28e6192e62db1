// Budgets of a year: the district's own and those of its providers, what became of the money, and until when it lasts.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, post } from "/static/lib/api.js";
import { dayOf } from "/static/lib/time.js";
import { PlanDialog } from "./budgets/plan.js";
import { Bar, dayInWords } from "./certificates/said.js";
import { FormProblem, Select, useForm } from "./parts/form.js";
import { Empty, Loading, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { money, t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Institution} Institution */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/certificate-types.js").Budget} Budget */

/** @type {("left" | "issued" | "reserved" | "consumed" | "expired")[]} */
const KINDS = ["left", "issued", "reserved", "consumed", "expired"];
/** In this order along the bar: from what is spent to what is free. @type {typeof KINDS} */
const ALONG = ["consumed", "reserved", "issued", "left", "expired"];

open("budgets", Budgets);

/** @param {{me: Me}} props */
function Budgets({ me }) {
  const thisYear = Number(dayOf(Date.now(), zoneOf(me)).slice(0, 4));
  const [year, setYear] = useState(thisYear);
  const [planning, setPlanning] = useState(/** @type {Budget | null} */ (null));
  const answer = useAnswer(() => get("/budgets", { year }), [year]);
  const writes = me.may.includes("budgets.write");
  /** @type {Budget[]} */
  const items = answer.value?.items || [];
  const years = [...new Set([...(answer.value?.years || []), thisYear, thisYear + 1])].sort();
  const groups = [...new Set(items.map(groupOf))];
  return html`
    <div class="page-head"><div><h1>${t("budget.title")}</h1><p class="soft measure">${t("budget.lead")}</p></div>
      <div class="field"><label for="budget-year">${t("budget.year")}</label><select id="budget-year" value=${year} onChange=${(/** @type {any} */ e) => setYear(Number(e.target.value))}>${years.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></div></div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!answer.value && !answer.error && html`<${Loading} />`}
    ${answer.value && !items.length && html`<${Empty} title=${t("budget.none", { year })} text=${t(writes ? "budget.none_text" : "budget.none_read")} />`}
    <${Alarms} items=${items} />
    ${groups.map((group) => html`<${DistrictBudgets} key=${group} items=${items.filter((each) => groupOf(each) === group)} plan=${writes ? setPlanning : undefined} />`)}
    ${writes && answer.value && html`<${NewBudget} year=${year} items=${items} onDone=${(/** @type {Budget} */ made) => { answer.again(); setPlanning(made); }} />`}
    ${planning && html`<${PlanDialog} budget=${planning} zone=${zoneOf(me)} onClose=${() => setPlanning(null)} onDone=${() => { setPlanning(null); answer.again(); }} />`}`;
}

/** Money of one source stands by itself: that of another cannot be spent in its place. @param {Budget} one */
const groupOf = (one) => `${one.district.id}-${one.source}`;

/** What runs out, in words, before it has. @param {{items: Budget[]}} props */
function Alarms({ items }) {
  const worried = items.filter((each) => each.alarm);
  if (!worried.length) return null;
  return html`<section class="notice warn stack tight" aria-labelledby="alarms-title" data-test="alarms"><h2 id="alarms-title">${t("budget.alarms")}</h2>
    <ul>${worried.map((each) => html`<li key=${each.id} data-alarm=${each.alarm}><strong>${nameOf(each)}</strong> (${t(`cert.source_${each.source}`)}): ${alarmInWords(each)}</li>`)}</ul></section>`;
}

/** @param {Budget} one */
function alarmInWords({ alarm, left, forecast, planned, lasts_until }) {
  const end = lasts_until ? ` ${t("budget.lasts", { day: dayInWords(lasts_until) })}` : "";
  if (alarm === "spent") return t("budget.spent");
  if (alarm === "nearly_spent") return t("budget.nearly", { left: money(left) }) + end;
  return t("budget.not_last", { more: money(forecast - planned) }) + end;
}

/** @param {Budget} one */
const nameOf = (one) => (one.provider ? one.provider.name : t("budget.of_district", { name: one.district.name }));

/** A table where there is room, cards on a phone; the sums of its columns agree. @param {{items: Budget[], plan?: (one: Budget) => void}} props */
function DistrictBudgets({ items, plan }) {
  const houses = items.filter((each) => each.provider);
  const sum = (/** @type {keyof Budget} */ kind) => houses.reduce((all, each) => all + Number(each[kind]), 0);
  return html`
    <section class="card budget" aria-labelledby=${`budget-${groupOf(items[0])}`}><h2 id=${`budget-${groupOf(items[0])}`}>${items[0].district.name}, ${t(`cert.source_${items[0].source}`)}</h2>
      <p class="use-words">${ALONG.map((kind) => html`<span key=${kind}><i class=${`use-key use-${kind === "left" ? "available" : kind}`} aria-hidden="true"></i>${t(`budget.${kind}`)}</span>`)}</p>
      <div class="budget-scroll" tabindex="0" role="region" aria-label=${`${items[0].district.name}, ${t(`cert.source_${items[0].source}`)}: ${t("budget.table")}`}><table class="budget-table" data-test="budgets">
        <thead><tr><th scope="col">${t("budget.whose")}</th><th scope="col">${t("budget.planned")}</th>${KINDS.map((kind) => html`<th key=${kind} scope="col">${t(`budget.${kind}`)}</th>`)}<th scope="col">${t("budget.forecast")}</th></tr></thead>
        <tbody>${items.map((each) => html`<${Row} key=${each.id} one=${each} plan=${plan} />`)}</tbody>
        ${houses.length > 1 && html`<tfoot><tr><th scope="row">${t("budget.sum_providers")}</th>${/** @type {(keyof Budget)[]} */ (["planned", ...KINDS, "forecast"]).map((kind) => html`<td key=${kind} class="figures" data-label=${t(`budget.${kind}`)} data-sum=${kind}>${money(sum(kind))}</td>`)}</tr></tfoot>`}
      </table></div></section>`;
}

/** @param {{one: Budget, plan?: (one: Budget) => void}} props */
function Row({ one, plan }) {
  return html`<tr data-budget=${one.id} class=${one.provider ? undefined : "budget-own"}>
    <th scope="row"><span class="budget-name">${one.provider ? one.provider.name : t("budget.the_district")}
        ${plan && html`<button type="button" class="act" data-test="plan" aria-label=${t("budget.plan_what", { name: nameOf(one) })} onClick=${() => plan(one)}>${t("budget.plan")}</button>`}</span>
      <${Bar} parts=${ALONG.map((kind) => [kind === "left" ? "available" : kind, one[kind]])} of=${one.planned} /></th>
    <td class="figures" data-label=${t("budget.planned")}><strong>${money(one.planned)}</strong></td>
    ${KINDS.map((kind) => html`<td key=${kind} class="figures" data-label=${t(`budget.${kind}`)} data-kind=${kind}>${money(one[kind])}</td>`)}
    <td class="figures" data-label=${t("budget.forecast")}>${money(one.forecast)}</td></tr>`;
}

/** @param {{year: number, items: Budget[], onDone: (made: Budget) => void}} props */
function NewBudget({ year, items, onDone }) {
  const houses = useAnswer(() => get("/institutions"), []);
  const there = new Set(items.filter((each) => each.source === "region").map((each) => each.provider?.id ?? 0));
  const known = (/** @type {Institution[]} */ (houses.value?.items || [])).filter((each) => each.kind !== "authority" && !there.has(each.id));
  const form = useForm(async (data, key) => {
    const provider = Number(data.get("provider")) || null;
    const { id } = /** @type {Budget} */ (await post("/budgets", { year, provider }, { key }));
    onDone(/** @type {Budget} */ ((await ask("GET", `/budgets/${id}`)).value));
  });
  const options = [...(there.has(0) ? [] : [{ value: "", label: t("budget.the_district") }]), ...known.map((each) => ({ value: String(each.id), label: each.name }))];
  if (!options.length) return null;
  return html`<form class="card budget-new" onSubmit=${form.submit} noValidate data-test="new-budget"><h2>${t("budget.new")}</h2>
    <${Select} name="provider" label=${t("budget.whose")} error=${form.errors.provider} options=${options} />
    <${FormProblem} problem=${form.problem} shown=${["provider"]} /><div><button class="button" disabled=${form.busy}>${t("budget.make")}</button></div></form>`;
}
