// What a person can do with a booking from any list: move, cancel, a new code, how it went. Each asks before it acts.

import { html, useState } from "/static/vendor/preact-htm.js";
import { post } from "/static/lib/api.js";
import { clock, dayLong } from "/static/lib/time.js";
import { keepCode } from "./codes.js";
import { Dialog } from "./dialog.js";
import { Ending } from "./ending.js";
import { FormProblem, useForm } from "./form.js";
import { SlotChip, Slots } from "./slots.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */

const REASONS = ["client_asked", "specialist_absent", "office", "mistake"];

/**
 * The open window of an act, or nothing.
 * @param {{act: string | null, booking: Booking | null, zone: string, onDone: () => void, onClose: () => void}} props
 */
export function ActDialog({ act, booking, zone, onDone, onClose }) {
  if (!act || !booking) return null;
  const Window = { move: MoveDialog, cancel: CancelDialog, code: CodeDialog, outcome: OutcomeDialog }[act];
  return Window ? html`<${Window} booking=${booking} zone=${zone} onDone=${onDone} onClose=${onClose} />` : null;
}

/** @param {{booking: Booking, zone: string}} props */
export function About({ booking, zone }) {
  return html`<p class="about"><strong>${booking.client.name}</strong><br />
    ${dayLong(booking.starts, zone, lang)}, ${clock(booking.starts, zone, lang)}, ${zoneName(zone, booking.starts)}<br />${booking.specialist.name}</p>`;
}

/** @param {{booking: Booking, zone: string, onDone: () => void, onClose: () => void}} props */
function CancelDialog({ booking, zone, onDone, onClose }) {
  const form = useForm(async (data, key) => {
    await post(`/bookings/${booking.id}/cancel`, { reason: data.get("reason") }, { key, version: booking.version });
    onDone();
  });
  return html`
    <${Dialog} title=${t("act.cancel_title")} name="cancel" onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit}>
        <${About} booking=${booking} zone=${zone} />
        <fieldset class="stack tight"><legend>${t("act.cancel_why")}</legend>
          ${REASONS.map((reason, n) => html`<label class="choice" key=${reason}><input type="radio" name="reason" value=${reason} defaultChecked=${n === 0} />${t(`reason.${reason}`)}</label>`)}
        </fieldset>
        <${FormProblem} problem=${form.problem} />
        <div class="row form-end">
          <button class="button danger" data-test="cancel-confirm" disabled=${form.busy}>${t("act.cancel_do")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("act.cancel_keep")}</button>
        </div>
      </form>
    <//>`;
}

/** @param {{booking: Booking, zone: string, onDone: () => void, onClose: () => void}} props */
function MoveDialog({ booking, zone, onDone, onClose }) {
  const [slot, setSlot] = useState(/** @type {Slot | null} */ (null));
  const [anyone, setAnyone] = useState(false);
  const form = useForm(async (_, key) => {
    if (!slot) return;
    await post(`/bookings/${booking.id}/move`, { starts: slot.starts, specialist: slot.specialist.id }, { key, version: booking.version });
    onDone();
  });
  const wishes = { service: booking.service.code, specialist: anyone ? undefined : String(booking.specialist.id), topic: anyone ? booking.topic || undefined : undefined };
  const alternatives = /** @type {Slot[]} */ (form.problem?.data?.alternatives || []);
  return html`
    <${Dialog} title=${t("act.move_title")} name="move" wide onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit}>
        <${About} booking=${booking} zone=${zone} />
        <label class="choice"><input type="checkbox" checked=${anyone} onChange=${(/** @type {any} */ e) => setAnyone(e.target.checked)} />${t("act.move_anyone")}</label>
        <${Slots} wishes=${wishes} zone=${zone} chosen=${slot} onChoose=${setSlot} round=${form.problem ? 1 : 0} />
        <${FormProblem} problem=${form.problem} />
        ${alternatives.length > 0 && html`<${Alternatives} slots=${alternatives} zone=${zone} chosen=${slot} onChoose=${setSlot} />`}
        <div class="row form-end sticky-end">
          <button class="button primary" data-test="move-confirm" disabled=${form.busy || !slot}>
            ${slot ? t("act.move_do", { day: dayLong(slot.starts, zone, lang), time: clock(slot.starts, zone, lang) }) : t("act.move_choose")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button>
        </div>
      </form>
    <//>`;
}

/** Three times that are still free, when the wished one is gone. @param {{slots: Slot[], zone: string, clientZone?: string | null, chosen: Slot | null, onChoose: (slot: Slot) => void}} props */
export function Alternatives({ slots, zone, clientZone, chosen, onChoose }) {
  return html`
    <section class="alternatives" aria-label=${t("slots.alternatives")}>
      <h3>${t("slots.alternatives")}</h3>
      <div class="chips">${slots.map((slot) => html`<${SlotChip} key=${slot.starts + slot.specialist.id} slot=${slot} zone=${zone} clientZone=${clientZone} withDay withWho
        pressed=${chosen?.starts === slot.starts && chosen?.specialist.id === slot.specialist.id} onChoose=${onChoose} />`)}</div>
    </section>`;
}

/** @param {{booking: Booking, zone: string, onDone: () => void, onClose: () => void}} props */
function CodeDialog({ booking, zone, onClose }) {
  const form = useForm(async (_, key) => issueCode(booking.id, key));
  return html`
    <${Dialog} title=${t("act.code_title")} name="code" onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit}>
        <${About} booking=${booking} zone=${zone} />
        <p>${t("act.code_text")}</p>
        <${FormProblem} problem=${form.problem} />
        <div class="row form-end">
          <button class="button primary" data-test="code-confirm" disabled=${form.busy}>${t("act.code_do")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button>
        </div>
      </form>
    <//>`;
}

/** A new code, then the slip with it. @param {number | string} booking @param {string} key */
export async function issueCode(booking, key) {
  keepCode(booking, await post(`/bookings/${booking}/code`, {}, { key }));
  location.assign(`/staff/slip?booking=${booking}`);
}

/** @param {{booking: Booking, zone: string, onDone: () => void, onClose: () => void}} props */
function OutcomeDialog({ booking, zone, onDone, onClose }) {
  return html`
    <${Dialog} title=${t("act.outcome_title")} name="outcome" onClose=${onClose}>
      <div class="stack"><${About} booking=${booking} zone=${zone} /><${Ending} booking=${booking} zone=${zone} onDone=${onDone} /></div>
    <//>`;
}
