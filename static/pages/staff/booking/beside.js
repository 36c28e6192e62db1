// Who else comes and from where: a companion who is a client too, an interpreter, the room of an assisted point.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ClientFinder } from "../parts/finder.js";
import { Dialog } from "../parts/dialog.js";
import { Select } from "../parts/form.js";
import { named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/desk-types.js").Resource} Resource */
/** @typedef {{companion: Client | null, room: number | null, interpreter: number | null}} Beside */

/** @type {Beside} */
export const NOBODY = { companion: null, room: null, interpreter: null };

/** @param {Beside} beside */
export function resourcesOf(beside) {
  return [beside.room, beside.interpreter].filter((each) => each !== null).map(Number);
}

/** As bookings and courses take it. @param {Beside} beside */
export function bodyOf(beside) {
  return { with_clients: beside.companion ? [beside.companion.id] : [], with_resources: resourcesOf(beside) };
}

/** @param {{beside: Beside, client: Client | null, resources: Resource[], onChange: (beside: Beside) => void}} props */
export function BesideFields({ beside, client, resources, onChange }) {
  const [finding, setFinding] = useState(false);
  const chosen = Boolean(beside.companion || beside.room || beside.interpreter);
  const of = (/** @type {string} */ kind) => resources.filter((each) => each.kind === kind && near(each, client));
  return html`
    <details class="beside" open=${chosen || undefined}>
      <summary data-test="beside">${t("beside.title")}</summary>
      <div class="form-grid">
        <div class="field"><span class="label" id="companion-label">${t("beside.companion")}</span>
          ${beside.companion
            ? html`<div class="row tight"><strong data-test="companion">${beside.companion.name}</strong><button type="button" class="act" aria-label=${t("beside.drop_for", { name: beside.companion.name })} onClick=${() => onChange({ ...beside, companion: null })}>${t("beside.drop")}</button></div>`
            : html`<button type="button" class="button small" data-test="companion-choose" aria-describedby="companion-label" onClick=${() => setFinding(true)}>${t("beside.companion_choose")}</button>`}
          <p class="hint">${t("beside.companion_hint")}</p></div>
        ${["room", "interpreter"].map((kind) => of(kind).length > 0 && html`<${Select} key=${kind} id=${`beside-${kind}`} name=${kind} label=${t(`beside.${kind}`)} hint=${t(`beside.${kind}_hint`)} value=${String(beside[/** @type {"room"} */ (kind)] ?? "")}
          onChange=${(/** @type {any} */ e) => onChange({ ...beside, [kind]: e.target.value ? Number(e.target.value) : null })}
          options=${[{ value: "", label: t(`beside.no_${kind}`) }, ...of(kind).map((each) => ({ value: String(each.id), label: [each.name, each.address, each.languages.map((code) => named("language", code)).join(", ")].filter(Boolean).join(", ") }))]} />`)}
      </div>
      ${finding && html`<${Dialog} title=${t("beside.companion_title")} name="companion-window" wide onClose=${() => setFinding(false)}>
        <div class="stack"><p>${t("beside.companion_text")}</p>
          <${ClientFinder} onChoose=${(/** @type {Client} */ found) => { if (found.id !== client?.id) onChange({ ...beside, companion: found }); setFinding(false); }} /></div><//>`}
    </details>`;
}

/** A room of another district is of no use to him. @param {Resource} one @param {Client | null} client */
function near(one, client) {
  return one.active && (!client || one.district_id === null || one.district_id === client.district.id);
}
