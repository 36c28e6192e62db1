// How it ended: what the server proposes and why, confirmed with one press or corrected with a reason.

import { html, useState } from "/static/vendor/preact-htm.js";
import { freshKey, get, post, Refusal } from "/static/lib/api.js";
import { clock, dayLong, dayOf } from "/static/lib/time.js";
import { Loading, sentToSignIn, Trouble, useAnswer } from "./shell.js";
import { lang, named, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Evidence} Evidence */
/** @typedef {import("/static/lib/api-types.js").Ending} EndingAnswer */

export const OUTCOMES = ["took_place", "missed", "client_gave_up", "specialist_late", "failed_technically"];

/** @param {{booking: Booking, zone: string, onDone: () => void}} props */
export function Ending({ booking, zone, onDone }) {
  const answer = useAnswer(() => get(`/bookings/${booking.id}/outcome`), [booking.version, booking.room.state]);
  if (answer.error) return html`<${Trouble} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  return html`<${Proposal} ending=${answer.value} booking=${booking} zone=${zone} onDone=${onDone} />`;
}

/** @param {{ending: EndingAnswer, booking: Booking, zone: string, onDone: () => void}} props */
function Proposal({ ending, booking, zone, onDone }) {
  const [state, setState] = useState(/** @type {{busy: boolean, problem: any}} */ ({ busy: false, problem: null }));
  const [because, setBecause] = useState("");
  /** @param {string} status */
  async function settle(status) {
    setState({ busy: true, problem: null });
    try {
      await post(`/bookings/${booking.id}/outcome`, { status, because }, { key: freshKey(), version: ending.version });
      setState({ busy: false, problem: null });
      onDone();
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setState({ busy: false, problem: error });
    }
  }
  const said = ending.confirmed;
  const kept = OUTCOMES.includes(ending.status);
  const others = OUTCOMES.filter((each) => each !== (said ? said.outcome : ending.proposal));
  return html`
    <div class="ending stack" data-test="ending" data-proposal=${ending.proposal}>
      ${said && html`<p class="ending-said"><strong>${t(`outcome.${said.outcome}`)}</strong> <span class="soft">${t("ending.said", { by: said.by, when: moment(said.at, zone, "") })}</span>${said.because && html`<br />${said.because}`}</p>`}
      ${!ending.proposal && !said && html`<p class="ending-proposal">${t("ending.unseen")}</p>`}
      ${ending.proposal && html`<div class="ending-proposal stack tight">
        <p>${t(said ? "ending.proposed_was" : kept ? "ending.kept_by_itself" : "ending.proposed")} <strong>${t(`outcome.${ending.proposal}`)}</strong></p>
        <ul class="ending-why">${ending.evidence.map((each) => html`<li key=${each.code + each.at} data-evidence=${each.code}>${evidenceWords(each, booking, zone)}</li>`)}</ul>
      </div>`}
      ${!said && ending.proposal && html`<div><button type="button" class="button primary" data-outcome=${ending.proposal} data-test="confirm" disabled=${state.busy} onClick=${() => settle(/** @type {string} */ (ending.proposal))}>${t("ending.confirm", { outcome: t(`outcome.${ending.proposal}`) })}</button></div>`}
      <details class="ending-other" open=${(!ending.proposal && !said) || undefined}><summary>${t(said ? "ending.correct" : ending.proposal ? "ending.otherwise" : "ending.how")}</summary>
        <div class="stack tight">
          <label class="field"><span>${t("ending.because")} <span class="field-optional">${t("form.optional")}</span></span><input value=${because} maxlength="500" onInput=${(/** @type {any} */ e) => setBecause(e.target.value)} /></label>
          <div class="row tight" role="group" aria-label=${t("act.outcome_title")}>
            ${others.map((status) => html`<button type="button" key=${status} class="button small" data-outcome=${status} disabled=${state.busy} onClick=${() => settle(status)}>${t(`outcome.${status}`)}</button>`)}
          </div>
        </div></details>
      ${state.problem && html`<${Trouble} error=${state.problem} />`}
    </div>`;
}

/** A reason in words: its figures, clocks and codes filled in. @param {Evidence} each @param {Booking} booking @param {string} zone */
function evidenceWords(each, booking, zone) {
  const what = each.verdict === "too_weak" ? named("line", "too_weak") : named("line", `microphone_${each.microphone}`);
  return t(`evidence.${each.code}`, {
    minutes: each.minutes ?? 0, of: each.of ?? 0, least: each.least ?? 0, count: each.times ?? 0, percent: each.percent ?? 0,
    at: each.at ? moment(each.at, zone, booking.starts) : "", mode: named("mode", each.mode || ""), what,
    why: named("calls", each.why || "help"), who: named("seat", each.who || "guest"),
  });
}

/** The clock, with the day where it is another than that of `usual`. @param {string} at @param {string} zone @param {string} usual */
function moment(at, zone, usual) {
  const time = clock(at, zone, lang);
  return usual && dayOf(at, zone) === dayOf(usual, zone) ? time : `${dayLong(at, zone, lang)}, ${time}`;
}
