// Publishing a version: what another one says as fields, beside them what is going to change, and one button.

import { html, useState } from "/static/vendor/preact-htm.js";
import { post, Refusal } from "/static/lib/api.js";
import { dayName } from "../parts/allowance.js";
import { FormProblem, Input, Select, TextArea, useForm } from "../parts/form.js";
import { WaysFields } from "../parts/periodicity.js";
import { named, t } from "../parts/words.js";
import { asked, draftOf, meant, typed } from "./draft.js";
import { differing, factsOf, INDICATORS, SCALES, versionName, whereInWords } from "./facts.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/standard-types.js").Indicator} Indicator */
/** @typedef {import("/static/lib/standard-types.js").Standard} Standard */
/** @typedef {{draft: Standard, put: (next: Partial<Standard>) => void, errors: Record<string, string>}} Part */

const MODES = ["video", "voice", "phone", "in_person"];

/** @param {{base: Standard, versions: Standard[], districts: District[], today: string, again: () => void, leave: () => void, done: () => void}} props */
export function PublishForm({ base, versions, districts, today, again, leave, done }) {
  const [draft, setDraft] = useState(() => draftOf(base, today));
  const put = (/** @type {Partial<Standard>} */ next) => setDraft((/** @type {Standard} */ old) => ({ ...old, ...next }));
  const newest = Math.max(...versions.map((each) => each.version));
  const [begun] = useState(newest);
  const meanwhile = versions.filter((each) => each.version > begun);
  const form = useForm(async (_, key) => {
    try {
      await post("/standards", { ...asked(draft), after: newest }, { key });
    } catch (error) {
      // What was typed stays; what somebody else published meanwhile is shown beside it before anything is published.
      if (error instanceof Refusal && error.code === "version_moved") again();
      throw error;
    }
    done();
  });
  const part = { draft, put, errors: form.errors };
  return html`
    <p class="back"><button type="button" class="act" onClick=${leave}>${t("standards.title")}</button></p>
    <div class="page-head"><div><h1>${t("standards.new_title", { version: newest + 1 })}</h1><p class="soft measure">${base.code} · ${base.name}. ${t("standards.new_lead", { version: base.version })}</p></div></div>
    <form class="publish" onSubmit=${form.submit} noValidate data-test="publish-form">
      <div class="stack airy">
        <${Where} ...${part} districts=${districts} today=${today} />
        <${Session} ...${part} />
        <${Often} ...${part} />
        <${Targets} ...${part} base=${base} />
        <${Terms} ...${part} />
      </div>
      <aside class="card stack publish-sum" aria-labelledby="sum-title"><h2 id="sum-title">${t("standards.changes")}</h2>
        <${Changes} base=${base} draft=${draft} districts=${districts} />
        ${meanwhile.map((each) => html`<${Meanwhile} key=${each.id} base=${base} other=${each} districts=${districts} />`)}
        <${FormProblem} problem=${form.problem?.code === "version_moved" ? null : form.problem} shown=${Object.keys(form.errors)} />
        <div class="row form-end"><button class="button primary" data-test="publish" disabled=${form.busy}>${t("standards.publish")}</button><button type="button" class="button quiet" onClick=${leave}>${t("common.not_now")}</button></div>
        <p class="hint">${t("standards.publish_hint")}</p></aside>
    </form>`;
}

/** A version that came out while this one was being written. @param {{base: Standard, other: Standard, districts: District[]}} props */
function Meanwhile({ base, other, districts }) {
  const [was, now] = [factsOf(base, districts), factsOf(other, districts)];
  const apart = differing(was, now);
  return html`
    <div class="notice warn stack tight" role="status" data-test="meanwhile"><p><strong>${t("standards.meanwhile", { version: versionName(other), who: other.published_by || "–" })}</strong></p>
      <ul class="plain changes">${now.map((each, n) => apart.has(each.name) && html`<li key=${each.name}><span class="soft">${each.label}</span><br /><s>${was[n].text}</s> → <strong>${each.text}</strong></li>`)}</ul>
      <p>${t("standards.meanwhile_next")}</p></div>`;
}

