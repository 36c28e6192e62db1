// Replacing and revoking a certificate: the reason, and of each open booking whether it is held all the same.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask } from "/static/lib/api.js";
import { Dialog } from "../parts/dialog.js";
import { FormProblem, Input, useForm } from "../parts/form.js";
import { t } from "../parts/words.js";
import { Decide, decidedAll, decisions } from "./decide.js";

/** @typedef {import("/static/lib/certificate-types.js").Certificate} Certificate */
/** @typedef {import("/static/lib/certificate-types.js").Issued} Issued */

const WHYS = ["lost", "damaged", "error"];

/** @param {{one: Certificate, onClose: () => void, onDone: (made: Issued) => void}} props */
export function ReplaceDialog({ one, onClose, onDone }) {
  const [why, setWhy] = useState("");
  const form = useForm(async (_, key) => {
    const { value } = await ask("POST", `/certificates/${one.id}/replace`, { body: { because: why }, version: one.version, key });
    onDone(/** @type {Issued} */ (value));
  });
  return html`
    <${Dialog} title=${t("cert.replace_title")} name="replace-dialog" onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit} noValidate><p>${t("cert.replace_text")}</p>
        <fieldset><legend>${t("cert.why")}</legend>${WHYS.map((each) => html`<label key=${each} class="choice"><input type="radio" name="why" value=${each} checked=${why === each} onChange=${() => setWhy(each)} />${t(`cert.why_${each}`)}</label>`)}</fieldset>
        <${FormProblem} problem=${form.problem} />
        <div class="row form-end"><button class="button primary" disabled=${form.busy || !why} data-test="replace-do">${t("cert.replace_do")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div></form><//>`;
}

/** @param {{one: Certificate, zone: string, onClose: () => void, onDone: () => void}} props */
export function RevokeDialog({ one, onClose, onDone }) {
  const draft = one.status === "forming";
  const [decided, setDecided] = useState(/** @type {Record<number, "keep" | "cancel">} */ ({}));
  const form = useForm(async (data, key) => {
    const body = { because: String(data.get("because") || ""), ...decisions(decided) };
    await ask("POST", `/certificates/${one.id}/revoke`, { body, version: one.version, key });
    onDone();
  });
  return html`
    <${Dialog} title=${t(draft ? "cert.discard_title" : "cert.revoke_title")} name="revoke-dialog" wide onClose=${onClose}>
      <form class="stack airy" onSubmit=${form.submit} noValidate><p>${t(draft ? "cert.discard_text" : "cert.revoke_text")}</p>
        <${Input} name="because" label=${t("cert.why")} error=${form.errors.because} maxlength="200" required />
        ${one.bookings.length > 0 && html`<${Decide} bookings=${one.bookings} decided=${decided} onChange=${setDecided} lead=${t("cert.revoke_bookings")} />`}
        <${FormProblem} problem=${form.problem} shown=${["because"]} />
        <div class="row form-end"><button class="button danger" disabled=${form.busy || !decidedAll(one.bookings, decided)} data-test="revoke-do">${t(draft ? "cert.discard" : "cert.revoke_do")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div></form><//>`;
}
