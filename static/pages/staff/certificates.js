// Certificates of the district: how many stand how, those that want attention, each with what is left of it.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { LineInBrief, StatusMark, dayInWords } from "./certificates/said.js";
import { NewCertificate } from "./certificates/new.js";
import { useSettled } from "./parts/finder.js";
import { Empty, inAddress, Loading, open, Trouble, useAnswer } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/certificate-types.js").CertificateBrief} Brief */
/** @typedef {{text: string, which: string}} Wishes */

const STATES = ["forming", "issued", "chosen", "in_use", "used_up", "expired", "revoked", "replaced"];
const PAGE = 30;

open("certificates", Certificates);

/** @param {{me: Me}} props */
function Certificates({ me }) {
  const writes = me.may.includes("certificates.write");
  const [forming, setForming] = useState(writes && inAddress("new") !== null);
  const [wishes, setWishes] = useState({ text: inAddress("text") || "", which: inAddress("which") || "" });
  const text = useSettled(wishes.text.trim());
  const [earlier, setEarlier] = useState(/** @type {Brief[]} */ ([]));
  const [before, setBefore] = useState(/** @type {number | null} */ (null));
  const answer = useAnswer(() => get("/certificates", { ...queryOf({ ...wishes, text }), limit: PAGE, before }), [text, wishes.which, before]);
  useEffect(() => { setEarlier([]); setBefore(null); }, [text, wishes.which]);
  if (forming) return html`<${NewCertificate} me=${me} leave=${() => setForming(false)} />`;
  /** @type {Brief[]} */
  const items = [...earlier, ...(answer.value?.items || [])];
  const counts = answer.value?.counts;
  const more = () => { setEarlier(items); setBefore(items[items.length - 1].id); };
  return html`
    <div class="page-head"><div><h1>${t("cert.title")}</h1><p class="soft measure">${t("cert.lead")}</p></div>
      ${writes && html`<button type="button" class="button primary" data-test="new-certificate" onClick=${() => setForming(true)}>${t("cert.new")}</button>`}</div>
    ${counts && html`<${Attention} counts=${counts} which=${wishes.which} onChoose=${(/** @type {string} */ which) => setWishes({ ...wishes, which })} />`}
    <div class="cert-filters">
      <div class="field grow"><label for="cert-text">${t("cert.search")}</label>
        <input id="cert-text" type="search" autocomplete="off" value=${wishes.text} placeholder=${t("cert.search_hint")} onInput=${(/** @type {any} */ e) => setWishes({ ...wishes, text: e.target.value })} /></div>
      <div class="field"><label for="cert-which">${t("cert.which")}</label>
        <select id="cert-which" value=${wishes.which} onChange=${(/** @type {any} */ e) => setWishes({ ...wishes, which: e.target.value })}>
          <option value="">${t("cert.all")}</option>
          <option value="soon">${t("cert.soon")}</option><option value="unused">${t("cert.unused")}</option>
          ${STATES.map((each) => html`<option key=${each} value=${each}>${t(`cert.status_${each}`)}${counts?.by_status[each] ? ` (${counts.by_status[each]})` : ""}</option>`)}
        </select></div>
    </div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!answer.value && !answer.error && html`<${Loading} />`}
    ${answer.value && !items.length && html`<${Empty} title=${t(text || wishes.which ? "cert.none_found" : "cert.none")} text=${t(text || wishes.which ? "cert.none_found_text" : "cert.none_text")} />`}
    <ul class="plain cert-list" data-test="certificates" aria-busy=${answer.busy}>${items.map((each) => html`<${Row} key=${each.id} one=${each} />`)}</ul>
    ${answer.value?.more && html`<div><button type="button" class="button" disabled=${answer.busy} onClick=${more}>${t("common.more")}</button></div>`}`;
}

/** @param {Wishes} wishes */
function queryOf({ text, which }) {
  if (which === "soon" || which === "unused") return { text, attention: which };
  return { text, status: which };
}

/** What somebody should look at first. @param {{counts: any, which: string, onChoose: (which: string) => void}} props */
function Attention({ counts, which, onChoose }) {
  const kinds = [["soon", counts.soon], ["unused", counts.unused], ["forming", counts.by_status.forming || 0]].filter(([, many]) => many);
  if (!kinds.length) return null;
  return html`<div class="cert-attention" role="group" aria-label=${t("cert.attention")}>${kinds.map(([kind, many]) => html`
    <button key=${kind} type="button" class="cert-worry" aria-pressed=${which === kind} data-test=${`attention-${kind}`} onClick=${() => onChoose(which === kind ? "" : String(kind))}>
      <strong class="figures">${many}</strong><span>${t(`cert.worry_${kind}`, { count: Number(many) })}</span></button>`)}</div>`;
}

/** @param {{one: Brief}} props */
function Row({ one }) {
  return html`
    <li class="cert-row" data-certificate=${one.id}>
      <div class="cert-who"><a class="cert-name" href=${`/staff/certificate?id=${one.id}`}>${one.holder.name}</a>
        <span class="soft figures">${t("cert.number", { number: one.number })}</span></div>
      <div class="cert-where"><span>${one.provider ? one.provider.name : html`<span class="soft">${t("cert.no_provider")}</span>`}</span>
        <span class="cert-how"><${StatusMark} status=${one.status} /> <span class="soft">${t("cert.until", { day: dayInWords(one.valid_until) })}</span></span></div>
      <div class="cert-lines">${one.lines.map((line) => html`<${LineInBrief} key=${line.id} line=${line} draft=${one.status === "forming"} />`)}</div>
    </li>`;
}
