// Finding a client by name or phone while typing, and the way to register one who is not there yet.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { Loading, Trouble, useAnswer } from "./shell.js";
import { t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */

const TYPING_MS = 200;

/** A value that follows another after a pause of typing. @template T @param {T} value @returns {T} */
export function useSettled(value) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** @param {{onChoose: (client: Client) => void, onRegister?: (typed: string) => void}} props */
export function ClientFinder({ onChoose, onRegister }) {
  const [typed, setTyped] = useState("");
  const query = useSettled(typed.trim());
  const answer = useAnswer(() => get("/clients", { query, limit: 6 }), [query]);
  /** @type {Client[]} */
  const found = answer.value?.items || [];
  return html`
    <div class="finder" data-test="finder">
      <div class="finder-line">
        <div class="field grow"><label for="finder-query">${t("finder.label")}</label>
          <input id="finder-query" type="search" value=${typed} autocomplete="off" placeholder=${t("finder.placeholder")} onInput=${(/** @type {any} */ e) => setTyped(e.target.value)} /></div>
        ${onRegister && html`<button type="button" class="button" data-test="register-client" onClick=${() => onRegister(typed)}>${t("client.register")}</button>`}
      </div>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!answer.value && !answer.error && html`<${Loading} />`}
      <p class="hint" role="status">${answer.value && (found.length ? t(query ? "finder.found" : "finder.latest") : t(query ? "finder.none" : "finder.empty"))}</p>
      <ul class="finder-list">${found.map((client) => html`
        <li key=${client.id}><button type="button" class="finder-one" data-client=${client.id} onClick=${() => onChoose(client)}>
          <strong>${client.name}</strong><span class="soft">${[t("client.born", { year: client.birth_year }), client.phone].filter(Boolean).join(" · ")}</span></button></li>`)}</ul>
    </div>`;
}
