// Dragging a booking along its line or to another specialist: it can be put down only where it may start; Escape puts it back.

import { clock } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";
import { MINUTE, nearest, placed, shortName } from "./span.js";

/** @typedef {import("./lanes.js").Acts} Acts */
/** @typedef {import("./lanes.js").Carried} Carried */
/** @typedef {{board: import("/static/lib/schedule-types.js").Board, acts: Acts, carried: Carried | null, span: import("./span.js").Span}} Now */

const LEAST_PX = 6;
// A finger that rests takes hold of the booking; one that moves at once scrolls the page.
const REST_MS = 350;
const REACH = 40 * MINUTE;
const EDGE_PX = 48;
const SAME_PRESS_MS = 50;

export class Dragging {
  /** @param {HTMLElement} root @param {() => Now} now what the page shows at this moment */
  constructor(root, now) {
    this.root = root;
    this.now = now;
    /** @type {{id: string, block: HTMLElement, pointer: number, x: number, y: number, grip: number, moving: boolean, timer: number | undefined} | null} */
    this.held = null;
    /** @type {{specialist: number, starts: string} | null} */
    this.over = null;
    this.ghost = Object.assign(document.createElement("span"), { className: "sb-ghost" });
    this.said = Object.assign(document.createElement("p"), { className: "sb-carried" });
    this.pointed = { x: 0, y: 0 };
    this.frame = 0;
    root.addEventListener("pointerdown", this.down);
    root.addEventListener("touchmove", this.touched, { passive: false });
    root.addEventListener("click", this.clicked, true);
    root.addEventListener("contextmenu", this.menu);
  }

  end() {
    this.finish(false);
    this.root.removeEventListener("pointerdown", this.down);
    this.root.removeEventListener("touchmove", this.touched);
    this.root.removeEventListener("click", this.clicked, true);
    this.root.removeEventListener("contextmenu", this.menu);
  }

  /** @param {PointerEvent} event */
  down = (event) => {
    this.justDragged = false;
    const block = /** @type {HTMLElement} */ (event.target).closest("[data-movable]");
    if (!(block instanceof HTMLElement) || event.button !== 0 || !event.isPrimary || this.held) return;
    const { clientX: x, clientY: y } = event;
    this.held = { id: String(block.dataset.booking), block, pointer: event.pointerId, x, y, grip: x - block.getBoundingClientRect().left, moving: false, timer: undefined };
    this.pointed = { x, y };
    if (event.pointerType === "touch") this.held.timer = window.setTimeout(() => this.lift(), REST_MS);
    window.addEventListener("pointermove", this.moved);
    window.addEventListener("pointerup", this.up);
    window.addEventListener("pointercancel", this.lost);
    window.addEventListener("keydown", this.escaped, true);
  };

