// The consents of a client: what stands, in the words agreed to, by whom taken; taken anew, printed, taken back; what was.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get, post } from "/static/lib/api.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { consentTexts } from "../parts/client-form.js";
import { FormProblem, Select, useForm } from "../parts/form.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { lang, named, t } from "../parts/words.js";
import { WithdrawDialog } from "./withdrawal.js";

/** @typedef {import("/static/lib/consent-types.js").ConsentRecord} ConsentRecord */
/** @typedef {import("/static/lib/consent-types.js").Representative} Representative */
/** @typedef {import("/static/lib/api-types.js").ConsentText} ConsentText */

const HOWS = ["paper", "aloud", "sms"];

/** @param {{client: {id: number}, edits: boolean, zone: string}} props */
export function Consents({ client, edits, zone }) {
  const given = useAnswer(() => get(`/clients/${client.id}/consents`), [client.id]);
  const texts = useAnswer(consentTexts, []);
  const [taking, setTaking] = useState("");
  const [leaving, setLeaving] = useState(/** @type {ConsentRecord | null} */ (null));
  /** @type {ConsentRecord[]} */
  const all = given.value?.items || [];
  const standing = all.filter((each) => !each.withdrawn_at && !each.again);
  const past = all.filter((each) => each.withdrawn_at || each.again);
  const open = (texts.value || []).filter((text) => !standing.some((each) => each.purpose === text.purpose));
  const asked = taking === "any" ? open : (texts.value || []).filter((text) => text.purpose === taking);
  const close = () => { setTaking(""); setLeaving(null); };
  const done = () => { close(); given.again(); };
  return html`
    <section class="card" aria-labelledby="consents-title" data-test="consents"><h2 id="consents-title">${t("consent.title")}</h2>
      ${given.error && html`<${Trouble} error=${given.error} again=${given.again} />`}
      ${!given.value && !given.error && html`<${Loading} />`}
      ${given.value && !standing.length && html`<p class="soft">${t("consent.nothing")}</p>`}
      <ul class="given">${standing.map((each) => html`<${Standing} key=${each.id} client=${client.id} consent=${each} zone=${zone} edits=${edits} take=${() => setTaking(each.purpose)} withdraw=${() => setLeaving(each)} />`)}</ul>
      ${edits && open.length > 0 && !taking && html`<button type="button" class="button small" data-test="take-consent" onClick=${() => setTaking("any")}>${t("consent.add")}</button>`}
      ${asked.length > 0 && html`<${TakeForm} key=${taking} client=${client.id} texts=${asked} onDone=${done} onClose=${close} />`}
      ${past.length > 0 && html`<details class="consent-past"><summary>${t("consent.history", { count: past.length })}</summary>
        <ul class="given">${past.map((each) => html`<li key=${each.id} data-past=${each.purpose}><${Told} consent=${each} zone=${zone} /><${Paper} client=${client.id} consent=${each} /></li>`)}</ul></details>`}
      ${leaving && html`<${WithdrawDialog} client=${client.id} consent=${leaving} zone=${zone} onClose=${close} onDone=${done} />`}
    </section>`;
}

/** @param {{client: number, consent: ConsentRecord, zone: string, edits: boolean, take: () => void, withdraw: () => void}} props */
function Standing({ client, consent, zone, edits, take, withdraw }) {
  return html`
    <li data-purpose=${consent.purpose}>
      <${Told} consent=${consent} zone=${zone} />
      ${consent.newer && html`<p class="notice warn consent-newer"><span>${t("consent.newer", { version: consent.newer })}</span>
        ${edits && html`<button type="button" class="button small" onClick=${take}>${t("consent.anew")}</button>`}</p>`}
      <div class="row consent-acts"><${Paper} client=${client} consent=${consent} />
        ${edits && html`<button type="button" class="act" aria-label=${`${t("consent.withdraw")}: ${consent.title}`} onClick=${withdraw}>${t("consent.withdraw")}</button>`}</div>
    </li>`;
}

