// Taking an application at the desk or by telephone: one calm form; who it may be is looked up while one types.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get, post, Refusal } from "/static/lib/api.js";
import { weekdayName } from "/static/lib/time.js";
import { Dialog } from "../parts/dialog.js";
import { useSettled } from "../parts/finder.js";
import { FormProblem, Input, Select, TextArea, useForm } from "../parts/form.js";
import { useAnswer } from "../parts/shell.js";
import { lang, named, t } from "../parts/words.js";
import { Alike } from "./alike.js";

/** @typedef {import("/static/lib/application-types.js").Application} Application */
/** @typedef {import("/static/lib/application-types.js").Candidate} Candidate */

const TIES = ["self", "daughter", "son", "spouse", "parent", "relative", "guardian", "social_worker", "other"];
const PARTS = ["09:00-12:00", "12:00-15:00", "15:00-18:00", "18:00-20:00"];
const FIELDS = ["name", "birth_year", "phone", "email", "settlement", "speaker", "speaker_phone", "topic", "service", "remark", "consent"];
const LONG_ENOUGH = 5;

/** @param {{topics: Record<string, string>, onDone: (made: Application) => void, onClose: () => void}} props */
export function TakeDialog({ topics, onDone, onClose }) {
  const [card, setCard] = useState(/** @type {Candidate | null} */ (null));
  const [strangers, setStrangers] = useState(/** @type {number[]} */ ([]));
  const [typed, setTyped] = useState({ name: "", birth_year: "", phone: "" });
  const [tie, setTie] = useState("self");
  const [withdrew, setWithdrew] = useState(/** @type {number | undefined} */ (undefined));
  const form = useForm(async (data, key) => {
    try {
      onDone(await post("/applications", bodyOf(data, card), { key }));
    } catch (error) {
      if (error instanceof Refusal && error.code === "consent_needed") setWithdrew(card?.client);
      throw error;
    }
  });
  const asked = useSettled(typed);
  const alike = useAnswer(() => lookedUp(asked), [asked.name, asked.birth_year, asked.phone]);
  const services = useAnswer(() => get("/services"), []);
  const specialists = useAnswer(() => get("/specialists"), []);
  const found = (alike.value || []).filter((each) => !strangers.includes(each.client));
  const follow = (/** @type {any} */ e) => e.target.name in typed && setTyped({ ...typed, [e.target.name]: e.target.value });
  const noConsent = form.problem?.code === "consent_needed";
  return html`
    <${Dialog} title=${t("applications.take")} name="take" wide onClose=${onClose}>
      <form class="stack airy" onSubmit=${form.submit} onInput=${follow} noValidate data-test="take-form">
        <fieldset class="segments-field"><legend>${t("ask.how")}</legend>
          <label class="choice"><input type="radio" name="source" value="desk" defaultChecked />${t("ask.source_desk")}</label>
          <label class="choice"><input type="radio" name="source" value="phone" />${t("ask.source_phone")}</label></fieldset>
        ${card
          ? html`<${Chosen} card=${card} other=${() => setCard(null)} />`
          : html`<div class="form-grid">
              <${Input} id="ask-name" name="name" wide label=${t("client.name")} error=${form.errors.name} value=${typed.name} autocomplete="off" required />
              <${Input} id="ask-year" name="birth_year" label=${t("client.birth_year")} error=${form.errors.birth_year} value=${typed.birth_year} inputmode="numeric" maxlength="4" autocomplete="off" />
              <${Input} id="ask-phone" name="phone" type="tel" label=${t("client.phone")} error=${form.errors.phone} value=${typed.phone} autocomplete="off" optional />
              <${Input} id="ask-settlement" name="settlement" label=${t("client.settlement")} error=${form.errors.settlement} autocomplete="off" optional />
            </div>
            <${Alike} found=${found} same=${setCard} other=${(/** @type {Candidate} */ each) => setStrangers([...strangers, each.client])} />`}
        <div class="form-grid">
          <${Select} id="ask-tie" name="speaker_tie" label=${t("ask.who_speaks")} value=${tie} onChange=${(/** @type {any} */ e) => setTie(e.target.value)} options=${TIES.map((each) => ({ value: each, label: t(`ask.tie_${each}`) }))} />
          ${tie !== "self" && html`<${Input} id="ask-speaker" name="speaker" label=${t("ask.speaker")} error=${form.errors.speaker} autocomplete="off" />
            <${Input} id="ask-speaker-phone" name="speaker_phone" type="tel" label=${t("ask.speaker_phone")} error=${form.errors.speaker_phone} autocomplete="off" optional />`}
          <${Select} id="ask-topic" name="topic" label=${t("ask.topic")} error=${form.errors.topic} options=${[{ value: "", label: t("ask.not_said") }, ...Object.entries(topics).map(([value, label]) => ({ value, label }))]} />
          <${Select} id="ask-service" name="service" label=${t("ask.service")} error=${form.errors.service} options=${[{ value: "", label: t("ask.not_said") }, ...(services.value?.items || []).map((/** @type {any} */ each) => ({ value: each.code, label: each.name }))]} />
          <${Select} id="ask-urgency" name="urgency" label=${t("ask.urgency")} options=${["usual", "soon", "urgent"].map((each) => ({ value: each, label: t(`ask.urgency_${each}`) }))} />
          <${Select} id="ask-mode" name="mode" label=${t("ask.mode")} options=${[{ value: "", label: t("ask.any") }, ...["video", "voice", "phone", "in_person"].map((each) => ({ value: each, label: named("mode", each) }))]} />
        </div>
        <details class="wish-more"><summary>${t("ask.wishes")}</summary>
          <div class="stack">
            <${Marks} legend=${t("ask.weekdays")} name="weekdays" each=${[0, 1, 2, 3, 4, 5, 6].map((day) => ({ value: String(day), label: weekdayName(day, lang, "short") }))} />
            <${Marks} legend=${t("ask.parts")} name="parts" each=${PARTS.map((part) => ({ value: part, label: part.replace("-", "–") }))} />
            <${Select} id="ask-specialist" name="specialist" label=${t("ask.specialist")} options=${[{ value: "", label: t("ask.any") }, ...(specialists.value?.items || []).map((/** @type {any} */ each) => ({ value: String(each.id), label: each.name }))]} />
          </div></details>
        <${TextArea} id="ask-remark" name="remark" wide label=${t("ask.remark")} error=${form.errors.remark} optional rows="2" />
        ${(!card || card.client === withdrew) && html`<fieldset class=${noConsent ? "field-bad" : ""}><legend>${t("ask.consent")}</legend>
          <p class="hint">${t("ask.consent_hint")}</p>
          ${["paper", "aloud"].map((how) => html`<label class="choice" key=${how}><input type="radio" name="consent" value=${how} />${t(`how.${how}`)}</label>`)}
          ${noConsent && html`<p class="fault" role="alert">${form.problem.title}</p>`}</fieldset>`}
        <${FormProblem} problem=${noConsent ? null : form.problem} shown=${FIELDS} />
        <div class="row form-end"><button class="button primary" id="ask-save" disabled=${form.busy}>${t("ask.save")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
      </form>
    <//>`;
}

