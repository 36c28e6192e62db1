// Asking for help without an account: one question a screen. "Back" keeps what was typed; nothing of it outlives the page.

import { byId, leadTo, say } from "/static/components/page.js";
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
const said = nothingYet();
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
  Object.assign(said, nothingYet());
  // Whoever loads the page anew begins anew: what he had said is gone with it.
  history.replaceState({ step: STEPS[0] }, "");
  show(STEPS[0]);
}

/** What is said before anybody has said anything: where there is one district it is that one. @returns {Said} */
function nothingYet() {
  const district = choices && choices.districts.length === 1 ? choices.districts[0].id : 0;
  return { district, settlement: "", forWhom: "", name: "", birth_year: "", phone: "", speaker: "", topic: "", remark: "", weekdays: [], parts: [], mode: "", agreed: false };
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
  /** @type {{number: number, office: {name: string, phone: string}}} */
  let answer;
  try {
    answer = await post("/apply", body, { key: sent.key });
  } catch (fault) {
    buttons.forEach((each) => (each.disabled = false));
    refused(fault instanceof Refusal ? fault : null);
    return;
  }
  forget();
  done(host, answer);
}

/**
 * The screen of the wrong field, with the server's words; else they stand where he is. Without any it was not the server
 * that answered: nobody did, or somebody on the way (a proxy, a network that wants a sign-in). The same press may then
 * be made again: it has the same key.
 * @param {Refusal | null} refusal
 */
function refused(refusal) {
  const wrong = refusal && refusal.errors.find((each) => STEP_OF[each.field]);
  if (wrong && STEP_OF[wrong.field] !== "agree") {
    history.pushState({ step: STEP_OF[wrong.field] }, "");
    show(STEP_OF[wrong.field], wrong.message);
    return;
  }
  show("agree", refusal && refusal.title ? `${refusal.title}. ${refusal.detail}` : `${say("apply.offline")}. ${say("apply.offline_detail")}`);
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
  Object.assign(said, nothingYet());
  Object.assign(sent, { what: "", key: "" });
  history.replaceState({ step: STEPS[0] }, "");
}
