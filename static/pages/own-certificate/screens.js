// The screens of one's own certificate: the way in, what is left, the list, the question, and what came of it.

import { complete, digitsOf, groupDigits } from "/static/components/code-field.js";
import { announce, clock, el, fill, leadTo, locale, phoneLink, say } from "/static/components/page.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {import("/static/lib/certificate-types.js").Offer} Offer */
/** @typedef {import("/static/lib/certificate-types.js").OwnCertificate} Own */
/** @typedef {import("/static/lib/certificate-types.js").Providers} Providers */
/** @typedef {import("/static/lib/certificate-types.js").Unit} Unit */
/** @typedef {() => void} Act */

/** @type {Intl.DateTimeFormatOptions} */ const WHEN = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
const KOPECKS = 100;

/** @param {number} kopecks */
const money = (kopecks) => new Intl.NumberFormat(locale, { style: "currency", currency: "RUB", currencyDisplay: "narrowSymbol" }).format(kopecks / KOPECKS);
/** @param {Unit} unit @param {number} count */
const amount = (unit, count) => (unit === "kopeck" ? money(count) : say(`mine.${unit}s`, { count }));
/** "31 декабря 2026 г." @param {string} day */
const dayOf = (day) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));

/** @param {HTMLElement} host @param {string} step @param {string} title @param {...(Node | string | null | undefined | false)} parts */
function show(host, step, title, ...parts) {
  host.dataset.step = step;
  fill(host, el("h1", {}, title), ...parts);
  leadTo(host);
}

/** @param {string} name @param {string} text @param {Act} act @param {string} [look] */
function button(name, text, act, look = "wide") {
  return el("button", { class: `button ${look}`, type: "button", "data-test": name, onclick: act }, text);
}

/** What was refused, in the server's words. @param {Refusal | undefined} fault */
function trouble(fault) {
  if (!fault) return null;
  const offline = fault.code === "no_connection";
  const [title, detail] = offline ? [say("mine.offline"), say("mine.offline_detail")] : [fault.title, fault.detail];
  return el("div", { class: "notice warn", role: "alert", "data-code": fault.code }, el("p", {}, el("b", {}, title)), detail && el("p", {}, detail));
}

/** @param {HTMLElement} host @param {{fault?: Refusal, typed?: {number: string, code: string}, open: (number: string, code: string) => void}} given */
export function enter(host, { fault, typed, open }) {
  const number = el("input", { id: "number", class: "figures", autocomplete: "off", spellcheck: false, inputMode: "text", value: typed ? typed.number : "", "data-test": "own-number" });
  const code = el("input", { id: "code", class: "code-field", inputMode: "numeric", autocomplete: "off", placeholder: "000 000", "data-test": "own-code", "aria-describedby": "own-fault" });
  const wrong = el("p", { id: "own-fault", class: "fault", role: "alert" });
  const send = el("button", { class: "button primary wide big", "data-test": "own-open" }, say("mine.open"));
  groupDigits(code);
  const form = el(
    "form", { class: "stack airy", noValidate: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!number.value.trim() || !complete(code.value)) { wrong.textContent = say("mine.both"); (number.value.trim() ? code : number).focus(); return; }
      send.disabled = true;
      open(number.value.trim(), digitsOf(code.value));
    } },
    el("div", { class: "field" }, el("label", { htmlFor: "number" }, say("mine.number")), number, el("p", { class: "hint" }, say("mine.number_hint"))),
    el("div", { class: "field" }, el("label", { htmlFor: "code" }, say("mine.code")), code), wrong, send,
  );
  show(host, "own-enter", say("mine.heading"), el("p", {}, say("mine.lead")), trouble(fault), form);
}

/** @param {HTMLElement} host @param {Own} own @param {{choose: Act, leave: Act, fault?: Refusal}} acts */
export function home(host, own, acts) {
  const live = own.may_choose;
  const foot = document.getElementById("foot");
  if (foot && own.office.phone) fill(foot, el("p", {}, say("mine.office", { name: own.office.name }), " ", phoneLink(own.office.phone)));
  show(
    host, "own-certificate", say("mine.yours"), trouble(acts.fault),
    el("p", { "data-test": "own-whose" }, say("mine.whose", { holder: own.holder, number: own.number })),
    !live && el("p", { class: "notice warn" }, say(`mine.is_${own.status in STATES ? own.status : "expired"}`)),
    ...own.lines.map((line) => el("section", { class: "card mine-line" }, el("h2", {}, line.name),
      el("p", { class: "mine-left" }, el("b", {}, amount(line.unit, line.left)), ` ${say("mine.left")}`),
      el("p", {}, useOf(line)))),
    live && el("p", {}, say("mine.until", { day: dayOf(own.valid_until) })),
    own.provider ? el("p", { class: "large", "data-test": "own-provider" }, say("mine.provider", { name: own.provider.name }), " ", phoneLink(own.provider.phone)) : live && el("p", { class: "large" }, say("mine.nobody_yet")),
    live && button("own-choose", say(own.provider ? "mine.change" : "mine.choose"), acts.choose, own.provider ? "wide" : "primary wide big"),
    button("own-leave", say("mine.leave"), acts.leave),
  );
}

