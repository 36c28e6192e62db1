// One act: its lines with what speaks for each, its totals, what it leaves out; made anew, thrown away, signed, taken along.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, post, Refusal } from "/static/lib/api.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { LeftOutPart, LinesPart, TotalsPart } from "./acts/lines.js";
import { Dialog } from "./parts/dialog.js";
import { FormProblem, Input, useForm } from "./parts/form.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { lang, money, named, t } from "./parts/words.js";

/** @typedef {import("/static/lib/act-types.js").Act} Act */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const id = inAddress("id") || "";

open("acts", ActPage);

/** @param {{me: Me}} props */
function ActPage({ me }) {
  const answer = useAnswer(() => get(`/acts/${id}`), []);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [deed, setDeed] = useState("");
  if (answer.error && !answer.value) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  /** @type {Act} */
  const act = answer.value;
  const drafted = act.status === "draft" && me.may.includes("acts.write");
  /** @param {() => Promise<unknown>} work */
  async function attempt(work) {
    try {
      await work();
      setProblem(null);
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
    answer.again();
  }
  const refresh = () => attempt(async () => {
    const { items } = await post("/acts", { provider: act.provider.id, district: act.district.id, month: act.month }, {});
    if (!items.some((/** @type {any} */ each) => each.id === act.id)) location.assign("/staff/acts");
  });
  return html`
    <p class="back"><a href=${`/staff/acts?year=${act.month.slice(0, 4)}`}>${t("acts.title")}</a></p>
    <div class="page-head">
      <div><h1>${act.number ? t("acts.title_signed", { number: act.number }) : t("acts.title_draft")} <span class=${`tag ${act.number ? "good" : "warn"}`} data-test="act-status">${t(act.number ? "acts.signed" : "acts.unsigned")}</span></h1>
        <p class="large">${act.provider.name}</p><p class="soft">${monthName(act.month)} · ${act.district.name} · ${named("acts", `source_${act.source}`)}, ${act.year}</p></div>
      <div class="row acts-deeds">
        ${drafted && html`<button type="button" class="button primary" data-test="sign" onClick=${() => setDeed("sign")}>${t("acts.sign")}</button>
          <button type="button" class="button small" data-test="refresh" onClick=${refresh}>${t("acts.refresh")}</button>
          <button type="button" class="button small quiet" data-test="throw-away" onClick=${() => setDeed("throw")}>${t("acts.throw_away")}</button>`}
        ${me.may.includes("acts.write") && ["pdf", "xlsx"].map((kind) => html`<a key=${kind} class="button small" href=${`/api/v1/acts/${act.id}.${kind}`} download>${kind.toUpperCase()}</a>`)}
      </div>
    </div>
    ${problem && html`<${Trouble} error=${problem} />${problem.problem?.lines?.[0]?.n && html`<ul class="acts-differ">${problem.problem.lines.map((/** @type {any} */ each) => html`<li key=${each.n}>${t("acts.differs", { n: each.n, acts: money(each.acts_kopecks), budget: money(each.budget_kopecks) })}</li>`)}</ul>`}`}
    <p class="acts-total"><span>${t("acts.total")}</span> <strong data-test="act-sum">${money(act.sum_kopecks)}</strong></p>
    <${LinesPart} act=${act} />
    <${TotalsPart} act=${act} />
    <${LeftOutPart} act=${act} />
    <p class="hint">${t("acts.made", { name: act.made_by, day: when(act.made_at, zoneOf(me)) })}${act.signed_at && html`<br />${t("acts.signed_by", { name: act.signed_by || "", other: act.signed_for, day: when(act.signed_at, zoneOf(me)) })}`}</p>
    ${deed === "sign" && html`<${SignDialog} act=${act} onClose=${() => setDeed("")} onDone=${() => { setDeed(""); setProblem(null); answer.again(); }} onRefused=${(/** @type {any} */ error) => { setDeed(""); setProblem(error); answer.again(); }} />`}
    ${deed === "throw" && html`<${Dialog} title=${t("acts.throw_title")} name="throw-away" onClose=${() => setDeed("")}><div class="stack airy"><p>${t("acts.throw_text")}</p>
      <div class="row form-end"><button type="button" class="button quiet" onClick=${() => setDeed("")}>${t("common.not_now")}</button><button type="button" class="button act-bad" onClick=${() => { setDeed(""); attempt(async () => { await ask("DELETE", `/acts/${act.id}`, { version: act.version }); location.assign("/staff/acts"); }); }}>${t("acts.throw_away")}</button></div></div><//>`}`;
}

/** @param {{act: Act, onDone: () => void, onClose: () => void, onRefused: (error: Refusal) => void}} props */
function SignDialog({ act, onDone, onClose, onRefused }) {
  const form = useForm(async (data, key) => {
    try {
      await post(`/acts/${act.id}/sign`, { signed_for: String(data.get("signed_for") || "").trim() }, { key, version: act.version });
    } catch (error) {
      // What the draft itself is refused for belongs beside its lines.
      if (error instanceof Refusal && error.code.startsWith("act_")) return onRefused(error);
      throw error;
    }
    onDone();
  });
  return html`
    <${Dialog} title=${t("acts.sign_title")} name="sign" onClose=${onClose}>
      <form class="stack airy" onSubmit=${form.submit} noValidate>
        <p>${t("acts.sign_text", { count: act.lines.length, sum: money(act.sum_kopecks) })}</p>
        <${Input} name="signed_for" label=${t("acts.signed_for")} hint=${t("acts.signed_for_hint")} error=${form.errors.signed_for} autocomplete="off" required />
        <${FormProblem} problem=${form.problem} shown=${["signed_for"]} />
        <div class="row form-end"><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button><button class="button primary" disabled=${form.busy} data-test="sign-now">${t("acts.sign")}</button></div>
      </form><//>`;
}

/** @param {string} month */
function monthName(month) {
  return new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(month)).replace(" г.", "");
}

/** @param {string} at @param {string} zone */
function when(at, zone) {
  return `${dayWithYear(at, zone, lang)}, ${clock(at, zone, lang)}`;
}
