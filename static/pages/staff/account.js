// The person's own account: who she is here, the second step of signing in, signing out.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, post, Refusal } from "/static/lib/api.js";
import { FormProblem, Input, useForm } from "./parts/form.js";
import { Picture } from "./parts/picture.js";
import { open, sentToSignIn, signOut, Trouble } from "./parts/shell.js";
import { t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {{secret: string, uri: string, svg: string}} Offer */

open("account", Account);

/** @param {{me: Me}} props */
function Account({ me }) {
  const [on, setOn] = useState(me.totp);
  const facts = [
    ["login", me.login], ["roles", me.roles.map((role) => t(`role.${role}`)).join(", ")], ["institution", me.institution?.name],
    ["phone", me.institution?.phone], ["district", me.district?.name], ["zone", me.district && zoneName(me.district.zone, Date.now())],
  ];
  return html`
    <h1>${me.name}</h1>
    <div class="columns">
      <section class="card stack" aria-labelledby="who-title"><h2 id="who-title">${t("account.who")}</h2>
        <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(`account.${name}`)}</dt><dd>${value}</dd></div>`)}</dl>
        <div><button type="button" class="button" onClick=${signOut}>${t("nav.sign_out")}</button></div></section>
      <section class="card stack" aria-labelledby="totp-title" data-test="totp" data-on=${on}><h2 id="totp-title">${t("account.totp")}</h2>
        <p><span class=${`tag${on ? " good" : ""}`}>${t(on ? "account.totp_on" : "account.totp_off")}</span></p>
        ${on ? html`<${TurnOff} onDone=${() => setOn(false)} />` : html`<${TurnOn} onDone=${() => setOn(true)} />`}</section>
    </div>`;
}

/** @param {{onDone: () => void}} props */
function TurnOn({ onDone }) {
  const [offer, setOffer] = useState(/** @type {Offer | null} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const form = useForm(async (data) => {
    await ask("PUT", "/account/totp", { body: { totp: digitsOf(data) } });
    onDone();
  });
  async function begin() {
    try {
      setOffer(await post("/account/totp"));
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
  }
  if (!offer) return html`<p>${t("account.totp_why")}</p>${problem && html`<${Trouble} error=${problem} />`}<div><button type="button" class="button primary" id="totp-begin" onClick=${begin}>${t("account.totp_begin")}</button></div>`;
  return html`
    <ol class="totp-steps"><li>${t("account.totp_step_1")}</li>
      <li>${t("account.totp_step_2")}<${Picture} svg=${offer.svg} label=${t("account.totp_qr")} /><p class="hint">${t("account.totp_secret")} <code>${offer.secret.replace(/(.{4})/g, "$1 ").trim()}</code></p></li>
      <li>${t("account.totp_step_3")}</li></ol>
    <form class="stack" onSubmit=${form.submit} noValidate>
      <${Digits} error=${form.errors.totp} /><${FormProblem} problem=${form.problem} shown=${["totp"]} />
      <div><button class="button primary" disabled=${form.busy}>${t("account.totp_confirm")}</button></div></form>`;
}

/** @param {{onDone: () => void}} props */
function TurnOff({ onDone }) {
  const form = useForm(async (data) => {
    await ask("DELETE", "/account/totp", { body: { totp: digitsOf(data) } });
    onDone();
  });
  return html`<p>${t("account.totp_off_text")}</p><form class="stack" onSubmit=${form.submit} noValidate>
    <${Digits} error=${form.errors.totp} /><${FormProblem} problem=${form.problem} shown=${["totp"]} />
    <div><button class="button" disabled=${form.busy}>${t("account.totp_turn_off")}</button></div></form>`;
}

/** @param {{error?: string}} props */
function Digits({ error }) {
  return html`<${Input} id="totp-digits" name="totp" label=${t("sign_in.totp")} error=${error} inputmode="numeric" autocomplete="one-time-code" maxlength="7" />`;
}

/** @param {FormData} data */
function digitsOf(data) {
  return String(data.get("totp")).replace(/\D/g, "");
}
