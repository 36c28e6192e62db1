// How it is known that the choice is the holder's: his digits, his signature, or his word; and what becomes of open bookings.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { complete, digitsOf } from "/static/components/code-field.js";
import { Decide, decidedAll, decisions } from "../certificates/decide.js";
import { download } from "../certificates/paper.js";
import { Input } from "../parts/form.js";
import { Trouble } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/certificate-types.js").Certificate} Certificate */
/** @typedef {import("/static/lib/certificate-types.js").Offer} Offer */
/** @typedef {import("/static/lib/certificate-types.js").Providers} Providers */

const HOWS = ["code", "paper", "aloud"];

/** @param {{one: Certificate, offer: Offer, shown: Providers, problem: any, send: (said: Record<string, unknown>) => Promise<void>, anew: () => void}} props */
export function Confirm({ one, offer, shown, problem, send, anew }) {
  const [how, setHow] = useState("");
  const [code, setCode] = useState("");
  const [decided, setDecided] = useState(/** @type {Record<number, "keep" | "cancel">} */ ({}));
  const [busy, setBusy] = useState(false);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { scrollTo(0, 0); heading.current?.focus(); }, []);
  const changes = Boolean(shown.provider);
  const stale = problem && ["listing_outdated", "version_moved", "bookings_undecided"].includes(problem.code);
  const ready = how && (how !== "code" || complete(code)) && decidedAll(shown.bookings, decided);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    setBusy(true);
    await send({
      confirmed_by: how, ...(how === "code" && { code: digitsOf(code) }), ...decisions(decided),
      ...(changes && { because: String(data.get("because") || ""), since: data.get("since") || null }),
    });
    setBusy(false);
  }

  return html`
    <form class="card stack airy choice-confirm" onSubmit=${submit} noValidate aria-labelledby="confirm-title" data-test="confirm-choice">
      <h1 id="confirm-title" tabindex="-1" ref=${heading}>${t("choice.chosen", { name: offer.name })}</h1>
      <p class="measure">${t("choice.what_they_learn")}</p>
      ${changes && shown.bookings.length > 0 && html`<${Decide} bookings=${shown.bookings} decided=${decided} onChange=${setDecided} lead=${t("choice.bookings", { name: shown.provider?.name || "" })} />`}
      ${changes && html`<div class="cert-terms"><${Input} name="because" label=${t("choice.because")} maxlength="120" optional /><${Input} name="since" type="date" label=${t("choice.since")} optional /></div>`}
      <fieldset><legend>${t("choice.how_known")}</legend>${HOWS.map((each) => html`
        <label key=${each} class="choice"><input type="radio" name="how" value=${each} checked=${how === each} onChange=${() => setHow(each)} />${t(`choice.by_${each}`)}</label>`)}</fieldset>
      ${how === "code" && html`<div class="field choice-code"><label for="holder-code">${t("choice.code")}</label>
        <input id="holder-code" class="figures" data-test="holder-code" inputmode="numeric" autocomplete="off" value=${code} onInput=${(/** @type {any} */ e) => setCode(e.target.value)} /></div>`}
      ${how === "paper" && html`<div><button type="button" class="button" data-test="sheet" onClick=${() => download(`/certificates/${one.id}/listings/${shown.listing.id}/sheet.pdf`, `choice-${one.number}.pdf`)}>${t("choice.print_sheet")}</button><p class="hint">${t("choice.print_hint")}</p></div>`}
      ${how === "aloud" && html`<p class="hint">${t("choice.aloud_hint")}</p>`}
      ${problem && html`<${Trouble} error=${problem} again=${stale ? anew : undefined} />`}
      <div><button class="button primary choice-send" disabled=${busy || !ready} data-test="choose">${t("choice.send")}</button></div>
    </form>`;
}
