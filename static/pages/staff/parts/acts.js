// What a person can do with a booking from any list: move, cancel, a new code, how it went. Each asks before it acts.

import { html, useState } from "/static/vendor/preact-htm.js";
import { post } from "/static/lib/api.js";
import { addDays, clock, dayLong, dayOf } from "/static/lib/time.js";
import { CourseMove } from "../course/move.js";
import { ScopeChoice, useSeries, within } from "../course/scope.js";
import { OtherClocks } from "./clocks.js";
import { keepCode } from "./codes.js";
import { Dialog } from "./dialog.js";
import { Ending } from "./ending.js";
import { FormProblem, useForm } from "./form.js";
import { Loading, Trouble } from "./shell.js";
import { SlotChip, Slots } from "./slots.js";
import { lang, t, zoneName } from "./words.js";

/** @typedef {import("/static/lib/desk-types.js").DeskBooking} Booking */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {{booking: Booking, zone: string, onDone: () => void, onClose: () => void}} Act */

const REASONS = ["client_asked", "specialist_absent", "office", "mistake"];

/**
 * The open window of an act, or nothing.
 * @param {{act: string | null, booking: import("/static/lib/api-types.js").Booking | null, zone: string, onDone: () => void, onClose: () => void}} props
 */
export function ActDialog({ act, booking, zone, onDone, onClose }) {
  if (!act || !booking) return null;
  const Window = { move: MoveDialog, cancel: CancelDialog, code: CodeDialog, outcome: OutcomeDialog }[act];
  return Window ? html`<${Window} booking=${booking} zone=${zone} onDone=${onDone} onClose=${onClose} />` : null;
}

/** @param {{booking: Booking, zone: string}} props */
export function About({ booking, zone }) {
  return html`<p class="about"><strong>${booking.client.name}</strong><br />
    ${dayLong(booking.starts, zone, lang)}, ${clock(booking.starts, zone, lang)}, ${zoneName(zone, booking.starts)}<br />${booking.specialist.name}
    <${OtherClocks} at=${booking.starts} zone=${zone} others=${[{ who: "client", zone: booking.zone }, { who: "specialist", zone: booking.specialist_zone }]} named />
    ${booking.series?.n && html`<span class="tag">${t("course.place", { n: booking.series.n, of: booking.series.of || 0 })}</span>`}</p>`;
}

/** @param {Act} props */
function CancelDialog({ booking, zone, onDone, onClose }) {
  const series = useSeries(booking);
  const [scope, setScope] = useState(/** @type {import("../course/scope.js").Scope} */ ("one"));
  const form = useForm(async (data, key) => {
    const reason = data.get("reason");
    if (scope === "one") await post(`/bookings/${booking.id}/cancel`, { reason }, { key, version: booking.version });
    else await post(`/series/${booking.series?.id}/cancel`, { since: booking.id, scope, reason }, { key, version: series.value?.version });
    onDone();
  });
  const count = series.value && scope !== "one" ? within(series.value, booking, scope).length : 0;
  return html`
    <${Dialog} title=${t("act.cancel_title")} name="cancel" onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit}>
        <${About} booking=${booking} zone=${zone} />
        ${series.value && html`<${ScopeChoice} series=${series.value} booking=${booking} scope=${scope} setScope=${setScope} />`}
        <fieldset class="stack tight"><legend>${t("act.cancel_why")}</legend>
          ${REASONS.map((reason, n) => html`<label class="choice" key=${reason}><input type="radio" name="reason" value=${reason} defaultChecked=${n === 0} />${t(`reason.${reason}`)}</label>`)}
        </fieldset>
        <${FormProblem} problem=${form.problem} />
        <div class="row form-end">
          <button class="button danger" data-test="cancel-confirm" disabled=${form.busy}>${count ? t("course.cancel_do", { count }) : t("act.cancel_do")}</button>
          <button type="button" class="button quiet" onClick=${onClose}>${t("act.cancel_keep")}</button>
        </div>
      </form>
    <//>`;
}

