// The card of a client as a form: registering with consents, or changing what stands there.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get, post } from "/static/lib/api.js";
import { FormProblem, Input, Select, TextArea, useForm } from "./form.js";
import { Dialog } from "./dialog.js";
import { Loading, Trouble, useAnswer } from "./shell.js";
import { lang, named, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").ConsentText} ConsentText */
/** @typedef {import("/static/lib/api-types.js").Items<ConsentText>} ConsentTexts */

const LANGUAGES = ["ru", "en"];
const HOWS = ["paper", "aloud", "sms"];
const FIELDS = ["name", "birth_year", "birth_date", "sex", "snils", "address", "phone", "email", "settlement", "language", "remark", "consents"];

/** @returns {Promise<ConsentText[]>} */
export async function consentTexts() {
  /** @type {ConsentTexts} */
  const { items } = await get("/consent-texts");
  const own = items.filter((each) => each.language === lang);
  const readable = own.length ? own : items;
  return [...readable].sort((one, other) => Number(other.purpose === "processing") - Number(one.purpose === "processing"));
}

/** @param {{start?: string, onDone: (client: Client) => void, onClose: () => void}} props `start`: what was looked for, a name or a phone */
export function RegisterDialog({ start = "", onDone, onClose }) {
  const texts = useAnswer(consentTexts, []);
  return html`
    <${Dialog} title=${t("client.register")} name="register" wide onClose=${onClose}>
      ${texts.error && html`<${Trouble} error=${texts.error} again=${texts.again} />`}
      ${!texts.value && !texts.error && html`<${Loading} />`}
      ${texts.value && html`<${RegisterForm} start=${start} texts=${texts.value} onDone=${onDone} onClose=${onClose} />`}
    <//>`;
}

/** @param {{start: string, texts: ConsentText[], onDone: (client: Client) => void, onClose: () => void}} props */
function RegisterForm({ start, texts, onDone, onClose }) {
  const [given, setGiven] = useState(/** @type {string[]} */ ([]));
  const form = useForm(async (data, key) => {
    const how = data.get("how");
    const body = { ...cardOf(data), consents: given.map((purpose) => ({ purpose, how })) };
    onDone(await post("/clients", body, { key }));
  });
  /** @param {string} purpose @param {boolean} on */
  const toggle = (purpose, on) => setGiven(on ? [...given, purpose] : given.filter((each) => each !== purpose));
  const consentFault = form.errors.consents || (form.problem?.code === "consent_needed" && form.problem.title);
  return html`
    <form class="stack airy" onSubmit=${form.submit} noValidate data-test="client-form">
      <${FormProblem} problem=${consentFault && form.problem?.code === "consent_needed" ? null : form.problem} shown=${FIELDS} />
      <${CardFields} errors=${form.errors} start=${startOf(start)} />
      <fieldset class="consents" aria-describedby=${consentFault ? "consents-fault" : undefined}>
        <legend>${t("consent.title")}</legend>
        <p class="hint">${t("consent.lead")}</p>
        ${consentFault && html`<p class="fault" id="consents-fault" role="alert">${consentFault}</p>`}
        ${texts.map((text) => html`<${ConsentChoice} key=${text.purpose} text=${text} on=${given.includes(text.purpose)} toggle=${toggle} />`)}
        <${Select} id="client-how" name="how" label=${t("consent.how")} options=${HOWS.map((how) => ({ value: how, label: t(`how.${how}`) }))} />
      </fieldset>
      <div class="row form-end">
        <button class="button primary" id="client-save" disabled=${form.busy}>${t("client.save_new")}</button>
        <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button>
      </div>
    </form>`;
}

/** @param {{text: ConsentText, on: boolean, toggle: (purpose: string, on: boolean) => void}} props */
function ConsentChoice({ text, on, toggle }) {
  return html`
    <div class="consent">
      <label class="choice">
        <input type="checkbox" id=${`consent-${text.purpose}`} checked=${on} onChange=${(/** @type {any} */ e) => toggle(text.purpose, e.target.checked)} />
        <span>${text.title}${text.purpose === "processing" && html` <span class="tag">${t("consent.needed")}</span>`}</span>
      </label>
      <details><summary>${t("consent.read")}</summary><p class="legal">${text.text}</p></details>
    </div>`;
}

/** The fields alone, for both forms. @param {{errors: Record<string, string>, start: Partial<Client>}} props */
export function CardFields({ errors, start }) {
  const known = useAnswer(() => get("/settlements"), []);
  return html`
    <div class="form-grid">
      <${Input} id="client-name" name="name" wide label=${t("client.name")} hint=${t("client.name_hint")} error=${errors.name} defaultValue=${start.name} autocomplete="off" required />
      <${Input} id="client-birth-year" name="birth_year" label=${t("client.birth_year")} error=${errors.birth_year} defaultValue=${start.birth_year} inputmode="numeric" maxlength="4" autocomplete="off" required />
      <${Input} id="client-phone" name="phone" type="tel" label=${t("client.phone")} error=${errors.phone} defaultValue=${start.phone} optional autocomplete="off" />
      <${Input} id="client-email" name="email" type="email" label=${t("client.email")} error=${errors.email} defaultValue=${start.email} optional autocomplete="off" />
      <${Input} id="client-settlement" name="settlement" label=${t("client.settlement")} hint=${t("client.settlement_hint")} error=${errors.settlement} defaultValue=${start.settlement} optional autocomplete="off" list="settlements" />
      <${Input} id="client-address" name="address" label=${t("client.address")} error=${errors.address} defaultValue=${start.address} optional autocomplete="off" maxlength="120" />
      <${Input} id="client-birth-date" name="birth_date" type="date" label=${t("client.birth_date")} error=${errors.birth_date} defaultValue=${start.birth_date ?? ""} optional />
      <${Select} id="client-sex" name="sex" label=${t("client.sex")} error=${errors.sex} defaultValue=${start.sex || ""} optional options=${["", "f", "m"].map((code) => ({ value: code, label: t(`client.sex_${code || "none"}`) }))} />
      <${Input} id="client-snils" name="snils" label=${t("client.snils")} hint=${t("client.snils_hint")} error=${errors.snils} defaultValue=${start.snils} optional inputmode="numeric" autocomplete="off" maxlength="20" />
      <datalist id="settlements">${(known.value?.items || []).map((/** @type {string} */ each) => html`<option key=${each} value=${each}></option>`)}</datalist>
      <${Select} id="client-language" name="language" label=${t("client.language")} error=${errors.language} defaultValue=${start.language || "ru"}
        options=${LANGUAGES.map((code) => ({ value: code, label: named("language", code) }))} />
      <${TextArea} id="client-remark" name="remark" wide label=${t("client.remark")} hint=${t("client.remark_hint")} error=${errors.remark} defaultValue=${start.remark} optional rows="2" />
    </div>`;
}

/** What the card says, ready for the interface. @param {FormData} data */
export function cardOf(data) {
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const year = text("birth_year");
  return {
    name: text("name"), birth_year: /^\d+$/.test(year) ? Number(year) : year || null, phone: text("phone"),
    email: text("email"), settlement: text("settlement"), address: text("address"),
    birth_date: text("birth_date") || null, sex: text("sex"), snils: text("snils"), language: text("language"), remark: text("remark"),
  };
}

/** @param {string} looked @returns {Partial<Client>} */
function startOf(looked) {
  return /^[\d\s()+-]{4,}$/.test(looked) ? { phone: looked.trim() } : { name: looked.trim() };
}
