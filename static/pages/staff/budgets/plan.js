// Planning one budget: the whole sum, from which share on it warns, why it changes, and what was planned before.

import { html } from "/static/vendor/preact-htm.js";
import { ask } from "/static/lib/api.js";
import { moment } from "../certificates/past.js";
import { Dialog } from "../parts/dialog.js";
import { FormProblem, Input, useForm } from "../parts/form.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { money, t } from "../parts/words.js";

/** @typedef {import("/static/lib/certificate-types.js").Budget} Budget */

const KOPECKS = 100;
const FIELDS = ["planned_kopecks", "warn_percent", "because"];

/** @param {{budget: Budget, zone: string, onClose: () => void, onDone: () => void}} props */
export function PlanDialog({ budget, zone, onClose, onDone }) {
  const answer = useAnswer(() => ask("GET", `/budgets/${budget.id}`), []);
  const one = /** @type {Budget | undefined} */ (answer.value?.value);
  const title = budget.provider ? budget.provider.name : t("budget.of_district", { name: budget.district.name });
  return html`
    <${Dialog} title=${`${title}, ${budget.year}`} name="plan-dialog" wide onClose=${onClose}>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!one && !answer.error && html`<${Loading} />`}
      ${one && html`<${PlanForm} key=${one.version} one=${one} onDone=${onDone} />
        ${one.expired > 0 && html`<${Free} one=${one} onDone=${onDone} />`}
        <${Changes} one=${one} zone=${zone} />`}
    <//>`;
}

/** @param {{one: Budget, onDone: () => void}} props */
function PlanForm({ one, onDone }) {
  const form = useForm(async (data, key) => {
    const typed = String(data.get("planned_kopecks") || "").replace(/[\s\u00a0₽]/g, "").replace(",", ".");
    const body = { planned_kopecks: Math.round(Number(typed) * KOPECKS), warn_percent: Number(data.get("warn_percent")), because: String(data.get("because") || "") };
    await ask("PUT", `/budgets/${one.id}`, { body, version: one.version, key });
    onDone();
  });
  return html`
    <form class="stack" onSubmit=${form.submit} noValidate data-test="plan-form">
      <div class="cert-terms">
        <${Input} name="planned_kopecks" label=${t("budget.plan_sum")} inputmode="decimal" error=${form.errors.planned_kopecks} defaultValue=${(one.planned / KOPECKS).toFixed(2).replace(".", ",")} />
        <${Input} name="warn_percent" type="number" min="1" max="100" label=${t("budget.warn_from")} error=${form.errors.warn_percent} defaultValue=${one.warn_percent} /></div>
      <${Input} name="because" label=${t("budget.because")} error=${form.errors.because} maxlength="120" optional />
      <${FormProblem} problem=${form.problem} shown=${FIELDS} />
      <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.save")}</button></div></form>`;
}

/** @param {{one: Budget, onDone: () => void}} props */
function Free({ one, onDone }) {
  const form = useForm(async (_, key) => { await ask("POST", `/budgets/${one.id}/free`, { body: {}, version: one.version, key }); onDone(); });
  return html`<form class="notice stack tight" onSubmit=${form.submit} data-test="free-form"><p>${t("budget.free_text", { sum: money(one.expired) })}</p>
    <${FormProblem} problem=${form.problem} /><div><button class="button small" disabled=${form.busy}>${t("budget.free")}</button></div></form>`;
}

/** @param {{one: Budget, zone: string}} props */
function Changes({ one, zone }) {
  const changes = [...(one.changes || [])].reverse();
  if (!changes.length) return html`<p class="soft">${t("budget.no_changes")}</p>`;
  return html`<h3>${t("budget.changes")}</h3><ol class="history">${changes.map((each, at) => html`<li key=${at}>
    <strong>${t(each.act === "free" ? "budget.did_free" : each.target === "left" ? "budget.did_more" : "budget.did_less", { sum: money(each.kopecks) })}</strong>
    <span class="soft">${[moment(each.at, zone), each.by, each.because].filter(Boolean).join(" · ")}</span></li>`)}</ol>`;
}
