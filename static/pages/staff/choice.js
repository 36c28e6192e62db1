// The screen that the officer turns to the holder: all providers as equal cards in a chance order, one choice, confirmed.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, Refusal } from "/static/lib/api.js";
import { Cards } from "./choice/cards.js";
import { Confirm } from "./choice/confirm.js";
import { leftInWords } from "./certificates/said.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, useAnswer } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/certificate-types.js").Certificate} Certificate */
/** @typedef {import("/static/lib/certificate-types.js").Offer} Offer */
/** @typedef {import("/static/lib/certificate-types.js").Providers} Providers */

const id = inAddress("certificate") || "";

open("certificates", ChoicePage);

function ChoicePage() {
  const answer = useAnswer(() => Promise.all([get(`/certificates/${id}`), get(`/certificates/${id}/providers`)]), []);
  const [chosen, setChosen] = useState(/** @type {Offer | null} */ (null));
  const [confirming, setConfirming] = useState(false);
  const [done, setDone] = useState(/** @type {Offer | null} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  if (answer.error && !answer.value) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  const one = /** @type {Certificate} */ (answer.value[0]);
  const shown = /** @type {Providers} */ (answer.value[1]);
  if (done) return html`<${Done} one=${one} offer=${done} />`;
  const anew = () => { setChosen(null); setConfirming(false); setProblem(null); answer.again(); };

  /** @param {Record<string, unknown>} said */
  async function send(said) {
    try {
      await ask("POST", `/certificates/${id}/choice`, { body: { listing: shown.listing.id, provider: chosen?.provider, ...said }, version: one.version });
      setDone(chosen);
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
  }

  if (chosen && confirming) {
    return html`<div class="choice-head"><button type="button" class="act" data-test="to-list" onClick=${() => setConfirming(false)}>${t("choice.to_list")}</button></div>
      <${Confirm} one=${one} offer=${chosen} shown=${shown} problem=${problem} send=${send} anew=${anew} />`;
  }
  return html`
    <div class="choice-head"><a class="act" href=${`/staff/certificate?id=${one.id}`}>${t("choice.back")}</a></div>
    <h1>${t("choice.title")}</h1>
    <p class="measure">${t("choice.lead")}</p>
    <p><strong>${one.holder.name}</strong>, <span class="cert-whole">${t("cert.number", { number: one.number })}</span><br />${one.lines.map((line) => `${line.name}: ${leftInWords(line)}`).join("; ")}</p>
    ${shown.provider && html`<p class="notice">${t("choice.now", { name: shown.provider.name })}</p>`}
    ${shown.listing.items.length
      ? html`<${Cards} items=${shown.listing.items} zone=${one.district.zone} now=${shown.provider?.id} chosen=${chosen?.provider} onChoose=${(/** @type {Offer} */ offer) => { setChosen(offer); setProblem(null); }} />`
      : html`<p class="notice warn">${t("choice.nobody")}</p>`}
    ${shown.listing.items.length > 0 && html`<div class="choice-bar" aria-live="polite"><span>${chosen ? t("choice.chosen", { name: chosen.name }) : t("choice.choose_one")}</span>
      <button type="button" class="button primary" data-test="go-on" disabled=${!chosen} onClick=${() => setConfirming(true)}>${t("choice.on")}</button></div>`}`;
}

/** @param {{one: Certificate, offer: Offer}} props */
function Done({ one, offer }) {
  return html`<section class="card stack airy choice-done" data-test="choice-done"><h1>${t("choice.done")}</h1>
    <p class="large"><strong>${offer.name}</strong></p><p>${t("choice.done_text", { phone: offer.phone })}</p>
    <p><a class="button primary" href=${`/staff/certificate?id=${one.id}`}>${t("choice.to_certificate")}</a></p></section>`;
}
