// Whose application it is: a card that is likely his, another one found by name, or a new card made of what he said.

import { html, useState } from "/static/vendor/preact-htm.js";
import { Dialog } from "../parts/dialog.js";
import { ClientFinder } from "../parts/finder.js";
import { Alike } from "./alike.js";
import { born } from "./row.js";
import { closed, Said, Step, useAct } from "./step.js";
import { t } from "../parts/words.js";

/** @typedef {import("./step.js").Shared} Shared */

/** @param {Shared} shared */
export function Whose(shared) {
  const { one } = shared;
  const [open, setOpen] = useState("");
  const { act, busy, note } = useAct(shared);
  const done = one.client !== null;
  const link = async (/** @type {number | null} */ client) => { if (await act("client", { client })) setOpen(""); };
  return html`
    <${Step} n=${1} name="whose" title=${t("application.whose")} done=${done}>
      ${done && html`<${Said}><a href=${`/staff/client?id=${one.client}`}>${t("application.to_card")}</a>${born(one) && html` <span class="soft">${born(one)}</span>`}<//>`}
      ${!done && html`
        <${Alike} found=${one.candidates} busy=${busy} same=${(/** @type {{client: number}} */ card) => link(card.client)} other=${() => link(null)} />
        ${!one.candidates.length && html`<p>${t("application.no_card")}</p>`}
        ${!closed(one) && html`<div class="row">
          <button type="button" class=${`button${one.candidates.length ? "" : " primary"}`} data-test="make-card" onClick=${() => setOpen("card")}>${t("application.make_card")}</button>
          <button type="button" class="button quiet" onClick=${() => setOpen("finder")}>${t("application.find_card")}</button></div>`}`}
      ${one.others.length > 0 && html`<div class="notice warn" data-test="others"><p><strong>${t("application.others", { count: one.others.length })}</strong> ${one.others.map((each) => html`<a key=${each.id} href=${`/staff/application?id=${each.id}`}>${t("application.number", { number: each.id })}</a> `)}</p></div>`}
      ${note}
      ${open === "finder" && html`<${Dialog} title=${t("application.find_card")} name="find-card" onClose=${() => setOpen("")}><${ClientFinder} onChoose=${(/** @type {{id: number}} */ client) => link(client.id)} />${note}<//>`}
      ${open === "card" && html`<${CardDialog} shared=${shared} onClose=${() => setOpen("")} />`}
    <//>`;
}

/** What he said becomes his card, with the consents he gives. @param {{shared: Shared, onClose: () => void}} props */
function CardDialog({ shared, onClose }) {
  const { one } = shared;
  const { act, busy, note } = useAct(shared);
  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const consents = data.getAll("purpose").map((purpose) => ({ purpose, how: data.get("how") }));
    const year = Number(data.get("birth_year")) || null;
    if (await act("card", { consents, ...(year && { birth_year: year }) })) onClose();
  }
  return html`
    <${Dialog} title=${t("application.make_card")} name="card" onClose=${onClose}>
      <form class="stack" onSubmit=${submit} noValidate>
        <p><strong>${one.name}</strong><br /><span class="soft">${[born(one), one.phone, one.settlement].filter(Boolean).join(" · ")}</span></p>
        ${!one.birth_year && html`<div class="field"><label for="card-year">${t("client.birth_year")}</label><input id="card-year" name="birth_year" inputmode="numeric" maxlength="4" autocomplete="off" required /></div>`}
        <fieldset><legend>${t("consent.title")}</legend>
          ${one.consent_given && html`<p class="hint">${t(one.source === "site" ? "application.agreed_on_site" : "application.agreed_at_desk")}</p>`}
          <label class="choice"><input type="checkbox" name="purpose" value="processing" data-test="agrees" />${t("application.agrees_processing")}</label>
          <label class="choice"><input type="checkbox" name="purpose" value="reminders" />${t("application.agrees_reminders")}</label>
          <div class="field"><label for="card-how">${t("consent.how")}</label><select id="card-how" name="how">${["aloud", "paper", "sms"].map((how) => html`<option key=${how} value=${how}>${t(`how.${how}`)}</option>`)}</select></div>
        </fieldset>
        ${note}
        <div class="row form-end"><button class="button primary" disabled=${busy} data-test="save-card">${t("client.save_new")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
      </form>
    <//>`;
}
