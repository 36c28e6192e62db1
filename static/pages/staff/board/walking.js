// Walking through the schedule by keyboard: one stop for Tab, arrows along a line and from line to line, kept over every redraw.

import { useEffect, useLayoutEffect, useRef } from "/static/vendor/preact-htm.js";

const ITEM = "[data-item]";

/** Instead of a booking: where the focus was last. */
export const LAST = "last";

/**
 * Keys walk through the items below `root` for as long as it is shown.
 * @param {{current: HTMLElement | null}} root @param {string | null} focus where to go: a booking, LAST or nowhere @param {() => void} onFocused
 */
export function useWalking(root, focus, onFocused) {
  const own = useRef(/** @type {Walking | null} */ (null));
  useLayoutEffect(() => {
    const walking = new Walking(/** @type {HTMLElement} */ (root.current));
    own.current = walking;
    return () => walking.end();
  }, []);
  useEffect(() => {
    if (own.current?.settle(focus)) onFocused();
  });
}

class Walking {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {HTMLElement | null} */
    this.stop = null;
    /** @type {{lane: string, at: number, name: string} | null} */
    this.last = null;
    this.inside = false;
    root.addEventListener("keydown", this.typed);
    document.addEventListener("focusin", this.came);
    document.addEventListener("pointerdown", this.pressed);
  }

  end() {
    this.root.removeEventListener("keydown", this.typed);
    document.removeEventListener("focusin", this.came);
    document.removeEventListener("pointerdown", this.pressed);
  }

  /**
   * After a redraw: there is a stop for Tab, and whoever stood on something that is gone stands beside it.
   * @param {string | null} wanted a booking to go to, or LAST when a window was shut @returns {boolean} is that done?
   */
  settle(wanted) {
    if (wanted === LAST) {
      const back = this.stop?.isConnected ? this.stop : this.beside();
      if (back && isNowhere()) this.goTo(back);
      return true;
    }
    const found = wanted && /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-booking="${wanted}"]`));
    if (found) {
      this.goTo(found);
      return true;
    }
    if (this.stop?.isConnected) {
      // What is only put elsewhere in its line loses the focus as well.
      if (this.inside && isNowhere()) this.goTo(this.stop);
      return false;
    }
    const beside = this.beside();
    if (!beside) return false;
    if (this.inside && isNowhere()) this.goTo(beside);
    else this.stopAt(beside);
    return false;
  }

  /** The same thing drawn anew, or what lies nearest on the line where the last one lay. */
  beside() {
    const { last } = this;
    if (!last) return /** @type {HTMLElement | null} */ (this.root.querySelector("[data-starts]") || this.root.querySelector(ITEM));
    const same = last.name && this.root.querySelector(last.name);
    const lane = this.root.querySelector(`[data-lane="${last.lane}"]`);
    return /** @type {HTMLElement | null} */ (same || (lane && nearestIn(lane, last.at)) || this.root.querySelector(ITEM));
  }

  /** @param {FocusEvent} event */
  came = (event) => {
    const to = /** @type {HTMLElement} */ (event.target);
    const item = to.closest(ITEM);
    this.inside = this.root.contains(to);
    if (this.inside && item instanceof HTMLElement) this.stopAt(item);
  };

  /** A press on nothing is a going away; losing the focus is none: what a redraw takes out or moves loses it too. */
  pressed = () => {
    this.inside = false;
  };

  /** @param {HTMLElement} item */
  stopAt(item) {
    if (this.stop && this.stop !== item) this.stop.tabIndex = -1;
    item.tabIndex = 0;
    this.stop = item;
    const { booking, starts, specialist } = item.dataset;
    const name = booking ? `[data-booking="${booking}"]` : starts ? `[data-starts="${starts}"][data-specialist="${specialist}"]` : "";
    this.last = { lane: laneOf(item)?.getAttribute("data-lane") || "", at: Number(item.dataset.at), name };
  }

  /** @param {HTMLElement} item */
  goTo(item) {
    this.stopAt(item);
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  typed = (event) => {
    const item = /** @type {HTMLElement} */ (event.target).closest(ITEM);
    if (!(item instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = this.step(item, event.key);
    if (!next) return;
    event.preventDefault();
    this.goTo(next);
  };

  /** @param {HTMLElement} item @param {string} key */
  step(item, key) {
    const lane = /** @type {Element} */ (laneOf(item));
    if (key === "ArrowUp" || key === "ArrowDown") {
      const lanes = [...this.root.querySelectorAll("[data-lane]")].filter((each) => each === lane || each.querySelector(ITEM));
      const next = lanes[lanes.indexOf(lane) + (key === "ArrowUp" ? -1 : 1)];
      return next && nearestIn(next, Number(item.dataset.at));
    }
    const items = itemsOf(lane);
    const at = items.indexOf(item);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: items.length - 1 }[key];
    return to === undefined ? undefined : items[to];
  }
}

/** What had the focus is gone. */
function isNowhere() {
  return document.activeElement === document.body || !document.activeElement;
}

/** @param {Element} item */
function laneOf(item) {
  return item.closest("[data-lane]");
}

/** In order of time. @param {Element} lane @returns {HTMLElement[]} */
function itemsOf(lane) {
  const items = /** @type {HTMLElement[]} */ ([...lane.querySelectorAll(ITEM)]);
  return items.sort((one, other) => Number(one.dataset.at) - Number(other.dataset.at));
}

/** @param {Element} lane @param {number} at @returns {HTMLElement | undefined} */
function nearestIn(lane, at) {
  return itemsOf(lane).reduce((/** @type {HTMLElement | undefined} */ best, each) => (best && away(best, at) <= away(each, at) ? best : each), undefined);
}

/** @param {HTMLElement} item @param {number} at */
function away(item, at) {
  return Math.abs(Number(item.dataset.at) - at);
}
