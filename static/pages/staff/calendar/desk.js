// One specialist's calendar at work: which days are seen, where the cursor is, what is being changed, and what is said of it.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { addDays, dayOf, instantOf, mondayOf, plainDay } from "/static/lib/time.js";
import { inAddress, Loading, Trouble, useNow, zoneOf } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";
import { useChanges, whoChanged } from "./changes.js";
import { Dialogs } from "./dialogs.js";
import { drawn, unmoved } from "./draft.js";
import { Grid } from "./grid.js";
import { pressed } from "./keys.js";
import { List } from "./list.js";
import { useLive } from "./live.js";
import { chosenDays, daysOfMonth, Month, monthLater, monthName } from "./month.js";
import { News, Outside, Said, UndoButton, ZoneLine } from "./notices.js";
import { piecesOf, standing, windowsOf } from "./plan.js";
import { capital, cursorWords, dateWords, daysWords, stretchWords } from "./spoken.js";
import { scopesOf, toChange } from "./steps.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */
/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./plan.js").Stretch} Stretch */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {"day" | "week" | "month" | "list"} Shape */
/**
 * What is open over the page.
 * @typedef {{kind: "window", at: Stretch, win: Win | null} | {kind: "scope", win: Win, targets: Stretch[]} | {kind: "days", act: import("./days-dialog.js").DaysAct}
 *   | {kind: "absence", id: number} | {kind: "help"}} Open
 */

const HOUR = 60;
const FIRST_AT = 9 * HOUR;
const NARROW = "(max-width: 46rem)";

