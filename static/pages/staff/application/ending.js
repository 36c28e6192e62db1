// How it ended: closed with a reason, or opened again because it was too early.

import { html, useState } from "/static/vendor/preact-htm.js";
import { dayLong } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";
import { closed, Said, Step, useAct } from "./step.js";

const REASONS = ["helped", "withdrawn", "not_reached", "duplicate", "elsewhere"];

/** @param {import("./step.js").Shared} shared */
export function Ending(shared) {
  const { one, zone } = shared;
  const { act, busy, note } = useAct(shared);
  const proposed = one.needs.includes("to_close");
  const [open, setOpen] = useState(proposed);
  const [reason, setReason] = useState(proposed ? "helped" : "");
  const [because, setBecause] = useState("");
  if (closed(one)) {
    return html`<${Step} n=${4} name="ending" title=${t("application.ending")} done=${true}>
      <${Said}>${t(`application.reason_${one.close_reason}`)} <span class="soft">${one.closed_at && dayLong(one.closed_at, zone, lang)}</span><//>
      <div><button type="button" class="button small" data-test="reopen" disabled=${busy} onClick=${() => act("reopen", {})}>${t("application.reopen")}</button></div>${note}<//>`;
  }
  return html`
    <${Step} n=${4} name="ending" title=${t("application.ending")} done=${false}>
      ${proposed && html`<p>${t("application.to_close_lead")}</p>`}
      ${!open && html`<div><button type="button" class="button small" data-test="to-close" onClick=${() => setOpen(true)}>${t("application.close")}</button></div>`}
      ${open && html`
        <fieldset class="stack tight"><legend>${t("application.why")}</legend>${REASONS.map((each) => html`
          <label key=${each} class="choice"><input type="radio" name="reason" value=${each} checked=${reason === each} onChange=${() => setReason(each)} />${t(`application.reason_${each}`)}</label>`)}</fieldset>
        <div class="field measure"><label for="close-because">${t("application.because")} <span class="field-optional">${t("form.optional")}</span></label>
          <input id="close-because" maxlength="120" value=${because} onInput=${(/** @type {any} */ e) => setBecause(e.target.value)} /></div>
        ${note}
        <div class="row"><button type="button" class="button primary" data-test="close" disabled=${busy || !reason} onClick=${() => act("close", { reason, because: because.trim() })}>${t("application.close")}</button>
          <button type="button" class="button quiet" onClick=${() => setOpen(false)}>${t("common.not_now")}</button></div>`}
    <//>`;
}
