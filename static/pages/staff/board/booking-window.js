// Booking a free time of the schedule: it is held while the window is open; who, by which means, one confirmation, the code.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { freshKey, post, Refusal } from "/static/lib/api.js";
import { clock, dayLong, differ } from "/static/lib/time.js";
import { Alternatives } from "../parts/acts.js";
import { RegisterDialog } from "../parts/client-form.js";
import { grouped, keepCode } from "../parts/codes.js";
import { Dialog } from "../parts/dialog.js";
import { ClientFinder } from "../parts/finder.js";
import { FormProblem } from "../parts/form.js";
import { sentToSignIn } from "../parts/shell.js";
import { lang, t, zoneName } from "../parts/words.js";
import { useHold } from "./holding.js";

/** @typedef {import("/static/lib/api-types.js").Booked} Booked */
/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Service} Service */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {{id: number, name: string, institution: {id: number, name: string}}} Who */
/** @typedef {{specialist: Who, zone: string, starts: string}} Start */

/** @param {{start: Start, service: Service, zone: string, onBooked: (booked: Booked) => void, onClose: () => void}} props */
export function BookingWindow({ start, service, zone, onBooked, onClose }) {
  const [booked, setBooked] = useState(/** @type {Booked | null} */ (null));
  return html`
    <${Dialog} title=${t(booked ? "sched.booked" : "sched.book")} name="book" onClose=${onClose}>
      ${booked
        ? html`<${Done} booked=${booked} zone=${zone} onClose=${onClose} />`
        : html`<${Form} start=${start} service=${service} zone=${zone} onClose=${onClose} onBooked=${(/** @type {Booked} */ made) => { setBooked(made); onBooked(made); }} />`}
    <//>`;
}

/** @param {{start: Start, service: Service, zone: string, onBooked: (booked: Booked) => void, onClose: () => void}} props */
function Form({ start, service, zone, onBooked, onClose }) {
  const [chosen, setChosen] = useState(start);
  const [client, setClient] = useState(/** @type {Client | null} */ (null));
  const [registering, setRegistering] = useState(/** @type {string | null} */ (null));
  const [mode, setMode] = useState(service.modes[0]);
  const [sending, setSending] = useState(/** @type {{busy: boolean, problem: Refusal | null}} */ ({ busy: false, problem: null }));
  const key = useRef(freshKey());
  const held = useHold({ specialist: chosen.specialist.id, service: service.code, starts: chosen.starts });
  const problem = sending.problem || held.problem;
  /** @type {Slot[]} */
  const alternatives = problem?.data.alternatives || [];

  async function confirm() {
    if (!client || !held.hold || sending.busy) return;
    setSending({ busy: true, problem: null });
    const body = { client: client.id, specialist: chosen.specialist.id, service: service.code, starts: chosen.starts, mode, hold: held.hold.id };
    try {
      const made = /** @type {Booked} */ (await post("/bookings", body, { key: key.current }));
      held.used();
      keepCode(made.booking.id, made);
      onBooked(made);
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.status) key.current = freshKey();
      setSending({ busy: false, problem: error });
    }
  }

  const instead = (/** @type {Slot} */ slot) => {
    key.current = freshKey();
    setSending({ busy: false, problem: null });
    setChosen(slot);
  };
  return html`
    <div class="stack">
      <div class="sb-when" data-test="book-when" data-held=${held.hold ? held.hold.id : undefined}>
        <p class="sb-when-time"><strong>${clock(chosen.starts, zone, lang)}</strong> <span>${dayLong(chosen.starts, zone, lang)}</span></p>
        <p>${chosen.specialist.name}<br /><span class="soft">${chosen.specialist.institution.name}</span></p>
        <p class="soft">${service.name}, ${zoneName(zone, chosen.starts)}${differ(chosen.starts, chosen.zone, zone) && html`; ${t("slots.own_clock", { time: clock(chosen.starts, chosen.zone, lang) })}`}</p>
        <p class="sb-hold" role="status">${held.hold ? t("sched.yours_till", { time: clock(held.hold.expires_at, zone, lang) }) : problem ? "" : t("sched.taking")}</p>
      </div>
      <${FormProblem} problem=${problem} />
      ${held.problem && !alternatives.length && html`<button type="button" class="button" onClick=${held.again}>${t("common.again")}</button>`}
      ${alternatives.length > 0 && html`<${Alternatives} slots=${alternatives} zone=${zone} chosen=${null} onChoose=${instead} />`}
      ${client ? html`<${Chosen} client=${client} change=${() => setClient(null)} />` : html`<${ClientFinder} onChoose=${setClient} onRegister=${setRegistering} />`}
      <fieldset class="modes"><legend>${t("booking.mode")}</legend>
        ${service.modes.map((each) => html`<label key=${each} class="choice"><input type="radio" name="mode" value=${each} checked=${mode === each} onChange=${() => setMode(each)} />${t(`mode.${each}`)}</label>`)}
      </fieldset>
      <div class="row form-end sticky-end">
        <button type="button" class="button primary" data-test="book-confirm" disabled=${!client || !held.hold || sending.busy} onClick=${confirm}>${t("booking.confirm")}</button>
        <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button>
      </div>
    </div>
    ${registering !== null && html`<${RegisterDialog} start=${registering} onClose=${() => setRegistering(null)} onDone=${(/** @type {Client} */ made) => { setClient(made); setRegistering(null); }} />`}`;
}

/** @param {{client: Client, change: () => void}} props */
function Chosen({ client, change }) {
  return html`
    <div class="chosen" data-test="chosen-client" data-client=${client.id}>
      <div><strong>${client.name}</strong><span class="soft">${[t("client.born", { year: client.birth_year }), client.phone].filter(Boolean).join(" · ")}</span>
        ${client.remark && html`<span class="chosen-remark">${client.remark}</span>`}</div>
      <button type="button" class="button small" onClick=${change}>${t("booking.change")}</button>
    </div>`;
}

/** @param {{booked: Booked, zone: string, onClose: () => void}} props */
function Done({ booked, zone, onClose }) {
  const { booking, code } = booked;
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { title.current?.focus(); }, []);
  return html`
    <section class="stack" data-test="booked" data-booking=${booking.id}>
      <p class="large" ref=${title} tabindex="-1">${t("booking.done", { name: booking.client.name })}</p>
      <p>${dayLong(booking.starts, zone, lang)}, <strong>${clock(booking.starts, zone, lang)}</strong>, ${zoneName(zone, booking.starts)}<br />${booking.specialist.name}, ${booking.service.name}</p>
      <div class="done-code"><div><p class="label">${t("booking.code")}</p><p class="code-digits" data-test="code">${grouped(code.digits)}</p>
        <p class="soft">${t("booking.code_open", { time: clock(code.opens_at, zone, lang) })}</p></div></div>
      <p class="hint">${t("booking.code_once")}</p>
      <div class="row">
        <a class="button primary" data-test="slip" href=${`/staff/slip?booking=${booking.id}`}>${t("booking.print")}</a>
        <button type="button" class="button" data-test="book-done" onClick=${onClose}>${t("sched.to_schedule")}</button>
      </div>
    </section>`;
}
