// A new certificate: for whom, which services, from which money, until when; first a draft, which is then issued.

import { html, useRef, useState } from "/static/vendor/preact-htm.js";
import { get, post } from "/static/lib/api.js";
import { addDays, dayOf } from "/static/lib/time.js";
import { ClientFinder } from "../parts/finder.js";
import { FormProblem, Input, Select, useForm } from "../parts/form.js";
import { useAnswer, zoneOf } from "../parts/shell.js";
import { money, t } from "../parts/words.js";
import { amount, dayInWords } from "./said.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Institution} Institution */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Service} Service */
/** @typedef {import("/static/lib/certificate-types.js").Unit} Unit */
/** @typedef {{key: number, code: string, unit: Unit, quantity: string, copay: string}} Wanted */

/** @type {Unit[]} */
const UNITS = ["session", "minute", "kopeck"];
const FIELDS = ["valid_until", "year", "source", "number", "representative", "programme", "providers"];
const KOPECKS = 100;
let keys = 0;

/** @param {{me: Me, leave: () => void}} props */
export function NewCertificate({ me, leave }) {
  const [client, setClient] = useState(/** @type {Client | null} */ (null));
  return html`
    <p class="back"><button type="button" class="act" onClick=${leave}>${t("cert.title")}</button></p>
    <h1>${t("cert.new_title")}</h1>
    <section class="card stack" aria-labelledby="holder-title"><h2 id="holder-title">${t("cert.holder")}</h2>
      ${client
        ? html`<div class="row between"><p><strong>${client.name}</strong><br /><span class="soft">${[t("cert.born", { year: client.birth_year }), client.settlement, client.phone].filter(Boolean).join(" · ")}</span></p>
            <button type="button" class="button small" onClick=${() => setClient(null)}>${t("cert.other_holder")}</button></div>`
        : html`<${ClientFinder} onChoose=${setClient} />`}</section>
    ${client && html`<${Terms} key=${client.id} client=${client} me=${me} leave=${leave} />`}`;
}

