// The visit from the code to the last word, told in order: enter, check, wait and talk, afterwards.

import { el, fill, leadTo, phoneLink, say } from "/static/components/page.js";
import { digitsOf } from "/static/components/code-field.js";
import { currentVisit } from "/static/lib/join.js";
import { openMedia, permission } from "/static/lib/media.js";
import { lineCheck } from "/static/pages/check/check.js";
import { enter } from "/static/pages/visit/enter.js";

/** @typedef {import("/static/lib/join.js").Visit} Visit */
/** @typedef {import("/static/lib/join.js").Key} Key */
/** @typedef {import("/static/pages/visit/conversation.js").Sent} Sent */
/** @typedef {"none" | "video" | "voice" | "video muted" | "voice muted"} Place what was open when the page was left: nothing, camera and microphone, or the microphone */

// Remembered for this tab only, so that a reload keeps the place. No name, no code.
const PLACE = "ryadom.place";

const host = /** @type {HTMLElement} */ (document.getElementById("step"));
const key = takeKey();
// What comes after the check is brought while the person reads the first screen, and awaited only where it is needed.
const talking = import("/static/pages/visit/conversation.js");
talking.catch(() => undefined);

/** @type {{end: "closed", talked: boolean, refusal: null}} The room was closed before this page came. */
const OVER = { end: "closed", talked: true, refusal: null };

// Another link or code brought to this very page changes its fragment alone.
addEventListener("hashchange", () => location.hash.length > "#step".length && location.reload());
visit().catch(() => refused(null));

async function visit() {
  const opened = (!key && (await visitGoingOn())) || (await enter(host, key));
  if (hasTimeYet(opened)) return location.replace("/own-time");
  document.body.dataset.phone = opened.office.phone;
  const fast = Date.parse(opened.now) - Date.now();
  let giveUp = () => {};
  /** @type {Promise<void>} */ const over = new Promise((now) => (giveUp = now));
  let sent = opened.room.state === "closed" ? Promise.resolve(nothing()) : prepare(opened, over);
  for (;;) {
    const { end, talked, refusal } = opened.room.state === "closed" ? OVER : await talk(opened, sent, fast, giveUp);
    if (end === "replaced" || end === "dismissed") await comeBack(end);
    else if (end === "refused") return refused(refusal);
    else if (end === "cancelled" || end === "moved") return refused({ code: end, title: say(`visit.${end}`), detail: say(`visit.${end}_detail`) });
    else await afterwards(opened, end, talked);
    sent = Promise.resolve(reopen());
  }
}

/** The secret or the digits of the fragment; the address forgets them at once. @returns {Key | null} */
function takeKey() {
  const given = decodeURIComponent(location.hash.slice(1));
  if (!given || given === "step") return null;
  history.replaceState(null, "", location.pathname);
  forgetPlace();
  return /^[\d ]{6,7}$/.test(given) ? { digits: digitsOf(given) } : { secret: given };
}

/** After a reload the seat's cookie is enough. @returns {Promise<Visit | null>} */
async function visitGoingOn() {
  return currentVisit().catch(() => null);
}

/** Before the door opens a client sees his booking, which he may still change; the check is one press further. @param {Visit} opened */
function hasTimeYet({ role, opens_at, now }) {
  return role === "client" && Date.parse(now) < Date.parse(opens_at) && !placeKept() && location.search !== "?check";
}

/** @param {Visit} opened @param {Promise<void>} over nothing needs to be prepared any more @returns {Promise<Sent>} resolves when the seat may be taken */
async function prepare(opened, over) {
  if (placeKept()) return reopen();
  // The specialist is there already, or talks to him in a window that forgot its place: nobody is kept waiting by a check,
  // where this browser needs not even ask for camera and microphone.
  if (opened.room.specialist_here && (await mayOpen(opened.mode !== "voice"))) {
    keepPlace(opened.mode === "voice" ? "voice" : "video");
    return reopen();
  }
  const own = await lineCheck(host, { rehearsal: false, video: opened.mode !== "voice", done: "visit.check_done", over });
  keepPlace(!own ? "none" : own.camera === "ok" ? "video" : "voice");
  return { media: Promise.resolve(own) };
}

