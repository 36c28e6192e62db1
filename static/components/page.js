// What every page does with its document: finding and making elements, saying words, leading the eye (and the screen reader) on.

import { wordsOf } from "/static/lib/words.js";

export const language = document.documentElement.lang || "ru";
/** How dates and numbers are written: English here counts hours to 24, as the slips do. */
export const locale = language === "en" ? "en-GB" : language;

const block = document.getElementById("words");
/** Says a word of the page's language; the server has put the table into the page. */
export const say = wordsOf(block ? JSON.parse(block.textContent || "{}") : {}, language);

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

/**
 * Makes an element. Properties starting with "on" listen, "class" and whatever is no property become attributes.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, any>} [given] @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "role") /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** @param {Element} parent @param {...(Node | string | null | undefined | false)} children */
export function fill(parent, ...children) {
  parent.textContent = "";
  for (const child of children) if (child) parent.append(child);
}

/** A number to call with one tap. @param {string} phone */
export function phoneLink(phone) {
  return el("a", { class: "phone", href: `tel:${phone.replace(/[^\d+]/g, "")}` }, phone);
}

/** Moves reading to the heading of what is new. @param {Element} part */
export function leadTo(part) {
  const heading = /** @type {HTMLElement | null} */ (part.querySelector("h1, h2"));
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** Says something to a screen reader without moving anything. @param {string} text */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

/** An instant as the wall there shows it. @param {string} instant @param {string} zone @param {Intl.DateTimeFormatOptions} [shape] */
export function wall(instant, zone, shape = { hour: "2-digit", minute: "2-digit" }) {
  return new Intl.DateTimeFormat(locale, { ...shape, timeZone: zone }).format(new Date(instant));
}

/** The same, naming the zone where this device lives in another. @param {string} instant @param {string} zone @param {Intl.DateTimeFormatOptions} [shape] */
export function clock(instant, zone, shape) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = new Date(instant);
  const time = wall(instant, zone, shape);
  return offsetOf(at, zone) === offsetOf(at, here) ? time : say("time.in_zone", { time, zone: zoneName(zone) });
}

/** @param {string} zone */
function zoneName(zone) {
  const key = `staff.zone.${zone}`;
  const name = say(key);
  return name === key ? zone : name;
}

/** @param {Date} at @param {string} zone */
function offsetOf(at, zone) {
  return new Intl.DateTimeFormat("en", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(at);
}
