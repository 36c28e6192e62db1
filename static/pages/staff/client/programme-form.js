// A programme as a form: its number and term, and of each service how many, how often and until when.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, post, Refusal } from "/static/lib/api.js";
import { Dialog } from "../parts/dialog.js";
import { FormProblem, Input, Select, useForm } from "../parts/form.js";
import { WaysFields, waysAsked, waysInWords } from "../parts/periodicity.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/standard-types.js").Programme} Programme */
/** @typedef {import("/static/lib/standard-types.js").Way} Way */
/** @typedef {{code: string, name: string, periodicity: Way[] | null}} Service */
/** @typedef {{code: string, volume: string, since: string, until: string, ways: Way[], own: boolean}} Row `own`: it says itself how often */

const SHOWN = ["number", "issued_on", "valid_until", "lines"];
const MOST = 30;

/** @param {{client: Client, today: string, start: Programme | null, onClose: () => void, onDone: () => void}} props */
export function ProgrammeDialog({ client, today, start, onClose, onDone }) {
  const services = useAnswer(() => get("/services", { district: client.district.id }), []);
  return html`
    <${Dialog} title=${t(start ? "programme.change_title" : "programme.new_title")} name="programme-form" wide onClose=${onClose}>
      ${services.error && html`<${Trouble} error=${services.error} again=${services.again} />`}
      ${!services.value && !services.error && html`<${Loading} />`}
      ${services.value && html`<${Form} client=${client} today=${today} start=${start} services=${services.value.items} onClose=${onClose} onDone=${onDone} />`}
    <//>`;
}

/** @param {{client: Client, today: string, start: Programme | null, services: Service[], onClose: () => void, onDone: () => void}} props */
function Form({ client, today, start, services, onClose, onDone }) {
  const [rows, setRows] = useState(() => (start ? start.lines.map(asRow(start)) : [firstRow(services)]));
  const form = useForm(async (data, key) => {
    const body = { number: data.get("number"), issued_on: data.get("issued_on"), valid_until: data.get("valid_until"), lines: rows.map(asked), ...(start && { issuer: start.issuer.id }) };
    if (start) await ask("PUT", `/programmes/${start.id}`, { body, version: String(start.version) });
    else await post(`/clients/${client.id}/programmes`, body, { key });
    onDone();
  });
  const shown = [...SHOWN, ...Object.keys(form.errors).filter((name) => name.startsWith("lines."))];
  const put = (/** @type {number} */ n, /** @type {Partial<Row>} */ next) => setRows(rows.map((each, k) => (k === n ? { ...each, ...next } : each)));
  return html`
    <form class="stack airy" onSubmit=${form.submit} noValidate data-test="programme-fields">
      <div class="form-grid">
        <${Input} name="number" label=${t("programme.number_label")} error=${form.errors.number} defaultValue=${start?.number} required />
        <${Input} name="issued_on" type="date" label=${t("programme.issued_on")} error=${form.errors.issued_on} defaultValue=${start?.issued_on ?? today} max=${today} required />
        <${Input} name="valid_until" type="date" label=${t("programme.valid_until")} hint=${t("programme.valid_until_hint")} error=${form.errors.valid_until} defaultValue=${start?.valid_until ?? yearLater(today)} required />
      </div>
      <h3>${t("programme.lines")}</h3>
      ${rows.map((row, n) => html`<${LineFields} key=${n} n=${n} row=${row} services=${services} errors=${form.errors} put=${(/** @type {Partial<Row>} */ next) => put(n, next)} remove=${rows.length > 1 ? () => setRows(rows.filter((_, k) => k !== n)) : undefined} />`)}
      ${form.errors.lines && html`<p class="fault">${form.errors.lines}</p>`}
      ${rows.length < MOST && html`<div><button type="button" class="button small" data-test="add-line" onClick=${() => setRows([...rows, firstRow(services, rows)])}>${t("programme.add_line")}</button></div>`}
      <${FormProblem} problem=${form.problem} shown=${shown} />
      ${form.problem instanceof Refusal && form.problem.status === 412 && html`<div><button type="button" class="button small" data-test="programme-moved" onClick=${onDone}>${t("programme.again")}</button></div>`}
      <div class="row form-end"><button class="button primary" data-test="save-programme" disabled=${form.busy}>${t("common.save")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
    </form>`;
}