  /** @param {PointerEvent} event */
  moved = (event) => {
    const { held } = this;
    if (!held || event.pointerId !== held.pointer) return;
    this.pointed = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) >= LEAST_PX;
    if (!held.moving && far) {
      if (held.timer !== undefined) this.finish(false);
      else this.lift();
    }
  };

  /** The booking leaves its place; from now on every frame looks where it would lie. */
  lift() {
    const { held } = this;
    const { board, acts } = this.now();
    const from = board.items.find((each) => each.bookings.some((one) => String(one.id) === held?.id));
    const booking = from?.bookings.find((one) => String(one.id) === held?.id);
    if (!held || !from || !booking) return this.finish(false);
    held.moving = true;
    held.timer = undefined;
    document.body.append(this.said);
    // The hand that holds is shown by whoever has the pointer: nothing else needs another style.
    this.root.setPointerCapture(held.pointer);
    acts.onLift({ booking, from });
    this.frame = requestAnimationFrame(this.follow);
  }

  follow = () => {
    if (!this.held?.moving) return;
    this.scrollNear();
    this.point();
    this.frame = requestAnimationFrame(this.follow);
  };

  /** Near an edge the lines come along. */
  scrollNear() {
    const box = this.root.getBoundingClientRect();
    const { x, y } = this.pointed;
    const pull = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) => (at < low + EDGE_PX ? at - low - EDGE_PX : at > high - EDGE_PX ? at - high + EDGE_PX : 0) / 4;
    const names = /** @type {HTMLElement | null} */ (this.root.querySelector(".sb-corner"));
    const down = pull(y, Math.max(box.top, 0), Math.min(box.bottom, innerHeight));
    this.root.scrollBy(pull(x, box.left + (names?.offsetWidth || 0), box.right), down);
  }

  /** Where it would lie if it were let go now. */
  point() {
    const { carried, span } = this.now();
    const { x, y } = this.pointed;
    const lane = document.elementFromPoint(x, y)?.closest("[data-lane]");
    const line = lane?.querySelector("[data-line]");
    this.said.style.transform = `translate(${Math.min(x + 14, innerWidth - 260)}px, ${Math.min(y + 18, innerHeight - 60)}px)`;
    if (!carried || !this.held) return;
    const specialist = lane ? Number(lane.getAttribute("data-lane")) : null;
    const box = line?.getBoundingClientRect();
    const at = box && span.since + ((x - this.held.grip - box.left) / box.width) * (span.until - span.since);
    const free = specialist === null ? null : carried.free?.get(specialist);
    const starts = free && at !== undefined ? nearest(free, at, REACH) : null;
    this.over = starts && specialist !== null ? { specialist, starts } : null;
    this.show(carried, line || null);
  }

  /** @param {Carried} carried @param {Element | null} line */
  show(carried, line) {
    const { over } = this;
    const { span, board } = this.now();
    this.said.classList.toggle("sb-refused", !over);
    if (!over || !line) {
      this.ghost.remove();
      this.say(t(carried.free ? (line ? "sched.not_here" : "sched.not_outside") : "sched.looking"));
      return;
    }
    const starts = Date.parse(over.starts);
    Object.assign(this.ghost.style, placed(span, starts, starts + carried.minutes * MINUTE));
    if (this.ghost.parentElement !== line) line.append(this.ghost);
    const who = board.items.find((each) => each.specialist.id === over.specialist)?.specialist.name || "";
    this.say(t("sched.put_here", { time: clock(starts, board.zone, lang), who: shortName(who) }));
  }

  /** @param {string} words */
  say(words) {
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  /** @param {PointerEvent} event */
  up = (event) => {
    if (!this.held || event.pointerId !== this.held.pointer) return;
    this.pointed = { x: event.clientX, y: event.clientY };
    if (this.held.moving) this.point();
    this.finish(true);
  };

  lost = () => this.finish(false);

  /** @param {KeyboardEvent} event */
  escaped = (event) => {
    if (event.key !== "Escape" || !this.held?.moving) return;
    event.preventDefault();
    event.stopPropagation();
    this.finish(false);
  };

  /** @param {boolean} put is it put down where it hangs? */
  finish(put) {
    const { held, over } = this;
    if (!held) return;
    clearTimeout(held.timer);
    cancelAnimationFrame(this.frame);
    window.removeEventListener("pointermove", this.moved);
    window.removeEventListener("pointerup", this.up);
    window.removeEventListener("pointercancel", this.lost);
    window.removeEventListener("keydown", this.escaped, true);
    this.held = null;
    this.over = null;
    this.ghost.remove();
    this.said.remove();
    if (this.root.hasPointerCapture(held.pointer)) this.root.releasePointerCapture(held.pointer);
    if (!held.moving) return;
    this.justDragged = true;
    // Without a press after it, the next key that presses something is meant.
    setTimeout(() => { this.justDragged = false; }, SAME_PRESS_MS);
    this.now().acts.onDrop(put ? over : null);
  }

  /** The press that ends a drag opens nothing. @param {Event} event */
  clicked = (event) => {
    if (!this.justDragged) return;
    this.justDragged = false;
    event.stopPropagation();
    event.preventDefault();
  };

  /** @param {Event} event */
  touched = (event) => {
    if (this.held?.moving) event.preventDefault();
  };

  /** @param {Event} event */
  menu = (event) => {
    if (this.held) event.preventDefault();
  };

  justDragged = false;
}
