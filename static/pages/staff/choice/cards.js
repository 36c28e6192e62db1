// Providers as equal cards: the same facts of each in the same size, nothing chosen beforehand, nothing that praises.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayLong } from "/static/lib/time.js";
import { lang, money, t } from "../parts/words.js";

/** @typedef {import("/static/lib/certificate-types.js").Offer} Offer */

/** @param {{items: Offer[], zone: string, now?: number, chosen?: number, onChoose: (offer: Offer) => void}} props */
export function Cards({ items, zone, now, chosen, onChoose }) {
  return html`
    <fieldset class="offers" data-test="offers"><legend>${t("choice.whom")}</legend>
      <div class="offer-grid">${items.map((each) => html`
        <label key=${each.provider} class="offer" data-provider=${each.provider}>
          <span class="offer-name"><input type="radio" name="provider" value=${each.provider} checked=${chosen === each.provider} disabled=${now === each.provider} onChange=${() => onChoose(each)} />
            <span>${each.name}</span></span>
          <span class="offer-kind">${t(`choice.kind_${each.kind}`)}</span>
          <${Facts} offer=${each} zone=${zone} />
          ${now === each.provider && html`<span>${t("choice.is_now")}</span>`}
        </label>`)}</div></fieldset>`;
}

/** @param {{offer: Offer, zone: string}} props */
function Facts({ offer, zone }) {
  const facts = [
    ...offer.services.map((each) => [offer.services.length > 1 ? each.name : t("choice.price"), priceOf(each)]),
    [t("choice.free"), offer.next_free ? `${dayLong(offer.next_free, zone, lang)}, ${clock(offer.next_free, zone, lang)}` : t("choice.free_none")],
    [t("choice.waiting"), offer.waiting_days === null ? t("choice.too_few") : t("choice.days", { count: Math.round(offer.waiting_days) })],
    [t("choice.rating"), offer.rating === null ? t("choice.few_answers", { count: offer.answers }) : t("choice.rated", { rating: offer.rating.toLocaleString(lang), count: offer.answers })],
    [t("choice.how"), offer.modes.map((each) => t(`mode.${each}`)).join(", ")],
    [t("choice.where"), [offer.district, offer.address].filter(Boolean).join(", ")],
    [t("choice.phone"), offer.phone],
  ];
  return html`<span class="offer-facts">${facts.map(([name, value]) => html`<span key=${name} class="offer-fact"><span class="offer-what">${name}</span><span>${value}</span></span>`)}</span>`;
}

/** @param {Offer["services"][0]} service */
export function priceOf(service) {
  if (!service.given) return t("choice.not_given");
  const price = service.unit === "kopeck" ? t("choice.price_by_tariff") : t(`cert.cost_${service.unit}`, { cost: money(service.price_kopecks || 0) });
  return service.copay_kopecks ? t("choice.price_copay", { price, copay: money(service.copay_kopecks) }) : t("choice.price_free", { price });
}