/** @param {Act} props */
function MoveDialog({ booking, zone, onDone, onClose }) {
  const series = useSeries(booking);
  const [scope, setScope] = useState(/** @type {import("../course/scope.js").Scope} */ ("one"));
  return html`
    <${Dialog} title=${t(scope === "one" ? "act.move_title" : "course.move_title")} name="move" wide onClose=${onClose}>
      <div class="stack">
        <${About} booking=${booking} zone=${zone} />
        ${series.error && html`<${Trouble} error=${series.error} again=${series.again} />`}
        ${booking.series && !series.value && !series.error && html`<${Loading} />`}
        ${series.value && html`<${ScopeChoice} series=${series.value} booking=${booking} scope=${scope} setScope=${setScope} />`}
        ${scope !== "one" && series.value
          ? html`<${CourseMove} key=${scope} booking=${booking} series=${series.value} scope=${scope} zone=${zone} onDone=${onDone} onClose=${onClose} onStale=${series.again} />`
          : html`<${OneMove} booking=${booking} zone=${zone} onDone=${onDone} onClose=${onClose} />`}
      </div>
    <//>`;
}

/** @param {Act} props */
function OneMove({ booking, zone, onDone, onClose }) {
  const [slot, setSlot] = useState(/** @type {Slot | null} */ (null));
  const [anyone, setAnyone] = useState(false);
  const form = useForm(async (_, key) => {
    if (!slot) return;
    await post(`/bookings/${booking.id}/move`, { starts: slot.starts, specialist: slot.specialist.id }, { key, version: booking.version });
    onDone();
  });
  const wishes = {
    service: booking.service.code, booking: booking.id, client: booking.client.id, ...besides(booking),
    specialist: anyone ? undefined : String(booking.specialist.id), topic: anyone ? booking.topic || undefined : undefined,
  };
  const [today, near] = [dayOf(Date.now(), zone), addDays(dayOf(booking.starts, zone), -2)];
  const alternatives = /** @type {Slot[]} */ (form.problem?.data?.alternatives || []);
  return html`
    <form class="stack" onSubmit=${form.submit}>
      <label class="choice"><input type="checkbox" checked=${anyone} onChange=${(/** @type {any} */ e) => setAnyone(e.target.checked)} />${t("act.move_anyone")}</label>
      <${Slots} wishes=${wishes} zone=${zone} clientZone=${booking.zone} from=${near > today ? near : today} chosen=${slot} onChoose=${setSlot} round=${form.problem ? 1 : 0} />
      <${FormProblem} problem=${form.problem} />
      ${alternatives.length > 0 && html`<${Alternatives} slots=${alternatives} zone=${zone} clientZone=${booking.zone} chosen=${slot} onChoose=${setSlot} />`}
      <div class="row form-end sticky-end">
        <button class="button primary" data-test="move-confirm" disabled=${form.busy || !slot}>
          ${slot ? t("act.move_do", { day: dayLong(slot.starts, zone, lang), time: clock(slot.starts, zone, lang) }) : t("act.move_choose")}</button>
        <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button>
      </div>
    </form>`;
}

/** Who else takes part must be free as well. @param {Booking} booking */
function besides({ participants }) {
  const ids = (/** @type {"client" | "resource"} */ kind) => participants.map((each) => each[kind]).filter(Boolean).join(",");
  return { companion: ids("client"), resource: ids("resource") };
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

/** @param {Act} props */
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

/** @param {Act} props */
function OutcomeDialog({ booking, zone, onDone, onClose }) {
  return html`
    <${Dialog} title=${t("act.outcome_title")} name="outcome" onClose=${onClose}>
      <div class="stack"><${About} booking=${booking} zone=${zone} /><${Ending} booking=${booking} zone=${zone} onDone=${onDone} /></div>
    <//>`;
}
