// Ending for everybody, asked once more before it happens, and the outcome of the session.

import { el, fill, say } from "/static/components/page.js";
import { ask, freshKey, get } from "/static/lib/api.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */

const OUTCOMES = ["took_place", "missed", "failed_technically"];

/** @param {() => Promise<unknown>} close @returns {{part: HTMLElement}} */
export function createEnding(close) {
  const part = el("section", { class: "beside-part" });
  const first = () => {
    fill(part, el("button", { class: "button danger wide", type: "button", "data-test": "end", onclick: sure }, say("staffroom.end")));
  };
  function sure() {
    const yes = el("button", { class: "button danger", type: "button", "data-test": "end-yes", onclick: end }, say("staffroom.end_yes"));
    const no = el("button", { class: "button", type: "button", "data-test": "end-no", onclick: first }, say("staffroom.end_no"));
    fill(part, el("p", { role: "alert" }, say("staffroom.end_sure")), el("div", { class: "row" }, no, yes));
    no.focus();
    async function end() {
      yes.disabled = true;
      await close().catch(first);
    }
  }
  first();
  return { part };
}

/** @param {number} booking */
export function createOutcome(booking) {
  const news = el("div", { role: "status", class: "stack tight" });
  const buttons = OUTCOMES.map((outcome) => el("button", { class: "button", type: "button", "data-test": `outcome-${outcome}`, onclick: () => keep(outcome) }, say(`staffroom.${outcome}`)));
  const part = el("section", { class: "beside-part" }, el("h2", {}, say("staffroom.outcome")), el("div", { class: "row" }, ...buttons), news);
  show();

  /** The room may have told the outcome already: two people who met need no button. */
  async function show() {
    const now = /** @type {Booking | null} */ (await get(`/bookings/${booking}`).catch(() => null));
    if (now) mark(now.status);
  }
  /** @param {string} status */
  function mark(status) {
    buttons.forEach((button, nth) => button.setAttribute("aria-pressed", String(OUTCOMES[nth] === status)));
    if (OUTCOMES.includes(status)) news.textContent = say("staffroom.outcome_kept", { outcome: say(`staffroom.${status}`) });
  }
  /** @param {string} status */
  async function keep(status) {
    try {
      const { version } = await ask("GET", `/bookings/${booking}`);
      await ask("POST", `/bookings/${booking}/outcome`, { body: { status }, version, key: freshKey() });
      mark(status);
    } catch (fault) {
      const { title, detail } = /** @type {Refusal} */ (fault);
      fill(news, el("p", { class: "notice warn" }, `${title || say("staffroom.unavailable")} ${detail}`));
    }
  }
  return { part };
}
