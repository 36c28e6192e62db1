// Rooms of assisted points and interpreters: their list, one more of them, and what has changed about one.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, post } from "/static/lib/api.js";
import { FormProblem, Input, Select, useForm } from "./form.js";
import { Loading, Trouble, useAnswer } from "./shell.js";
import { named, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/desk-types.js").Resource} Resource */
/** @typedef {import("/static/lib/desk-types.js").ResourceKind} Kind */

/** @type {Kind[]} */
const KINDS = ["room", "interpreter"];
const LANGUAGES = ["rsl", "tt", "kk", "ky", "uz", "tg", "az", "hy", "de", "en"];
const FIELDS = ["kind", "name", "address", "languages", "district_id"];

/** @param {{me: Me}} props */
export function Resources({ me }) {
  const answer = useAnswer(() => get("/resources"), []);
  const districts = useAnswer(() => get("/districts"), []);
  /** @type {Resource[]} */
  const items = answer.value?.items || [];
  /** @type {District[]} */
  const where = districts.value?.items || [];
  const everywhere = me.roles.includes("administrator");
  const mine = (/** @type {Resource} */ each) => everywhere || each.district_id === me.district?.id;
  return html`
    <div class="columns columns-wide">
      <div class="stack">
        ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
        ${!answer.value && !answer.error && html`<${Loading} />`}
        ${answer.value && KINDS.map((kind) => html`
          <section key=${kind} class="card stack" aria-labelledby=${`list-${kind}`} data-test=${`list-${kind}`}><h2 id=${`list-${kind}`}>${t(`places.${kind}s`)}</h2>
            ${!items.some((each) => each.kind === kind) && html`<p class="soft">${t(`places.none_${kind}`)}</p>`}
            <ul class="plain places">${items.filter((each) => each.kind === kind).map((each) => html`<${Entry} key=${each.id} resource=${each} districts=${where} edits=${mine(each)} again=${answer.again} />`)}</ul></section>`)}
      </div>
      <${NewForm} me=${me} districts=${where} everywhere=${everywhere} again=${answer.again} />
    </div>`;
}

/** @param {{resource: Resource, districts: District[], edits: boolean, again: () => void}} props */
function Entry({ resource, districts, edits, again }) {
  const [open, setOpen] = useState(false);
  const close = () => { setOpen(false); again(); };
  if (open) return html`<li><${ChangeForm} key=${resource.version} resource=${resource} close=${close} again=${again} leave=${() => setOpen(false)} /></li>`;
  const { name, address, languages, district_id, active } = resource;
  const district = district_id ? districts.find((each) => each.id === district_id)?.name : t("places.region");
  return html`
    <li class="place" data-resource=${resource.id}>
      <span class="place-what"><strong>${name}</strong>
        <span class="soft">${[address, languages.map((code) => named("language", code)).join(", "), district].filter(Boolean).join(" · ")}</span></span>
      ${!active && html`<span class="tag warn">${t("places.off")}</span>`}
      ${edits && html`<button type="button" class="act" aria-label=${t("places.change_what", { what: name })} data-test="change-place" onClick=${() => setOpen(true)}>${t("places.change")}</button>`}
    </li>`;
}

/** @param {{resource: Resource, close: () => void, again: () => void, leave: () => void}} props */
function ChangeForm({ resource, close, again, leave }) {
  const { id, version, kind } = resource;
  const form = useForm(async (data) => {
    await ask("PUT", `/resources/${id}`, { body: { ...facts(data, kind), active: data.get("active") === "on" }, version });
    close();
  });
  return html`
    <form class="stack place-form" onSubmit=${form.submit} noValidate data-test="change-form">
      <${Facts} kind=${kind} at=${`place-${id}`} start=${resource} errors=${form.errors} />
      <div><label class="choice"><input type="checkbox" name="active" defaultChecked=${resource.active} aria-describedby=${`place-${id}-active`} />${t("places.active")}</label>
        <p class="hint" id=${`place-${id}-active`}>${t("places.active_hint")}</p></div>
      <${FormProblem} problem=${form.problem} shown=${FIELDS} />
      ${form.problem?.status === 412 && html`<div><button type="button" class="button small" data-test="place-moved" onClick=${again}>${t("places.moved")}</button></div>`}
      <div class="row form-end"><button type="button" class="button" onClick=${leave}>${t("common.not_now")}</button><button class="button primary" disabled=${form.busy}>${t("common.save")}</button></div>
    </form>`;
}

/** @param {{me: Me, districts: District[], everywhere: boolean, again: () => void}} props */
function NewForm({ me, districts, everywhere, again }) {
  const [kind, setKind] = useState(/** @type {Kind} */ ("room"));
  const [added, setAdded] = useState("");
  const [round, setRound] = useState(0);
  const form = useForm(async (data, key) => {
    const chosen = everywhere ? Number(data.get("district_id")) || null : me.district?.id;
    const body = { kind, ...facts(data, kind), district_id: chosen };
    await post("/resources", body, { key });
    setAdded(body.name);
    setRound(round + 1);
    again();
  });
  return html`
    <form key=${round} class="card stack" onSubmit=${form.submit} onInput=${() => setAdded("")} noValidate data-test="new-place">
      <h2>${t("places.new")}</h2>
      <${Select} name="kind" label=${t("places.kind")} error=${form.errors.kind} value=${kind} onChange=${(/** @type {any} */ e) => setKind(e.target.value)} options=${KINDS.map((each) => ({ value: each, label: t(`places.kind_${each}`) }))} />
      <${Facts} kind=${kind} at="new" errors=${form.errors} />
      ${everywhere && html`<${Select} name="district_id" label=${t("places.where")} error=${form.errors.district_id} options=${[{ value: "", label: t("places.region") }, ...districts.map((each) => ({ value: String(each.id), label: each.name }))]} />`}
      <${FormProblem} problem=${form.problem} shown=${FIELDS} />
      <div class="row form-end"><span role="status">${added && t("places.added", { what: added })}</span><button class="button primary" disabled=${form.busy}>${t("common.add")}</button></div>
    </form>`;
}

/** @param {{kind: Kind, at: string, start?: Resource, errors: Record<string, string>}} props `at` keeps the names of fields apart where several forms are open */
function Facts({ kind, at, start, errors }) {
  const known = start ? [...new Set([...LANGUAGES, ...start.languages])] : LANGUAGES;
  return html`
    <${Input} id=${`${at}-name`} name="name" label=${t(`places.name_${kind}`)} hint=${kind === "room" && !start ? t("places.name_room_hint") : undefined} error=${errors.name} defaultValue=${start?.name} required />
    ${kind === "room" && html`<${Input} id=${`${at}-address`} name="address" label=${t("places.address")} error=${errors.address} defaultValue=${start?.address} />`}
    ${kind === "interpreter" && html`<fieldset><legend>${t("places.languages")}</legend><div class="place-languages">${known.map((code) => html`
      <label key=${code} class="choice"><input type="checkbox" name="languages" value=${code} defaultChecked=${start?.languages.includes(code)} />${named("language", code)}</label>`)}</div>
      ${errors.languages && html`<p class="fault">${errors.languages}</p>`}</fieldset>`}`;
}

/** @param {FormData} data @param {Kind} kind */
function facts(data, kind) {
  const room = kind === "room";
  return { name: String(data.get("name") || ""), address: room ? String(data.get("address") || "") : "", languages: room ? [] : data.getAll("languages").map(String) };
}
