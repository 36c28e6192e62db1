// Ending for everybody, asked once more before it happens, and the outcome of the session.

import { el, fill, language, say } from "/static/components/page.js";
import { ask, freshKey } from "/static/lib/api.js";
import { clock } from "/static/lib/time.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */

/** @typedef {import("/static/lib/api-types.js").Evidence} Evidence */
/** @typedef {import("/static/lib/api-types.js").Ending} Proposed */

const OUTCOMES = ["took_place", "missed", "client_gave_up", "specialist_late", "failed_technically"];

/** @param {() => Promise<unknown>} close @returns {{part: HTMLElement}} */
export function createEnding(close) {
  const part = el("section", { class: "beside-part" });
  /** @param {string} [word] */
  const first = (word = "") => {
    fill(part, word && el("p", { class: "notice warn", role: "alert" }, word), el("button", { class: "button danger wide", type: "button", "data-test": "end", onclick: sure }, say("staffroom.end")));
  };
  function sure() {
    const yes = el("button", { class: "button danger", type: "button", "data-test": "end-yes", onclick: end }, say("staffroom.end_yes"));
    const no = el("button", { class: "button", type: "button", "data-test": "end-no", onclick: () => first() }, say("staffroom.end_no"));
    fill(part, el("p", { role: "alert" }, say("staffroom.end_sure")), el("div", { class: "row" }, no, yes));
    no.focus();
    async function end() {
      yes.disabled = true;
      await close().catch(() => first(say("staffroom.end_failed")));
    }
  }
  first();
  return { part };
}

/**
 * What the journal speaks for, with its reasons in words; a person confirms it or knows better.
 * @param {Booking} booking
 */
export function createOutcome(booking) {
  const path = `/bookings/${booking.id}/outcome`;
  const reasons = el("div", { class: "stack tight" });
  const news = el("div", { role: "status", class: "stack tight" });
  const other = el("div", { class: "stack tight" });
  const part = el("section", { class: "beside-part", "data-test": "outcome" }, el("h2", {}, say("staffroom.outcome")), reasons, news, other);
  show();

  async function show() {
    try {
      const { value, version } = /** @type {{value: Proposed, version: string}} */ (await ask("GET", path));
      explain(value, version);
    } catch (fault) {
      trouble(/** @type {Refusal} */ (fault));
      fill(other, el("button", { class: "button wide", type: "button", onclick: show }, say("staffroom.try_again")));
    }
  }

  /** @param {Proposed} found @param {string} version */
  function explain({ proposal, evidence, confirmed }, version) {
    const why = evidence.map((each) => inWords(each, booking.specialist_zone));
    const kept = confirmed ? confirmed.outcome : "";
    fill(
      reasons,
      proposal
        ? el("p", { "data-test": "proposal", "data-outcome": proposal }, say("staffroom.outcome_proposed", { outcome: say(`staffroom.${proposal}`) }))
        : el("p", { "data-test": "unseen" }, say("staff.ending.unseen")),
      why.length > 0 && el("p", { class: "soft" }, say("staffroom.outcome_why")),
      why.length > 0 && el("ul", { class: "evidence" }, ...why.map((words) => el("li", { "data-test": "evidence" }, words))),
      !kept && proposal && el("button", { class: "button primary wide", type: "button", "data-test": "outcome-confirm", onclick: () => keep(proposal, version) }, say("staffroom.outcome_confirm")),
    );
    fill(news, kept && el("p", { class: "notice", "data-test": "outcome-kept" }, say("staffroom.outcome_kept", { outcome: say(`staffroom.${kept}`) })));
    offer(kept || proposal || "", version);
  }

  /** @param {string} but what needs no button @param {string} version */
  function offer(but, version) {
    const rest = OUTCOMES.filter((outcome) => outcome !== but);
    fill(other, el("p", { class: "soft" }, say("staffroom.outcome_other")), ...rest.map((outcome) => el("button", { class: "button small", type: "button", "data-test": `outcome-${outcome}`, onclick: () => keep(outcome, version) }, say(`staffroom.${outcome}`))));
  }

  /** @param {string} status @param {string} version */
  async function keep(status, version) {
    try {
      await ask("POST", path, { body: { status }, version, key: freshKey() });
      await show();
    } catch (fault) {
      trouble(/** @type {Refusal} */ (fault));
    }
  }

  /** @param {Refusal} refusal */
  function trouble({ title, detail }) {
    fill(news, el("div", { class: "notice warn stack tight" }, el("p", {}, el("b", {}, title || say("staffroom.unavailable"))), el("p", {}, detail)));
  }
  return { part };
}

/** A reason as a sentence, its figures, clocks and codes filled in. @param {Evidence} each @param {string} zone */
function inWords(each, zone) {
  const what = each.verdict === "too_weak" ? "too_weak" : `microphone_${each.microphone}`;
  return say(`staff.evidence.${each.code}`, {
    minutes: each.minutes || 0, of: each.of || 0, least: each.least || 0, count: each.times || 0, percent: each.percent || 0,
    at: each.at ? clock(each.at, zone, language) : "", mode: say(`staff.mode.${each.mode}`), what: say(`staff.line.${what}`),
    why: say(`staff.calls.${each.why || "help"}`), who: say(`staff.seat.${each.who || "guest"}`),
  });
}