/** @param {{me: Me, specialist: Specialist, edits: boolean}} props */
export function Desk({ me, specialist, edits: may }) {
  const narrow = matchMedia(NARROW).matches;
  const zone = specialist.zone || zoneOf(me);
  const now = useNow(30_000);
  const [day, setDay] = useState(inAddress("day") || dayOf(Date.now(), zone));
  const [at, setAt] = useState(FIRST_AT);
  const [anchor, setAnchor] = useState(day);
  const [shape, setShape] = useState(firstShape(narrow));
  const [working, setWorking] = useState(inAddress("mode") === "work");
  const [focused, setFocused] = useState(false);
  const [draft, setDraft] = useState(/** @type {Draft | null} */ (null));
  const [dialog, setDialog] = useState(/** @type {Open | null} */ (null));
  const [said, say] = useState("");
  const [news, setNews] = useState("");
  const edits = may && working;
  const days = shape === "month" ? daysOfMonth(day) : shape === "day" ? [day] : weekOf(day);
  // The weeks beside it are there before she turns to them.
  const [from, until] = shape === "month" ? [days[0], days[days.length - 1]] : [addDays(mondayOf(day), -7), addDays(mondayOf(day), 13)];
  const live = useLive(specialist.id, from, until, (calendar) => {
    changes.forget();
    const text = calendar.undo ? whoChanged(calendar) : t("calendar.somebody");
    setNews(text);
    say(text);
  });
  const changes = useChanges(specialist.id, days, live, say);
  const calendar = live.value;
  useEffect(() => live.hold("hand", Boolean(draft || dialog)), [draft, dialog]);
  useEffect(() => remember({ specialist: specialist.id, day, shape, mode: working ? "work" : "" }), [day, shape, working]);
  const keyed = useRef("");
  const here = () => { if (calendar) say(cursorWords(calendar, { day, at }, winAt(calendar, day, at), bookingAt(calendar, day, at))); };
  const quiet = useRef(false);
  quiet.current = Boolean(changes.done || changes.busy || draft);
  useEffect(() => {
    // What a key came upon is said when it is known: a new week has to be asked for first.
    if (keyed.current === `${day} ${at}` && !quiet.current) here();
  }, [calendar, day, at]);
  const onFocus = (/** @type {boolean} */ has) => {
    setFocused(has);
    if (has && !quiet.current) here();
  };

  const toDay = (/** @type {string} */ next) => { setDay(next); setAnchor(next); };
  const toCursor = (/** @type {{day: string, at: number}} */ cursor) => {
    keyed.current = `${cursor.day} ${cursor.at}`;
    changes.forget();
    toDay(cursor.day);
    setAt(cursor.at);
  };
  const turn = (/** @type {number} */ by) => toDay(shape === "month" ? monthLater(day, by) : addDays(day, by * (shape === "day" ? 1 : 7)));
  const drop = () => { setDraft(null); setDialog(null); };

  /** @param {string} what @param {import("./steps.js").Step[]} steps */
  async function apply(what, steps) {
    const kept = dialog?.kind === "days" || (dialog?.kind === "window" && !dialog.win);
    const done = await changes.run(what, steps);
    // What was typed stays; what was pulled from its place goes back there.
    if (done || !kept) drop();
  }

  /** @param {Draft} done */
  function finish(done) {
    const target = { day: done.day, start: done.start, end: done.end };
    setDraft(done);
    if (!done.win) setDialog({ kind: "window", at: target, win: null });
    else if (unmoved(done)) setDraft(null);
    else decide(done.win, [target]);
  }

  /** @param {Win} win @param {Stretch[]} targets */
  function decide(win, targets) {
    if (!calendar) return;
    const scopes = scopesOf(calendar, win, targets);
    if (scopes.length > 1) setDialog({ kind: "scope", win, targets });
    else apply(changeWords(win, targets), toChange(calendar, win, targets, scopes[0]));
  }

  /** @param {Draft | null} next */
  function drag(next) {
    setDraft(next);
    changes.forget();
    if (next) say(stretchWords(next));
    else if (draft) say(t("calendar.cancelled"));
  }

  /** @param {{day: string, at: number}} place @param {boolean} meant */
  function onTime(place, meant) {
    if (!calendar) return;
    if (edits) {
      if (meant) finish({ ...drawn(place.day, place.at, "mouse"), end: Math.min(place.at + HOUR, 24 * HOUR) });
      return;
    }
    if (isOpen(calendar, place)) location.assign(bookingAddress(specialist.id, place, calendar));
    else say(t("calendar.not_open"));
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (!calendar || dialog) return;
    const win = winAt(calendar, day, at);
    const meant = pressed(event, {
      edits, days, cursor: { day, at }, draft, win, wins: windowsOf(calendar).filter((each) => days.includes(each.day)),
      move: toCursor, change: drag, finish, page: (by) => toCursor({ day: addDays(day, by * 7), at }), open: () => onEnter(win),
      remove: (one) => decide(one, []), undo: () => { if (may && !draft) changes.undo(); }, help: () => setDialog({ kind: "help" }),
    });
    if (!meant) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Win | null} win */
  function onEnter(win) {
    if (!calendar) return;
    const booking = bookingAt(calendar, day, at);
    if (edits && win) setDialog({ kind: "window", at: win, win });
    else if (booking?.client) location.assign(`/staff/record?booking=${booking.id}`);
    else onTime({ day, at }, true);
  }

  const openDay = (/** @type {string} */ which) => { toDay(which); setShape("day"); };
  const onAbsence = (/** @type {number} */ id) => setDialog({ kind: "absence", id });
  const onWin = (/** @type {Win} */ win) => setDialog({ kind: "window", at: win, win });
  const onAdd = (/** @type {string} */ which) => finish({ ...drawn(which, FIRST_AT, "mouse"), end: FIRST_AT + 3 * HOUR });
  if (live.error && !calendar) return html`<${Trouble} error=${live.error} again=${live.load} />`;
  if (!calendar) return html`<${Loading} />`;
  const title = titleOf(shape, day);
  return html`
    <div class="calendar-head">
      <div class="day-buttons" role="group" aria-label=${t("calendar.turn")}>
        <button type="button" class="button small" aria-label=${t(`calendar.before_${stepName(shape)}`)} onClick=${() => turn(-1)}>‹</button>
        <button type="button" class="button small" onClick=${() => toDay(dayOf(Date.now(), zone))}>${t("today.today")}</button>
        <button type="button" class="button small" aria-label=${t(`calendar.after_${stepName(shape)}`)} onClick=${() => turn(1)}>›</button>
      </div>
      <h2 aria-live="polite">${title}</h2>
      <div class="segments" role="group" aria-label=${t("calendar.shape")}>
        ${shapesFor(narrow).map((each) => html`<button type="button" key=${each} aria-pressed=${shape === each} data-shape=${each} onClick=${() => { setDraft(null); setShape(each); }}>${t(`calendar.as_${each}`)}</button>`)}
      </div>
    </div>
    ${may && html`<div class="cal-tools">
      <div class="segments" role="group" aria-label=${t("calendar.mode")}>
        ${[false, true].map((work) => html`<button type="button" key=${work} aria-pressed=${working === work} data-mode=${work ? "work" : "look"} onClick=${() => { setDraft(null); setWorking(work); }}>${t(work ? "calendar.mode_work" : "calendar.mode_look")}</button>`)}
      </div>
      <span class="row tight">
        ${edits && html`<button type="button" class="button small primary" data-test="add-hours" onClick=${() => onAdd(day)}>${t("calendar.add_hours")}</button>`}
        <${UndoButton} calendar=${calendar} changes=${changes} />
        <button type="button" class="button small cal-help" data-test="help" aria-label=${t("calendar.keys")} title=${t("calendar.keys")} onClick=${() => setDialog({ kind: "help" })}>?</button>
      </span></div>`}
    ${live.error && html`<${Trouble} error=${live.error} again=${live.load} />`}
    <${News} changes=${changes} news=${news} onNewsRead=${() => setNews("")} quiet=${dialog !== null} />
    <${Outside} ...${{ calendar, days, now }} />
    <${Said} said=${said} changes=${changes}><${ZoneLine} zone=${calendar.zone} at=${day} now=${now} own=${zoneOf(me)} /><//>
    <div class=${`cal cal-as-${shape}`} data-test="calendar" data-version=${calendar.version} data-busy=${changes.busy ? "true" : "false"}>
      ${(shape === "week" || shape === "day") && html`<${Grid} key=${shape} ...${{ calendar, days, now, edits, draft, focused }} cursor=${{ day, at }} name=${t(edits ? "calendar.grid_work" : "calendar.grid_look", { title })}
        onKey=${onKey} onFocus=${onFocus} onDraft=${drag} onFinish=${finish} onCursor=${toCursor} onWin=${onWin} onAbsence=${onAbsence} onTime=${onTime} onDay=${openDay} />`}
      ${shape === "month" && html`<${Month} ...${{ calendar, now, edits }} month=${day} chosen=${{ anchor, day }} onChosen=${(/** @type {any} */ next) => choose(next)} onDay=${openDay} onAct=${(/** @type {any} */ act) => setDialog({ kind: "days", act })}
        onRemove=${() => setDialog({ kind: "days", act: "off" })} onUndo=${changes.undo} onHelp=${() => setDialog({ kind: "help" })} onAbsence=${onAbsence} hold=${(/** @type {boolean} */ held) => live.hold("days", held)} />`}
      ${shape === "list" && html`<${List} ...${{ calendar, specialist, days, now, edits, onWin, onAdd, onAbsence }} />`}
    </div>
    <p class="hint">${t(`calendar.how${howTo(edits, shape, narrow)}`)}</p>
    <p class="visually-hidden" id="cal-keys-short">${t(edits ? "calendar.keys_work" : "calendar.keys_look")}</p>
    <${Dialogs} dialog=${dialog} calendar=${calendar} specialist=${specialist} days=${chosenDays({ anchor, day })} changes=${changes} month=${shape === "month"} onClose=${drop} onApply=${apply} onRemove=${(/** @type {Win} */ win) => decide(win, [])} />`;

  /** @param {import("./month.js").Chosen} next */
  function choose(next) {
    setAnchor(next.anchor);
    setDay(next.day);
    say(daysWords(chosenDays(next)));
  }
}

