// One client: the card and its changing, consents taken and withdrawn with their text, and every booking.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, get, post, Refusal } from "/static/lib/api.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { CardFields, cardOf, consentTexts } from "./parts/client-form.js";
import { Dialog } from "./parts/dialog.js";
import { FormProblem, Select, useForm } from "./parts/form.js";
import { Empty, inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { StatusMark } from "./parts/state.js";
import { lang, named, t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Consent} Consent */
/** @typedef {import("/static/lib/api-types.js").ConsentText} ConsentText */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const id = inAddress("id") || "";
const HOWS = ["paper", "aloud", "sms"];
const CARD = ["name", "birth_year", "phone", "email", "settlement", "language", "remark"];

open("clients", ClientPage);

/** @param {{me: Me}} props */
function ClientPage({ me }) {
  const card = useAnswer(() => ask("GET", `/clients/${id}`), []);
  const bookings = useAnswer(() => get(`/clients/${id}/bookings`), []);
  const [editing, setEditing] = useState(false);
  if (card.error && !card.value) return html`<${NoPage} error=${card.error} again=${card.again} />`;
  if (!card.value) return html`<${Loading} />`;
  /** @type {{value: Client, version: string | null}} */
  const { value: client, version } = card.value;
  const edits = me.roles.includes("coordinator");
  return html`
    <p class="back"><a href="/staff/clients">${t("clients.title")}</a></p>
    <div class="page-head"><h1>${client.name}</h1>
      <div class="row"><a class="button primary" href=${`/staff/booking?client=${client.id}`}>${t("clients.book")}</a>
        ${edits && html`<button type="button" class="button" data-test="edit-client" onClick=${() => setEditing(true)}>${t("client.edit")}</button>`}</div></div>
    <div class="columns">
      <div class="stack airy">
        <${Facts} client=${client} zone=${zoneOf(me)} />
        <${Consents} client=${client} edits=${edits} zone=${zoneOf(me)} again=${card.again} />
      </div>
      <section class="card" aria-labelledby="bookings-title"><h2 id="bookings-title">${t("client.bookings")}</h2>
        ${bookings.error && html`<${Trouble} error=${bookings.error} again=${bookings.again} />`}
        ${!bookings.value && !bookings.error && html`<${Loading} />`}
        ${bookings.value && html`<${Bookings} items=${bookings.value.items} zone=${zoneOf(me)} />`}</section>
    </div>
    ${editing && html`<${EditDialog} client=${client} version=${version} onClose=${() => setEditing(false)} onDone=${() => { setEditing(false); card.again(); }} />`}`;
}

/** @param {{client: Client, zone: string}} props */
function Facts({ client, zone }) {
  const facts = [
    ["birth_year", client.birth_year], ["phone", client.phone && html`<a class="phone" href=${`tel:${client.phone}`}>${client.phone}</a>`], ["email", client.email],
    ["language", named("language", client.language)], ["district", client.district?.name], ["settlement", client.settlement], ["remark", client.remark],
    ["since", dayWithYear(client.created_at, zone, lang)],
  ];
  return html`<section class="card" aria-labelledby="facts-title"><h2 id="facts-title">${t("client.card")}</h2>
    <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(`client.${name}`)}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** @param {{items: Booking[], zone: string}} props */
function Bookings({ items, zone }) {
  if (!items.length) return html`<${Empty} title=${t("client.no_bookings")} text=${t("client.no_bookings_text")} />`;
  return html`<ul class="past">${items.map((each) => html`
    <li key=${each.id} data-booking=${each.id} data-status=${each.status}>
      <a href=${`/staff/record?booking=${each.id}`}><strong>${dayWithYear(each.starts, zone, lang)}, ${clock(each.starts, zone, lang)}</strong></a>
      <span>${each.specialist.name}</span><span class="soft">${each.service.name} · ${t(`mode.${each.mode}`)}</span><${StatusMark} status=${each.status} />
    </li>`)}</ul>${items[0] && html`<p class="hint">${zoneName(zone, items[0].starts)}</p>`}`;
}

/** @param {{client: Client, version: string | null, onClose: () => void, onDone: () => void}} props */
function EditDialog({ client, version, onClose, onDone }) {
  const [base, setBase] = useState({ client, version });
  const [theirs, setTheirs] = useState(/** @type {{client: Client, version: string | null} | null} */ (null));
  const form = useForm(async (data) => {
    try {
      await ask("PATCH", `/clients/${client.id}`, { body: cardOf(data), version: base.version });
      onDone();
    } catch (error) {
      if (error instanceof Refusal && error.status === 412) await compare();
      throw error;
    }
  });
  async function compare() {
    const { value, version: newer } = await ask("GET", `/clients/${client.id}`);
    setTheirs({ client: /** @type {Client} */ (value), version: newer });
  }
  function keepMine() {
    if (theirs) setBase({ client: base.client, version: theirs.version });
    setTheirs(null);
    form.forget();
  }
  return html`
    <${Dialog} title=${t("client.edit_title")} name="edit-client" wide onClose=${onClose}>
      <form class="stack airy" onSubmit=${form.submit} noValidate>
        <${CardFields} errors=${form.errors} start=${base.client} />
        ${theirs ? html`<${Conflict} was=${base.client} now=${theirs.client} keepMine=${keepMine} takeTheirs=${onDone} />` : html`<${FormProblem} problem=${form.problem} shown=${CARD} />`}
        <div class="row form-end"><button class="button primary" id="client-save" disabled=${form.busy || Boolean(theirs)}>${t("common.save")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
      </form>
    <//>`;
}

/** Somebody else has changed the card meanwhile. @param {{was: Client, now: Client, keepMine: () => void, takeTheirs: () => void}} props */
function Conflict({ was, now, keepMine, takeTheirs }) {
  const moved = /** @type {(keyof Client)[]} */ (CARD).filter((name) => was[name] !== now[name]);
  return html`
    <div class="notice warn stack tight" role="alert" data-code="version_moved" data-test="conflict">
      <p><strong>${t("client.conflict")}</strong> ${t("client.conflict_text")}</p>
      <ul>${moved.map((name) => html`<li key=${name}>${t(`client.${name}`)}: <s>${String(was[name] || "–")}</s> → <strong>${String(now[name] || "–")}</strong></li>`)}</ul>
      <div class="row"><button type="button" class="button small" onClick=${keepMine}>${t("client.keep_mine")}</button>
        <button type="button" class="button small" onClick=${takeTheirs}>${t("client.take_theirs")}</button></div>
    </div>`;
}

/** @param {{client: Client, edits: boolean, zone: string, again: () => void}} props */
function Consents({ client, edits, zone, again }) {
  const texts = useAnswer(consentTexts, []);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState(/** @type {Consent | null} */ (null));
  const given = client.consents || [];
  const open = (texts.value || []).filter((text) => !given.some((each) => each.purpose === text.purpose && !each.withdrawn_at));
  /** @param {() => Promise<unknown>} act */
  async function run(act) {
    try {
      await act();
      setProblem(null);
      setAdding(false);
      setLeaving(null);
      again();
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
  }
  return html`
    <section class="card" aria-labelledby="consents-title" data-test="consents"><h2 id="consents-title">${t("consent.title")}</h2>
      ${problem && html`<${Trouble} error=${problem} />`}
      ${!given.length && html`<p class="soft">${t("consent.nothing")}</p>`}
      <ul class="given">${given.map((each) => html`<${Given} key=${each.id} consent=${each} zone=${zone} text=${(texts.value || []).find((text) => text.purpose === each.purpose)} withdraw=${edits && !each.withdrawn_at ? () => setLeaving(each) : undefined} />`)}</ul>
      ${edits && open.length > 0 && !adding && html`<button type="button" class="button small" onClick=${() => setAdding(true)}>${t("consent.add")}</button>`}
      ${adding && html`<${AddConsent} texts=${open} onClose=${() => setAdding(false)} add=${(/** @type {object} */ body) => run(() => post(`/clients/${client.id}/consents`, body, { key: freshKey() }))} />`}
      ${leaving && html`
        <${Dialog} title=${t("consent.withdraw_title")} onClose=${() => setLeaving(null)}><div class="stack">
          <p>${t("consent.withdraw_text", { title: titleOf(leaving, texts.value) })}</p>
          <div class="row form-end"><button type="button" class="button danger" onClick=${() => run(() => ask("DELETE", `/clients/${client.id}/consents/${leaving.id}`))}>${t("consent.withdraw")}</button>
            <button type="button" class="button quiet" onClick=${() => setLeaving(null)}>${t("common.not_now")}</button></div></div><//>`}
    </section>`;
}

/** @param {Consent} consent @param {ConsentText[] | undefined} texts */
function titleOf(consent, texts) {
  return texts?.find((text) => text.purpose === consent.purpose)?.title || named("purpose", consent.purpose);
}

/** @param {{consent: Consent, zone: string, text?: ConsentText, withdraw?: () => void}} props */
function Given({ consent, zone, text, withdraw }) {
  const day = dayWithYear(consent.given_at, zone, lang);
  return html`
    <li class=${consent.withdrawn_at ? "given-withdrawn" : ""} data-purpose=${consent.purpose}>
      <p><strong>${titleOf(consent, text ? [text] : [])}</strong></p>
      <p class="soft">${t("consent.given", { day, how: t(`how.${consent.how}`) })}</p>
      ${consent.withdrawn_at && html`<p class="tag warn">${t("consent.withdrawn", { day: dayWithYear(consent.withdrawn_at, zone, lang) })}</p>`}
      ${text && html`<details><summary>${t("consent.read")}</summary><p class="legal">${text.text}</p><p class="hint">${t("consent.version", { version: text.version })}</p></details>`}
      ${withdraw && html`<button type="button" class="act" aria-label=${`${t("consent.withdraw")}: ${titleOf(consent, text ? [text] : [])}`} onClick=${withdraw}>${t("consent.withdraw")}</button>`}
    </li>`;
}

/** @param {{texts: ConsentText[], add: (body: object) => void, onClose: () => void}} props */
function AddConsent({ texts, add, onClose }) {
  const [purpose, setPurpose] = useState(texts[0].purpose);
  const text = texts.find((each) => each.purpose === purpose) || texts[0];
  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    add({ purpose, how: data.get("how") });
  }
  return html`
    <form class="stack consent-add" onSubmit=${submit}>
      <${Select} name="purpose" label=${t("consent.purpose")} value=${purpose} onChange=${(/** @type {any} */ e) => setPurpose(e.target.value)} options=${texts.map((each) => ({ value: each.purpose, label: each.title }))} />
      <p class="legal">${text.text}</p>
      <${Select} name="how" label=${t("consent.how")} options=${HOWS.map((how) => ({ value: how, label: t(`how.${how}`) }))} />
      <div class="row"><button class="button primary">${t("consent.take")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
    </form>`;
}
