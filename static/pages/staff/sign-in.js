// The door of the staff: login and password, the six digits of an authenticator when asked, demo people in one tap.

import { html, render, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { post, Refusal } from "/static/lib/api.js";
import { Input } from "./parts/form.js";
import { explained, LanguageSwitch, Mark } from "./parts/shell.js";
import { named, t } from "./parts/words.js";

/** @typedef {{login: string, password: string, role: string, name: string}} DemoPerson */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${Door} people=${demoPeople()} />`, root);

/** @returns {DemoPerson[]} */
function demoPeople() {
  try {
    return JSON.parse(document.getElementById("demo")?.dataset.demo || "[]");
  } catch {
    return [];
  }
}

/** @param {{people: DemoPerson[]}} props */
function Door({ people }) {
  const [state, setState] = useState(/** @type {{busy: boolean, totp: boolean, problem: any}} */ ({ busy: false, totp: false, problem: null }));
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useEffect(() => { if (state.totp) document.getElementById("totp")?.focus(); }, [state.totp]);

  /** @param {{login: string, password: string, totp?: string}} who */
  async function enter(who) {
    setState((/** @type {any} */ old) => ({ ...old, busy: true, problem: null }));
    try {
      await post("/session", who);
      location.assign(wanted());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setState((/** @type {any} */ old) => refused(old, error, Boolean(who.totp)));
    }
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (form.current));
    const totp = String(data.get("totp") || "").replace(/\D/g, "");
    enter({ login: String(data.get("login")).trim(), password: String(data.get("password")), ...(totp && { totp }) });
  }

  /** @param {DemoPerson} person */
  function asDemo(person) {
    const { login, password } = person;
    enter({ login, password });
  }

  const faults = Object.fromEntries((state.problem?.errors || []).map((/** @type {any} */ e) => [e.field, e.message]));
  return html`
    <header class="door-top"><a class="brand" href="/"><${Mark} />${t("brand")}</a><${LanguageSwitch} /></header>
    <main id="main" class="door">
      <div class="door-card card">
        <h1>${t("sign_in.title")}</h1>
        <p class="soft">${t("sign_in.lead")}</p>
        <form ref=${form} class="stack" onSubmit=${submit} noValidate>
          <${Input} id="login" name="login" label=${t("sign_in.login")} error=${faults.login} autocomplete="username" autocapitalize="none" spellcheck=${false} required />
          <${Input} id="password" name="password" type="password" label=${t("sign_in.password")} error=${faults.password} autocomplete="current-password" required />
          ${state.totp && html`<${Input} id="totp" name="totp" label=${t("sign_in.totp")} hint=${t("sign_in.totp_hint")} error=${faults.totp} inputmode="numeric" autocomplete="one-time-code" maxlength="7" />`}
          ${state.problem && html`<${DoorProblem} problem=${state.problem} />`}
          <button id="submit" class="button primary wide" disabled=${state.busy}>${t("sign_in.enter")}</button>
        </form>
      </div>
      ${people.length > 0 && html`<${DemoDoor} people=${people} busy=${state.busy} onChoose=${asDemo} />`}
      <p class="door-foot"><a href="/">${t("sign_in.for_clients")}</a></p>
    </main>`;
}

/** @param {{problem: any}} props */
function DoorProblem({ problem }) {
  const { title, detail } = explained(problem);
  return html`<div class="notice bad" role="alert" data-code=${problem.code}><p><strong>${title}</strong> ${detail}</p></div>`;
}

/** @param {{people: DemoPerson[], busy: boolean, onChoose: (person: DemoPerson) => void}} props */
function DemoDoor({ people, busy, onChoose }) {
  return html`
    <section class="door-demo" aria-labelledby="demo-title">
      <h2 id="demo-title">${t("sign_in.demo")}</h2>
      <p class="soft">${t("sign_in.demo_lead")}</p>
      <ul class="demo-people">
        ${people.map((person) => html`<li key=${person.login}><button type="button" class="demo-person" data-login=${person.login} disabled=${busy} onClick=${() => onChoose(person)}>
          <strong>${person.name}</strong><span>${named("role", person.role)}</span></button></li>`)}
      </ul>
    </section>`;
}

/** @param {any} old @param {Refusal} error @param {boolean} tried were digits given? */
function refused(old, error, tried) {
  const asked = error.code === "totp_needed";
  return { busy: false, totp: old.totp || asked, problem: asked && !tried ? null : error };
}

/** Where the person was going; only inside this site. */
function wanted() {
  const next = new URLSearchParams(location.search).get("next") || "";
  return /^\/(?![/\\])/.test(next) ? next : "/staff/today";
}