/** @param {{client: Client, me: Me, leave: () => void}} props */
function Terms({ client, me, leave }) {
  const services = useAnswer(() => get("/services", { district: client.district?.id }), []);
  const houses = useAnswer(() => get("/institutions"), []);
  const beside = useAnswer(() => Promise.all(["relations", "programmes"].map((what) => get(`/clients/${client.id}/${what}`).catch(() => ({ items: [] })))), []);
  const [lines, setLines] = useState(/** @type {Wanted[]} */ ([]));
  // One and the same from the first drawing on: whoever types while answers arrive keeps her field.
  const first = useRef(/** @type {Wanted | null} */ (null));
  const [everybody, setEverybody] = useState(true);
  const today = dayOf(Date.now(), zoneOf(me));
  /** @type {Service[]} */
  const known = services.value?.items || [];
  if (known.length) first.current ??= blank(known[0].code);
  const rows = lines.length ? lines : first.current ? [first.current] : [];
  const programmes = (beside.value?.[1].items || []).filter((/** @type {any} */ each) => !each.ended_on && each.valid_until >= today);
  const standing = (beside.value?.[0].items || []).filter((/** @type {any} */ each) => each.kind === "representative" && !each.ended_at && !each.expired);
  const form = useForm(async (data, key) => {
    const made = /** @type {any} */ (await post("/certificates", bodyOf(data, client, rows), { key }));
    location.assign(`/staff/certificate?id=${made.id}`);
  });
  /** @param {string} id */
  function fromProgramme(id) {
    const programme = programmes.find((/** @type {any} */ each) => String(each.id) === id);
    if (programme) setLines(programme.lines.map((/** @type {any} */ each) => ({ ...blank(each.code), quantity: String(each.remaining ?? each.volume) })));
  }
  return html`
    <form class="stack airy" onSubmit=${form.submit} noValidate data-test="certificate-form">
      <section class="card stack" aria-labelledby="lines-title"><h2 id="lines-title">${t("cert.services")}</h2>
        ${programmes.length > 0 && html`<${Select} name="programme" label=${t("cert.programme")} hint=${t("cert.programme_hint")} error=${form.errors.programme} onChange=${(/** @type {any} */ e) => fromProgramme(e.target.value)}
          options=${[{ value: "", label: t("cert.no_programme") }, ...programmes.map((/** @type {any} */ each) => ({ value: String(each.id), label: t("cert.programme_of", { number: each.number, day: dayInWords(each.valid_until) }) }))]} />
          <label class="choice"><input type="checkbox" name="as_programme" />${t("cert.as_programme")}</label>`}
        ${rows.map((each, at) => html`<${LineFields} key=${each.key} line=${each} at=${at} services=${known} errors=${form.errors}
          onChange=${(/** @type {Wanted} */ next) => setLines(rows.map((old) => (old.key === next.key ? next : old)))}
          onDrop=${rows.length > 1 ? () => setLines(rows.filter((old) => old.key !== each.key)) : undefined} />`)}
        ${form.errors.lines && html`<p class="fault">${form.errors.lines}</p>`}
        <div class="row between"><button type="button" class="button small" data-test="add-line" onClick=${() => setLines([...rows, blank(unused(known, rows))])}>${t("cert.add_service")}</button>
          <p>${t("cert.nominal")} <strong class="figures" data-test="nominal">${money(nominal(rows, known))}</strong></p></div></section>
      <section class="card cert-terms" aria-labelledby="terms-title"><h2 id="terms-title">${t("cert.terms")}</h2>
        <${Input} name="valid_until" type="date" label=${t("cert.valid_until")} error=${form.errors.valid_until} min=${today} max=${addDays(today, 3 * 365)} defaultValue=${`${today.slice(0, 4)}-12-31`} required />
        <${Input} name="year" type="number" label=${t("cert.budget_year")} error=${form.errors.year} defaultValue=${today.slice(0, 4)} min="2000" max="2100" />
        <${Select} name="source" label=${t("cert.source")} error=${form.errors.source} options=${["region", "federal", "other"].map((each) => ({ value: each, label: t(`cert.source_${each}`) }))} />
        ${standing.length > 0 && html`<${Select} name="representative" label=${t("cert.representative")} error=${form.errors.representative} options=${[{ value: "", label: t("cert.no_representative") }, ...standing.map((/** @type {any} */ each) => ({ value: String(each.id), label: each.name }))]} />`}
        <fieldset class="cert-wide"><legend>${t("cert.admitted")}</legend>
          <label class="choice"><input type="radio" name="all" checked=${everybody} onChange=${() => setEverybody(true)} />${t("cert.admit_all")}</label>
          <label class="choice"><input type="radio" name="all" checked=${!everybody} onChange=${() => setEverybody(false)} />${t("cert.admit_some")}</label>
          ${!everybody && html`<div class="cert-houses">${(/** @type {Institution[]} */ (houses.value?.items || [])).filter((each) => each.kind !== "authority").map((each) => html`
            <label key=${each.id} class="choice"><input type="checkbox" name="providers" value=${each.id} />${each.name}</label>`)}</div>`}
          ${form.errors.providers && html`<p class="fault">${form.errors.providers}</p>`}</fieldset></section>
      <${FormProblem} problem=${form.problem} shown=${[...FIELDS, "lines"]} />
      <div class="row form-end"><p class="hint">${t("cert.draft_hint")}</p><button type="button" class="button" onClick=${leave}>${t("common.not_now")}</button>
        <button class="button primary" data-test="form-certificate" disabled=${form.busy || !rows.length}>${t("cert.form")}</button></div>
    </form>`;
}

