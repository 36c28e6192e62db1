// What the schedule shows, asked of the server and kept fresh: news of one calendar asks for that one row, at most once a second.

import { io } from "/static/vendor/socket.io.esm.min.js";
import { useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { sentToSignIn } from "../parts/shell.js";

/** @typedef {import("/static/lib/schedule-types.js").Board} Board */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */
/** @typedef {Record<string, string | number | undefined>} Query */
/** @typedef {{board: Board | null, error: any, busy: boolean, here: boolean}} Shown */

/** So many specialists come in one answer. */
export const PAGE = 60;
const GATHER_MS = 150;
const LEAST_MS = 1_000;
const AWAY_MS = 10_000;
const HERE_MS = 60_000;

/**
 * @param {Query} query
 * @returns {Shown & {again: () => void, more: () => void, freshen: (ids: number[]) => void, hold: (still: boolean) => void, change: (by: (items: Column[]) => Column[]) => void}}
 *   `hold(true)` keeps everything where it is, as long as something is being dragged; `change` shows at once what was asked for
 */
export function useSchedule(query) {
  const [shown, setShown] = useState(/** @type {Shown} */ ({ board: null, error: null, busy: true, here: false }));
  const keeper = useRef(/** @type {Keeper | null} */ (null));
  keeper.current ??= new Keeper(setShown);
  const own = keeper.current;
  const key = JSON.stringify(query);
  useEffect(() => own.ask(query), [key]);
  useEffect(() => own.follow(), []);
  return {
    ...shown,
    again: () => own.wholeAgain(),
    more: () => own.more(),
    freshen: (ids) => own.soon(ids),
    hold: (still) => own.hold(still),
    change: (by) => own.change(by),
  };
}

/** One question at a time, so that an answer never overtakes a later one. */
class Keeper {
  /** @param {(next: (old: Shown) => Shown) => void} show */
  constructor(show) {
    this.show = show;
    /** @type {Query} */
    this.query = {};
    /** @type {Board | null} */
    this.board = null;
    /** @type {Set<number>} */
    this.wanted = new Set();
    this.whole = false;
    this.still = false;
    this.running = false;
    this.asked = 0;
    this.round = 0;
    this.changes = 0;
    this.pages = 1;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  /** Other days or wishes: what was on its way is no more of interest. @param {Query} query */
  ask(query) {
    this.query = query;
    this.round += 1;
    this.pages = 1;
    this.whole = true;
    this.running = false;
    this.show((old) => ({ ...old, busy: true }));
    this.go();
  }

  /** Everything once more, now. */
  wholeAgain() {
    this.whole = true;
    this.go();
  }

  /** These rows, soon. @param {number[]} ids */
  soon(ids) {
    for (const id of ids) this.wanted.add(id);
    this.later();
  }

  /** @param {boolean} still */
  hold(still) {
    this.still = still;
    if (!still && (this.whole || this.wanted.size)) this.later();
  }

  later() {
    if (this.timer !== undefined || this.still) return;
    this.timer = window.setTimeout(() => {
      this.timer = undefined;
      this.go();
    }, Math.max(GATHER_MS, this.asked + LEAST_MS - Date.now()));
  }

  async go() {
    if (this.running || this.still || !(this.whole || this.wanted.size)) return;
    // More rows than come in one answer: then all of them anew.
    this.whole ||= this.wanted.size > PAGE;
    const { round, whole, changes } = this;
    const ids = whole ? null : [...this.wanted];
    this.whole = false;
    this.wanted.clear();
    this.running = true;
    this.asked = Date.now();
    try {
      const answer = ids ? await this.page({ specialist: ids.join() }) : await this.all();
      if (round === this.round) this.take(answer, ids, changes === this.changes);
    } catch (error) {
      if (round === this.round && !sentToSignIn(error)) this.show((old) => ({ ...old, error, busy: false }));
    }
    if (round !== this.round) return;
    this.running = false;
    if (this.whole || this.wanted.size) this.later();
  }

  /** As many pages as are shown; a region has more specialists than come in one answer. @returns {Promise<Board>} */
  async all() {
    return pagesOf(this.query, this.pages);
  }

  /** @param {Query} part @returns {Promise<Board>} */
  page(part) {
    return get("/calendars", { ...this.query, ...part });
  }

  more() {
    this.pages += 1;
    this.wholeAgain();
  }

  /** @param {Board} answer @param {number[] | null} ids of whom it speaks, null for everybody @param {boolean} current nothing was changed here since it was asked for */
  take(answer, ids, current) {
    if (this.still || !current) {
      // It came while something hangs under the pointer, or knows nothing of what was done since: asked again, later.
      if (ids) ids.forEach((id) => this.wanted.add(id));
      else this.whole = true;
      return;
    }
    const old = this.board?.items || [];
    const items = ids ? [...old.filter((each) => !ids.includes(each.specialist.id)), ...answer.items].sort(inOrder) : answer.items;
    this.put({ ...answer, of: ids && this.board ? this.board.of : answer.of, items: kept(old, items) });
    const left = ids ? leftBehind(items, ids) : [];
    if (left.length) this.soon(left);
  }

  /** @param {Board} board */
  put(board) {
    this.board = board;
    this.show((old) => ({ ...old, board, error: null, busy: false }));
  }

  /** @param {(items: Column[]) => Column[]} by */
  change(by) {
    this.changes += 1;
    if (this.board) this.put({ ...this.board, items: by(this.board.items) });
  }

  /** Listens as long as the page is open. */
  follow() {
    let here = false;
    let timer = 0;
    const turn = (/** @type {boolean} */ on) => {
      here = on;
      this.show((old) => ({ ...old, here }));
      clearInterval(timer);
      timer = window.setInterval(() => this.wholeAgain(), here ? HERE_MS : AWAY_MS);
    };
    const line = io("/board", { transports: ["websocket", "polling"] });
    let known = false;
    line.on("connect", () => {
      turn(true);
      if (known) this.wholeAgain();
      known = true;
    });
    for (const event of ["disconnect", "connect_error"]) line.on(event, () => turn(false));
    line.on("calendar", (/** @type {{specialist: number}} */ news) => this.heard([news.specialist]));
    line.on("changed", (/** @type {{booking: number}} */ news) => this.heard(whose(this.board?.items || [], news.booking)));
    return () => {
      clearInterval(timer);
      clearTimeout(this.timer);
      line.disconnect();
    };
  }

  /** @param {number[]} ids */
  heard(ids) {
    const shown = (this.board?.items || []).map((each) => each.specialist.id);
    // Who is not shown matters only where being free decides about being shown.
    const concerned = ids.filter((id) => shown.includes(id) || this.query.only_free);
    if (concerned.length) this.soon(concerned);
  }
}

/** So many pages as one answer. @param {Query} query @param {number} pages @returns {Promise<Board>} */
export async function pagesOf(query, pages) {
  /** @type {Board} */
  const first = await get("/calendars", query);
  const items = [...first.items];
  for (let page = 1; page < pages && items.length < first.of; page += 1) {
    const next = /** @type {Board} */ (await get("/calendars", { ...query, skip: items.length }));
    items.push(...next.items);
  }
  return { ...first, items };
}

/** Rows that are as they were stay the same objects: nothing of them is drawn again. @param {Column[]} old @param {Column[]} items */
function kept(old, items) {
  const before = new Map(old.map((each) => [each.specialist.id, each]));
  return items.map((each) => {
    const known = before.get(each.specialist.id);
    return known && (known === each || JSON.stringify(known) === JSON.stringify(each)) ? known : each;
  });
}

/** A booking that now stands with somebody of `ids` stood elsewhere before: there it is to be taken away. @param {Column[]} items @param {number[]} ids */
function leftBehind(items, ids) {
  const moved = new Set(items.filter((each) => ids.includes(each.specialist.id)).flatMap((each) => each.bookings.map(({ id }) => id)));
  return items.filter((each) => !ids.includes(each.specialist.id) && each.bookings.some(({ id }) => moved.has(id))).map((each) => each.specialist.id);
}

/** @param {Column[]} items @param {number} booking */
function whose(items, booking) {
  return items.filter((each) => each.bookings.some(({ id }) => id === booking)).map((each) => each.specialist.id);
}

/** As the server sorts. @param {Column} one @param {Column} other */
function inOrder({ specialist: one }, { specialist: other }) {
  return compared(one.institution.name, other.institution.name) || one.institution.id - other.institution.id || compared(one.name, other.name) || one.id - other.id;
}

/** @param {string} one @param {string} other */
function compared(one, other) {
  return one === other ? 0 : one < other ? -1 : 1;
}
