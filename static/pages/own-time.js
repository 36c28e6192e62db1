// A client's own booking before its hour: he says that he comes, chooses another time, or gives it up. "Back" goes one screen back.

import { byId, el, fill, say } from "/static/components/page.js";
import { change, facts as factsOf, timesFrom } from "/static/pages/own-time/asking.js";
import {
  cancel as showCancel, cancelled as showCancelled, changed as showChanged, days as showDays, done as showDone, home as showHome, hours as showHours, stopped,
  sure as showSure, taken as showTaken,
} from "/static/pages/own-time/screens.js";

/** @typedef {import("/static/pages/own-time/asking.js").Facts} Facts */
/** @typedef {import("/static/lib/api.js").Refusal} Refusal */
/** @typedef {{step: "home" | "days" | "hours" | "sure" | "cancel", day?: string, starts?: string}} Place where he is; the browser's history keeps it */

const HALF_A_DAY_MS = 12 * 3600e3;
const host = byId("step");
/** @type {Facts} */ let facts;
let fast = 0;

addEventListener("popstate", () => show(place()));
begin();

async function begin() {
  try {
    await learn();
  } catch (fault) {
    return cannot(/** @type {Refusal} */ (fault));
  }
  show(place());
  // Who stays on the first screen is led in when the door opens.
  const left = Date.parse(facts.visit.opens_at) - Date.now() - fast;
  if (left > 0 && left < HALF_A_DAY_MS) setTimeout(() => host.dataset.step === "own-home" && location.assign("/visit"), left + 1000);
}

async function learn() {
  facts = await factsOf();
  fast = Date.parse(facts.visit.now) - Date.now();
}

/** @returns {Place} */
function place() {
  return history.state && history.state.step ? history.state : { step: "home" };
}

/** @param {Place} next */
function go(next) {
  history.pushState(next, "");
  show(next);
}

const back = () => history.back();
const toDays = () => go({ step: "days" });

/** @param {Place} at */
function show(at) {
  if (!facts) return;
  const { times } = facts;
  if (times.status === "cancelled") return showCancelled(host, facts);
  if (at.step !== "home" && !times.may_change) return home();
  const day = times.days.find((each) => each.day === at.day);
  if (at.step === "days") showDays(host, facts, { hours: (chosen) => go({ step: "hours", day: chosen }), more, back });
  else if (at.step === "hours" && day) showHours(host, facts, day, { choose, back });
  else if (at.step === "sure" && at.starts) showSure(host, facts, at.starts, { yes: () => move(at.starts || ""), back });
  else if (at.step === "cancel") showCancel(host, facts, { days: toDays, yes: giveUp, back });
  else home();
}

function home() {
  const open = Date.parse(facts.visit.opens_at) <= Date.now() + fast;
  showHome(host, facts, { open, confirm: comes, days: toDays, cancel: () => go({ step: "cancel" }) });
}

/** @param {string} starts */
function choose(starts) {
  go({ step: "sure", starts });
}

async function more() {
  await trying(async () => {
    const later = await timesFrom(facts.times.more_from || "");
    facts.times = { ...later, days: [...facts.times.days, ...later.days] };
    show(place());
  });
}

async function comes() {
  await trying(async () => {
    await change("confirm", facts.times.version);
    await learn();
    home();
  });
}

/** @param {string} starts */
async function move(starts) {
  await trying(async () => {
    await change("move", facts.times.version, { starts });
    await learn();
    history.replaceState({ step: "home" }, "");
    showDone(host, facts, home);
  });
}

async function giveUp() {
  await trying(async () => {
    await change("cancel", facts.times.version);
    facts.times.status = "cancelled";
    history.replaceState({ step: "home" }, "");
    showCancelled(host, facts);
  });
}

/** Nothing is pressed twice meanwhile; what fails is said where he looks, and can be tried again. @param {() => Promise<void>} work */
async function trying(work) {
  const buttons = Array.from(host.querySelectorAll("button"));
  buttons.forEach((each) => (each.disabled = true));
  const pressed = document.activeElement instanceof HTMLButtonElement ? document.activeElement : null;
  const word = pressed && pressed.lastChild ? pressed.lastChild.textContent : "";
  if (pressed && pressed.lastChild) pressed.lastChild.textContent = say("own.wait");
  try {
    await work();
  } catch (fault) {
    buttons.forEach((each) => (each.disabled = false));
    if (pressed && pressed.lastChild) pressed.lastChild.textContent = word;
    await refused(/** @type {Refusal} */ (fault), pressed);
  }
}

/** @param {Refusal} refusal @param {HTMLElement | null} pressed */
async function refused(refusal, pressed) {
  const { code } = refusal;
  if (refusal.data.alternatives) return showTaken(host, facts, refusal, { choose, days: anew });
  if (code === "version_moved" || code === "booking_not_open" || code === "change_too_late") {
    return trying(async () => {
      await learn();
      history.replaceState({ step: "home" }, "");
      if (code === "version_moved" && facts.times.status !== "cancelled") showChanged(host, facts, home);
      else show(place());
    });
  }
  if (code === "seat_needed" || code === "not_permitted") return cannot(refusal);
  tell(code === "no_connection" ? say("own.offline") : `${refusal.title}. ${refusal.detail}`, pressed);
}

/** @param {string} text @param {HTMLElement | null} pressed */
function tell(text, pressed) {
  const news = document.getElementById("news") || el("div", { id: "news", role: "alert" });
  if (!news.isConnected) (pressed && pressed.closest(".step > *") || host.firstElementChild || host).after(news);
  fill(news, el("p", { class: "notice warn", "data-test": "own-news" }, text));
  if (pressed) pressed.focus();
}

/** What was free a minute ago may be taken. */
async function anew() {
  await trying(async () => {
    await learn();
    toDays();
  });
}

/** @param {Refusal} refusal */
function cannot(refusal) {
  const phone = document.body.dataset.phone || "";
  const { code } = refusal;
  // A guest's way is the visit itself: the booking is not his to change.
  if (code === "not_permitted") return location.replace("/visit");
  if (code === "seat_needed") {
    return stopped(host, { step: "own-unknown", title: say("own.unknown"), detail: say("own.unknown_detail"), phone, code }, el("a", { class: "button primary wide big", href: "/" }, say("own.to_start")));
  }
  const again = el("button", { class: "button primary wide big", type: "button", "data-test": "own-again", onclick: begin }, say("own.again"));
  const known = code !== "no_connection" && refusal.title;
  stopped(host, { step: "own-offline", title: known || say("own.offline_title"), detail: known ? refusal.detail : say("own.offline_load"), phone, code }, again);
}
