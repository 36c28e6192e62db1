// Which certificate pays: those of the client for this service, with what is left of each. Then only its provider's specialists are offered.

import { html, useEffect } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { dayInWords, leftInWords } from "../certificates/said.js";
import { useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/certificate-types.js").CertificateBrief} Certificate */
/** @typedef {import("./wishes.js").Catalogue} Catalogue */

/**
 * Nothing is chosen beforehand: who pays is said, not guessed.
 * @param {{client: Client | null, service: {code: string} | null, paying: Certificate | null, round: number, onChange: (next: Certificate | null) => void}} props
 */
export function PaymentChoice({ client, service, paying, round, onChange }) {
  const answer = useAnswer(async () => (client && service ? (await get(`/clients/${client.id}/certificates`, { service: service.code })).items : []), [client?.id, service?.code, round]);
  /** @type {Certificate[]} */
  const items = answer.value || [];
  useEffect(() => { if (paying && !answer.busy && !items.some((each) => each.id === paying.id)) onChange(null); }, [answer.busy, items.length]);
  if (!client || !service || !items.length) return null;
  return html`
    <fieldset class="payment" data-test="payment"><legend>${t("pay.title")}</legend>
      <label class="choice"><input type="radio" name="paying" value="" checked=${!paying} onChange=${() => onChange(null)} /><span>${t("pay.without")}</span></label>
      ${items.map((each) => {
        const line = each.lines.find((one) => one.code === service.code);
        const able = each.provider && line && line.available > 0;
        return html`<label key=${each.id} class="choice payment-one" data-certificate=${each.id}><input type="radio" name="paying" value=${each.id} checked=${paying?.id === each.id} disabled=${!able} onChange=${() => onChange(each)} />
          <span>${t("pay.by", { number: each.number })}<br /><span class="soft">${[line && leftInWords(line), t("cert.until", { day: dayInWords(each.valid_until) }), each.provider ? each.provider.name : t("cert.no_provider")].filter(Boolean).join(" · ")}</span></span></label>
          ${!each.provider && html`<a class="act" href=${`/staff/choice?certificate=${each.id}`}>${t("cert.choose_provider")}</a>`}`;
      })}
      ${paying?.provider && html`<p class="hint">${t("pay.only", { name: paying.provider.name })}</p>`}
    </fieldset>`;
}

/** Only specialists whom this certificate may pay. @param {Catalogue} catalogue @param {Certificate | null} paying @returns {Catalogue} */
export function offeredBy(catalogue, paying) {
  return paying ? { ...catalogue, specialists: catalogue.specialists.filter((each) => each.institution.id === paying.provider?.id) } : catalogue;
}
