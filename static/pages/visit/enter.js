// The way in: asks for the code, explains a refusal in plain words, and offers to continue on this device.

import { complete, digitsOf, grouped, groupDigits } from "/static/components/code-field.js";
import { announce, clock, el, fill, leadTo, phoneLink, say } from "/static/components/page.js";
import { askTakeover, currentVisit, enterWith, takeoverState } from "/static/lib/join.js";

/** @typedef {import("/static/lib/join.js").Visit} Visit */
/** @typedef {import("/static/lib/join.js").Key} Key */
/** @typedef {import("/static/lib/join.js").Refusal} Refusal */

const TAKEOVER_ASKED_EVERY_MS = 2000;

/**
 * Stays until a visit is open.
 * @param {HTMLElement} host @param {Key | null} key what the link or the start page has brought
 * @returns {Promise<Visit>}
 */
export function enter(host, key) {
  return new Promise((opened) => {
    if (key) tryKey(host, key, opened);
    else askCode(host, "", null, opened);
  });
}

/** @param {HTMLElement} host @param {Key} key @param {(visit: Visit) => void} opened */
async function tryKey(host, key, opened) {
  host.dataset.step = "opening";
  fill(host, el("h1", {}, say("visit.opening")));
  try {
    opened(await enterWith(key));
  } catch (fault) {
    const refusal = /** @type {Refusal} */ (fault);
    const held = refusal.code === "join_too_early" && (await currentVisit().catch(() => null));
    // The code is too early, but this device has opened the link of that very booking before.
    if (held && Date.parse(held.starts) === Date.parse(refusal.problem.starts)) opened(held);
    else if (refusal.code === "used_elsewhere") offerTakeover(host, key, refusal, opened);
    else if (key.digits) askCode(host, key.digits, refusal, opened, key);
    else explain(host, key, refusal, opened);
  }
}

/**
 * @param {HTMLElement} host @param {string} digits @param {Refusal | null} refusal @param {(visit: Visit) => void} opened
 * @param {Key} [again]
 */
function askCode(host, digits, refusal, opened, again) {
  host.dataset.step = refusal ? "enter-again" : "enter";
  const field = el("input", {
    id: "code", class: "code-field", "data-test": "code", inputMode: "numeric", autocomplete: "one-time-code",
    placeholder: "000 000", value: grouped(digits), "aria-describedby": "code-hint code-fault",
  });
  const fault = el("p", { id: "code-fault", class: "fault", role: "alert" });
  const submit = el("button", { class: "button primary wide big", "data-test": "code-submit" }, say("visit.code_submit"));
  groupDigits(field);
  const form = el(
    "form", { class: "slip", novalidate: true },
    el("div", { class: "slip-head" }, el("label", { for: "code" }, say("visit.code_label"))),
    el("div", { class: "slip-body stack" }, field, el("p", { id: "code-hint", class: "soft" }, say("visit.code_hint")), fault, submit),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (complete(field.value)) return void tryKey(host, { digits: digitsOf(field.value) }, opened);
    fault.textContent = say("visit.code_short");
    field.setAttribute("aria-invalid", "true");
    field.focus();
  });
  fill(host, el("h1", {}, refusal ? titleOf(refusal) : say("visit.code_heading")), refusal && advice(refusal), form);
  leadTo(host);
  if (refusal && again) retryWhenOpen(host, again, refusal, opened);
}

/** A link was refused: there is no field to correct. @param {HTMLElement} host @param {Key} key @param {Refusal} refusal @param {(visit: Visit) => void} opened */
function explain(host, key, refusal, opened) {
  host.dataset.step = "refused";
  fill(
    host,
    el("h1", {}, titleOf(refusal)),
    advice(refusal),
    el("button", { class: "button primary wide big", type: "button", onclick: () => tryKey(host, key, opened) }, say("visit.try_again")),
    el("button", { class: "button wide", type: "button", onclick: () => askCode(host, "", null, opened) }, say("visit.type_code")),
  );
  leadTo(host);
  retryWhenOpen(host, key, refusal, opened);
}

/** @param {Refusal} refusal */
const titleOf = (refusal) => refusal.title || say("visit.unavailable");

