// Where a window of work takes place and which services it is for.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */

const PLACES = ["office", "point", "home"];

/** @param {{place: string, setPlace: (place: string) => void, name?: string}} props */
export function PlaceField({ place, setPlace, name = "place" }) {
  return html`
    <fieldset class="stack tight"><legend>${t("calendar.where")}</legend>
      <div class="cal-choices">${PLACES.map((each) => html`<label key=${each} class="cal-choice"><input type="radio" name=${name} value=${each} checked=${place === each} onChange=${() => setPlace(each)} /><span>${t(`calendar.place.${each}`)}</span></label>`)}</div></fieldset>`;
}

/** @param {{specialist: Specialist, services: string[] | null, setServices: (services: string[] | null) => void}} props */
export function ServiceFields({ specialist, services, setServices }) {
  const answer = useAnswer(() => get("/services"), []);
  const own = (answer.value?.items || []).filter((/** @type {any} */ each) => !specialist.services.length || specialist.services.includes(each.code));
  const all = services === null;
  const toggled = (/** @type {string} */ code) => {
    const next = all ? [code] : services.includes(code) ? services.filter((each) => each !== code) : [...services, code];
    setServices(next.length ? next : null);
  };
  return html`
    <fieldset class="stack tight"><legend>${t("calendar.services")}</legend>
      <label class="choice"><input type="checkbox" name="all_services" checked=${all} onChange=${() => setServices(all ? own.map((/** @type {any} */ each) => each.code) : null)} />${t("calendar.services_all")}</label>
      ${!all && own.map((/** @type {any} */ each) => html`<label key=${each.code} class="choice cal-service"><input type="checkbox" name="service" value=${each.code} checked=${services.includes(each.code)} onChange=${() => toggled(each.code)} />${each.name}</label>`)}</fieldset>`;
}
