// The screens of one's own time, one thing on each: the booking, the days, the hours, the question, and what came of it.

import { clock, el, fill, leadTo, phoneLink, say, wall } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";

/** @typedef {import("./asking.js").Facts} Facts */
/** @typedef {import("./asking.js").FreeDay} FreeDay */
/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {() => void} Act */

/** @type {Intl.DateTimeFormatOptions} */ const DAY = { weekday: "long", day: "numeric", month: "long" };
/** @type {Intl.DateTimeFormatOptions} */ const WHEN = { ...DAY, hour: "2-digit", minute: "2-digit" };
const DAWN = 5;
const NOON = 12;
const EVENING = 17;
const FEW = 3;

/** A number stays with its month, an hour with the word before it. @param {string} text */
const kept = (text) => text.replace(/(\d) (?=[^\d\s(])/, "$1\u00a0").replace(/ (\d\d:)/, "\u00a0$1");
/** "вторник, 24 ноября" @param {string} instant @param {string} zone */
const dayOf = (instant, zone) => kept(wall(instant, zone, DAY));
/** "вторник, 24 ноября в 10:00", with the zone's name where this phone lives in another @param {string} instant @param {string} zone */
const momentOf = (instant, zone) => kept(clock(instant, zone, WHEN));

/** @param {HTMLElement} host @param {string} step @param {string} title @param {...(Node | string | null | undefined | false)} parts */
export function show(host, step, title, ...parts) {
  host.dataset.step = step;
  fill(host, el("h1", {}, title), ...parts);
  leadTo(host);
}

/** What he has, and what he may do about it. @param {HTMLElement} host @param {Facts} facts @param {{confirm: Act, days: Act, cancel: Act, open: boolean}} acts */
export function home(host, facts, acts) {
  const { visit, times } = facts;
  const comes = times.status === "confirmed";
  const into = el("a", { class: `button wide ${comes || acts.open ? "primary big" : ""}`, href: acts.open ? "/visit" : "/visit?check", "data-test": "to-visit" }, icon(acts.open ? "time" : "camera"), say(acts.open ? "own.to_room" : "own.check"));
  show(
    host, "own-home", say("own.heading"),
    ticket(visit.starts, times.zone, say("own.with", { specialist: visit.specialist.name, service: visit.service.name })),
    comes && el("p", { class: "notice", "data-test": "comes" }, say("own.comes")),
    el("p", {}, acts.open ? say("own.open") : say("own.opens_at", { time: clock(visit.opens_at, times.zone) })),
    acts.open && into,
    !comes && el("button", { class: `button wide ${acts.open ? "" : "primary big"}`, type: "button", "data-test": "own-confirm", onclick: acts.confirm }, icon("check"), say("own.confirm")),
    !acts.open && into,
    times.may_change ? el("div", { class: "own-quiet" }, quiet("own-days", "own.choose", acts.days), quiet("own-cancel", "own.cancel", acts.cancel)) : tooLate(facts),
  );
}

/** The office, in large: the one way that is left. @param {Facts} facts */
function tooLate({ visit, times }) {
  return el(
    "section", { class: "notice warn stack", "data-test": "too-late" },
    el("p", {}, say("own.too_late", { time: momentOf(times.change_until, times.zone) })),
    call(visit.office.phone),
  );
}

/** @param {HTMLElement} host @param {Facts} facts @param {{hours: (day: string) => void, more: Act, back: Act}} acts */
export function days(host, { visit, times }, acts) {
  if (!times.days.length) return nothingFree(host, { visit, times }, acts);
  show(
    host, "own-days", say("own.days"),
    el("p", {}, say("own.now", { time: momentOf(visit.starts, times.zone) })),
    zoneNote(times.days[0].starts[0], times.zone),
    el("ul", { class: "own-list" }, ...times.days.map((day) => el("li", {}, dayButton(day, times.zone, acts.hours)))),
    times.more_from && el("button", { class: "button wide", type: "button", "data-test": "own-more", onclick: acts.more }, say("own.more_days")),
    el("p", {}, `${say("own.none_fits")} `, phoneLink(visit.office.phone)),
    back(acts.back),
  );
}

/** @param {FreeDay} day @param {string} zone @param {(day: string) => void} hours */
function dayButton({ day, starts }, zone, hours) {
  const walls = starts.map((each) => wall(each, zone));
  const which = walls.length <= FEW ? walls.join(", ") : `${walls[0]}–${walls[walls.length - 1]}`;
  return el("button", { class: "button wide own-day", type: "button", "data-test": "own-day", "data-day": day, onclick: () => hours(day) },
    el("b", { class: "large own-other" }, dayOf(starts[0], zone)),
    el("span", { class: "own-free" }, say("own.free", { count: starts.length, which })));
}

/** @param {HTMLElement} host @param {Facts} facts @param {{more: Act, back: Act}} acts */
function nothingFree(host, { visit, times }, acts) {
  show(
    host, "own-none", say("own.none"),
    el("p", { class: "large", "data-reason": times.none_because }, say(`own.none_${times.none_because}`)),
    el("p", {}, say("own.stays", { time: momentOf(visit.starts, times.zone) })),
    times.more_from && el("button", { class: "button primary wide big", type: "button", "data-test": "own-more", onclick: acts.more }, say("own.more_days")),
    el("p", {}, say("own.none_call")),
    call(visit.office.phone, !times.more_from),
    back(acts.back),
  );
}

/** @param {HTMLElement} host @param {Facts} facts @param {FreeDay} day @param {{choose: (starts: string) => void, back: Act}} acts */
export function hours(host, { times }, day, acts) {
  const parts = ["night", "morning", "afternoon", "evening"].map((part) => ({ part, starts: day.starts.filter((each) => partOf(each, times.zone) === part) }));
  show(
    host, "own-hours", dayOf(day.starts[0], times.zone),
    el("p", {}, say("own.hours")),
    zoneNote(day.starts[0], times.zone),
    ...parts.filter(({ starts }) => starts.length).map(({ part, starts }) => el(
      "section", { class: "stack tight", "aria-labelledby": `part-${part}` },
      el("h2", { id: `part-${part}` }, say(`own.${part}`)),
      el("ul", { class: "own-hours" }, ...starts.map((each) => el("li", {}, el("button", { class: "button wide large figures", type: "button", "data-test": "own-hour", "data-starts": each, onclick: () => acts.choose(each) }, wall(each, times.zone))))))),
    back(acts.back, "own.other_day"),
  );
}

/** @param {string} instant @param {string} zone */
function partOf(instant, zone) {
  const hour = parseInt(wall(instant, zone, { hour: "2-digit", hourCycle: "h23" }), 10);
  if (hour < DAWN) return "night";
  return hour < NOON ? "morning" : hour < EVENING ? "afternoon" : "evening";
}

/** One question. @param {HTMLElement} host @param {Facts} facts @param {string} starts @param {{yes: Act, back: Act}} acts */
export function sure(host, { visit, times }, starts, acts) {
  show(
    host, "own-sure", say("own.sure", { time: momentOf(starts, times.zone) }),
    el("p", { class: "large" }, say("own.sure_detail", { old: momentOf(visit.starts, times.zone) })),
    el("div", { id: "news", role: "alert" }),
    el("button", { class: "button primary wide big", type: "button", "data-test": "own-yes", onclick: acts.yes }, say("own.yes")),
    back(acts.back, "own.other_time"),
  );
}

/** @param {HTMLElement} host @param {Facts} facts @param {Act} next */
export function done(host, { visit, times }, next) {
  show(
    host, "own-done", say("own.done"),
    ticket(visit.starts, times.zone, say("own.write_down")),
    el("p", {}, say("own.same_code")),
    el("button", { class: "button primary wide big", type: "button", "data-test": "own-good", onclick: next }, say("own.good")),
  );
}

/** Another time is offered first. @param {HTMLElement} host @param {Facts} facts @param {{days: Act, yes: Act, back: Act}} acts */
export function cancel(host, { visit, times }, acts) {
  show(
    host, "own-cancel", say("own.cancel_heading"),
    el("p", { class: "large" }, say("own.cancel_first")),
    el("button", { class: "button primary wide big", type: "button", "data-test": "own-rather-days", onclick: acts.days }, icon("time"), say("own.choose")),
    back(acts.back, "own.keep"),
    el("section", { class: "stack own-apart", "aria-labelledby": "cancel-title" },
      el("h2", { id: "cancel-title" }, say("own.cancel_still")),
      el("p", {}, say("own.cancel_for_good", { time: momentOf(visit.starts, times.zone) })),
      el("div", { id: "news", role: "alert" }),
      el("button", { class: "button danger wide", type: "button", "data-test": "own-cancel-yes", onclick: acts.yes }, say("own.cancel_yes"))),
  );
}

/** @param {HTMLElement} host @param {Facts} facts */
export function cancelled(host, { visit }) {
  show(
    host, "own-cancelled", say("own.cancelled"),
    el("p", { class: "large" }, say("own.cancelled_detail")),
    el("p", {}, say("own.cancelled_again")),
    call(visit.office.phone),
  );
}

/** Somebody was faster. @param {HTMLElement} host @param {Facts} facts @param {Refusal} refusal @param {{choose: (starts: string) => void, days: Act}} acts */
export function taken(host, { visit, times }, refusal, acts) {
  /** @type {{starts: string}[]} */ const others = refusal.data.alternatives || [];
  show(
    host, "own-taken", refusal.title,
    el("p", { class: "large" }, say("own.taken_stays", { time: momentOf(visit.starts, times.zone) })),
    others.length > 0 && el("h2", {}, say("own.taken_others")),
    others.length > 0 && el("ul", { class: "own-list" }, ...others.map(({ starts }) => el("li", {}, el("button", { class: "button wide big", type: "button", "data-test": "own-other", "data-starts": starts, onclick: () => acts.choose(starts) }, el("span", { class: "own-other" }, momentOf(starts, times.zone)))))),
    el("button", { class: "button wide", type: "button", "data-test": "own-days", onclick: acts.days }, say("own.all_days")),
  );
}

/** The coordinator, or he himself in another window, was faster. @param {HTMLElement} host @param {Facts} facts @param {Act} next */
export function changed(host, { visit, times }, next) {
  show(
    host, "own-changed", say("own.changed"),
    ticket(visit.starts, times.zone, say("own.changed_detail")),
    el("button", { class: "button primary wide big", type: "button", "data-test": "own-good", onclick: next }, say("own.good")),
  );
}

/** No way on but one. @param {HTMLElement} host @param {{step: string, title: string, detail: string, phone: string, code?: string}} what @param {HTMLElement} [more] */
export function stopped(host, { step, title, detail, phone, code }, more) {
  show(host, step, title, el("p", { class: "large", "data-code": code }, detail), more, phone && call(phone, !more));
}

/** The time as large as the paper slip has it. @param {string} starts @param {string} zone @param {string} below */
function ticket(starts, zone, below) {
  return el(
    "section", { class: "slip", "data-test": "own-when", "data-starts": starts },
    el("p", { class: "slip-head" }, dayOf(starts, zone)),
    el("div", { class: "slip-body stack tight" }, el("p", { class: "own-clock figures" }, wall(starts, zone)), elsewhere(starts, zone) && el("p", {}, el("b", {}, nameOf(zone))), el("p", {}, below)),
  );
}

/** Does this phone show another time than the clocks of that zone? @param {string} instant @param {string} zone */
const elsewhere = (instant, zone) => clock(instant, zone) !== wall(instant, zone);

/** @param {string} zone */
function nameOf(zone) {
  const key = `staff.zone.${zone}`;
  const name = say(key);
  return name === key ? zone : name;
}

/** @param {string} instant @param {string} zone */
function zoneNote(instant, zone) {
  return elsewhere(instant, zone) && el("p", { class: "notice", "data-test": "own-zone" }, say("own.zone", { zone: nameOf(zone) }));
}

/** @param {string} phone @param {boolean} [first] */
function call(phone, first = true) {
  return el("a", { class: `button wide ${first ? "primary big" : ""}`, href: `tel:${phone.replace(/[^\d+]/g, "")}`, "data-test": "own-call" }, icon("phone"), el("span", {}, `${say("own.call")} `, el("span", { class: "phone" }, phone)));
}

/** @param {string} hook @param {string} word @param {Act} act */
function quiet(hook, word, act) {
  return el("button", { class: "button wide", type: "button", "data-test": hook, onclick: act }, say(word));
}

/** @param {Act} act @param {string} [word] */
function back(act, word = "own.back") {
  return el("button", { class: "button wide", type: "button", "data-test": "own-back", onclick: act }, say(word));
}
