// One certificate: who, what is left, whom he chose from which list, everything that happened, and what can be done now.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, Refusal } from "/static/lib/api.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { ChoiceHistory } from "./certificates/chosen.js";
import { CodeOnce, printPaper } from "./certificates/paper.js";
import { History, Movements } from "./certificates/past.js";
import { ReplaceDialog, RevokeDialog } from "./certificates/ending.js";
import { dayInWords, leftInWords, LineBar, StatusMark } from "./certificates/said.js";
import { keepCode, keptCode } from "./parts/codes.js";
import { waysInWords } from "./parts/periodicity.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { lang, money, named, t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/certificate-types.js").Certificate} Certificate */
/** @typedef {import("/static/lib/certificate-types.js").Issued} Issued */

const LIVE = ["issued", "chosen", "in_use"];
const id = inAddress("id") || "";

open("certificates", CertificatePage);

/** @param {{me: Me}} props */
function CertificatePage({ me }) {
  const answer = useAnswer(() => ask("GET", `/certificates/${id}`), []);
  const [doing, setDoing] = useState({ busy: false, problem: /** @type {any} */ (null), dialog: "" });
  if (answer.error && !answer.value) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  const one = /** @type {Certificate} */ (answer.value.value);
  const zone = zoneOf(me);
  const settled = () => { setDoing({ busy: false, problem: null, dialog: "" }); answer.again(); };

  /** @param {() => Promise<unknown>} work */
  async function trying(work) {
    if (doing.busy) return;
    setDoing({ busy: true, problem: null, dialog: "" });
    try {
      await work();
      setDoing({ busy: false, problem: null, dialog: "" });
      answer.again();
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setDoing({ busy: false, problem: error, dialog: "" });
    }
  }

  /** @param {"issue" | "code"} what */
  const handOut = (what) => trying(async () => {
    const { value } = await ask("POST", `/certificates/${one.id}/${what}`, { version: one.version, key: freshKey(), body: {} });
    keepDigits(/** @type {Issued} */ (value));
  });
  const kept = keptCode(`certificate.${one.id}`);
  return html`
    <p class="back"><a href="/staff/certificates">${t("cert.title")}</a></p>
    <div class="page-head"><div><h1>${t("cert.title_one")} <span class="cert-whole">${t("cert.number", { number: one.number })}</span></h1>
        <p class="row"><${StatusMark} status=${one.status} /><span class="soft">${whole(one)}</span></p></div>
      <${Acts} one=${one} me=${me} busy=${doing.busy} issue=${() => handOut("issue")} print=${() => trying(() => printPaper(one, kept?.code.digits))} dialog=${(/** @type {string} */ dialog) => setDoing({ ...doing, dialog })} /></div>
    ${doing.problem && html`<${Trouble} error=${doing.problem} again=${doing.problem.status === 412 ? settled : undefined} />`}
    ${kept && LIVE.includes(one.status) && html`<${CodeOnce} digits=${kept.code.digits} print=${() => trying(() => printPaper(one, kept.code.digits))} />`}
    <div class="columns columns-wide">
      <div class="stack airy">
        <${Lines} one=${one} />
        ${one.bookings.length > 0 && html`<${Bookings} one=${one} linked=${me.roles.includes("coordinator")} />`}
        ${one.choices.length > 0 && html`<${ChoiceHistory} one=${one} zone=${zone} />`}
        <${Movements} one=${one} zone=${zone} />
      </div>
      <div class="stack airy">
        <${Facts} one=${one} me=${me} />
        ${me.may.includes("certificates.write") && LIVE.includes(one.status) && html`<section class="card stack tight" aria-labelledby="more-title"><h2 id="more-title">${t("cert.more_acts")}</h2>
          <p class="soft">${t("cert.more_acts_text")}</p>
          <div class="row"><button type="button" class="button small" data-test="new-code" disabled=${doing.busy} onClick=${() => handOut("code")}>${t("cert.new_code")}</button>
            <button type="button" class="button small" data-test="replace" onClick=${() => setDoing({ ...doing, dialog: "replace" })}>${t("cert.replace")}</button>
            <button type="button" class="button small" data-test="revoke" onClick=${() => setDoing({ ...doing, dialog: "revoke" })}>${t("cert.revoke")}</button></div></section>`}
        <${History} one=${one} zone=${zone} />
      </div>
    </div>
    ${doing.dialog === "replace" && html`<${ReplaceDialog} one=${one} onClose=${() => setDoing({ ...doing, dialog: "" })} onDone=${(/** @type {Issued} */ made) => { keepDigits(made); location.assign(`/staff/certificate?id=${made.certificate.id}`); }} />`}
    ${doing.dialog === "revoke" && html`<${RevokeDialog} one=${one} zone=${zone} onClose=${() => setDoing({ ...doing, dialog: "" })} onDone=${settled} />`}`;
}

