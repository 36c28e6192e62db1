// Asking for help without an account: one question a screen. "Back" keeps what was typed; nothing of it outlives the page.

import { byId, leadTo } from "/static/components/page.js";
import { freshKey, get, post, Refusal } from "/static/lib/api.js";
import { done, screens, stopped } from "/static/pages/apply/screens.js";

/** @typedef {{id: number, name: string, office: {name: string, phone: string}}} District */
/** @typedef {{districts: District[], topics: string[], consent: {title: string, text: string, hash: string} | null}} Choices */
/**
 * @typedef {{district: number, settlement: string, forWhom: string, name: string, birth_year: string, phone: string, speaker: string, topic: string,
 *   remark: string, weekdays: number[], parts: string[], mode: string, agreed: boolean}} Said
 */

const STEPS = ["where", "who", "phone", "about", "when", "agree"];
/** At which screen a field that the server refused is corrected. @type {Record<string, string>} */
const STEP_OF = { district: "where", settlement: "where", name: "who", birth_year: "who", phone: "phone", speaker: "phone", topic: "about", remark: "about", consent: "agree" };

const host = byId("step");
/** @type {Choices} */ let choices;
/** @type {Said} */
const said = { district: 0, settlement: "", forWhom: "", name: "", birth_year: "", phone: "", speaker: "", topic: "", remark: "", weekdays: [], parts: [], mode: "", agreed: false };
const sent = { what: "", key: "" };

addEventListener("popstate", () => show(place()));
begin();

async function begin() {
  try {
    choices = await /** @type {Promise<Choices>} */ (get("/apply"));
  } catch (fault) {
    stopped(host, fault instanceof Refusal ? fault : null, begin);
    return;
  }
  if (choices.districts.length === 1) said.district = choices.districts[0].id;
  // Whoever loads the page anew begins anew: what he had said is gone with it.
  history.replaceState({ step: STEPS[0] }, "");
  show(STEPS[0]);
}

/** @returns {string} */
function place() {
  const step = history.state && history.state.step;
  return STEPS.indexOf(step) < 0 ? STEPS[0] : step;
}

/** @param {string} step @param {string} [fault] */
function show(step, fault) {
  const n = STEPS.indexOf(step);
  host.dataset.step = `apply-${step}`;
  screens[step](host, { said, choices, n: n + 1, of: STEPS.length, fault, next: () => next(n), back: n > 0 ? () => history.back() : null });
  leadTo(host);
}

/** @param {number} n */
function next(n) {
  if (n === STEPS.length - 1) {
    void send();
    return;
  }
  history.pushState({ step: STEPS[n + 1] }, "");
  show(STEPS[n + 1]);
}

async function send() {
  const body = bodyOf();
  const what = JSON.stringify(body);
  if (sent.what !== what) Object.assign(sent, { what, key: freshKey() });
  const buttons = Array.from(host.querySelectorAll("button"));
  buttons.forEach((each) => (each.disabled = true));
  try {
    const answer = await /** @type {Promise<{number: number, office: {name: string, phone: string}}>} */ (post("/apply", body, { key: sent.key }));
    forget();
    done(host, answer);
  } catch (fault) {
    buttons.forEach((each) => (each.disabled = false));
    if (!(fault instanceof Refusal)) throw fault;
    refused(fault);
  }
}

/** The screen of the wrong field, with the server's words; else they stand where he is. @param {Refusal} refusal */
function refused(refusal) {
  const wrong = refusal.errors.find((each) => STEP_OF[each.field]);
  if (wrong && STEP_OF[wrong.field] !== "agree") {
    history.pushState({ step: STEP_OF[wrong.field] }, "");
    show(STEP_OF[wrong.field], wrong.message);
    return;
  }
  const text = refusal.title ? `${refusal.title}. ${refusal.detail}` : "";
  show("agree", text || " ");
}

function bodyOf() {
  const other = said.forWhom === "other";
  const year = said.birth_year.trim();
  return {
    district: said.district, settlement: said.settlement.trim(), name: said.name.trim(), birth_year: year ? Number(year) : null, phone: said.phone.trim(),
    language: document.documentElement.lang === "en" ? "en" : "ru", speaker: other ? said.speaker.trim() : "", speaker_tie: other ? "other" : "self",
    topic: said.topic || null, remark: said.remark.trim(), mode: said.mode || null, wishes: { weekdays: said.weekdays, parts: said.parts },
    consent: choices.consent ? choices.consent.hash : "",
  };
}

/** It is told: this device keeps nothing of it, and "back" leads to nothing of it. */
function forget() {
  Object.assign(said, { name: "", birth_year: "", phone: "", speaker: "", remark: "", agreed: false });
  Object.assign(sent, { what: "", key: "" });
  history.replaceState({ step: STEPS[0] }, "");
}
