// Who has come: each guest with role and line check, one button to let in, one to ask to leave, and the question of another device.

import { announce, el, fill, say } from "/static/components/page.js";
import { get } from "/static/lib/api.js";
import { playChime } from "/static/lib/media.js";

/** @typedef {import("/static/lib/signaling.js").Signaling} Signaling */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/wire.d.ts").SeatView} SeatView */

/** @param {Booking} booking */
export function createGuests(booking) {
  const list = el("div", { class: "stack" });
  const requests = el("div", { class: "stack" });
  const trouble = el("div", { role: "alert" });
  const part = el("section", { class: "beside-part", "aria-labelledby": "guests", "data-test": "guests" }, el("h2", { id: "guests" }, say("staffroom.guests")), requests, list, trouble);
  const title = document.title;
  let check = booking.line_check;
  /** @type {string[]} */ let rung = [];
  let shown = "";

  const failed = () => fill(trouble, el("p", { class: "notice warn" }, say("staffroom.act_failed")));

  /** Only what changed is drawn anew: a button under the finger must not be replaced. @param {Signaling} line */
  function show(line) {
    const guests = line.view ? line.view.seats.filter((seat) => seat.role !== "specialist" && (seat.here || seat.admitted)) : [];
    const waiting = guests.filter((seat) => seat.here && !seat.admitted);
    const state = JSON.stringify([guests.map(({ seat, here, admitted, name, instance }) => [seat, here, admitted, name, admitted ? "" : instance]), check]);
    part.classList.toggle("calls", waiting.length > 0);
    document.title = waiting.length ? `● ${say("staffroom.rings", { name: waiting[0].name })}` : title;
    if (state === shown) return;
    shown = state;
    fill(trouble);
    fill(list, ...(guests.length ? guests.map((seat) => guest(line, seat)) : [el("p", { class: "soft" }, say("staffroom.nobody"))]));
    ring(line, waiting);
  }

  /** Each newcomer is told, not the first alone. @param {Signaling} line @param {SeatView[]} waiting */
  function ring(line, waiting) {
    const fresh = waiting.filter((seat) => !rung.includes(`${seat.seat} ${seat.instance}`));
    rung = waiting.map((seat) => `${seat.seat} ${seat.instance}`);
    if (!fresh.length) return;
    playChime().catch(() => undefined);
    announce(fresh.map(({ name }) => say("staffroom.rings", { name })).join(". "));
    freshCheck(line);
  }

  /** @param {Signaling} line */
  async function freshCheck(line) {
    const now = await get(`/bookings/${booking.id}`).catch(() => null);
    if (!now) return;
    check = /** @type {Booking} */ (now).line_check;
    show(line);
  }

  /** @param {Signaling} line @param {SeatView} seat */
  function guest(line, { seat, role, name, here, admitted }) {
    const word = !here ? "away" : admitted ? "inside" : "waits";
    const admit = async () => {
      button.disabled = true;
      fill(trouble);
      await line.ask("admit", { seat }).catch(() => {
        button.disabled = false;
        failed();
      });
    };
    const button = el("button", { class: "button primary wide", type: "button", "data-test": "admit", "data-seat": String(seat), onclick: admit }, say("staffroom.admit"));
    return el(
      "div", { class: "guest", "data-test": "guest", "data-seat": String(seat) },
      el("p", { class: "head" }, el("b", {}, name), el("span", { class: `tag ${here ? "good" : "warn"}` }, say(`staffroom.${word}`)), role !== "client" && el("span", { class: "soft" }, say(`staffroom.role_${role}`))),
      !admitted && role === "client" && checked(),
      !admitted && here && button,
      admitted && dismissal(line, seat, name),
    );
  }

  /** Asked once more before it happens: it is hard on whoever is asked to leave by a slip of the finger. @param {Signaling} line @param {number} seat @param {string} name */
  function dismissal(line, seat, name) {
    const part = el("div", { class: "stack tight" });
    const first = () => fill(part, el("button", { class: "button small quiet", type: "button", "data-test": "dismiss", onclick: sure }, say("staffroom.dismiss")));
    function sure() {
      const yes = el("button", { class: "button small danger", type: "button", "data-test": "dismiss-yes", onclick: dismiss }, say("staffroom.dismiss_yes"));
      const no = el("button", { class: "button small", type: "button", onclick: first }, say("staffroom.dismiss_no"));
      fill(part, el("p", { role: "alert" }, say("staffroom.dismiss_sure", { name })), el("div", { class: "row" }, no, yes));
      no.focus();
      async function dismiss() {
        yes.disabled = true;
        fill(trouble);
        await line.ask("dismiss", { seat }).catch(() => {
          first();
          failed();
        });
      }
    }
    first();
    return part;
  }

  function checked() {
    if (!check) return el("p", { class: "soft" }, say("staffroom.check_none"));
    /** @param {"microphone" | "camera"} device */
    const fault = (device) => check && check[device] !== "ok" && el("p", { class: "fault" }, say(`staffroom.check_${device}`, { state: say(`staffroom.state_${check[device]}`) }));
    return el("div", { class: "stack tight" }, el("p", {}, say(`staffroom.check_${check.verdict}`)), fault("microphone"), fault("camera"));
  }

  /** @param {Signaling} line @param {string} request */
  function asked(line, request) {
    /** @param {boolean} allow */
    const answer = async (allow) => {
      if (allow) fill(requests); // with one device let in, the other questions about the seat are answered too
      else card.remove();
      await line.ask("takeover", { request, allow }).catch(failed);
    };
    const card = el(
      "div", { class: "beside-part asks", role: "alert", "data-test": "takeover" },
      el("h3", {}, say("staffroom.takeover")),
      el("p", {}, say("staffroom.takeover_detail")),
      el("div", { class: "row" },
        el("button", { class: "button primary", type: "button", "data-test": "takeover-allow", onclick: () => answer(true) }, say("staffroom.takeover_allow")),
        el("button", { class: "button", type: "button", "data-test": "takeover-refuse", onclick: () => answer(false) }, say("staffroom.takeover_refuse"))),
    );
    requests.append(card);
    playChime().catch(() => undefined);
  }

  return {
    part,
    /** @param {Signaling} line */
    follow: (line) => {
      line.on("room", () => show(line));
      line.on("takeover", ({ request }) => asked(line, request));
      line.on("ended", () => fill(requests));
      show(line);
    },
  };
}
