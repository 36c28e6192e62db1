// One session as a service rendered: what it comes to, both versions of it, and what can be done about it.

import { html, useState } from "/static/vendor/preact-htm.js";
import { clock, dayWithYear, plainDay } from "/static/lib/time.js";
import { RenderedDialog } from "./rendered-forms.js";
import { lang, money, named, t } from "./words.js";

/** @typedef {import("/static/lib/act-types.js").Rendered} Rendered */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

/** @type {Record<string, string>} */
const TONES = { proposed: "warn", disputed: "bad", confirmed: "good", settled: "good", withdrawn: "" };

/** @param {{row: Rendered}} props */
export function RenderedMark({ row }) {
  return html`<span class="rendered-marks"><span class=${`tag ${TONES[row.state]}`} data-state=${row.state}>${t(`rendered.state_${row.state}`)}</span>${row.overdue && html`<span class="tag bad">${t("rendered.overdue")}</span>`}</span>`;
}

/** As a line of a list. @param {{row: Rendered, me: Me, zone: string, again: () => void}} props */
export function RenderedRow({ row, me, zone, again }) {
  const opens = me.may.includes("bookings.read");
  return html`
    <li class="rendered" data-booking=${row.booking} data-state=${row.state}>
      <div class="rendered-head">
        <div><h2>${opens ? html`<a href=${`/staff/record?booking=${row.booking}`}>${row.client.name}</a>` : row.client.name}</h2>
          <p class="soft">${plainDay(row.day, lang)} · ${row.service.code} ${row.service.name}</p></div>
        <${RenderedMark} row=${row} />
      </div>
      <${RenderedFacts} row=${row} me=${me} zone=${zone} again=${again} />
    </li>`;
}

/** What is known of it and what can be done, without a heading. @param {{row: Rendered, me: Me, zone: string, again: () => void}} props */
export function RenderedFacts({ row, me, zone, again }) {
  const [deed, setDeed] = useState("");
  const deeds = deedsFor(row, me);
  const given = row.state !== "withdrawn"; // what it would have come to is no news of a session that was none
  return html`
    <dl class="rendered-facts">
      <div><dt>${t("rendered.provider")}</dt><dd>${row.provider.name}<span class="soft">${row.specialist}</span></dd></div>
      ${given && html`<div><dt>${t("rendered.length")}</dt><dd>${t("rendered.of_norm", { minutes: row.actual_min, norm: row.norm_min })}${row.provider_said && !row.provider_said.by_facts && html`<span class="soft">${t("rendered.by_word")}</span>`}</dd></div>`}
      <div><dt>${t("rendered.certificate")}</dt><dd>${row.certificate || t("rendered.no_certificate")}</dd></div>
      ${row.certificate && html`<div><dt>${t("rendered.sum")}</dt><dd>${money(given ? row.sum_kopecks : 0)}${given && row.copay_kopecks > 0 && html`<span class="soft">${t("rendered.copay", { sum: money(row.copay_kopecks) })}</span>`}</dd></div>`}
      ${row.confirmed_at && html`<div><dt>${t("rendered.confirmed")}</dt><dd>${t(`rendered.how_${row.confirmed_how}`)}<span class="soft">${when(row.confirmed_at, zone)}</span></dd></div>`}
      ${row.acts.length > 0 && html`<div><dt>${t("rendered.act")}</dt><dd>${row.acts.map((each) => html`<${OnAct} key=${each.id} act=${each} me=${me} />`)}</dd></div>`}
    </dl>
    ${(row.state === "disputed" || row.settled || (row.client_said && !row.client_said.agrees)) && html`<${Versions} row=${row} zone=${zone} />`}
    ${row.settled && html`<p class="rendered-settled"><strong>${t(`rendered.favour_${row.settled.favour}`)}</strong> <span>${t("rendered.settled_to", { minutes: row.settled.minutes, sum: money(row.settled.sum_kopecks) })}</span>
      <span class="rendered-because">«${row.settled.because}»</span><span class="soft">${row.settled.by}, ${when(row.settled.at, zone)}</span></p>`}
    ${deeds.length > 0 && html`<div class="row rendered-deeds">${deeds.map(([name, tone]) => html`<button type="button" key=${name} class=${`button small ${tone}`} data-deed=${name} onClick=${() => setDeed(name)}>${t(`rendered.${name}`)}</button>`)}</div>`}
    ${deed && html`<${RenderedDialog} deed=${deed} row=${row} onClose=${() => setDeed("")} onDone=${() => { setDeed(""); again(); }} />`}`;
}

/** Two versions of one session, side by side. @param {{row: Rendered, zone: string}} props */
function Versions({ row, zone }) {
  const { client_said: his, provider_said: hers } = row;
  return html`
    <div class="versions" data-test="versions">
      <section class="version"><h3>${t("rendered.client_says")}</h3>
        ${his ? html`<p class="version-minutes">${his.agrees ? t("rendered.says_yes") : his.minutes === 0 ? t("rendered.says_none") : his.minutes === null ? t("rendered.says_otherwise") : t("rendered.says_minutes", { count: his.minutes })}</p>
          ${his.text && html`<p class="rendered-because">«${his.text}»</p>`}<p class="soft">${t(`rendered.how_${his.how}`)}, ${when(his.at, zone)}</p>` : html`<p class="soft">${t("rendered.says_nothing")}</p>`}</section>
      <section class="version"><h3>${t("rendered.provider_says")}</h3>
        ${hers ? html`<p class="version-minutes">${t("rendered.says_minutes", { count: hers.minutes })}</p>
          <p>${t("rendered.measured", { share: Math.round(hers.share / 10), mode: named("mode", hers.mode) })}</p>
          <p class="soft">${t(hers.by_facts ? "rendered.by_facts" : "rendered.by_word")}</p>` : html`<p class="soft">${t("rendered.says_nothing")}</p>`}</section>
    </div>`;
}

/** @param {{act: Rendered["acts"][number], me: Me}} props */
function OnAct({ act, me }) {
  const name = act.number ? t("rendered.on_act", { number: act.number, n: act.n }) : t("rendered.on_draft", { n: act.n });
  return html`<span class="rendered-act">${me.may.includes("acts.read") ? html`<a href=${`/staff/act?id=${act.id}`}>${name}</a>` : name}${act.correction && html` <span class="soft">${t("rendered.correction", { sum: money(act.sum_kopecks) })}</span>`}</span>`;
}

/** @param {Rendered} row @param {Me} me @returns {[string, string][]} */
function deedsFor(row, me) {
  /** @type {[string, string][]} */
  const deeds = [];
  if (row.state === "proposed" && me.may.includes("rendered.write")) deeds.push(["confirm", "primary"], ["dispute", ""]);
  if (row.state === "confirmed" && me.may.includes("rendered.write")) deeds.push(["dispute", "quiet"]);
  if (row.state === "disputed" && me.may.includes("acts.write")) deeds.push(["settle", "primary"]);
  if (row.state === "settled" && me.may.includes("acts.write")) deeds.push(["settle_again", "quiet"]);
  return deeds;
}

/** @param {string} at @param {string} zone */
function when(at, zone) {
  return `${dayWithYear(at, zone, lang)}, ${clock(at, zone, lang)}`;
}
