// One more person in the conversation: who it is, a code to dictate and a link to send, with the client's consent.

import { el, fill, language, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { ask as request, freshKey, get, post } from "/static/lib/api.js";
import { grouped } from "/static/pages/staff/parts/codes.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").ConsentText} ConsentText */
/** @typedef {{seat: number, role: string, name: string}} Invited */
/** @typedef {Invited & {code: {digits: string}, link: string}} Made */
/** @typedef {{items: Invited[], most: number, consent: boolean}} Guests */

const ROLES = ["companion", "interpreter", "relative"];

/** @param {Booking} booking @returns {{part: HTMLElement}} */
export function createInvite(booking) {
  const path = `/bookings/${booking.id}/seats`;
  const list = el("div", { class: "stack" });
  const body = el("div", { class: "stack" });
  const part = el("section", { class: "beside-part", "data-test": "invite" }, el("h2", {}, say("staffroom.invite")), list, body);
  let consent = false;
  /** @type {Map<number, Made>} Codes are told once: they stay here until the page goes. */ const told = new Map();

  const closed = (word = "invite_do") => {
    const open = el("button", { class: "button wide", type: "button", "data-test": "invite-open", onclick: form }, icon("people"), say(`staffroom.${word}`));
    fill(body, open);
  };

  function form() {
    const name = el("input", { id: "invite-name", autocomplete: "off", maxLength: 120, "data-test": "invite-name", "aria-describedby": "invite-fault" });
    const fault = el("div", { id: "invite-fault", role: "alert" });
    const roles = ROLES.map((role, nth) => el("label", { class: "choice" }, el("input", { type: "radio", name: "invite-role", value: role, checked: !nth }), say(`staffroom.invite_${role}`)));
    const agreed = el("input", { type: "checkbox", id: "invite-agreed", "data-test": "invite-agreed" });
    const text = el("p", { class: "soft" });
    const agreement = consent
      ? el("p", { class: "notice" }, say("staffroom.invite_agreed"))
      : el("div", { class: "notice warn stack tight", "data-test": "invite-consent" }, el("p", {}, say("staffroom.invite_consent", { name: booking.client.name })), text, el("label", { class: "choice" }, agreed, say("staffroom.invite_consent_given")));
    if (!consent) readOut(text);
    const make = el("button", { class: "button primary wide", "data-test": "invite-make" }, say("staffroom.invite_make"));
    const ask = el(
      "form", { class: "stack", novalidate: true },
      el("p", { class: "hint" }, say("staffroom.invite_hint")),
      el("fieldset", {}, el("legend", {}, say("staffroom.invite_role")), ...roles),
      el("div", { class: "field" }, el("label", { for: "invite-name" }, say("staffroom.invite_name")), name),
      agreement,
      fault, make,
    );
    ask.addEventListener("submit", async (event) => {
      event.preventDefault();
      const role = /** @type {HTMLInputElement} */ (ask.querySelector("input[name=invite-role]:checked")).value;
      if (!name.value.trim()) {
        fill(fault, el("p", { class: "fault" }, say("staffroom.invite_name_missing")));
        return name.focus();
      }
      if (!consent && !agreed.checked) {
        fill(fault, el("p", { class: "fault" }, say("staffroom.invite_consent_missing")));
        return agreed.focus();
      }
      make.disabled = true;
      try {
        if (!consent) await post(`/clients/${booking.client.id}/consents`, { purpose: "third_person", how: "aloud" }, { key: freshKey() });
        consent = true;
        const made = /** @type {Made} */ (await post(path, { role, name: name.value.trim() }, { key: freshKey() }));
        told.set(made.seat, made);
        await show();
      } catch (refusal) {
        fill(fault, trouble(refusal));
        make.disabled = false;
      }
    });
    fill(body, ask);
    name.focus();
  }

  async function show() {
    const answer = /** @type {Guests | null} */ (await get(path).catch(() => null));
    const { items, most } = answer || { items: [], most: 1 };
    consent = Boolean(answer && answer.consent);
    fill(list, ...items.map(one));
    closed(items.length ? "invite_more" : "invite_do");
    body.hidden = items.length >= most;
  }

  /** @param {Invited} invited */
  function one({ seat, role, name }) {
    const made = told.get(seat);
    const fault = el("div", { role: "alert" });
    /** @param {() => Promise<unknown>} act */
    const trying = (act) => async () => {
      try {
        await act();
        await show();
      } catch (refusal) {
        fill(fault, trouble(refusal));
      }
    };
    const again = trying(async () => told.set(seat, /** @type {Made} */ (await post(`${path}/${seat}/code`, undefined, { key: freshKey() }))));
    return el(
      "div", { class: "guest", "data-test": "invited", "data-seat": String(seat) },
      el("p", { class: "head" }, el("b", {}, name), el("span", { class: "tag" }, say(`staffroom.invite_${role}`))),
      made && issued(name, made),
      el("div", { class: "row" },
        el("button", { class: "button small", type: "button", "data-test": "invite-again", onclick: again }, say("staffroom.invite_again")),
        el("button", { class: "button small", type: "button", "data-test": "invite-remove", onclick: trying(() => request("DELETE", `${path}/${seat}`)) }, say("staffroom.invite_remove"))),
      fault,
    );
  }

  show();
  return { part };
}

/** The words of the law as the centre has them, to be read aloud. @param {HTMLElement} text */
async function readOut(text) {
  const answer = /** @type {{items: ConsentText[]} | null} */ (await get("/consent-texts").catch(() => null));
  const found = answer && answer.items.find((each) => each.purpose === "third_person" && each.language === language);
  text.textContent = found ? found.text : "";
}

/** @param {string} name @param {Made} made */
function issued(name, { code, link }) {
  const copy = el("button", { class: "button wide", type: "button", onclick: copied }, say("staffroom.invite_copy"));
  const address = el("input", { value: link, readOnly: true, "aria-label": say("staffroom.invite_link"), "data-test": "invite-link", onfocus: () => address.select() });
  async function copied() {
    await navigator.clipboard.writeText(link).catch(() => address.select());
    copy.textContent = say("staffroom.invite_copied");
  }
  return el(
    "div", { class: "stack tight" },
    el("p", {}, say("staffroom.invite_code", { name })),
    el("p", { class: "dictated", "data-test": "invite-code" }, grouped(code.digits)),
    address, copy,
  );
}

/** @param {unknown} refusal */
function trouble(refusal) {
  const { title, detail } = /** @type {Refusal} */ (refusal);
  return el("p", { class: "notice warn" }, `${title || say("staffroom.unavailable")} ${detail}`);
}