/** @param {{line: Wanted, at: number, services: Service[], errors: Record<string, string>, onChange: (next: Wanted) => void, onDrop?: () => void}} props */
function LineFields({ line, at, services, errors, onChange, onDrop }) {
  const service = services.find((each) => each.code === line.code);
  const set = (/** @type {Partial<Wanted>} */ next) => onChange({ ...line, ...next });
  return html`
    <fieldset class="cert-line"><legend class="visually-hidden">${t("cert.service_n", { n: at + 1 })}</legend>
      <${Select} id=${`line-${at}-code`} name="line_code" label=${t("cert.service")} error=${errors[`lines.${at}.code`]} value=${line.code} onChange=${(/** @type {any} */ e) => set({ code: e.target.value })} options=${services.map((each) => ({ value: each.code, label: `${each.code} ${each.name}` }))} />
      <${Select} id=${`line-${at}-unit`} name="line_unit" label=${t("cert.unit")} value=${line.unit} onChange=${(/** @type {any} */ e) => set({ unit: e.target.value })} options=${UNITS.map((each) => ({ value: each, label: t(`cert.unit_${each}`) }))} />
      <${Input} id=${`line-${at}-quantity`} name="line_quantity" label=${t(line.unit === "kopeck" ? "cert.sum" : "cert.quantity")} inputmode="numeric" error=${errors[`lines.${at}.quantity`]} value=${line.quantity} onInput=${(/** @type {any} */ e) => set({ quantity: e.target.value })} />
      <${Input} id=${`line-${at}-copay`} name="line_copay" label=${t("cert.copay")} inputmode="decimal" error=${errors[`lines.${at}.copay_kopecks`]} value=${line.copay} onInput=${(/** @type {any} */ e) => set({ copay: e.target.value })} />
      ${onDrop && html`<button type="button" class="act act-bad" onClick=${onDrop}>${t("common.drop")}</button>`}
      ${service && html`<p class="hint cert-wide">${t("cert.unit_cost", { cost: money(costOf(service, line.unit)), unit: amount(line.unit === "kopeck" ? "kopeck" : line.unit, 1) })}</p>`}
    </fieldset>`;
}

/** @param {string} code @returns {Wanted} */
const blank = (code) => ({ key: (keys += 1), code, unit: "session", quantity: "10", copay: "" });

/** @param {Service[]} known @param {Wanted[]} rows */
function unused(known, rows) {
  return (known.find((each) => !rows.some((row) => row.code === each.code)) || known[0]).code;
}

/** As scheduling/certificates/wanted.py: that of a minute rounded half up. @param {Service} service @param {Unit} unit */
function costOf({ price_kopecks, duration_min }, unit) {
  if (unit === "session") return price_kopecks;
  return unit === "minute" ? Math.floor((2 * price_kopecks + duration_min) / (2 * duration_min)) : 1;
}

/** @param {Wanted} line in the line's unit */
const unitsOf = ({ unit, quantity }) => (unit === "kopeck" ? kopecksOf(quantity) : Math.trunc(Number(quantity.replace(/\s/g, ""))) || 0);

/** @param {string} typed roubles */
const kopecksOf = (typed) => Math.round((Number(typed.replace(/\s/g, "").replace(",", ".")) || 0) * KOPECKS);

/** @param {Wanted[]} rows @param {Service[]} known */
function nominal(rows, known) {
  return rows.reduce((sum, each) => {
    const service = known.find((one) => one.code === each.code);
    return sum + (service ? unitsOf(each) * costOf(service, each.unit) : 0);
  }, 0);
}

/** @param {FormData} data @param {Client} client @param {Wanted[]} rows */
function bodyOf(data, client, rows) {
  const programme = Number(data.get("programme")) || null;
  return {
    client: client.id,
    valid_until: data.get("valid_until") || "",
    year: Number(data.get("year")) || null,
    source: data.get("source"),
    representative: Number(data.get("representative")) || null,
    programme,
    as_programme: Boolean(programme) && data.get("as_programme") === "on",
    providers: data.getAll("providers").map(Number),
    lines: rows.map((each) => ({ code: each.code, unit: each.unit, quantity: unitsOf(each), copay_kopecks: kopecksOf(each.copay) })),
  };
}