/** What to do next, with the number of people who help. @param {Refusal} refusal */
function advice(refusal) {
  const phone = refusal.phone || document.body.dataset.phone || "";
  const { opens_at, zone } = refusal.problem;
  return el(
    "div", { class: "notice warn stack tight", "data-test": "refusal", "data-code": refusal.code },
    el("p", {}, refusal.detail || say("visit.unavailable_detail")),
    opens_at && el("p", {}, say("visit.opens_at", { time: clock(opens_at, zone, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }) })),
    refusal.code === "join_too_early" && el("p", {}, say("visit.own_time_link")),
    phone && el("p", {}, `${say("visit.office_helps")} `, phoneLink(phone)),
  );
}

/** Somebody who came early need not press again. @param {HTMLElement} host @param {Key} key @param {Refusal} refusal @param {(visit: Visit) => void} opened */
function retryWhenOpen(host, key, refusal, opened) {
  if (refusal.code !== "join_too_early") return;
  const { opens_at, now } = refusal.problem;
  // By the server's clock: a device that is ahead would knock too soon, and each knock counts.
  const wait = Date.parse(opens_at) - Date.parse(now);
  if (!(wait < 3600e3)) return;
  const shown = host.firstChild;
  setTimeout(() => {
    if (host.firstChild === shown) tryKey(host, key, opened);
  }, Math.max(wait, 0) + 1500);
}

/** @param {HTMLElement} host @param {Key} key @param {Refusal} refusal @param {(visit: Visit) => void} opened */
function offerTakeover(host, key, refusal, opened) {
  host.dataset.step = "takeover";
  const ask = async () => {
    button.disabled = true;
    try {
      const { request } = await askTakeover(key);
      awaitConsent(host, key, request, opened);
    } catch (fault) {
      explain(host, key, /** @type {Refusal} */ (fault), opened);
    }
  };
  const button = el("button", { class: "button primary wide big", type: "button", "data-test": "takeover", onclick: ask }, say("visit.takeover_ask"));
  fill(
    host,
    el("h1", {}, titleOf(refusal)),
    advice(refusal),
    button,
    el("button", { class: "button wide", type: "button", onclick: () => askCode(host, "", null, opened) }, say("visit.other_code")),
  );
  leadTo(host);
}

/** @param {HTMLElement} host @param {Key} key @param {string | number} request @param {(visit: Visit) => void} opened */
function awaitConsent(host, key, request, opened) {
  host.dataset.step = "takeover-asked";
  const cancel = el("button", { class: "button wide", type: "button", onclick: () => stop(() => askCode(host, "", null, opened)) }, say("visit.other_code"));
  fill(host, el("h1", {}, say("visit.takeover_asked")), el("p", { class: "large" }, say("visit.takeover_asked_detail")), waitingDots(), cancel);
  leadTo(host);
  const timer = setInterval(look, TAKEOVER_ASKED_EVERY_MS);
  let over = false;
  /** @param {() => void} then */
  const stop = (then) => {
    if (!over) then();
    over = true;
    clearInterval(timer);
  };
  async function look() {
    try {
      const { state } = await takeoverState(request);
      if (state === "asked") return;
      if (state === "refused") return stop(() => refused(host, key, opened));
      const visit = await currentVisit();
      announce(say("visit.takeover_allowed"));
      stop(() => opened(visit));
    } catch (fault) {
      const refusal = /** @type {Refusal} */ (fault);
      if (refusal.status >= 400 && refusal.status < 500) stop(() => explain(host, key, refusal, opened));
    }
  }
}

/** @param {HTMLElement} host @param {Key} key @param {(visit: Visit) => void} opened */
function refused(host, key, opened) {
  host.dataset.step = "takeover-refused";
  fill(
    host,
    el("h1", {}, say("visit.takeover_refused")),
    el("p", { class: "notice warn" }, `${say("visit.takeover_refused_detail")} `, phoneLink(document.body.dataset.phone || "")),
    el("button", { class: "button primary wide big", type: "button", onclick: () => tryKey(host, key, opened) }, say("visit.try_again")),
  );
  leadTo(host);
}

/** Movement beside words that already say what is awaited. */
function waitingDots() {
  return el("div", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
}
