// The screens of the check: the field, the verdict in one large sentence with what the paper must say, and what failed.

import { announce, el, fill, leadTo, locale, phoneLink, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";

/** @typedef {import("/static/lib/certificate.js").Paper} Paper */
/** @typedef {import("/static/lib/certificate.js").Service} Service */
/** @typedef {import("./asking.js").Answer} Answer */
/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {() => void} Act */

/** @type {Record<string, [string, string]>} the colour and the sign of each verdict */
const SIGNS = {
  genuine: ["good", "check"],
  genuine_but_expired: ["warn", "clock"],
  not_yet_valid: ["warn", "clock"],
  revoked: ["bad", "close"],
  replaced: ["bad", "close"],
  forged: ["bad", "close"],
};

/** @param {HTMLElement} host @param {(text: string) => void} check */
export function form(host, check) {
  const field = el("textarea", { id: "token", rows: 3, spellcheck: false, autocomplete: "off", "aria-describedby": "token-hint token-fault", "data-test": "token" });
  field.setAttribute("autocapitalize", "off");
  const fault = el("p", { id: "token-fault", class: "fault", role: "alert" });
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (field.value.trim()) return check(field.value);
    fault.textContent = say("certcheck.empty");
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  host.dataset.step = "certificate-ask";
  fill(
    host,
    el("h1", {}, say("certcheck.heading")),
    el("ol", { class: "steps large" }, ...["scan", "opens", "compare"].map((each) => el("li", {}, say(`certcheck.${each}`)))),
    el("form", { class: "card stack certificate-by-hand", novalidate: true, onsubmit: send },
      el("div", { class: "field" },
        el("label", { for: "token" }, say("certcheck.by_hand")),
        el("p", { id: "token-hint", class: "soft" }, say("certcheck.by_hand_hint")),
        field, fault),
      el("button", { class: "button primary wide big", "data-test": "token-check" }, say("certcheck.check"))),
    without(),
  );
}

/** @param {HTMLElement} host */
export function asking(host) {
  host.dataset.step = "certificate-asking";
  fill(host, el("h1", {}, say("certcheck.checking")), el("p", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")));
}

/** @param {HTMLElement} host @param {Answer} answer @param {Act} other */
export function verdict(host, { verdict: { outcome, why, paper, as_of }, here, services }, other) {
  const [kind, sign] = SIGNS[outcome];
  host.dataset.step = "certificate-verdict";
  fill(
    host,
    el("section", { class: `certificate-verdict ${kind}`, "data-test": "verdict", "data-outcome": outcome, "data-why": why || "", "data-here": String(here) },
      el("span", { class: "certificate-sign" }, icon(sign)),
      el("div", { class: "stack tight" },
        el("h1", {}, say(`certcheck.${outcome}`)),
        el("p", { class: "large" }, say(`certcheck.${outcome}_detail`)),
        why && el("p", {}, say(`certcheck.why.${why}`)))),
    paper && shown(paper, services),
    kind === "bad" && el("p", { class: "large" }, `${say("certcheck.call")} `, phoneLink(document.body.dataset.phone || "")),
    el("button", { class: "button wide", type: "button", "data-test": "other", onclick: other }, say("certcheck.other")),
    el("p", { class: "soft" }, say(here ? "certcheck.here" : "certcheck.there"), paper && ` ${as_of ? say("certcheck.as_of", { time: moment(as_of) }) : say("certcheck.no_list")}`),
    without(),
  );
  leadTo(host);
  announce(say(`certcheck.${outcome}`));
}

/** What the paper must say, to be compared with it. @param {Paper} paper @param {Record<string, string>} services */
function shown(paper, services) {
  const facts = [
    [say("certcheck.number"), paper.number],
    [say("certcheck.holder"), say("certcheck.born", { name: paper.holder.replace(/\. /g, ".\u00a0"), year: paper.birth_year }).replace("г. р.", "г.\u00a0р.")],
    [say("certcheck.valid"), say("certcheck.term", { from: dayOf(paper.issued_on), until: dayOf(paper.valid_until) })],
    [say("certcheck.issuer"), paper.issuer],
    [say("certcheck.district"), paper.district],
  ];
  return el("section", { class: "slip", "aria-labelledby": "compare" },
    el("h2", { id: "compare", class: "slip-head" }, say("certcheck.must_say")),
    el("div", { class: "slip-body stack" },
      el("dl", { class: "certificate-facts", "data-test": "paper" }, ...facts.map(([name, said]) => el("div", {}, el("dt", {}, name), el("dd", {}, said)))),
      el("h3", { class: "certificate-for" }, say("certcheck.services")),
      el("ul", { class: "certificate-services" }, ...paper.services.map((each) => service(each, services[each.code]))),
      el("p", { class: "soft" }, say("certcheck.not_left"))));
}

/** @param {Service} given @param {string | undefined} name */
function service({ code, unit, quantity }, name) {
  return el("li", {},
    el("span", {}, name && el("b", {}, name), el("span", { class: "soft" }, say("certcheck.service", { code }))),
    el("b", { class: "figures" }, amount(unit, quantity)));
}

/** @param {Service["unit"]} unit @param {number} quantity */
function amount(unit, quantity) {
  if (unit !== "kopeck") return say(`certcheck.count_${unit}`, { count: quantity });
  return new Intl.NumberFormat(locale, { style: "currency", currency: "RUB" }).format(quantity / 100);
}

/** @param {HTMLElement} host @param {Refusal} refusal @param {{again: Act, other: Act}} acts */
export function failed(host, refusal, { again, other }) {
  const known = refusal.code !== "no_connection" && refusal.title;
  host.dataset.step = "certificate-failed";
  fill(
    host,
    el("h1", {}, known ? refusal.title : say("certcheck.offline")),
    el("p", { class: "large" }, known ? refusal.detail : say("certcheck.offline_detail")),
    el("button", { class: "button primary wide big", type: "button", "data-test": "again", onclick: again }, say("certcheck.again")),
    el("button", { class: "button wide", type: "button", onclick: other }, say("certcheck.other")),
  );
  leadTo(host);
}

/** For whoever checks many, or trusts no page. */
function without() {
  return el("details", {},
    el("summary", {}, say("certcheck.without")),
    el("div", { class: "stack" },
      el("p", {}, say("certcheck.without_detail")),
      el("p", {}, el("a", { href: "/.well-known/ryadom-certificate-keys", download: "ryadom-certificate-keys.json" }, say("certcheck.keys"))),
      el("p", {}, el("a", { href: "/.well-known/ryadom-certificate-revoked", download: "ryadom-certificate-revoked.jose" }, say("certcheck.list"))),
      el("p", {}, say("certcheck.command"), " ", el("code", { class: "certificate-command" }, "ryadom certificate verify …"))));
}

/** "1 ноября 2026 г." in one piece @param {string} day */
function dayOf(day) {
  const said = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(day));
  return said.replace(/ /g, "\u00a0");
}

/** @param {string} instant */
function moment(instant) {
  const said = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(new Date(instant));
  return said.replace(/ /g, "\u00a0");
}