/** The digits stay in this tab until it is closed: the server cannot say them again. @param {Issued} made */
function keepDigits({ certificate, code }) {
  keepCode(`certificate.${certificate.id}`, { code: { digits: code, opens_at: "", closes_at: "" }, link: "" });
}

/** @param {Certificate} one */
function whole(one) {
  const until = t("cert.until", { day: dayInWords(one.valid_until) });
  return one.issued_on ? `${t("cert.issued_on", { day: dayInWords(one.issued_on) })}, ${until}` : until;
}

/** @param {{one: Certificate, me: Me, busy: boolean, issue: () => void, print: () => void, dialog: (name: string) => void}} props */
function Acts({ one, me, busy, issue, print, dialog }) {
  const writes = me.may.includes("certificates.write");
  if (one.status === "forming") {
    return writes && html`<div class="row"><button type="button" class="button primary" data-test="issue" disabled=${busy} onClick=${issue}>${t("cert.issue")}</button>
      <button type="button" class="button" data-test="discard" disabled=${busy} onClick=${() => dialog("revoke")}>${t("cert.discard")}</button></div>`;
  }
  const live = LIVE.includes(one.status);
  return html`<div class="row">
    ${live && me.may.includes("choice") && html`<a class=${`button${one.provider ? "" : " primary"}`} data-test="to-choice" href=${`/staff/choice?certificate=${one.id}`}>${t(one.provider ? "cert.change_provider" : "cert.choose_provider")}</a>`}
    <button type="button" class="button" data-test="print" disabled=${busy} onClick=${print}>${t("cert.print")}</button></div>`;
}

/** @param {{one: Certificate}} props */
function Lines({ one }) {
  return html`
    <section class="card stack" aria-labelledby="left-title"><h2 id="left-title">${t("cert.services")}</h2>
      ${one.lines.map((line) => html`<div key=${line.id} class="cert-detail" data-line=${line.code}>
        <h3>${line.name}</h3>${one.status !== "forming" && html`<p class="cert-left">${leftInWords(line)}</p>`}
        ${one.status !== "forming" && html`<${LineBar} line=${line} />`}
        <p class="soft">${[
          one.status === "forming" && t("cert.draft_line", { count: line.quantity }), line.periodicity?.length && waysInWords(line.periodicity), line.unit !== "kopeck" && t(`cert.cost_${line.unit}`, { cost: money(line.unit_kopecks) }),
          line.copay_kopecks > 0 && t("cert.copay_of", { sum: money(line.copay_kopecks) }),
        ].filter(Boolean).join(" · ")}</p></div>`)}
      <p class="cert-sum">${t("cert.nominal")} <strong class="figures">${money(one.nominal_kopecks)}</strong></p></section>`;
}

/** @param {{one: Certificate, me: Me}} props */
function Facts({ one, me }) {
  const { holder, representative } = one;
  const name = me.roles.includes("coordinator") ? html`<a href=${`/staff/client?id=${holder.id}`}>${holder.name}</a>` : holder.name;
  const facts = [
    ["holder", html`${name}<br /><span class="soft">${t("cert.born", { year: holder.birth_year })}</span>`],
    ["phone", holder.phone && html`<a class="phone" href=${`tel:${holder.phone}`}>${holder.phone}</a>`],
    ["representative", representative && html`${representative.name}, ${named("tie", representative.tie)}<br /><span class="soft">${representative.document}</span>`],
    ["provider", one.provider ? one.provider.name : t("cert.no_provider")],
    ["admitted", one.admitted.length ? one.admitted.map((each) => each.name).join("; ") : t("cert.admit_all")],
    ["issuer", one.issuer.name], ["district", one.district.name],
    ["money", t("cert.money_of", { year: one.year, source: t(`cert.source_${one.source}`) })],
    ["programme", one.programme?.number], ["replaces", one.replaces], ["replaced_by", one.replaced_by], ["because", one.because && (one.status === "replaced" ? named("cert", `why_${one.because}`) : one.because)],
  ];
  return html`<section class="card" aria-labelledby="facts-title"><h2 id="facts-title">${t("cert.facts")}</h2>
    <dl class="facts">${facts.filter(([, value]) => value).map(([key, value]) => html`<div key=${key}><dt>${t(`cert.fact_${key}`)}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** @param {{one: Certificate, linked: boolean}} props */
function Bookings({ one, linked }) {
  return html`<section class="card" aria-labelledby="open-title"><h2 id="open-title">${t("cert.bookings")}</h2>
    <ul class="plain cert-bookings">${one.bookings.map((each) => {
      const when = `${dayWithYear(each.starts, each.zone, lang)}, ${clock(each.starts, each.zone, lang)}`;
      return html`<li key=${each.id}><strong>${linked ? html`<a href=${`/staff/record?booking=${each.id}`}>${when}</a>` : when}</strong><span class="soft">${each.specialist} · ${each.service}</span></li>`;
    })}</ul></section>`;
}
