// A hand on the hours: a press that becomes a drag, a tap that does not, Escape and a lost pointer that leave all as it was.

import { useEffect, useRef } from "/static/vendor/preact-htm.js";
import { draggedTo } from "./draft.js";
import { DAY } from "./plan.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {{day: string, at: number}} Place a minute of a day, not rounded */
/** @typedef {{pick: (target: Element, place: Place) => Draft | null, drag: (draft: Draft) => void, done: (draft: Draft) => void, cancel: () => void, tap: (target: Element, place: Place, meant: boolean) => void}} Hand a tap is meant when a finger or the second click of a mouse made it */

const MEANT_PX = 4;
const TAP_PX = 10;
const EDGE_PX = 36;
const SCROLL_PX = 10;
const TWICE_MS = 450;

/**
 * Fingers tap and scroll, they do not drag: for them there are dialogs.
 * @param {{current: HTMLElement | null}} body whose children with data-day are the columns @param {Hand} hand
 */
export function usePointer(body, hand) {
  const acts = useRef(hand);
  acts.current = hand;
  useEffect(() => (body.current ? follow(body.current, acts) : undefined), []);
}

/** @param {HTMLElement} body @param {{current: Hand}} acts @returns {() => void} */
function follow(body, acts) {
  /** @type {{id: number, x: number, y: number, place: Place, target: Element, touch: boolean, draft: Draft | null, over: boolean} | null} */
  let press = null;
  let frame = 0;
  let [x, y] = [0, 0];
  let tapped = -Infinity;

  /** @param {PointerEvent} event */
  function down(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.button !== 0 || !event.isPrimary || target.closest("a")) return;
    const place = placeAt(body, event.clientX, event.clientY);
    if (!place) return;
    const touch = event.pointerType === "touch";
    press = { id: event.pointerId, x: event.clientX, y: event.clientY, place, target, touch, draft: null, over: false };
    if (!touch) event.preventDefault();
    body.focus({ preventScroll: true });
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!press || event.pointerId !== press.id || press.touch || press.over) return;
    [x, y] = [event.clientX, event.clientY];
    if (!press.draft) {
      if (Math.hypot(x - press.x, y - press.y) < MEANT_PX) return;
      press.draft = acts.current.pick(press.target, press.place);
      press.over = !press.draft;
      if (press.over) return;
      body.setPointerCapture(press.id);
      frame = requestAnimationFrame(scroll);
    }
    dragged();
  }

  function dragged() {
    if (!press?.draft) return;
    const place = placeAt(body, x, y);
    if (!place) return;
    press.draft = draggedTo(press.draft, place.day, place.at);
    acts.current.drag(press.draft);
  }

  /** Near its edge the day moves on under the hand. */
  function scroll() {
    const box = body.closest("[data-scrolls]");
    if (!press?.draft || !box) return;
    const { top, bottom } = box.getBoundingClientRect();
    const by = y > bottom - EDGE_PX ? SCROLL_PX : y < top + EDGE_PX * 2 ? -SCROLL_PX : 0;
    if (by) {
      box.scrollTop += by;
      dragged();
    }
    frame = requestAnimationFrame(scroll);
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (!press || event.pointerId !== press.id) return;
    const { draft, target, place, over, touch } = press;
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y);
    end();
    if (draft) acts.current.done(draft);
    else if (!over && far < TAP_PX) {
      const twice = event.timeStamp - tapped < TWICE_MS;
      tapped = twice ? -Infinity : event.timeStamp;
      acts.current.tap(target, place, touch || twice);
    }
  }

  function cancel() {
    if (!press) return;
    const begun = press.draft;
    end();
    if (begun) acts.current.cancel();
  }

  function end() {
    press = null;
    cancelAnimationFrame(frame);
  }

  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key !== "Escape" || !press?.draft) return;
    event.stopPropagation();
    const { id } = press;
    cancel();
    if (body.hasPointerCapture(id)) body.releasePointerCapture(id);
  }

  body.addEventListener("pointerdown", down);
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", cancel);
  window.addEventListener("keydown", escape, true);
  return () => {
    end();
    body.removeEventListener("pointerdown", down);
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", cancel);
    window.removeEventListener("keydown", escape, true);
  };
}

/** The day and minute under a point; beside the columns, the nearest one. @param {HTMLElement} body @param {number} x @param {number} y @returns {Place | null} */
export function placeAt(body, x, y) {
  /** @type {NodeListOf<HTMLElement>} */
  const columns = body.querySelectorAll("[data-day]");
  let nearest = null;
  let least = Infinity;
  for (const column of columns) {
    const box = column.getBoundingClientRect();
    const away = x < box.left ? box.left - x : Math.max(0, x - box.right);
    if (away >= least) continue;
    [nearest, least] = [{ day: column.dataset.day || "", at: ((y - box.top) / box.height) * DAY }, away];
  }
  return nearest && { ...nearest, at: Math.max(0, Math.min(DAY, nearest.at)) };
}
