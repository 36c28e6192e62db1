// What is done about a service rendered: the client's yes or no written down, and a dispute settled with a reason.

import { html, useState } from "/static/vendor/preact-htm.js";
import { post } from "/static/lib/api.js";
import { Dialog } from "./dialog.js";
import { FormProblem, Input, TextArea, useForm } from "./form.js";
import { money, t } from "./words.js";

/** @typedef {import("/static/lib/act-types.js").Rendered} Rendered */
/** @typedef {{row: Rendered, onDone: () => void, onClose: () => void}} Props */

/** @param {Props & {deed: string}} props */
export function RenderedDialog({ deed, ...rest }) {
  const Form = deed === "confirm" ? Confirm : deed === "dispute" ? Dispute : Settle;
  return html`<${Dialog} title=${t(`rendered.${deed}_title`)} name=${`rendered-${deed}`} onClose=${rest.onClose}>
    <div class="stack"><p class="soft">${rest.row.client.name} · ${rest.row.service.name}</p><${Form} ...${rest} /></div><//>`;
}

/** @param {Props} props */
function Confirm({ row, onDone, onClose }) {
  const [how, setHow] = useState("coordinator");
  const form = useForm(async (data, key) => {
    const code = how === "code" ? { code: String(data.get("code") || "") } : {};
    await post(`/rendered/${row.booking}/confirm`, { how, ...code }, { key, version: row.version });
    onDone();
  });
  return html`
    <form class="stack airy" onSubmit=${form.submit} noValidate data-test="confirm-form">
      <fieldset class="stack tight"><legend>${t("rendered.how_known")}</legend>
        ${["coordinator", "code"].map((each) => html`<label key=${each} class="choice"><input type="radio" name="how" value=${each} checked=${how === each} onChange=${() => setHow(each)} /><span>${t(`rendered.confirm_${each}`)}</span></label>`)}</fieldset>
      ${how === "code" && html`<${Input} name="code" label=${t("rendered.code")} hint=${t("rendered.code_hint")} error=${form.errors.code} inputmode="numeric" autocomplete="off" maxlength="7" required />`}
      <${FormProblem} problem=${form.problem} shown=${["code"]} />
      <${Ends} busy=${form.busy} onClose=${onClose} send=${t("rendered.confirm")} />
    </form>`;
}

/** @param {Props} props */
function Dispute({ row, onDone, onClose }) {
  const form = useForm(async (data, key) => {
    await post(`/rendered/${row.booking}/dispute`, { text: textOf(data, "text"), minutes: numberOf(data, "minutes") }, { key, version: row.version });
    onDone();
  });
  return html`
    <form class="stack airy" onSubmit=${form.submit} noValidate data-test="dispute-form">
      <p>${t("rendered.dispute_lead")}</p>
      <${Input} name="minutes" type="number" min="0" max="600" label=${t("rendered.his_minutes")} hint=${t("rendered.his_minutes_hint")} error=${form.errors.minutes} optional />
      <${TextArea} name="text" label=${t("rendered.his_words")} error=${form.errors.text} maxlength="120" rows="3" optional />
      <${FormProblem} problem=${form.problem} shown=${["minutes", "text"]} />
      <${Ends} busy=${form.busy} onClose=${onClose} send=${t("common.save")} />
    </form>`;
}

/** @param {Props} props */
function Settle({ row, onDone, onClose }) {
  const his = row.client_said?.minutes ?? null;
  const hers = row.provider_said?.minutes ?? 0;
  const [favour, setFavour] = useState(row.settled?.favour || "");
  const form = useForm(async (data, key) => {
    const own = favour === "other" ? { minutes: numberOf(data, "minutes") } : {};
    await post(`/rendered/${row.booking}/settle`, { favour, ...own, because: textOf(data, "because") }, { key, version: row.version });
    onDone();
  });
  const ways = [
    { way: "provider", text: t("rendered.by_provider", { minutes: hers }) },
    ...(his === null ? [] : [{ way: "client", text: his === 0 ? t("rendered.by_client_none") : t("rendered.by_client", { minutes: his }) }]),
    { way: "other", text: t("rendered.by_other") },
  ];
  return html`
    <form class="stack airy" onSubmit=${form.submit} noValidate data-test="settle-form">
      ${row.client_said?.text && html`<p class="rendered-because">«${row.client_said.text}»</p>`}
      <fieldset class="stack tight"><legend>${t("rendered.what_holds")}</legend>
        ${ways.map(({ way, text }) => html`<label key=${way} class="choice"><input type="radio" name="favour" value=${way} checked=${favour === way} onChange=${() => setFavour(way)} /><span>${text}</span></label>`)}</fieldset>
      ${favour === "other" && html`<${Input} name="minutes" type="number" min="0" max="600" label=${t("rendered.minutes_held")} hint=${t("rendered.his_minutes_hint")} error=${form.errors.minutes} required />`}
      <${Input} name="because" label=${t("rendered.because")} hint=${t("rendered.because_hint")} error=${form.errors.because} maxlength="120" defaultValue=${row.settled?.because} required />
      ${row.certificate && html`<p class="hint">${t("rendered.settle_sum", { sum: money(row.sum_kopecks) })}</p>`}
      <${FormProblem} problem=${form.problem} shown=${["minutes", "because"]} />
      <${Ends} busy=${form.busy || !favour} onClose=${onClose} send=${t("rendered.settle")} />
    </form>`;
}

/** @param {{busy: boolean, send: string, onClose: () => void}} props */
function Ends({ busy, send, onClose }) {
  return html`<div class="row form-end"><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button><button class="button primary" disabled=${busy}>${send}</button></div>`;
}

/** @param {FormData} data @param {string} name */
function textOf(data, name) {
  return String(data.get(name) || "").trim();
}

/** @param {FormData} data @param {string} name */
function numberOf(data, name) {
  const text = textOf(data, name);
  return text === "" ? null : Number(text);
}
