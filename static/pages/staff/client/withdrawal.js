// Taking a consent back: what follows is read out first, and only what was read is done.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, get, Refusal } from "/static/lib/api.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { Dialog } from "../parts/dialog.js";
import { FormProblem, Input, Select, useForm } from "../parts/form.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { lang, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/consent-types.js").ConsentRecord} ConsentRecord */
/** @typedef {import("/static/lib/consent-types.js").Effect} Effect */
/** @typedef {import("/static/lib/consent-types.js").Effects} Effects */

const HOWS = ["aloud", "paper", "sms"];
const KEPT = ["services_kept", "consents_kept", "notes_kept"];

/** @param {{client: number, consent: ConsentRecord, zone: string, onClose: () => void, onDone: () => void}} props */
export function WithdrawDialog({ client, consent, zone, onClose, onDone }) {
  const path = `/clients/${client}/consents/${consent.id}`;
  const first = useAnswer(() => get(`${path}/effects`), []);
  const [newer, setNewer] = useState(/** @type {Effects | null} */ (null));
  /** @type {Effects | undefined} */
  const shown = newer || first.value;
  const form = useForm(async (data) => {
    try {
      // What is read out again after a change is another wish than the one before: each has a key of its own.
      const body = { how: data.get("how"), because: data.get("because"), shown: shown?.stamp };
      await ask("POST", `${path}/withdrawal`, { body, key: freshKey() });
      onDone();
    } catch (error) {
      if (error instanceof Refusal && error.code === "effects_moved") setNewer({ stamp: String(error.data.stamp), items: /** @type {Effect[]} */ (error.data.effects) });
      throw error;
    }
  });
  return html`
    <${Dialog} title=${t("consent.withdraw_title")} name="withdraw-consent" wide onClose=${onClose}>
      ${first.error && html`<${Trouble} error=${first.error} again=${first.again} />`}
      ${!shown && !first.error && html`<${Loading} />`}
      ${shown && html`
        <form class="stack airy" onSubmit=${form.submit}>
          <p>${t("consent.withdraw_text", { title: consent.title })}</p>
          <${Follows} effects=${shown.items} zone=${zone} />
          <${FormProblem} problem=${form.problem} shown=${["because"]} />
          <${Select} name="how" label=${t("consent.how_said")} options=${HOWS.map((how) => ({ value: how, label: t(`how.${how}`) }))} />
          <${Input} name="because" label=${t("consent.because")} hint=${t("consent.because_hint")} optional maxlength="120" error=${form.errors.because} />
          <div class="row form-end"><button class="button danger" id="withdraw" disabled=${form.busy}>${t("consent.withdraw")}</button>
            <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
        </form>`}
    <//>`;
}

/** @param {{effects: Effect[], zone: string}} props */
function Follows({ effects, zone }) {
  const changes = effects.filter((each) => !KEPT.includes(each.code));
  const kept = effects.filter((each) => KEPT.includes(each.code));
  return html`
    <div class="follows" data-test="effects">
      <h3>${t("consent.follows")}</h3>
      <ul>${changes.map((each) => html`<li key=${each.code} data-effect=${each.code}><${Follow} effect=${each} zone=${zone} /></li>`)}</ul>
      ${kept.length > 0 && html`<h3>${t("consent.stays")}</h3>
        <ul>${kept.map((each) => html`<li key=${each.code} data-effect=${each.code}><${Follow} effect=${each} zone=${zone} /></li>`)}</ul>`}
    </div>`;
}

/** @param {{effect: Effect, zone: string}} props */
function Follow({ effect, zone }) {
  const years = Number(effect.items[0]?.years || 0);
  const lines = effect.items.map((item) => line(item, zone)).filter(Boolean);
  return html`
    <p>${t(`effect.${effect.code}`, { count: effect.count, years })}</p>
    ${lines.length > 0 && html`<ul class="follow-items">${lines.map((each) => html`<li key=${each}>${each}</li>`)}</ul>`}`;
}

/** One of those that an effect names. @param {Record<string, string | number>} item @param {string} zone */
function line(item, zone) {
  if (item.purpose) return named("purpose", item.purpose);
  if (item.number) return [`№ ${item.number}`, item.provider].filter(Boolean).join(", ");
  if (!item.starts) return "";
  const at = `${dayWithYear(String(item.starts), zone, lang)}, ${clock(String(item.starts), zone, lang)}`;
  return `${at}: ${item.specialist || item.name || ""}`;
}
