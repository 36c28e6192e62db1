// The coordinators' schedule: many specialists side by side with their free time; booking by a press, moving by a drag or by keys, live.

import { html, useEffect, useMemo, useRef, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { dayOf } from "/static/lib/time.js";
import { PAGE, pagesOf, useSchedule } from "./board/asking.js";
import { BookingCard } from "./board/card.js";
import { BookingWindow } from "./board/booking-window.js";
import { Cells } from "./board/cells.js";
import { Lanes } from "./board/lanes.js";
import { asItStands, useMoves } from "./board/moving.js";
import { MovingWindow } from "./board/moving-window.js";
import { NewsBar } from "./board/news.js";
import { People } from "./board/people.js";
import { LAST } from "./board/walking.js";
import { DayLine, dayTitle, fromAddress, intoAddress, plain, useQuery, WishLine } from "./board/wishes.js";
import { Empty, Loading, NoPage, open, Trouble, useAnswer, useNow, zoneOf } from "./parts/shell.js";
import { t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/schedule-types.js").Board} Board */
/** @typedef {import("/static/lib/schedule-types.js").BoardBooking} BoardBooking */
/** @typedef {import("/static/lib/schedule-types.js").Column} Column */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("./board/booking-window.js").Start} Start */
/** @typedef {import("./board/lanes.js").Carried} Carried */
/** @typedef {import("./board/wishes.js").Catalogue} Catalogue */
/** @typedef {import("./board/asking.js").Query} Query */
/** @typedef {import("./board/wishes.js").Wishes} Wishes */
/** @typedef {{name: "book", start: Start} | {name: "card" | "moving", column: Column, booking: BoardBooking}} Opened the one window over the page */

const NARROW = "(max-width: 46rem)";

open("board", SchedulePage);

/** @param {{me: Me}} props */
function SchedulePage({ me }) {
  const catalogue = useAnswer(everything, []);
  if (catalogue.error) return html`<${NoPage} error=${catalogue.error} again=${catalogue.again} />`;
  if (!catalogue.value) return html`<h1>${t("sched.title")}</h1><${Loading} />`;
  return html`<${Schedule} me=${me} catalogue=${catalogue.value} />`;
}

/** @returns {Promise<Catalogue>} */
async function everything() {
  const [services, specialists, topics] = await Promise.all(["/services", "/specialists", "/topics"].map((path) => get(path)));
  return { services: services.items, specialists: specialists.items, topics: topics.items };
}

/** @param {{me: Me, catalogue: Catalogue}} props */
function Schedule({ me, catalogue }) {
  const zone = zoneOf(me);
  const today = dayOf(useNow(30_000), zone);
  const narrow = useNarrow();
  const [wishes, setWishes] = useState(() => fromAddress(catalogue, zone));
  const shape = narrow ? { ...wishes, days: 1 } : wishes;
  const query = useQuery(shape);
  const board = useSchedule(query);
  const items = board.board?.items || [];
  // Whoever has nothing free for one service may have a place for what is being moved.
  const among = { ...query, service: undefined, only_free: undefined };
  const [opened, setOpened] = useState(/** @type {Opened | null} */ (null));
  const [carried, setCarried] = useState(/** @type {Carried | null} */ (null));
  const [focus, setFocus] = useState(/** @type {string | null} */ (null));
  const moves = useMoves({ zone, minutes: board.board?.duration_min || 0, change: board.change, freshen: board.freshen, onMoved: (id) => setFocus(String(id)) });
  const lifting = useRef(0);
  useEffect(() => intoAddress(wishes), [wishes]);
  useUndoKey(moves.news?.back);

  const wish = (/** @type {Wishes} */ next) => {
    setOpened(null);
    setFocus(null);
    setWishes(next);
  };
  const close = () => {
    setOpened(null);
    setFocus(LAST);
  };
  const goTo = (/** @type {string} */ day) => wish({ ...wishes, day, days: 1 });
  const acts = {
    onFree: (/** @type {Column} */ column, /** @type {string} */ starts) => setOpened({ name: "book", start: { specialist: column.specialist, zone: column.zone, starts } }),
    onBooking: (/** @type {Column} */ column, /** @type {BoardBooking} */ booking) => setOpened({ name: "card", column, booking }),
    onMove: (/** @type {Column} */ column, /** @type {BoardBooking} */ booking) => setOpened({ name: "moving", column, booking }),
    onNext: (/** @type {string} */ next) => goTo(dayOf(next, zone)),
    onLift: async (/** @type {{booking: BoardBooking, from: Column}} */ { booking, from }) => {
      board.hold(true);
      const own = (lifting.current += 1);
      const minutes = booking.service.duration_min;
      setCarried({ booking, from, free: null, minutes });
      const free = await roomFor(booking, among, items.length).catch(() => new Map());
      if (lifting.current === own) setCarried({ booking, from, free, minutes });
    },
    onDrop: (/** @type {{specialist: number, starts: string} | null} */ to) => {
      lifting.current += 1;
      setCarried(null);
      board.hold(false);
      if (!carried || !to) return;
      const { booking, from } = carried;
      if (to.specialist !== from.specialist.id || Date.parse(to.starts) !== Date.parse(booking.starts)) moves.move(asItStands(booking, from), to);
    },
  };
  const service = catalogue.services.find(({ code }) => code === wishes.service);
  return html`
    <div class="page-head sb-top">
      <div><h1>${dayTitle(shape)}</h1><p class="soft">${[t("sched.title"), zoneName(zone, `${wishes.day}T12:00:00Z`)].join(" · ")}</p></div>
      <${DayLine} wishes=${shape} today=${today} narrow=${narrow} onChange=${wish} />
    </div>
    <${WishLine} wishes=${wishes} catalogue=${catalogue} narrow=${narrow} onChange=${wish} />
    ${!board.here && board.board && html`<p class="line-away" role="status">${t("today.away")}</p>`}
    ${board.error && html`<${Trouble} error=${board.error} again=${board.again} />`}
    <${NewsBar} news=${moves.news} zone=${zone} onClose=${moves.dismiss} />
    ${!board.board && !board.error && html`<${Loading} />`}
    ${board.board && html`<div class="sb-place" aria-busy=${board.busy} data-test="schedule" data-day=${board.board.since} data-shown=${items.length} data-live=${board.here || undefined}>
      ${items.length === 0 ? html`<${Empty} title=${t("sched.nobody")} text=${t("sched.nobody_next")}><button type="button" class="button" onClick=${() => wish(plain(wishes))}>${t("sched.all")}</button><//>`
        : narrow ? html`<${People} board=${board.board} zone=${zone} ...${acts} />`
        : shape.days > 1 ? html`<${Cells} board=${board.board} day=${board.board.since} days=${daysOf(board.board)} zone=${zone} focus=${opened ? null : focus} onFocused=${() => setFocus(null)} onFree=${acts.onFree} onDay=${goTo} />`
        : html`<${Lanes} board=${board.board} day=${board.board.since} zone=${zone} carried=${carried} focus=${opened ? null : focus} onFocused=${() => setFocus(null)} ...${acts} />`}
      ${items.length > 0 && board.board.of > items.length && html`<div class="row"><p class="hint">${t("sched.first_of", { n: items.length, of: board.board.of })}</p><button type="button" class="button small" data-test="more" onClick=${board.more}>${t("sched.more")}</button></div>`}
    </div>`}
    ${!narrow && shape.days === 1 && html`<${Legend} />`}
    ${opened?.name === "book" && service && html`<${BookingWindow} key=${`${opened.start.specialist.id} ${opened.start.starts}`} start=${opened.start} service=${service} zone=${zone} onClose=${close} onBooked=${() => board.freshen([opened.start.specialist.id])} />`}
    ${opened?.name === "card" && html`<${BookingCard} booking=${opened.booking} column=${opened.column} zone=${zone} onClose=${close}
      onMove=${() => setOpened({ ...opened, name: "moving" })} onChanged=${() => { close(); board.freshen([opened.column.specialist.id]); }} />`}
    ${opened?.name === "moving" && html`<${MovingWindow} booking=${opened.booking} from=${opened.column} among=${among} zone=${zone} onClose=${close}
      onMove=${(/** @type {{specialist: number, starts: string}} */ to) => { close(); moves.move(asItStands(opened.booking, opened.column), to); }} />`}`;
}

/**
 * Where a booking may start among those who are shown, by specialist.
 * @param {BoardBooking} booking @param {Query} among @param {number} shown @returns {Promise<Map<number, string[]>>}
 */
async function roomFor(booking, among, shown) {
  const answer = await pagesOf({ ...among, moving: booking.id }, Math.ceil(shown / PAGE));
  return new Map(answer.items.map((each) => [each.specialist.id, each.free || []]));
}

/** @param {Board} board */
function daysOf({ since, until }) {
  return Math.round((Date.parse(until) - Date.parse(since)) / 86_400_000) + 1;
}

function Legend() {
  const parts = ["start", "open", "held", "block", "foreign"];
  return html`
    <div class="sb-legend">
      <ul aria-label=${t("sched.legend")}>${parts.map((part) => html`<li key=${part}><span class=${`sb-sample sb-sample-${part}`} aria-hidden="true"></span>${t(`sched.legend_${part}`)}</li>`)}</ul>
      <p class="hint" id="sb-keys">${t("sched.keys")}</p>
    </div>`;
}

function useNarrow() {
  const query = useMemo(() => matchMedia(NARROW), []);
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const turn = () => setNarrow(query.matches);
    query.addEventListener("change", turn);
    return () => query.removeEventListener("change", turn);
  }, []);
  return narrow;
}

/** Ctrl+Z takes the last move back, except where somebody writes. @param {(() => void) | undefined} back */
function useUndoKey(back) {
  const latest = useRef(back);
  latest.current = back;
  useEffect(() => {
    const typed = (/** @type {KeyboardEvent} */ event) => {
      const writes = /** @type {HTMLElement} */ (event.target).closest("input, textarea, select, dialog");
      if (event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || event.shiftKey || writes || !latest.current) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", typed);
    return () => removeEventListener("keydown", typed);
  }, []);
}
