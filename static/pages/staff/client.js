// One client: the card and its changing, consents, and every booking.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, Refusal } from "/static/lib/api.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { Consents } from "./client/consents.js";
import { LikenessSection } from "./client/likeness.js";
import { Programmes } from "./client/programmes.js";
import { RelationsSection } from "./client/relations.js";
import { CardFields, cardOf } from "./parts/client-form.js";
import { Dialog } from "./parts/dialog.js";
import { FormProblem, useForm } from "./parts/form.js";
import { Empty, inAddress, Loading, NoPage, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { StatusMark } from "./parts/state.js";
import { lang, named, t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const id = inAddress("id") || "";
const CARD = ["name", "birth_year", "birth_date", "sex", "snils", "address", "phone", "email", "settlement", "language", "remark"];

open("clients", ClientPage);

/** @param {{me: Me}} props */
function ClientPage({ me }) {
  const card = useAnswer(() => ask("GET", `/clients/${id}`), []);
  const bookings = useAnswer(() => get(`/clients/${id}/bookings`), []);
  const [editing, setEditing] = useState(false);
  if (card.error?.code === "card_merged") {
    location.replace(`/staff/client?id=${card.error.data.merged_into}`);
    return html`<${Loading} />`;
  }
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
        ${edits && html`<${LikenessSection} client=${client} again=${() => { card.again(); bookings.again(); }} />`}
        <${RelationsSection} client=${client} writes=${edits} />
        <${Programmes} client=${client} me=${me} />
        <${Consents} client=${client} edits=${edits} zone=${zoneOf(me)} />
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
    client.birth_date ? ["birth_date", plainDayWithYear(client.birth_date)] : ["birth_year", client.birth_year],
    ["sex", client.sex && t(`client.sex_${client.sex}`)], ["snils", client.snils], ["phone", client.phone && html`<a class="phone" href=${`tel:${client.phone}`}>${client.phone}</a>`], ["email", client.email],
    ["language", named("language", client.language)], ["district", client.district?.name], ["settlement", client.settlement], ["address", client.address], ["remark", client.remark],
    ["since", dayWithYear(client.created_at, zone, lang)],
  ];
  return html`<section class="card" aria-labelledby="facts-title"><h2 id="facts-title">${t("client.card")}</h2>
    <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(`client.${name}`)}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** "12 мая 1951 г." @param {string} day */
function plainDayWithYear(day) {
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(day));
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
