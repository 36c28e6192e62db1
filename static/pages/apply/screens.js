// The screens of asking for help, one question on each; every field is written down as it is typed, so that no step loses it.

import { el, fill, language, phoneLink, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";

/** @typedef {import("../apply.js").Said} Said */
/** @typedef {import("../apply.js").Choices} Choices */
/** @typedef {{said: Said, choices: Choices, n: number, of: number, fault?: string, next: () => void, back: (() => void) | null}} Asked */
/** @typedef {(host: HTMLElement, asked: Asked) => void} Screen */

const PARTS = ["09:00-12:00", "12:00-15:00", "15:00-18:00", "18:00-20:00"];
const MODES = ["video", "voice", "phone", "in_person"];
const LEAST_DIGITS = 5;

/** @type {Record<string, Screen>} */
export const screens = { where, who, phone, about, when, agree };

/** @type {Screen} */
function where(host, asked) {
  const { said, choices } = asked;
  const picks = choices.districts.map((each) => pick("radio", "district", String(each.id), each.name, said.district === each.id, () => (said.district = each.id)));
  frame(host, asked, say("apply.where"), [
    el("p", { class: "large" }, say("apply.lead")),
    group(say("apply.district"), picks),
    line({ name: "settlement", label: say("apply.settlement"), value: said.settlement, autocomplete: "address-level2", onType: (text) => (said.settlement = text) }),
    el("p", { class: "soft" }, say("apply.other_district")),
  ], () => (said.district ? "" : say("apply.need_district")));
}

/** @type {Screen} */
function who(host, asked) {
  const { said } = asked;
  const whom = ["self", "other"].map((each) => pick("radio", "whom", each, say(`apply.for_${each}`), said.forWhom === each, () => (said.forWhom = each)));
  frame(host, asked, say("apply.who"), [
    group(say("apply.for_whom"), whom),
    line({ name: "name", label: say("apply.name"), hint: say("apply.name_hint"), value: said.name, autocomplete: "name", onType: (text) => (said.name = text) }),
    line({ name: "birth_year", label: say("apply.birth_year"), hint: say("apply.optional"), value: said.birth_year, inputMode: "numeric", maxLength: 4, autocomplete: "bday-year", onType: (text) => (said.birth_year = text) }),
  ], () => {
    if (!said.forWhom) return say("apply.need_whom");
    if (said.name.trim().length < 2) return say("apply.need_name");
    return said.birth_year.trim() && !/^(19|20)\d\d$/.test(said.birth_year.trim()) ? say("apply.need_year") : "";
  });
}

/** @type {Screen} */
function phone(host, asked) {
  const { said } = asked;
  frame(host, asked, say("apply.phone"), [
    el("p", {}, say("apply.phone_lead")),
    line({ name: "phone", label: say("apply.phone_label"), value: said.phone, type: "tel", autocomplete: "tel", onType: (text) => (said.phone = text) }),
    said.forWhom === "other" && line({ name: "speaker", label: say("apply.speaker"), value: said.speaker, onType: (text) => (said.speaker = text) }),
  ], () => (/^\+?[0-9\s()-]{5,24}$/.test(said.phone.trim()) && said.phone.replace(/\D/g, "").length >= LEAST_DIGITS ? "" : say("apply.need_phone")));
}

/** @type {Screen} */
function about(host, asked) {
  const { said, choices } = asked;
  const topics = choices.topics.map((each) => pick("radio", "topic", each, say(`topic.${each}`), said.topic === each, () => (said.topic = each)));
  topics.push(pick("radio", "topic", "", say("apply.topic_other"), said.topic === "", () => (said.topic = "")));
  const words = el("textarea", { id: "apply-remark", class: "input", rows: 4, maxLength: 2000, "aria-describedby": "apply-remark-hint", oninput: (/** @type {any} */ e) => (said.remark = e.target.value) });
  words.value = said.remark;
  frame(host, asked, say("apply.about"), [
    group(say("apply.topic"), topics),
    el("div", { class: "field" }, el("label", { htmlFor: "apply-remark" }, say("apply.remark")), words, el("p", { class: "hint", id: "apply-remark-hint" }, say("apply.remark_hint"))),
  ], () => "");
}

/** @type {Screen} */
function when(host, asked) {
  const { said } = asked;
  const days = [0, 1, 2, 3, 4, 5, 6].map((day) => pick("checkbox", "weekday", String(day), weekday(day), said.weekdays.indexOf(day) >= 0, (on) => (said.weekdays = toggled(said.weekdays, day, on))));
  const parts = PARTS.map((part) => pick("checkbox", "part", part, part.replace(/:00/g, "").replace("-", "–"), said.parts.indexOf(part) >= 0, (on) => (said.parts = toggled(said.parts, part, on))));
  const modes = ["", ...MODES].map((mode) => pick("radio", "mode", mode, say(mode ? `apply.mode_${mode}` : "apply.mode_any"), said.mode === mode, () => (said.mode = mode)));
  frame(host, asked, say("apply.when"), [
    el("p", {}, say("apply.when_lead")),
    group(say("apply.days"), days, "apply-short"),
    group(say("apply.hours"), parts, "apply-short"),
    group(say("apply.mode"), modes),
  ], () => "");
}

/** @type {Screen} */
function agree(host, asked) {
  const { said, choices } = asked;
  const { consent } = choices;
  frame(host, asked, say("apply.agree"), [
    el("p", {}, say("apply.agree_lead")),
    consent && el("div", { class: "apply-text", tabIndex: 0, role: "region", "aria-label": consent.title, "data-test": "consent-text" }, el("h2", {}, consent.title), ...consent.text.split("\n").map((part) => el("p", {}, part))),
    pick("checkbox", "agreed", "yes", say("apply.agrees"), said.agreed, (on) => (said.agreed = on)),
  ], () => (said.agreed && consent ? "" : say("apply.need_consent")), say("apply.send"));
}

/** It is told: the number, and whom to call. @param {HTMLElement} host @param {{number: number, office: {name: string, phone: string}}} answer */
export function done(host, { number, office }) {
  host.dataset.step = "apply-done";
  const heading = el("h1", { tabIndex: -1 }, say("apply.done"));
  fill(
    host, heading,
    el("section", { class: "slip" }, el("p", { class: "slip-head" }, say("apply.number")), el("div", { class: "slip-body stack" }, el("p", { class: "apply-number", "data-test": "number" }, String(number)), el("p", {}, say("apply.keep")))),
    el("p", { class: "large" }, say("apply.then")),
    el("p", {}, `${say("apply.ask", { office: office.name })} `, phoneLink(office.phone)),
    el("p", { class: "notice" }, say("apply.danger")),
    el("a", { class: "button wide", href: "/" }, say("apply.to_start")),
  );
  heading.focus();
}

/** Nothing can be asked now: the telephone can. @param {HTMLElement} host @param {{title: string, detail: string} | null} refusal @param {() => void} again */
export function stopped(host, refusal, again) {
  host.dataset.step = "apply-stopped";
  fill(
    host, el("h1", {}, (refusal && refusal.title) || say("apply.offline")),
    el("p", { class: "large" }, (refusal && refusal.title && refusal.detail) || say("apply.offline_detail")),
    el("button", { class: "button primary wide big", type: "button", onclick: again }, say("apply.again")),
  );
}

/**
 * One question: how far one is, the fields, what is missing, on and back.
 * @param {HTMLElement} host @param {Asked} asked @param {string} title @param {(Node | false | null | undefined)[]} parts @param {() => string} missing @param {string} [word]
 */
function frame(host, { n, of, fault, next, back }, title, parts, missing, word) {
  const note = el("p", { class: "fault", role: "alert", id: "apply-fault", "data-test": "apply-fault" }, fault || "");
  const form = el(
    "form", { class: "stack airy", noValidate: true, onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); note.textContent = missing(); if (note.textContent) firstField(form).focus(); else next(); } },
    ...parts.filter(Boolean).map((part) => /** @type {Node} */ (part)), note,
    el("button", { class: "button primary wide big", "data-test": "next" }, word || say("apply.next")),
    back && el("button", { class: "button quiet wide", type: "button", "data-test": "back", onclick: back }, say("apply.back")),
  );
  fill(host, el("p", { class: "apply-way soft", "data-test": "way" }, say("apply.way", { n, of })), el("h1", {}, title), form);
}