/** The person has a card: it says the rest. @param {{card: Candidate, other: () => void}} props */
function Chosen({ card, other }) {
  return html`
    <div class="notice good chosen-card" data-test="chosen-card"><p><strong>${card.name}</strong> <span class="soft">${[t("client.born", { year: card.birth_year }), card.phone, card.settlement].filter(Boolean).join(" · ")}</span></p>
      <button type="button" class="button small" onClick=${other}>${t("alike.not_him")}</button></div>`;
}

/** @param {{legend: string, name: string, each: {value: string, label: string}[]}} props */
export function Marks({ legend, name, each }) {
  return html`<fieldset class="marks"><legend>${legend}</legend><div class="marks-row">${each.map(({ value, label }) => html`
    <label key=${value} class="mark-pick"><input type="checkbox" name=${name} value=${value} /><span>${label}</span></label>`)}</div></fieldset>`;
}

/** Whoever has been named enough to be looked for. @param {{name: string, birth_year: string, phone: string}} typed @returns {Promise<Candidate[]>} */
async function lookedUp({ name, birth_year, phone }) {
  const year = /^\d{4}$/.test(birth_year) ? birth_year : "";
  if (name.trim().length < LONG_ENOUGH || (!year && phone.length < LONG_ENOUGH)) return [];
  const query = { name: name.trim(), ...(year && { birth_year: year }), ...(phone && { phone }) };
  return (await /** @type {Promise<{items: Candidate[]}>} */ (get("/duplicates", query))).items;
}

/** @param {FormData} data @param {Candidate | null} card */
function bodyOf(data, card) {
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const year = text("birth_year");
  const who = card
    ? { client: card.client, name: card.name, birth_year: card.birth_year, phone: card.phone, settlement: card.settlement }
    : { name: text("name"), birth_year: year ? Number(year) || year : null, phone: text("phone"), settlement: text("settlement") };
  const wishes = { weekdays: data.getAll("weekdays").map(Number), parts: data.getAll("parts").map(String), specialist: Number(text("specialist")) || null };
  return {
    ...who, consent: text("consent") || null, source: text("source"), speaker_tie: text("speaker_tie"), speaker: text("speaker"), speaker_phone: text("speaker_phone"),
    topic: text("topic") || null, service: text("service") || null, urgency: text("urgency"), mode: text("mode") || null, wishes, remark: text("remark"),
  };
}