/** @param {Win} win @param {Stretch[]} targets */
export function changeWords(win, targets) {
  return targets.length ? t("calendar.did_change", { what: targets.map(stretchWords).join(" · ") }) : t("calendar.did_remove", { what: stretchWords(win) });
}

/** @param {Calendar} calendar @param {string} day @param {number} at */
function winAt(calendar, day, at) {
  return windowsOf(calendar).find((each) => each.day === day && each.start <= at && at < each.end) || null;
}

/** @param {Calendar} calendar @param {string} day @param {number} at */
function bookingAt(calendar, day, at) {
  return standing(calendar).find((each) => piecesOf(each.starts, each.ends, calendar.zone).some((piece) => piece.day === day && piece.start <= at && at < piece.end)) || null;
}

/** @param {Calendar} calendar @param {{day: string, at: number}} place */
function isOpen(calendar, { day, at }) {
  const instant = Date.parse(instantOf(wallAt(day, at), calendar.zone));
  return calendar.open.some((each) => Date.parse(each.starts) <= instant && instant < Date.parse(each.ends));
}

/** @param {string} day @param {number} at */
function wallAt(day, at) {
  return `${day}T${String(Math.floor(at / HOUR)).padStart(2, "0")}:${String(at % HOUR).padStart(2, "0")}`;
}

/** @param {number} specialist @param {{day: string, at: number}} place @param {Calendar} calendar */
function bookingAddress(specialist, { day, at }, { zone, step_min }) {
  const starts = instantOf(wallAt(day, Math.floor(at / step_min) * step_min), zone);
  return `/staff/booking?specialist=${specialist}&day=${day}&starts=${encodeURIComponent(starts)}`;
}

/** @param {string} day */
function weekOf(day) {
  const monday = mondayOf(day);
  return [0, 1, 2, 3, 4, 5, 6].map((n) => addDays(monday, n));
}

/** @param {boolean} narrow @returns {Shape[]} */
function shapesFor(narrow) {
  return narrow ? ["day", "list", "month"] : ["week", "day", "month", "list"];
}

/** @param {boolean} narrow @returns {Shape} */
function firstShape(narrow) {
  const asked = /** @type {Shape} */ (inAddress("as"));
  return shapesFor(narrow).includes(asked) ? asked : narrow ? "list" : "week";
}

/** @param {boolean} edits @param {Shape} shape @param {boolean} narrow */
function howTo(edits, shape, narrow) {
  if (!edits) return "_look";
  if (narrow) return "_touch";
  return shape === "month" ? "_month" : "_work";
}

/** @param {Shape} shape */
function stepName(shape) {
  return shape === "list" ? "week" : shape;
}

/** @param {Shape} shape @param {string} day */
function titleOf(shape, day) {
  if (shape === "day") return capital(plainDay(day, lang));
  if (shape === "month") return capital(monthName(day));
  return t("calendar.week_of", { from: dateWords(mondayOf(day)), until: dateWords(addDays(mondayOf(day), 6)) });
}

/** A page that is loaded again shows the same place. @param {{specialist: number, day: string, shape: string, mode: string}} place */
function remember({ specialist, day, shape, mode }) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries({ specialist: String(specialist), day, as: shape, mode })) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(null, "", address);
}