/** @param {{base: Standard, draft: Standard, districts: District[]}} props */
function Changes({ base, draft, districts }) {
  const [was, now] = [factsOf(base, districts), factsOf(draft, districts)];
  const apart = differing(was, now);
  return html`
    <p>${t("standards.holds", { day: dayName(draft.valid_from || base.valid_from), where: whereInWords(draft, districts) || "–" })}</p>
    <div aria-live="polite">${apart.size
      ? html`<ul class="plain changes" data-test="changes">${now.map((each, n) => apart.has(each.name) && html`<li key=${each.name} data-fact=${each.name}><span class="soft">${each.label}</span><br /><s>${was[n].text}</s> → <strong>${each.text}</strong></li>`)}</ul>`
      : html`<p class="soft">${t("standards.nothing_changed", { version: versionName(base) })}</p>`}</div>`;
}

/** @param {Part & {districts: District[], today: string}} props */
function Where({ draft, put, errors, districts, today }) {
  const some = draft.districts !== null;
  const chosen = draft.districts || [];
  const toggle = (/** @type {number} */ id) => put({ districts: chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id] });
  return html`
    <fieldset class="card stack"><legend>${t("standards.part_where")}</legend>
      <div class="form-grid">
        <${Input} name="valid_from" type="date" label=${t("standards.valid_from")} error=${errors.valid_from} value=${draft.valid_from} min=${today} onInput=${(/** @type {any} */ e) => put({ valid_from: e.target.value })} />
        <${Input} name="because" label=${t("standards.because")} hint=${t("standards.because_hint")} optional error=${errors.because} value=${draft.because} onInput=${(/** @type {any} */ e) => put({ because: e.target.value })} />
      </div>
      <div class="segments" role="group" aria-label=${t("standards.districts")}>
        <button type="button" aria-pressed=${!some} onClick=${() => put({ districts: null })}>${t("standards.everywhere")}</button>
        <button type="button" aria-pressed=${some} data-test="some-districts" onClick=${() => put({ districts: chosen })}>${t("standards.some_districts")}</button></div>
      ${some && html`<fieldset class="district-list"><legend class="visually-hidden">${t("standards.districts")}</legend>${districts.map((each) => html`<label key=${each.id} class="choice"><input type="checkbox" name="district" value=${each.id} checked=${chosen.includes(each.id)} onChange=${() => toggle(each.id)} />${each.name}</label>`)}</fieldset>`}
      ${errors.districts && html`<p class="fault">${errors.districts}</p>`}
    </fieldset>`;
}

/** @param {Part} props */
function Session({ draft, put, errors }) {
  const toggle = (/** @type {string} */ mode) => put({ modes: MODES.filter((each) => (each === mode ? !draft.modes.includes(mode) : draft.modes.includes(each))) });
  return html`
    <fieldset class="card stack"><legend>${t("standards.part_session")}</legend>
      <div class="form-grid">
        <${Input} name="name" wide label=${t("standards.name")} error=${errors.name} value=${draft.name} onInput=${(/** @type {any} */ e) => put({ name: e.target.value })} />
        ${numbers(["duration_min", "buffer_min", "before_min"], { draft, put, errors })}
        <${Input} name="price_kopecks" type="number" min="0" step="0.01" label=${t("standards.price_rubles")} error=${errors.price_kopecks} value=${String(draft.price_kopecks / 100)} onChange=${(/** @type {any} */ e) => put({ price_kopecks: Math.round(Number(e.target.value) * 100) })} />
        <${Select} name="payment" label=${t("standards.payment")} error=${errors.payment} value=${draft.payment} onChange=${(/** @type {any} */ e) => put({ payment: e.target.value })} options=${["tariff", "minutes"].map((each) => ({ value: each, label: t(`standards.payment_${each}`) }))} />
      </div>
      <fieldset class="modes"><legend>${t("standards.modes")}</legend>${MODES.map((mode) => html`<label key=${mode} class="choice"><input type="checkbox" checked=${draft.modes.includes(mode)} onChange=${() => toggle(mode)} />${named("mode", mode)}</label>`)}
        ${errors.modes && html`<p class="fault">${errors.modes}</p>`}</fieldset>
      <div><label class="choice"><input type="checkbox" checked=${draft.relay_only} onChange=${(/** @type {any} */ e) => put({ relay_only: e.target.checked })} aria-describedby="relay-hint" />${t("standards.relay_only")}</label><p class="hint" id="relay-hint">${t("standards.relay_hint")}</p></div>
    </fieldset>`;
}

