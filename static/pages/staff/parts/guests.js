// Who else may come: companion, interpreter, relative, each with a code and link of their own, named and taken back here.

import { html, useRef, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, get, post, Refusal } from "/static/lib/api.js";
import { keepCode } from "./codes.js";
import { consentTexts } from "./client-form.js";
import { Dialog } from "./dialog.js";
import { FormProblem, Input, Select, useForm } from "./form.js";
import { Loading, sentToSignIn, Trouble, useAnswer } from "./shell.js";
import { named, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Guest} Guest */
/** @typedef {import("/static/lib/api-types.js").Guests} GuestsAnswer */
/** @typedef {import("/static/lib/api-types.js").Invited} Invited */

const ROLES = ["relative", "companion", "interpreter"];
const HOWS = ["aloud", "paper", "sms"];

/** @param {{booking: Booking, open: boolean}} props `open`: the booking still lets somebody in */
export function GuestsCard({ booking, open }) {
  const answer = useAnswer(() => get(`/bookings/${booking.id}/seats`), [booking.version]);
  const [inviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState(/** @type {Guest | null} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  /** @type {GuestsAnswer | undefined} */
  const guests = answer.value;
  if (guests && !guests.items.length && !open) return null;
  /** @param {() => Promise<unknown>} act */
  async function run(act) {
    try {
      await act();
      setProblem(null);
      setLeaving(null);
      answer.again();
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
  }
  return html`
    <section class="card stack" aria-labelledby="guests-title" data-test="guests"><div><h2 id="guests-title">${t("guest.title")}</h2><p class="hint">${t("guest.lead")}</p></div>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${problem && html`<${Trouble} error=${problem} />`}
      ${!guests && !answer.error && html`<${Loading} />`}
      ${guests && guests.items.length > 0 && html`<ul class="guests">${guests.items.map((each) => html`
        <li key=${each.seat} data-guest=${each.seat}>
          <p><strong>${each.name}</strong> <span class="soft">${named("seat", each.role)}</span><br /><span class="soft">${t(guestState(each))}</span></p>
          ${open && html`<div class="row tight">
            <button type="button" class="act" data-act="guest-code" aria-label=${t("guest.code_for", { name: each.name })} onClick=${() => run(() => issueGuestCode(booking.id, each.seat))}>${t("guest.code")}</button>
            <button type="button" class="act act-bad" data-act="guest-revoke" aria-label=${t("guest.revoke_for", { name: each.name })} onClick=${() => setLeaving(each)}>${t("guest.revoke")}</button></div>`}
        </li>`)}</ul>`}
      ${guests && open && guests.items.length < guests.most && html`<div><button type="button" class="button small" data-test="invite" onClick=${() => setInviting(true)}>${t("guest.invite")}</button></div>`}
      ${guests && open && guests.items.length >= guests.most && html`<p class="hint">${t("guest.full")}</p>`}
      ${inviting && guests && html`<${InviteDialog} booking=${booking} consent=${guests.consent} onClose=${() => { setInviting(false); answer.again(); }} />`}
      ${leaving && html`
        <${Dialog} title=${t("guest.revoke_title", { name: leaving.name })} name="guest-revoke" onClose=${() => setLeaving(null)}><div class="stack">
          <p>${t("guest.revoke_text")}</p>
          <div class="row form-end"><button type="button" class="button danger" data-test="guest-revoke-confirm" onClick=${() => run(() => ask("DELETE", `/bookings/${booking.id}/seats/${leaving.seat}`))}>${t("guest.revoke")}</button>
            <button type="button" class="button quiet" onClick=${() => setLeaving(null)}>${t("common.not_now")}</button></div></div><//>`}
    </section>`;
}

/** @param {Guest} guest */
function guestState(guest) {
  if (guest.here) return guest.admitted ? "guest.talks" : "guest.waits";
  return guest.code_used ? "guest.used" : "guest.unused";
}

/** @param {{booking: Booking, consent: boolean, onClose: () => void}} props */
function InviteDialog({ booking, consent, onClose }) {
  const agreed = useRef(consent);
  const form = useForm(async (data, key) => {
    if (!agreed.current) await post(`/clients/${booking.client.id}/consents`, { purpose: "third_person", how: data.get("how") }, { key: freshKey() });
    agreed.current = true;
    const invited = await post(`/bookings/${booking.id}/seats`, { role: data.get("role"), name: String(data.get("name") || "").trim() }, { key });
    toSlip(booking.id, invited);
  });
  return html`
    <${Dialog} title=${t("guest.invite_title")} name="invite" onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit} noValidate>
        <${Select} id="guest-role" name="role" label=${t("guest.role")} error=${form.errors.role} options=${ROLES.map((role) => ({ value: role, label: named("seat", role) }))} />
        <${Input} id="guest-name" name="name" label=${t("guest.name")} hint=${t("guest.name_hint")} error=${form.errors.name} autocomplete="off" required />
        ${!consent && html`<${ConsentFields} client=${booking.client.name} />`}
        <${FormProblem} problem=${form.problem} shown=${["name", "role"]} />
        <div class="row form-end"><button class="button primary" data-test="invite-confirm" disabled=${form.busy}>${t(consent ? "guest.invite_do" : "guest.invite_with_consent")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
      </form>
    <//>`;
}

/** Nobody sits in on a talk without the client's word. @param {{client: string}} props */
function ConsentFields({ client }) {
  const texts = useAnswer(consentTexts, []);
  const text = (texts.value || []).find((each) => each.purpose === "third_person");
  return html`
    <div class="notice warn stack tight" data-test="consent-needed"><p><strong>${t("guest.consent_needed", { client })}</strong></p>
      ${text && html`<p class="legal">${text.text}</p>`}
      <${Select} id="guest-how" name="how" label=${t("consent.how")} options=${HOWS.map((how) => ({ value: how, label: t(`how.${how}`) }))} /></div>`;
}

/** @param {number} booking @param {number} seat */
async function issueGuestCode(booking, seat) {
  toSlip(booking, await post(`/bookings/${booking}/seats/${seat}/code`, {}, { key: freshKey() }));
}

/** The code stands nowhere but here: on to the paper with it. @param {number} booking @param {Invited} invited */
function toSlip(booking, invited) {
  keepCode(`${booking}.${invited.seat}`, invited);
  location.assign(`/staff/slip?booking=${booking}&seat=${invited.seat}`);
}