/** @param {{n: number, row: Row, services: Service[], errors: Record<string, string>, put: (next: Partial<Row>) => void, remove?: () => void}} props */
function LineFields({ n, row, services, errors, put, remove }) {
  const service = services.find((each) => each.code === row.code);
  const at = (/** @type {string} */ name) => errors[`lines.${n}.${name}`];
  const typed = (/** @type {keyof Row} */ name) => (/** @type {any} */ e) => put({ [name]: e.target.value });
  return html`
    <fieldset class="programme-row" data-row=${n}><legend class="visually-hidden">${t("programme.line_n", { n: n + 1 })}</legend>
      <div class="form-grid">
        <${Select} id=${`line-${n}-code`} name="code" wide label=${t("programme.service")} error=${at("code")} value=${row.code} onChange=${typed("code")} options=${services.map((each) => ({ value: each.code, label: each.name }))} />
        <${Input} id=${`line-${n}-volume`} name="volume" type="number" min="1" max="400" label=${t("programme.volume")} error=${at("volume")} value=${row.volume} onInput=${typed("volume")} />
        <${Input} id=${`line-${n}-since`} name="since" type="date" optional label=${t("programme.since")} error=${at("since")} value=${row.since} onInput=${typed("since")} />
        <${Input} id=${`line-${n}-until`} name="until" type="date" optional label=${t("programme.until")} error=${at("until")} value=${row.until} onInput=${typed("until")} />
      </div>
      <label class="choice"><input type="checkbox" checked=${row.own} onChange=${(/** @type {any} */ e) => put({ own: e.target.checked, ways: e.target.checked ? service?.periodicity || [{ times: 2, per: "month" }] : [] })} />${t("programme.own_often")}</label>
      ${!row.own && service && html`<p class="hint">${t("programme.as_standard", { often: waysInWords(service.periodicity) })}</p>`}
      ${row.own && html`<${WaysFields} at=${`line-${n}`} ways=${row.ways} onChange=${(/** @type {Way[]} */ ways) => put({ ways, own: ways.length > 0 })} legend=${t("programme.often")} none=${t("often.free")} error=${Object.entries(errors).find(([name]) => name.startsWith(`lines.${n}.periodicity`))?.[1]} />`}
      ${remove && html`<div><button type="button" class="act" onClick=${remove}>${t("programme.remove_line")}</button></div>`}
    </fieldset>`;
}

/** @param {Service[]} services @param {Row[]} [others] @returns {Row} */
function firstRow(services, others = []) {
  const free = services.find((each) => !others.some((one) => one.code === each.code)) || services[0];
  return { code: free?.code || "", volume: "12", since: "", until: "", ways: [], own: false };
}

/** @param {Programme} programme @returns {(line: import("/static/lib/standard-types.js").ProgrammeLine) => Row} */
function asRow(programme) {
  return ({ code, volume, since, until, periodicity }) => ({
    code, volume: String(volume), since: since === programme.issued_on ? "" : since, until: until === programme.valid_until ? "" : until, ways: periodicity || [], own: Boolean(periodicity?.length),
  });
}

/** As the server takes it. @param {Row} row */
function asked({ code, volume, since, until, ways, own }) {
  return { code, volume: Number(volume) || 0, ...(since && { since }), ...(until && { until }), ...(own && { periodicity: waysAsked(ways) }) };
}

/** @param {string} day */
function yearLater(day) {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCFullYear(next.getUTCFullYear() + 1);
  next.setUTCDate(next.getUTCDate() - 1);
  return next.toISOString().slice(0, 10);
}