/** @param {Part} props */
function Often({ draft, put, errors }) {
  const wrong = Object.entries(errors).find(([name]) => name.startsWith("periodicity"))?.[1];
  return html`<div class="card"><${WaysFields} at="ways" ways=${draft.periodicity || []} onChange=${(/** @type {import("/static/lib/standard-types.js").Way[]} */ periodicity) => put({ periodicity })} legend=${t("standards.part_often")} none=${t("standards.no_limit")} error=${wrong} /></div>`;
}

/** @param {Part & {base: Standard}} props */
function Targets({ draft, put, errors, base }) {
  const set = (/** @type {Indicator} */ name, /** @type {string} */ text) => put({ targets: { ...draft.targets, [name]: meant(name, text) } });
  return html`
    <fieldset class="card stack"><legend>${t("standards.part_targets")}</legend><p class="soft">${t("standards.targets_hint")}</p>
      <div class="form-grid">${INDICATORS.map((name) => html`
        <${Input} key=${name} name=${`targets.${name}`} id=${`target-${name}`} type="number" min="0" step=${SCALES[name].step} label=${t(`standards.typed_${name}`)}
          hint=${draft.targets[name] !== base.targets[name] ? t("standards.was", { was: typed(name, base.targets[name]) || "–" }) : undefined}
          error=${errors[`targets.${name}`]} defaultValue=${typed(name, draft.targets[name])} onInput=${(/** @type {any} */ e) => set(name, e.target.value)} />`)}</div>
    </fieldset>`;
}

/** @param {Part} props */
function Terms({ draft, put, errors }) {
  const share = draft.least_share === null ? "" : String(Math.round(draft.least_share * 1000) / 10);
  return html`
    <fieldset class="card stack"><legend>${t("standards.part_terms")}</legend>
      <div class="form-grid">
        <${Input} name="deadline_days" type="number" min="0" max="365" optional label=${t("standards.deadline_days")} hint=${t("standards.deadline_hint")} error=${errors.deadline_days} value=${draft.deadline_days ?? ""} onInput=${(/** @type {any} */ e) => put({ deadline_days: e.target.value === "" ? null : Number(e.target.value) })} />
        <${Input} name="least_share" type="number" min="0" max="100" optional label=${t("standards.least_share_percent")} hint=${t("standards.least_share_hint")} error=${errors.least_share} defaultValue=${share} onInput=${(/** @type {any} */ e) => put({ least_share: e.target.value === "" ? null : Number(e.target.value) / 100 })} />
        <${Input} name="staff_requirement" wide optional label=${t("standards.staff_requirement")} error=${errors.staff_requirement} value=${draft.staff_requirement} onInput=${(/** @type {any} */ e) => put({ staff_requirement: e.target.value })} />
        <${TextArea} name="conditions" wide optional rows="3" label=${t("standards.conditions")} error=${errors.conditions} value=${draft.conditions} onInput=${(/** @type {any} */ e) => put({ conditions: e.target.value })} />
      </div>
    </fieldset>`;
}

/** Minutes as fields. @param {("duration_min" | "buffer_min" | "before_min")[]} names @param {Part} part */
function numbers(names, { draft, put, errors }) {
  return names.map((name) => html`<${Input} key=${name} name=${name} type="number" min="0" max="480" label=${t(`standards.${name}`)} error=${errors[name]} value=${draft[name]} onInput=${(/** @type {any} */ e) => put({ [name]: Number(e.target.value) })} />`);
}