/** What is still to be said: a choice that nobody made, else an empty field. @param {HTMLElement} form @returns {HTMLElement} */
function firstField(form) {
  const fields = Array.from(/** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input, textarea")));
  const open = (/** @type {HTMLInputElement} */ each) => each.type === "radio" && !form.querySelector(`input[name="${each.name}"]:checked`);
  return fields.find(open) || fields.find((each) => (each.type === "checkbox" ? !each.checked : !each.value)) || fields[0];
}

/** @param {string} legend @param {HTMLElement[]} picks @param {string} [shape] */
function group(legend, picks, shape) {
  return el("fieldset", { class: `apply-group ${shape || ""}` }, el("legend", {}, legend), el("div", { class: "apply-picks" }, ...picks));
}

/** A large thing to press. @param {"radio" | "checkbox"} type @param {string} name @param {string} value @param {string} word @param {boolean} on @param {(on: boolean) => unknown} choose */
function pick(type, name, value, word, on, choose) {
  const input = el("input", { type, name, value, checked: on, onchange: (/** @type {any} */ e) => choose(e.target.checked) });
  return el("label", { class: "apply-pick" }, input, el("span", {}, el("span", { class: "apply-tick", "aria-hidden": "true" }, icon("check")), word));
}

/** @param {{name: string, label: string, hint?: string, value: string, type?: string, inputMode?: string, maxLength?: number, autocomplete?: string, onType: (text: string) => void}} props */
function line({ name, label, hint, value, type, inputMode, maxLength, autocomplete, onType }) {
  const id = `apply-${name}`;
  const input = el("input", { id, name, class: "input", type: type || "text", maxLength: maxLength || 120, autocomplete: autocomplete || "off", "aria-describedby": hint && `${id}-hint`, oninput: (/** @type {any} */ e) => onType(e.target.value) });
  if (inputMode) input.inputMode = inputMode;
  input.value = value;
  return el("div", { class: "field" }, el("label", { htmlFor: id }, label), input, hint && el("p", { class: "hint", id: `${id}-hint` }, hint));
}

/** @template T @param {T[]} list @param {T} value @param {boolean} on @returns {T[]} */
function toggled(list, value, on) {
  const rest = list.filter((each) => each !== value);
  return on ? [...rest, value].sort() : rest;
}

/** Monday is 0. @param {number} day */
function weekday(day) {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + day)));
}