/** "Всего: 10 занятий, использовано: 3 занятия" @param {Own["lines"][0]} line */
function useOf({ unit, quantity, used, reserved }) {
  const parts = [say("mine.all", { what: amount(unit, quantity) }), used && say("mine.used", { what: amount(unit, used) }), reserved && say("mine.booked", { what: amount(unit, reserved) })];
  return parts.filter(Boolean).join(", ");
}

const STATES = { used_up: 1, expired: 1, revoked: 1, replaced: 1, forming: 1 };

/** Equal cards in the order of this view; nothing is chosen beforehand. @param {HTMLElement} host @param {Own} own @param {Providers} shown @param {{choose: (offer: Offer) => void, back: Act}} acts */
export function list(host, own, shown, acts) {
  const now = own.provider ? own.provider.id : 0;
  show(
    host, "own-list", say("mine.whom"), el("p", {}, say("mine.you_alone")),
    el("ul", { class: "mine-list" }, ...shown.listing.items.map((each) => el("li", { class: "card mine-offer", "data-provider": String(each.provider) },
      el("h2", {}, each.name), el("p", {}, say(`mine.kind_${each.kind}`)), facts(each, own.zone),
      each.provider === now ? el("p", {}, say("mine.is_now")) : button("own-pick", say("mine.pick"), () => acts.choose(each))))),
    !shown.listing.items.length && el("p", { class: "notice warn" }, say("mine.none")),
    button("own-back", say("mine.back"), acts.back),
  );
}

/** @param {Offer} offer @param {string} zone */
function facts(offer, zone) {
  const said = [
    ...offer.services.map((each) => [offer.services.length > 1 ? each.name : say("mine.price"), priceOf(each)]),
    [say("mine.free"), offer.next_free ? clock(offer.next_free, zone, WHEN) : say("mine.free_none")],
    [say("mine.waiting"), offer.waiting_days === null ? say("mine.too_few") : say("mine.days", { count: Math.round(offer.waiting_days) })],
    [say("mine.rating"), offer.rating === null ? say("mine.few_answers", { count: offer.answers }) : say("mine.rated", { rating: offer.rating.toLocaleString(locale), count: offer.answers })],
    [say("mine.how"), offer.modes.map((each) => say(`mine.mode_${each}`)).join(", ")],
    [say("mine.where"), [offer.district, offer.address].filter(Boolean).join(", ")],
  ];
  const lines = said.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  return el("dl", { class: "mine-facts" }, ...lines, el("div", {}, el("dt", {}, say("mine.phone")), el("dd", {}, phoneLink(offer.phone))));
}

/** @param {Offer["services"][0]} service */
function priceOf({ given, unit, price_kopecks, copay_kopecks }) {
  if (!given) return say("mine.not_given");
  const price = unit === "kopeck" ? say("mine.by_tariff") : say(`mine.cost_${unit}`, { cost: money(price_kopecks || 0) });
  return copay_kopecks ? say("mine.price_copay", { price, copay: money(copay_kopecks) }) : say("mine.price_free", { price });
}

/** @param {HTMLElement} host @param {Own} own @param {Providers} shown @param {Offer} offer @param {{yes: (decided: {keep: number[], cancel: number[]}) => void, back: Act}} acts */
export function sure(host, own, shown, offer, acts) {
  /** @type {Record<number, string>} */
  const decided = {};
  const of = (/** @type {string} */ what) => shown.bookings.map((each) => each.id).filter((id) => decided[id] === what);
  const wrong = el("p", { class: "fault", role: "alert" });
  const yes = () => {
    if (of("keep").length + of("cancel").length < shown.bookings.length) { wrong.textContent = say("mine.decide_all"); announce(say("mine.decide_all")); return; }
    acts.yes({ keep: of("keep"), cancel: of("cancel") });
  };
  show(
    host, "own-sure", say("mine.sure", { name: offer.name }), own.provider && el("p", {}, say("mine.sure_change", { name: own.provider.name })),
    el("p", {}, say("mine.what_they_learn")),
    ...shown.bookings.map((each) => el("fieldset", { class: "card mine-booking" }, el("legend", {}, `${clock(each.starts, each.zone, WHEN)}, ${each.specialist}`),
      ...["keep", "cancel"].map((what) => el("label", { class: "choice" }, el("input", { type: "radio", name: `booking-${each.id}`, value: what, onchange: () => { decided[each.id] = what; wrong.textContent = ""; } }), say(`mine.${what}`))))),
    wrong, button("own-yes", say("mine.yes"), yes, "primary wide big"), button("own-back", say("mine.back"), acts.back),
  );
}

/** @param {HTMLElement} host @param {Own} own @param {Act} on */
export function chosen(host, own, on) {
  const phone = own.provider ? phoneLink(own.provider.phone) : null;
  show(host, "own-chosen", say("mine.done"), el("p", { class: "large" }, own.provider ? own.provider.name : ""), el("p", {}, say("mine.done_text"), " ", phone), button("own-on", say("mine.on"), on, "primary wide"));
}

/** @param {HTMLElement} host */
export function left(host) {
  show(host, "own-left", say("mine.left_page"), el("p", {}, say("mine.left_text")), el("p", {}, el("a", { class: "button wide", href: "/" }, say("mine.to_start"))));
}
