// The parts of the desk that a person goes through: the numbered steps, who it is for, which service, how they will talk.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { useAnswer } from "../parts/shell.js";
import { money, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Service} Service */
/** @typedef {import("/static/lib/desk-types.js").CourseService} CourseService */

/** @param {{n: number, title: string, done: boolean, children: any}} props */
export function Step({ n, title, done, children }) {
  return html`
    <section class=${`step${done ? " step-done" : ""}`} aria-labelledby=${`step-${n}`} data-step=${n}>
      <h2 id=${`step-${n}`}><span class="step-n" aria-hidden="true">${n}</span>${title}</h2>
      <div class="step-body stack">${children}</div>
    </section>`;
}

/** @param {{client: Client, change: () => void}} props */
export function ChosenClient({ client, change }) {
  return html`
    <div class="chosen" data-test="chosen-client" data-client=${client.id}>
      <div><strong>${client.name}</strong><span class="soft">${[t("client.born", { year: client.birth_year }), client.phone].filter(Boolean).join(" · ")}</span>
        ${client.remark && html`<span class="chosen-remark">${client.remark}</span>`}</div>
      <button type="button" class="button small" onClick=${change}>${t("booking.change")}</button>
    </div>`;
}

/**
 * The services as they hold in the client's district: a specialist's clients can be of any.
 * @param {CourseService[]} own @param {Client | null} client @param {import("/static/lib/api-types.js").Me} me @returns {CourseService[]}
 */
export function useServices(own, client, me) {
  const district = client && client.district.id !== me.district?.id ? client.district.id : null;
  const answer = useAnswer(async () => (district ? (await get("/services", { district })).items : own), [district]);
  return answer.value || own;
}

/** @param {{services: Service[], chosen: Service | null, onChoose: (service: any) => void}} props */
export function ServiceChoice({ services, chosen, onChoose }) {
  return html`
    <fieldset class="services"><legend class="visually-hidden">${t("booking.service")}</legend>
      ${services.map((service) => html`
        <label key=${service.code} class="service"><input type="radio" name="service" value=${service.code} checked=${chosen?.code === service.code} onChange=${() => onChoose(service)} />
          <span><strong>${service.name}</strong><span class="soft">${t("booking.service_facts", { minutes: service.duration_min, price: money(service.price_kopecks) })}</span></span></label>`)}
    </fieldset>`;
}

/** @param {{modes: string[], mode: string, setMode: (mode: string) => void}} props */
export function ModeChoice({ modes, mode, setMode }) {
  return html`
    <fieldset class="modes"><legend>${t("booking.mode")}</legend>
      ${modes.map((each) => html`<label key=${each} class="choice"><input type="radio" name="mode" value=${each} checked=${mode === each} onChange=${() => setMode(each)} />${t(`mode.${each}`)}</label>`)}
    </fieldset>`;
}