/** The permission was given before the reload, so nobody is asked anything, and nobody need wait for it. @returns {Sent} */
function reopen() {
  const place = placeKept();
  if (!place || place === "none") return nothing();
  return { media: openMedia({ video: place.startsWith("video") }).catch(() => null) };
}

/** @returns {Sent} */
function nothing() {
  return { media: Promise.resolve(null) };
}

/** @param {boolean} video */
async function mayOpen(video) {
  const known = await Promise.all([permission("microphone"), video ? permission("camera") : "granted"]);
  return known.every((state) => state === "granted");
}

/** @param {Visit} opened @param {Promise<Sent>} checked @param {number} fast @param {() => void} giveUp */
async function talk(opened, checked, fast, giveUp) {
  // What did not come while the person read and tried his devices is fetched once more, now that it is needed.
  const { converse } = await talking.catch(() => import("/static/pages/visit/conversation.js"));
  // Whoever switched the microphone off must not be heard because the page was loaded again.
  const muted = (placeKept() || "").endsWith("muted");
  checked.then(() => document.body.classList.add("in-visit"));
  const result = await converse(host, opened, checked, { fast, muted, keepPlace, giveUp });
  document.body.classList.remove("in-visit");
  return result;
}

/** Another window has the seat, or the specialist asked to leave: said kindly, with one press to be here again. @param {"replaced" | "dismissed"} end @returns {Promise<void>} */
function comeBack(end) {
  host.dataset.step = end;
  return new Promise((here) => {
    fill(
      host,
      el("h1", {}, say(`visit.${end}`)),
      el("p", { class: "large" }, say(`visit.${end}_detail`)),
      el("button", { class: "button primary wide big", type: "button", "data-test": end === "replaced" ? "continue-here" : "wait-again", onclick: () => here() }, say(`visit.${end}_do`)),
      end === "dismissed" && el("p", {}, `${say("visit.office_helps")} `, phoneLink(document.body.dataset.phone || "")),
    );
    leadTo(host);
  });
}

/** @param {Visit} opened @param {"closed" | "time" | "left"} end @param {boolean} talked */
async function afterwards(opened, end, talked) {
  const place = placeKept();
  forgetPlace();
  const { after } = await import("/static/pages/visit/after.js");
  await after(host, end, talked && !opened.feedback_given);
  keepPlace(place || "none");
}

/** @param {{code: string, title: string, detail: string} | null} refusal */
function refused(refusal) {
  host.dataset.step = "refused";
  forgetPlace();
  fill(
    host,
    el("h1", {}, (refusal && refusal.title) || say("visit.broken")),
    el("div", { class: "notice warn stack tight", "data-code": refusal ? refusal.code : "" },
      el("p", {}, (refusal && refusal.detail) || say("visit.unavailable_detail")),
      el("p", {}, `${say("visit.office_helps")} `, phoneLink(document.body.dataset.phone || ""))),
    el("button", { class: "button primary wide big", type: "button", onclick: () => location.reload() }, say("visit.try_again")),
  );
  leadTo(host);
}

/** @param {Place} place */
function keepPlace(place) {
  stored((storage) => storage.setItem(PLACE, place));
}

/** @returns {Place | null} null before the check is done */
function placeKept() {
  return stored((storage) => /** @type {Place | null} */ (storage.getItem(PLACE)));
}

function forgetPlace() {
  stored((storage) => storage.removeItem(PLACE));
}

/** Storage may be forbidden; then a reload asks again, and that is all. @template T @param {(storage: Storage) => T} use */
function stored(use) {
  try {
    return use(sessionStorage);
  } catch (fault) {
    return null;
  }
}
