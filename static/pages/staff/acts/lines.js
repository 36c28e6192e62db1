// What stands on an act: its lines with their evidence, totals by service, and the sessions that it leaves out.

import { html } from "/static/vendor/preact-htm.js";
import { plainDay } from "/static/lib/time.js";
import { lang, money, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/act-types.js").Act} Act */
/** @typedef {import("/static/lib/act-types.js").ActLine} Line */

/** @param {{act: Act}} props */
export function LinesPart({ act }) {
  if (!act.lines.length) return null;
  return html`
    <section class="card" aria-labelledby="lines-title"><h2 id="lines-title">${t("acts.lines")}</h2>
      <div class="acts-scroll" tabindex="0" role="group" aria-labelledby="lines-title"><table class="acts-lines" data-test="lines">
        <thead><tr><th scope="col">№</th><th scope="col">${t("acts.day")}</th><th scope="col">${t("acts.recipient")}</th><th scope="col">${t("acts.service")}</th><th scope="col" class="number">${t("acts.minutes")}</th><th scope="col" class="number">${t("acts.quantity")}</th><th scope="col" class="number">${t("acts.tariff")}</th><th scope="col" class="number">${t("acts.sum")}</th><th scope="col">${t("acts.confirmed")}</th></tr></thead>
        <tbody>${act.lines.map((each) => html`<${Row} key=${each.n} line=${each} />`)}</tbody>
      </table></div></section>`;
}

/** @param {{line: Line}} props */
function Row({ line }) {
  const { evidence } = line;
  return html`
    <tr data-line=${line.n} class=${line.corrects ? "acts-correction" : ""}>
      <td>${line.n}</td><td class="acts-day">${shortDay(line.day)}</td>
      <td>${line.client?.name}<span class="soft">${line.certificate}</span></td>
      <td>${line.code} ${line.name}${line.corrects && html`<span class="acts-corrects">${t("acts.correction_of", { number: line.corrects.act, n: line.corrects.n })}: ${named("outcome", line.because)}</span>`}</td>
      <td class="number">${whole(line.minutes)}${!line.corrects && html`<span class="soft">${t("acts.of_norm", { norm: evidence.of })}</span>`}</td>
      <td class="number">${line.unit === "kopeck" ? "—" : whole(line.quantity)}</td><td class="number">${money(line.unit_kopecks)}</td><td class="number"><strong>${money(line.sum_kopecks)}</strong></td>
      <td>${evidence.how && !line.corrects ? t(`acts.how_${evidence.how}`) : ""}${evidence.mode && !line.corrects && html`<span class="soft">${named("mode", evidence.mode)}${evidence.share !== null && `, ${t("acts.share", { share: Math.round(evidence.share / 10) })}`}</span>`}</td>
    </tr>`;
}

/** @param {{act: Act}} props */
export function TotalsPart({ act }) {
  if (!act.totals.length) return null;
  return html`
    <section class="card" aria-labelledby="totals-title"><h2 id="totals-title">${t("acts.totals")}</h2>
      <div class="acts-scroll" tabindex="0" role="group" aria-labelledby="totals-title"><table class="acts-lines acts-totals">
        <thead><tr><th scope="col">${t("acts.service")}</th><th scope="col" class="number">${t("acts.lines")}</th><th scope="col" class="number">${t("acts.minutes")}</th><th scope="col" class="number">${t("acts.quantity")}</th><th scope="col" class="number">${t("acts.sum")}</th></tr></thead>
        <tbody>${act.totals.map((each) => html`<tr key=${each.code}><td>${each.code} ${each.name}</td><td class="number">${each.lines}</td><td class="number">${whole(each.minutes)}</td><td class="number">${whole(each.quantity)}</td><td class="number"><strong>${money(each.sum_kopecks)}</strong></td></tr>`)}</tbody>
      </table></div></section>`;
}

/** @param {{act: Act}} props */
export function LeftOutPart({ act }) {
  if (!act.left_out.length) return null;
  return html`
    <section class="card stack" aria-labelledby="left-title" data-test="left-out"><h2 id="left-title">${t("acts.left_out")}</h2>
      <p class="soft">${t("acts.left_out_lead")}</p>
      <ul class="plain acts-left">${act.left_out.map((each) => html`<li key=${each.booking} data-booking=${each.booking}>
        <span><strong>${each.client.name}</strong> <span class="soft">${plainDay(each.day, lang)} · ${each.code} · ${money(each.sum_kopecks)}</span></span>
        <a href=${each.why === "elsewhere" ? `/staff/act?id=${each.act}` : `/staff/rendered?state=${each.why}`}>${t(`acts.why_${each.why}`)}</a></li>`)}</ul></section>`;
}

/** With a minus that is one. @param {number} number */
function whole(number) {
  return String(number).replace("-", "−");
}

/** @param {string} day */
function shortDay(day) {
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" }).format(Date.parse(day));
}