/** What was agreed to, when, how, by whom; and what became of it. @param {{consent: ConsentRecord, zone: string}} props */
function Told({ consent, zone }) {
  const speaker = consent.representative;
  return html`
    <p><strong>${consent.title}</strong></p>
    <p class="soft">${t("consent.given_by", { at: when(consent.given_at, zone), how: t(`how.${consent.how}`), who: consent.taken_by_name })}</p>
    ${speaker && html`<p class="soft">${t("consent.spoken_by", { name: [speaker.name, named("tie", speaker.tie), speaker.document].filter(Boolean).join(", ") })}</p>`}
    ${consent.again && !consent.withdrawn_at && html`<p class="tag">${t("consent.replaced")}</p>`}
    ${consent.withdrawn_at && html`<p class="consent-ended"><strong>${t("consent.withdrawn", { day: when(consent.withdrawn_at, zone) })}</strong>
      ${consent.withdrawn_how && html` <span>${t("consent.withdrawn_by", { how: t(`how.${consent.withdrawn_how}`), who: consent.withdrawn_by })}</span>`}
      ${consent.withdrawn_because && html` <span>${t("consent.because_said", { because: consent.withdrawn_because })}</span>`}</p>`}
    <details><summary>${t("consent.read")}</summary><p class="legal">${consent.text}</p>
      <p class="hint">${t("consent.version", { version: consent.version })} · <code title=${consent.hash}>${consent.hash.slice(0, 12)}</code></p></details>`;
}

/** @param {{client: number, consent: ConsentRecord}} props */
function Paper({ client, consent }) {
  return html`<a class="act" href=${`/api/v1/clients/${client}/consents/${consent.id}/paper`} download aria-label=${`${t("consent.print")}: ${consent.title}`}>${t("consent.print")}</a>`;
}

/** @param {{client: number, texts: ConsentText[], onDone: () => void, onClose: () => void}} props */
function TakeForm({ client, texts, onDone, onClose }) {
  const beside = useAnswer(() => get(`/clients/${client}/relations`), []);
  /** @type {Representative[]} */
  const representatives = (beside.value?.items || []).filter((/** @type {Representative} */ each) => each.kind === "representative" && !each.expired && !each.ended_at);
  const [purpose, setPurpose] = useState(texts[0].purpose);
  const [speaker, setSpeaker] = useState("");
  const text = texts.find((each) => each.purpose === purpose) || texts[0];
  const form = useForm(async (data, key) => {
    await post(`/clients/${client}/consents`, { purpose, how: data.get("how"), ...(speaker ? { representative: Number(speaker) } : {}) }, { key });
    onDone();
  });
  return html`
    <form class="stack consent-add" onSubmit=${form.submit}>
      ${texts.length > 1 ? html`<${Select} name="purpose" label=${t("consent.purpose")} value=${purpose} onChange=${(/** @type {any} */ e) => setPurpose(e.target.value)} options=${texts.map((each) => ({ value: each.purpose, label: each.title }))} />` : html`<h3>${text.title}</h3>`}
      <p class="legal" tabindex="0">${text.text}</p>
      <p><a class="act" href=${`/api/v1/clients/${client}/consent-form?purpose=${purpose}${speaker ? `&representative=${speaker}` : ""}`} download data-test="consent-form">${t("consent.print_form")}</a></p>
      <${Select} name="how" label=${t("consent.how")} options=${HOWS.map((how) => ({ value: how, label: t(`how.${how}`) }))} />
      ${representatives.length > 0 && html`<${Select} name="representative" label=${t("consent.who_says")} error=${form.errors.representative} value=${speaker} onChange=${(/** @type {any} */ e) => setSpeaker(e.target.value)} options=${[{ value: "", label: t("consent.himself") }, ...representatives.map((each) => ({ value: String(each.id), label: `${each.name}, ${named("tie", each.tie)}` }))]} />`}
      <${FormProblem} problem=${form.problem} shown=${["representative"]} />
      <div class="row"><button class="button primary" disabled=${form.busy}>${t("consent.take")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
    </form>`;
}

/** @param {string} at @param {string} zone */
function when(at, zone) {
  return `${dayWithYear(at, zone, lang)}, ${clock(at, zone, lang)}`;
}
