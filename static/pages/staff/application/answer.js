// What the client says to another specialist: he agrees, with those bookings that move to her, or he would rather stay.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { clock, dayOf, dayShort } from "/static/lib/time.js";
import { Trouble, useAnswer } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";
import { useAct } from "./step.js";

/** @typedef {import("./step.js").Shared} Shared */
/** @typedef {import("/static/lib/application-types.js").BookingBrief} Brief */

const HOWS = ["phone", "in_person", "paper"];

/** @param {Shared} shared */
export function AnswerForm(shared) {
  const { one, zone } = shared;
  const { act, busy, note } = useAct(shared);
  const [how, setHow] = useState("phone");
  const [moves, setMoves] = useState(/** @type {Record<number, string>} */ ({}));
  const free = useAnswer(() => Promise.all(one.standing.map((each) => nearby(each, one, zone))), []);
  const chosen = one.standing.filter((each) => moves[each.id]).map((each) => ({ booking: each.id, version: each.version, starts: moves[each.id] }));
  return html`
    <div class="notice warn stack" data-test="proposed">
      <p><strong>${t("application.proposed", { name: one.proposed?.name || "" })}</strong> ${t("application.proposed_lead")}</p>
      <fieldset><legend>${t("application.answered_how")}</legend><div class="row">${HOWS.map((each) => html`
        <label key=${each} class="choice"><input type="radio" name="answered" value=${each} checked=${how === each} onChange=${() => setHow(each)} />${t(`application.how_${each}`)}</label>`)}</div></fieldset>
      ${one.standing.length > 0 && html`<p>${t("application.standing", { count: one.standing.length })}</p>
        <ul class="plain stack" aria-busy=${free.busy}>${one.standing.map((each, n) => html`<${Standing} key=${each.id} booking=${each} free=${free.value?.[n]} zone=${zone} starts=${moves[each.id] || ""} choose=${(/** @type {string} */ starts) => setMoves({ ...moves, [each.id]: starts })} />`)}</ul>
        ${free.error && html`<${Trouble} error=${free.error} again=${free.again} />`}`}
      ${note}
      <div class="row"><button type="button" class="button primary" disabled=${busy || free.busy} data-test="agrees" onClick=${() => act("answer", { agreed: true, how, moves: chosen })}>${t("application.agrees")}</button>
        <button type="button" class="button" disabled=${busy} data-test="stays" onClick=${() => act("answer", { agreed: false, how })}>${t("application.stays")}</button></div>
    </div>`;
}

/** One booking of the old specialist: it stays, or moves to a free time of the new one. @param {{booking: Brief, free: string[] | undefined, zone: string, starts: string, choose: (starts: string) => void}} props `free`: undefined as long as nobody knows */
function Standing({ booking, free, zone, starts, choose }) {
  const say = (/** @type {string} */ at) => `${dayShort(at, zone, lang)}, ${clock(at, zone, lang)}`;
  return html`
    <li class="field"><label for=${`move-${booking.id}`}>${say(booking.starts)} · ${booking.specialist.name}</label>
      <select id=${`move-${booking.id}`} value=${starts} onChange=${(/** @type {any} */ e) => choose(e.target.value)}>
        <option value="">${t("application.keep")}</option>
        ${(free || []).map((at) => html`<option key=${at} value=${at}>${t("application.move_to", { when: say(at) })}</option>`)}
      </select>${free && !free.length && html`<p class="hint">${t("application.no_move")}</p>`}</li>`;
}

/** Free times of the new specialist from that day on. @param {Brief} booking @param {Shared["one"]} one @param {string} zone @returns {Promise<string[]>} */
async function nearby(booking, one, zone) {
  const whole = await get(`/bookings/${booking.id}`);
  const query = { service: whole.service.code, specialist: one.proposed?.id, client: one.client, from: dayOf(booking.starts, zone), days: 7, booking: booking.id, limit: 40 };
  const { items } = await get("/slots", query);
  const starts = items.map((/** @type {{starts: string}} */ each) => each.starts);
  const apart = (/** @type {string} */ at) => Math.abs(Date.parse(at) - Date.parse(booking.starts));
  return starts.sort((/** @type {string} */ a, /** @type {string} */ b) => apart(a) - apart(b)).slice(0, 6);
}
