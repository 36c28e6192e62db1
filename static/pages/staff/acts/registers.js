// The registers to take along: whose recipients they are and what was rendered to them, for the days one chooses.

import { html, useState } from "/static/vendor/preact-htm.js";
import { t } from "../parts/words.js";

/** @param {{today: string}} props */
export function Registers({ today }) {
  const [wish, setWish] = useState({ from: `${today.slice(0, 4)}-01-01`, until: today });
  const query = new URLSearchParams(wish);
  const set = (/** @type {"from" | "until"} */ name) => (/** @type {any} */ e) => setWish({ ...wish, [name]: e.target.value });
  return html`
    <section class="card stack" aria-labelledby="registers-title" data-test="registers"><h2 id="registers-title">${t("acts.registers")}</h2>
      <p class="soft measure">${t("acts.registers_lead")}</p>
      <div class="filters">
        <div class="field"><label for="registers-from">${t("acts.from")}</label><input type="date" id="registers-from" value=${wish.from} onChange=${set("from")} /></div>
        <div class="field"><label for="registers-until">${t("acts.until")}</label><input type="date" id="registers-until" value=${wish.until} onChange=${set("until")} /></div>
      </div>
      <ul class="plain registers">${["recipients", "services", "providers"].map((name) => html`<li key=${name}><span>${t(`acts.register_${name}`)}</span>
        ${["xlsx", "csv"].map((kind) => html`<a key=${kind} class="button small" href=${`/api/v1/registers/${name}.${kind}?${query}`} download aria-label=${`${t(`acts.register_${name}`)}, ${kind.toUpperCase()}`}>${kind.toUpperCase()}</a>`)}</li>`)}</ul>
    </section>`;
}
