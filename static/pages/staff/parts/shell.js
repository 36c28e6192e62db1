// The frame of every staff page: who is signed in, the navigation that fits the role, language, signing out.

import { html, render, useEffect, useState } from "/static/vendor/preact-htm.js";
import { ask, get, Refusal } from "/static/lib/api.js";
import { Sections } from "./sections.js";
import { lang, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */

const PLACES = [
  { name: "today", path: "/staff/today", roles: ["coordinator", "specialist", "officer", "analyst", "administrator"] },
  { name: "applications", path: "/staff/applications", roles: ["coordinator"] },
  { name: "live", path: "/staff/live", roles: ["analyst"] },
  { name: "board", path: "/staff/board", roles: ["coordinator"] },
  { name: "booking", path: "/staff/booking", roles: ["coordinator", "specialist"] },
  { name: "clients", path: "/staff/clients", roles: ["coordinator", "specialist"] },
  { name: "calendar", path: "/staff/calendar", roles: ["coordinator", "specialist", "administrator"] },
  { name: "places", path: "/staff/places", roles: ["coordinator", "administrator"] },
  { name: "lists", path: "/staff/lists", roles: ["coordinator", "officer"] },
  { name: "records", path: "/staff/records", roles: ["coordinator", "specialist"] },
  { name: "rendered", path: "/staff/rendered", roles: ["coordinator", "officer"] },
  { name: "acts", path: "/staff/acts", roles: ["officer", "analyst"] },
  { name: "certificates", path: "/staff/certificates", roles: ["coordinator", "officer"] },
  { name: "budgets", path: "/staff/budgets", roles: ["officer", "analyst"] },
  { name: "glance", path: "/staff/glance", roles: ["analyst", "officer"] },
  { name: "workbench", path: "/staff/workbench", roles: ["analyst"] },
  { name: "quality", path: "/staff/quality", roles: ["analyst"] },
  { name: "standards", path: "/staff/standards", roles: ["analyst"] },
  { name: "districts", path: "/staff/districts", roles: ["analyst", "administrator"] },
];

/**
 * Shows a page to the person who is signed in.
 * @param {string} place name of the navigation entry @param {(props: {me: Me}) => unknown} Page
 */
export async function open(place, Page) {
  const root = /** @type {HTMLElement} */ (document.getElementById("app"));
  try {
    const me = await get("/session");
    root.replaceChildren();
    render(html`<${Frame} me=${me} place=${place} Page=${Page} />`, root);
  } catch (error) {
    if (sentToSignIn(error)) return;
    root.replaceChildren();
    render(html`<main id="main" class="page"><${NoPage} error=${error} again=${() => location.reload()} /></main>`, root);
  }
}

/** Sends a person whose sign-in has run out to the door; true when it did. @param {unknown} error */
export function sentToSignIn(error) {
  if (!(error instanceof Refusal) || error.status !== 401) return false;
  location.assign(`/staff/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  return true;
}

/** @param {{me: Me, place: string, Page: any}} props */
function Frame({ me, place, Page }) {
  return html`
    <a class="skip-link" href="#main">${t("nav.skip")}</a>
    <${Header} me=${me} place=${place} />
    <main id="main" class="page page-${place}" tabindex="-1"><${Page} me=${me} /></main>`;
}

/** @param {{me: Me, place: string}} props */
function Header({ me, place }) {
  const places = PLACES.filter((each) => each.roles.some((role) => me.roles.includes(/** @type {any} */ (role))));
  return html`
    <header class="top">
      <a class="brand" href="/staff/today" aria-label=${t("nav.home")}><${Mark} />${t("brand")}</a>
      <${Sections} places=${places} place=${place} />
      <div class="top-person">
        <a class="top-who" href="/staff/account" data-nav="account" aria-current=${place === "account" ? "page" : undefined}>
          <span class="person-face" aria-hidden="true">${initials(me.name)}</span><span class="top-name"><strong>${me.name}</strong><span>${me.roles.map((role) => t(`role.${role}`)).join(", ")}</span></span></a>
        <${LanguageSwitch} />
        <button type="button" class="button quiet small" data-test="sign-out" onClick=${signOut}>${t("nav.sign_out")}</button>
      </div>
    </header>`;
}

/** "АП" for "Анна Петровна Воробьёва" @param {string} name */
export function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => word[0] || "").join("").toUpperCase();
}

export function Mark() {
  return html`<svg class="brand-mark" viewBox="0 0 36 24" aria-hidden="true" focusable="false">
    <circle class="near" cx="13" cy="12" r="11"></circle><circle class="side" cx="24" cy="12" r="11"></circle></svg>`;
}

export function LanguageSwitch() {
  const other = lang === "ru" ? "en" : "ru";
  const address = new URL(location.href);
  address.searchParams.set("lang", other);
  return html`<a class="top-lang" href=${address.pathname + address.search} lang=${other} hreflang=${other} data-test="language"
    onClick=${() => rememberLanguage(other)}>${other === "ru" ? "Русский" : "English"}</a>`;
}

/** @param {string} chosen */
function rememberLanguage(chosen) {
  document.cookie = `lang=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

export async function signOut() {
  try {
    await ask("DELETE", "/session");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  location.assign("/staff/sign-in");
}

/** The whole page could not be had: what went wrong is its heading. @param {{error: any, again?: () => void}} props */
export function NoPage({ error, again }) {
  const { title, detail } = explained(error);
  return html`
    <div class="empty" role="alert" data-code=${error.code}>
      <h1>${title}</h1><p>${detail}</p>
      <div class="row">${error.status !== 404 && again && html`<button type="button" class="button primary" onClick=${again}>${t("common.again")}</button>`}<a class="button" href="/staff/today">${t("common.to_today")}</a></div>
    </div>`;
}

/** What could not be done, in the server's words, with a way to try again. @param {{error: any, again?: () => void}} props */
export function Trouble({ error, again }) {
  const { title, detail } = explained(error);
  return html`
    <div class="notice bad" role="alert" data-code=${error.code}>
      <p><strong>${title}</strong>${detail && html` <span>${detail}</span>`}</p>
      ${again && html`<button type="button" class="button small" onClick=${again}>${t("common.again")}</button>`}
    </div>`;
}

/** @param {any} error @returns {{title: string, detail: string}} */
export function explained(error) {
  if (error?.code === "no_connection") return { title: t("common.no_connection"), detail: t("common.no_connection_detail") };
  if (error?.title) return { title: error.title, detail: error.detail };
  return { title: t("common.unknown"), detail: t("common.unknown_detail") };
}

/** @param {{what?: string}} props */
export function Loading({ what }) {
  return html`<p class="loading" role="status"><span class="loading-dots" aria-hidden="true"></span>${what || t("common.loading")}</p>`;
}

/** A first thing to say where there is nothing yet. @param {{title: string, text?: string, children?: any}} props */
export function Empty({ title, text, children }) {
  return html`<div class="empty"><p class="empty-title">${title}</p>${text && html`<p>${text}</p>`}${children}</div>`;
}

/**
 * Asks once, and again when `keys` change or `again` is called; keeps the last answer while asking.
 * @template T
 * @param {() => Promise<T>} question @param {unknown[]} keys
 * @returns {{value: T | undefined, error: any, busy: boolean, again: () => void}}
 */
export function useAnswer(question, keys) {
  const [state, setState] = useState(/** @type {any} */ ({ value: undefined, error: null, busy: true }));
  const [round, setRound] = useState(0);
  useEffect(() => {
    let wanted = true;
    setState((/** @type {any} */ old) => ({ ...old, busy: true }));
    question().then(
      (value) => wanted && setState({ value, error: null, busy: false }),
      (error) => wanted && !sentToSignIn(error) && setState((/** @type {any} */ old) => ({ ...old, error, busy: false })),
    );
    return () => { wanted = false; };
  }, [...keys, round]);
  return { ...state, again: () => setRound((/** @type {number} */ n) => n + 1) };
}

/** The time now, moving on by itself. @param {number} every milliseconds */
export function useNow(every) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** @param {string} name */
export function inAddress(name) {
  return new URLSearchParams(location.search).get(name);
}

/** The zone a person reads clocks in. @param {Me} me */
export function zoneOf(me) {
  return me.district?.zone || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
