// Districts: who works there, and which institution is asked first where nobody does.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get } from "/static/lib/api.js";
import { FormProblem, Select, useForm } from "./parts/form.js";
import { Loading, open, Trouble, useAnswer } from "./parts/shell.js";
import { lang, t } from "./parts/words.js";

/** @typedef {{id: number, name: string}} District */
/** @typedef {{id: number, name: string, district_id: number}} Institution */
/** @typedef {{id: number, institution: {id: number}}} Specialist */
/** @typedef {{institution: {id: number, name: string} | null, most_free: {id: number, name: string, load_tenths: number}[]}} First */

open("districts", Districts);

function Districts() {
  const answer = useAnswer(asked, []);
  return html`
    <div class="page-head"><div><h1>${t("districts.title")}</h1><p class="soft measure">${t("districts.lead")}</p></div></div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!answer.value && !answer.error && html`<${Loading} />`}
    ${answer.value && html`<${All} ...${answer.value} />`}`;
}

async function asked() {
  const [districts, institutions, specialists] = await Promise.all(["/districts", "/institutions", "/specialists"].map(async (path) => (await get(path)).items));
  /** @type {First[]} */
  const firsts = await Promise.all(districts.map((/** @type {District} */ each) => get(`/districts/${each.id}/fallback`)));
  return { districts, institutions, specialists, firsts };
}

/** @param {{districts: District[], institutions: Institution[], specialists: Specialist[], firsts: First[]}} props */
function All({ districts, institutions, specialists, firsts }) {
  const where = new Map(institutions.map((each) => [each.id, each.district_id]));
  const helpers = institutions.filter((each) => specialists.some((one) => one.institution.id === each.id));
  const load = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  const free = (firsts[0]?.most_free || []).map((each) => t("districts.free_one", { name: each.name, load: load.format(each.load_tenths / 10) }));
  return html`
    ${free.length > 0 && html`<p class="measure">${t("districts.free", { some: free.join("; ") })}</p>`}
    <div class="columns">${districts.map((district, n) => {
      const own = specialists.filter((one) => where.get(one.institution.id) === district.id).length;
      return html`
        <section key=${district.id} class="card stack" aria-labelledby=${`district-${district.id}`} data-district=${district.id}>
          <h2 id=${`district-${district.id}`}>${district.name}</h2>
          <p><span class=${own ? "tag" : "tag warn"}>${own ? t("districts.own", { count: own }) : t("districts.nobody")}</span></p>
          <${Choice} district=${district} helpers=${helpers} first=${firsts[n]} />
        </section>`;
    })}</div>`;
}

/** @param {{district: District, helpers: Institution[], first: First}} props */
function Choice({ district, helpers, first }) {
  const [kept, setKept] = useState(false);
  const form = useForm(async (data) => {
    await ask("PUT", `/districts/${district.id}/fallback`, { body: { institution: Number(data.get("institution")) || null } });
    setKept(true);
  });
  const options = [{ value: "", label: t("districts.by_time") }, ...helpers.map((each) => ({ value: String(each.id), label: each.name }))];
  return html`
    <form class="stack" onSubmit=${form.submit} onChange=${() => setKept(false)} novalidate>
      <${Select} name="institution" id=${`first-${district.id}`} label=${t("districts.first")} error=${form.errors.institution} options=${options} defaultValue=${String(first.institution?.id || "")} />
      <${FormProblem} problem=${form.problem} shown=${["institution"]} />
      <div class="row"><button class="button" disabled=${form.busy}>${t("districts.save")}</button><span role="status" class="soft" data-test="kept">${kept ? t("districts.kept") : ""}</span></div>
    </form>`;
}
