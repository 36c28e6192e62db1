// What happened to a booking since it was made, in words: who, when, from what to what.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayLong, dayWithYear } from "/static/lib/time.js";
import { lang, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Change} Change */

/** @param {{items: Change[], zone: string, names: Map<number, string>}} props `names`: of specialists, by number */
export function History({ items, zone, names }) {
  if (!items.length) return html`<p class="soft">${t("record.no_history")}</p>`;
  return html`<ol class="history" data-test="history">${items.map((each, n) => html`<li key=${n} data-what=${each.what}>
    <span class="soft figures">${dayWithYear(each.at, zone, lang)}, ${clock(each.at, zone, lang)}</span>
    <span><strong>${whoOf(each)}</strong> · ${named("history", each.what)}</span>
    ${linesOf(each, zone, names).map((line) => html`<span class="history-line" key=${line}>${line}</span>`)}</li>`)}</ol>`;
}

/** Nobody signed in did it: the client by his own code, the law of clocks, or the session itself. @param {Change} change */
function whoOf({ who, what, after }) {
  if (who) return who;
  if (after.because === "timezone") return t("deed.by_timezone");
  if (after.because === "client" || what === "cancelled" || what === "confirmed") return t("deed.by_client");
  return t("deed.by_session");
}

/** @param {Change} change @param {string} zone @param {Map<number, string>} names @returns {string[]} */
function linesOf({ what, before, after }, zone, names) {
  const lines = [];
  if (after.starts) lines.push(fromTo(moment(before.starts, zone), moment(after.starts, zone)));
  if (after.specialist) lines.push(fromTo(whom(before.specialist, names), whom(after.specialist, names), what === "booked"));
  if (after.status && before.status && before.status !== "booked") lines.push(fromTo(named("status", String(before.status)), named("status", String(after.status))));
  const because = String(after.because || after.reason || "");
  if (because && !["timezone", "client"].includes(because)) lines.push(t("deed.reason", { reason: named("reason", because) }));
  return lines.filter(Boolean);
}

/** Nothing where nothing changed, unless it is said for the first time. @param {string} was @param {string} is @param {boolean} [first] */
function fromTo(was, is, first = true) {
  if (was && was !== is) return t("deed.from_to", { was, is });
  return was === is || !first ? "" : is;
}

/** @param {unknown} at @param {string} zone */
function moment(at, zone) {
  return at ? `${dayLong(String(at), zone, lang)}, ${clock(String(at), zone, lang)}` : "";
}

/** @param {unknown} id @param {Map<number, string>} names */
function whom(id, names) {
  return id ? names.get(Number(id)) || "" : "";
}
