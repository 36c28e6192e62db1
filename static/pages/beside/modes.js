// When the line fails: on by telephone, or another time; and what the people in the room ask for, as soon as they ask.

import { announce, el, fill, phoneLink, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { get } from "/static/lib/api.js";
import { playChime } from "/static/lib/media.js";
import { io } from "/static/vendor/socket.io.esm.min.js";

/** @typedef {import("/static/lib/signaling.js").Signaling} Signaling */
/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {{at: string, why: "help" | "phone" | "time", role: string}} Call */

/** @param {Booking} booking @param {(focus?: boolean) => unknown} another opens what books another time */
export function createModes(booking, another) {
  const calls = el("div", { class: "stack" });
  const acts = el("div", { class: "stack tight" });
  const trouble = el("div", { role: "alert" });
  const part = el("section", { class: "beside-part", "data-test": "modes" }, el("h2", {}, say("staffroom.modes")), acts, trouble);
  /** @type {Signaling | null} */ let line = null;
  let [heard, byPhone] = ["", false];

  function show() {
    byPhone = Boolean(line && line.view && line.view.phone);
    const { phone } = booking.client;
    fill(
      acts,
      byPhone && el("p", { class: "notice", role: "status", "data-test": "phone-going" }, say("staffroom.phone_going"), " ", phone && phoneLink(phone)),
      el("button", { class: "button wide", type: "button", "data-test": byPhone ? "phone-stop" : "phone-start", onclick: () => telephone(!byPhone) }, icon(byPhone ? "camera" : "phone"), say(byPhone ? "staffroom.phone_stop" : "staffroom.phone_start")),
      el("button", { class: "button wide", type: "button", "data-test": "another", onclick: () => another() }, icon("time"), say("staffroom.another")),
    );
  }
  /** @param {boolean} on */
  async function telephone(on) {
    fill(trouble);
    const failed = () => fill(trouble, el("p", { class: "notice warn" }, say("staffroom.act_failed")));
    await (line ? line.ask("phone", { on }).catch(failed) : failed());
  }

  /** Only what is newer than the last one heard; a page opened later hears what nobody answered yet. */
  async function listen() {
    const live = /** @type {{items: {booking: number, help: (Call & {answered_at: string | null}) | null}[]} | null} */ (await get("/live").catch(() => null));
    const found = live && live.items.find((each) => each.booking === booking.id);
    const call = found && found.help;
    if (!call || call.answered_at || call.at === heard) return;
    heard = call.at;
    tell(call);
  }

  /** @param {Call} call */
  function tell({ why, role }) {
    if (role === "specialist") return;
    const words = say(`staffroom.asks_${why}`, { role: say(`staffroom.role_${role}`) });
    const done = () => fill(calls);
    const act = why === "phone" && el("button", { class: "button primary wide", type: "button", "data-test": "asked-phone", onclick: () => (done(), telephone(true)) }, icon("phone"), say("staffroom.phone_start"));
    fill(calls, el("div", { class: "beside-part asks", role: "alert", "data-test": "asked", "data-why": why }, el("p", {}, words), act, el("button", { class: "button small", type: "button", onclick: done }, say("staffroom.asks_seen"))));
    announce(words);
    playChime().catch(() => undefined);
    if (why === "time") another(false);
  }

  show();
  return {
    part,
    /** What is asked for now; it belongs where it is seen at once. */
    calls,
    /** @param {Signaling} to */
    follow: (to) => {
      line = to;
      const off = to.on("room", ({ phone }) => phone !== byPhone && show());
      const board = io("/board", { transports: ["websocket", "polling"] });
      board.on("connect", listen);
      board.on("help", (/** @type {{booking: number}} */ news) => news.booking === booking.id && listen());
      to.on("ended", () => {
        off();
        fill(calls);
        board.disconnect();
      });
    },
  };
}
