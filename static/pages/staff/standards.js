// Service standards: the services, each with its versions on a time line by district, two versions side by side, a new one published.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, Refusal } from "/static/lib/api.js";
import { dayOf } from "/static/lib/time.js";
import { Dialog } from "./parts/dialog.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { t } from "./parts/words.js";
import { Compare } from "./standards/compare.js";
import { PublishForm } from "./standards/form.js";
import { TimeLine } from "./standards/timeline.js";

/** @typedef {import("/static/lib/api-types.js").District} District */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/standard-types.js").Standard} Standard */

open("standards", StandardsPage);

/** @param {{me: Me}} props */
function StandardsPage({ me }) {
  const answer = useAnswer(everything, []);
  const [code, setCode] = useState(inAddress("code") || "");
  const [from, setFrom] = useState(Number(inAddress("from")) || 0);
  if (answer.error && !answer.value) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<h1>${t("standards.title")}</h1><${Loading} />`;
  const { standards, districts } = answer.value;
  const base = standards.find((each) => each.id === from);
  const chosen = base?.code || code || standards[0]?.code || "";
  const versions = standards.filter((each) => each.code === chosen);
  const today = dayOf(Date.now(), zoneOf(me));
  if (base) {
    return html`<${PublishForm} base=${base} versions=${versions} districts=${districts} today=${today} again=${answer.again} leave=${() => { setFrom(0); setCode(base.code); forget(base.code); }}
      done=${() => { setFrom(0); setCode(base.code); forget(base.code); answer.again(); }} />`;
  }
  return html`
    <div class="page-head"><div><h1>${t("standards.title")}</h1><p class="soft measure">${t("standards.lead")}</p></div></div>
    ${!versions.length && html`<p class="soft">${t("standards.none")}</p>`}
    <nav class="services-nav" aria-label=${t("standards.services")}>${codesOf(standards).map((each) => html`
      <button type="button" key=${each.code} class="service-tab" aria-pressed=${each.code === chosen} data-code=${each.code} onClick=${() => { setCode(each.code); forget(each.code); }}>
        <span class="service-code figures">${each.code}</span><span>${each.name}</span></button>`)}</nav>
    ${versions.length > 0 && html`<${Service} key=${versions.map((each) => each.id).join()} versions=${versions} districts=${districts} today=${today} edits=${me.roles.includes("analyst")} onFrom=${setFrom} again=${answer.again} />`}`;
}

/** @param {{versions: Standard[], districts: District[], today: string, edits: boolean, onFrom: (id: number) => void, again: () => void}} props the latest version first */
function Service({ versions, districts, today, edits, onFrom, again }) {
  const now = versions.find((each) => each.state === "in_force") || versions[0];
  const coming = [...versions].reverse().find((each) => each.state === "coming");
  const [one, setOne] = useState((coming ? now : versions.find((each) => isBefore(each, now)) || now).id);
  const [other, setOther] = useState((coming || now).id);
  const [gone, setGone] = useState(/** @type {Standard | null} */ (null));
  const by = (/** @type {number} */ id) => versions.find((each) => each.id === id) || now;
  /** What was looked at last stays beside what is looked at now. @param {number} id */
  function look(id) {
    if (id === other) return;
    setOne(other);
    setOther(id);
  }
  return html`
    <section class="card stack" aria-labelledby="line-title">
      <div class="row between"><h2 id="line-title">${now.name}</h2>
        ${edits && html`<button type="button" class="button primary" data-test="new-version" onClick=${() => onFrom(by(other).id)}>${t("standards.new_version")}</button>`}</div>
      <${TimeLine} versions=${versions} districts=${districts} today=${today} chosen=${other} onChoose=${look} />
    </section>
    <${Compare} versions=${versions} districts=${districts} pair=${[by(one), by(other)]} onPut=${(/** @type {Standard} */ was, /** @type {number} */ id) => (was.id === one ? setOne(id) : setOther(id))} onFrom=${edits ? onFrom : undefined} onTakeBack=${edits ? setGone : undefined} />
    ${gone && html`<${TakeBack} standard=${gone} onClose=${() => setGone(null)} onDone=${() => { setGone(null); setOther(now.id); again(); }} />`}`;
}

/** @param {{standard: Standard, onClose: () => void, onDone: () => void}} props */
function TakeBack({ standard, onClose, onDone }) {
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  async function takeBack() {
    try {
      await ask("DELETE", `/standards/${standard.id}`);
      onDone();
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
  }
  return html`
    <${Dialog} title=${t("standards.take_back_title", { version: standard.version })} name="take-back" onClose=${onClose}><div class="stack">
      <p>${t("standards.take_back_text")}</p>
      ${problem && html`<${Trouble} error=${problem} />`}
      <div class="row form-end"><button type="button" class="button danger" onClick=${takeBack}>${t("standards.take_back")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
    </div><//>`;
}

/** @param {Standard} each @param {Standard} one */
function isBefore(each, one) {
  return each.valid_from < one.valid_from || (each.valid_from === one.valid_from && each.version < one.version);
}

/** Each service with its latest name. @param {Standard[]} standards */
function codesOf(standards) {
  return standards.filter((each, n) => standards.findIndex((one) => one.code === each.code) === n);
}

/** The address says which service is looked at, and nothing any more of a version that was begun. @param {string} code */
function forget(code) {
  history.replaceState(null, "", `${location.pathname}?code=${encodeURIComponent(code)}`);
}

/** @returns {Promise<{standards: Standard[], districts: District[]}>} */
async function everything() {
  const [standards, districts] = await Promise.all([get("/standards"), get("/districts")]);
  return { standards: standards.items, districts: districts.items };
}
