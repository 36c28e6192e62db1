// The clients a person may see: newest first, found by name or phone, and the way to register one.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { dayWithYear } from "/static/lib/time.js";
import { RegisterDialog } from "./parts/client-form.js";
import { useSettled } from "./parts/finder.js";
import { firstOf } from "./parts/long-list.js";
import { Empty, initials, Loading, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { lang, named, t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const STEP = 30;

open("clients", Clients);

/** @param {{me: Me}} props */
function Clients({ me }) {
  const [typed, setTyped] = useState("");
  const [limit, setLimit] = useState(STEP);
  const [registering, setRegistering] = useState(false);
  const query = useSettled(typed.trim());
  const answer = useAnswer(() => /** @type {Promise<import("/static/lib/api-types.js").Items<Client>>} */ (firstOf("/clients", { query }, limit)), [query, limit]);
  useEffect(() => setLimit(STEP), [query]);
  const registers = me.roles.includes("coordinator");
  /** @type {Client[]} */
  const items = answer.value?.items || [];
  const nobody = answer.value && !items.length;
  return html`
    <div class="page-head"><h1>${t("clients.title")}</h1>
      ${registers && html`<button type="button" class="button primary" data-test="register-client" onClick=${() => setRegistering(true)}>${t("client.register")}</button>`}</div>
    <div class="field measure"><label for="clients-query">${t("finder.label")}</label>
      <input id="clients-query" type="search" value=${typed} placeholder=${t("finder.placeholder")} autocomplete="off" onInput=${(/** @type {any} */ e) => setTyped(e.target.value)} /></div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!answer.value && !answer.error && html`<${Loading} />`}
    ${nobody && (query ? html`<${Empty} title=${t("finder.none")} text=${registers ? t("clients.none_text") : ""} />` : html`<${Empty} title=${t("clients.empty")} text=${t(registers ? "clients.empty_text" : "clients.empty_specialist")} />`)}
    ${items.length > 0 && html`<ul class="people" data-test="clients">${items.map((client) => html`<${One} key=${client.id} client=${client} zone=${zoneOf(me)} />`)}</ul>`}
    ${items.length >= limit && html`<button type="button" class="button" onClick=${() => setLimit(limit + STEP)}>${t("common.more")}</button>`}
    ${registering && html`<${RegisterDialog} start=${typed} onClose=${() => setRegistering(false)} onDone=${(/** @type {Client} */ made) => location.assign(`/staff/client?id=${made.id}`)} />`}`;
}

/** @param {{client: Client, zone: string}} props */
function One({ client, zone }) {
  return html`
    <li class="person" data-client=${client.id}>
      <span class="person-face" aria-hidden="true">${initials(client.name)}</span>
      <div class="person-name"><a href=${`/staff/client?id=${client.id}`}><strong>${client.name}</strong></a>
        <span class="soft">${t("client.born", { year: client.birth_year })}${client.language !== "ru" ? ` · ${named("language", client.language)}` : ""}</span></div>
      <div class="person-contact">${client.phone ? html`<a class="phone" href=${`tel:${client.phone}`}>${client.phone}</a>` : html`<span class="soft">${t("client.no_phone")}</span>`}
        ${client.remark && html`<span class="soft person-remark">${client.remark}</span>`}</div>
      <span class="soft person-since">${t("clients.since", { day: dayWithYear(client.created_at, zone, lang) })}</span>
      <a class="button small" href=${`/staff/booking?client=${client.id}`} aria-label=${t("clients.book_for", { name: client.name })}>${t("clients.book")}</a>
    </li>`;
}
