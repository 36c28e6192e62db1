// The check of camera, microphone, sound and line: asks first, then shows and tells in plain words what works.

import { announce, el, fill, leadTo, phoneLink, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";
import { echoOf, keepCheck } from "/static/lib/join.js";
import { closeMedia, levelMeter, MediaFault, openMedia, playChime } from "/static/lib/media.js";
import { openEcho, verdictOf } from "/static/pages/check/echo.js";

/** @typedef {import("/static/lib/media.js").Opened} Opened */
/** @typedef {import("/static/lib/join.js").CheckResult} CheckResult */
/** @typedef {import("/static/lib/join.js").Verdict} Verdict */
/** @typedef {{rehearsal: boolean, video: boolean, done: string, over?: Promise<void>}} Wish `done`: the word on the button that goes on; `over`: no check is needed any more. */
/** @typedef {(opened: Opened | null) => void} Done */
/** @typedef {{over: boolean, closes: (() => void)[]}} Echoes Was the check left? And what is still open. */
/** @typedef {{part: HTMLElement, tell: (tone: "wait" | "good" | "warn" | "bad", text: string, ...more: (Node | false)[]) => void}} Mark */

const MEASURE_MS = 5000;
const HEAR_MS = 8000;
// Below this a microphone gives its own noise at most; a quiet voice a metre away lies above.
const HEARD = 0.3;
const SILENCE_MS = 9000;
const UNKNOWN = { loss: null, rtt_ms: null, kbps: null };

/**
 * Resolves with the opened camera and microphone, or null when the person skips. A browser that knows no calls at all ends here:
 * nothing is asked of the person, and nothing behind this page would work.
 * @param {HTMLElement} host @param {Wish} wish @returns {Promise<Opened | null>}
 */
export function lineCheck(host, wish) {
  return new Promise((done) => {
    if (wish.over) wish.over.then(() => done(null));
    if (window.RTCPeerConnection) explain(host, wish, done);
    else help(host, wish, new MediaFault("unsupported"), done);
  });
}

/** Before the browser asks, the person is told what will be asked and why. @param {HTMLElement} host @param {Wish} wish @param {Done} done */
function explain(host, wish, done) {
  host.dataset.step = "check";
  fill(
    host,
    el("h1", {}, say("check.heading")),
    el("p", { class: "large" }, say(wish.video ? "check.explain" : "check.explain_voice")),
    el("div", { class: "asking", "aria-hidden": "true" }, icon("camera"), icon("microphone"), el("b", {}, say("check.allow_word"))),
    button("check.start", "primary big", "check-start", () => start(host, wish, done)),
    wish.video && button("check.voice_only", "", "check-voice", () => start(host, { ...wish, video: false }, done)),
    wish.rehearsal ? null : button("check.skip", "quiet", "check-skip", () => done(null)),
  );
  leadTo(host);
}

/** @param {HTMLElement} host @param {Wish} wish @param {Done} done */
async function start(host, wish, done) {
  fill(host, el("h1", {}, say("check.asking")), el("p", { class: "large" }, say("check.asking_detail")));
  leadTo(host);
  try {
    show(host, wish, await openMedia({ video: wish.video }), done);
  } catch (fault) {
    help(host, wish, /** @type {MediaFault} */ (fault), done);
  }
}

/** Nothing opened: how to unblock it in this very browser. @param {HTMLElement} host @param {Wish} wish @param {MediaFault} fault @param {Done} done */
function help(host, wish, fault, done) {
  host.dataset.step = "check-fault";
  const code = fault.code || "missing";
  const calls = Boolean(window.RTCPeerConnection);
  keep(wish, { microphone: code === "blocked" ? "blocked" : "missing", camera: code === "blocked" ? "blocked" : "missing" });
  fill(
    host,
    el("h1", {}, say(`check.fault_${code}`)),
    el("p", { class: "large" }, say(`check.fault_${code}_detail`)),
    code === "blocked" && unblocking(),
    calls && button("check.again", "primary big", "check-again", () => start(host, wish, done)),
    calls && wish.video && button("check.voice_only", "", "check-voice", () => start(host, { ...wish, video: false }, done)),
    calls && !wish.rehearsal && button("check.go_on", "", "check-skip", () => done(null)),
    el("p", { class: "soft" }, `${say("check.phone_instead")} `, phoneLink(document.body.dataset.phone || "")),
  );
  leadTo(host);
}

/** Fills itself in a moment with the steps for this browser. */
export function unblocking() {
  const part = el("div");
  import("/static/pages/check/unblock.js").then(({ unblockingSteps }) => part.append(unblockingSteps()), () => part.remove());
  return part;
}

/** @param {HTMLElement} host @param {Wish} wish @param {Opened} opened @param {Done} done */
function show(host, wish, opened, done) {
  host.dataset.step = "check-live";
  const [camera, microphone, line, sound] = [mark("camera"), mark("microphone"), mark("voice"), mark("voice")];
  const picture = opened.camera === "ok" && mirror(opened.stream);
  const verdict = el("div", { class: "verdict", role: "status", "data-test": "verdict" });
  const finish = el("button", { class: "button primary wide big", type: "button", "data-test": "check-done" }, say(wish.done));
  fill(
    host,
    el("h1", {}, say("check.live")),
    el("div", { class: "check-board" }, picture, el("div", { class: "marks" }, camera.part, microphone.part, line.part, sound.part)),
    verdict,
    finish,
  );
  leadTo(host);
  tellCamera(camera, opened);
  const state = run(wish, opened, { microphone, line, sound, verdict });
  let gone = false;
  /** @param {Opened | null} given */
  const leave = (given) => {
    if (gone) return;
    gone = true;
    state.stop();
    if (!given) closeMedia(opened.stream);
    done(given);
  };
  finish.addEventListener("click", () => leave(opened));
  if (wish.over) wish.over.then(() => leave(null));
}

/** @param {Mark} camera @param {Opened} opened */
function tellCamera(camera, opened) {
  if (opened.camera === "ok") return camera.tell("good", say("check.camera_ok"));
  if (opened.camera === "off") return camera.tell("good", say("check.camera_off"));
  const how = opened.camera === "blocked" && el("details", {}, el("summary", {}, say("check.how_unblock")), unblocking());
  camera.tell("warn", say(`check.camera_${opened.camera}`), how);
}

/**
 * Runs all that takes time side by side; what is known is kept with the booking as soon as it is known.
 * @param {Wish} wish @param {Opened} opened
 * @param {{microphone: Mark, line: Mark, sound: Mark, verdict: HTMLElement}} shown
 */
function run(wish, opened, shown) {
  /** @type {Partial<CheckResult>} */
  const result = { camera: stateOf(opened.camera), microphone: stateOf(opened.microphone) };
  if (opened.microphone === "ok") result.microphone = "silent";
  /** @type {Echoes} */
  const open = { over: false, closes: [] };
  /** @param {Partial<CheckResult>} news */
  const learn = (news) => {
    Object.assign(result, news);
    if (result.loss !== undefined) keep(wish, result);
  };
  const stopListening = listen(shown.microphone, opened, () => learn({ microphone: "ok" }));
  speakers(shown.sound, (heard) => learn({ sound: heard }));
  measureLine(wish, opened, shown, open, learn);
  return {
    stop: () => {
      stopListening();
      // The line belongs to the conversation now, also where the echo was still being connected.
      open.over = true;
      open.closes.splice(0).forEach((close) => close());
    },
  };
}

/** @param {import("/static/lib/media.js").DeviceState} state @returns {"ok" | "blocked" | "missing"} */
function stateOf(state) {
  if (state === "ok" || state === "blocked") return state;
  return "missing";
}

/** The gauge, and the moment at which the voice is heard. @param {Mark} mark @param {Opened} opened @param {() => void} heard */
function listen(mark, opened, heard) {
  if (opened.microphone !== "ok") {
    mark.tell("bad", say(`check.microphone_${opened.microphone}`));
    return () => {};
  }
  const meter = levelMeter(opened.stream);
  const bar = el("i");
  const gauge = el("span", { class: "gauge", "aria-hidden": "true" }, bar);
  mark.tell("wait", say("check.say_something"), gauge);
  const begun = Date.now();
  let [told, frames] = ["wait", 0];
  let next = requestAnimationFrame(tick);
  function tick() {
    const level = meter.level();
    bar.style.transform = `scaleX(${level.toFixed(2)})`;
    frames = level > HEARD ? frames + 1 : frames;
    if (told !== "good" && frames > 6) {
      told = "good";
      mark.tell("good", say("check.microphone_ok"), gauge);
      heard();
    } else if (told === "wait" && Date.now() - begun > SILENCE_MS) {
      told = "warn";
      mark.tell("warn", say("check.microphone_silent"), gauge);
    }
    next = requestAnimationFrame(tick);
  }
  return () => {
    cancelAnimationFrame(next);
    meter.stop();
  };
}

/** @param {Mark} mark @param {(heard: boolean) => void} answer */
function speakers(mark, answer) {
  const play = el("button", { class: "button", type: "button", "data-test": "sound", onclick: ring }, say("check.sound_play"));
  mark.tell("wait", say("check.sound"), play);
  async function ring() {
    play.disabled = true;
    await playChime();
    play.disabled = false;
    play.textContent = say("check.sound_again");
    const yes = el("button", { class: "button", type: "button", "data-test": "sound-yes", onclick: () => tell(true) }, say("check.yes"));
    const no = el("button", { class: "button", type: "button", onclick: () => tell(false) }, say("check.no"));
    mark.tell("wait", say("check.sound_heard"), el("span", { class: "row" }, yes, no, play));
    yes.focus();
  }
  /** @param {boolean} heard */
  function tell(heard) {
    mark.tell(heard ? "good" : "warn", say(heard ? "check.sound_ok" : "check.sound_silent"), play);
    answer(heard);
  }
}

/**
 * @param {Wish} wish @param {Opened} opened @param {{line: Mark, verdict: HTMLElement}} shown
 * @param {Echoes} open @param {(news: Partial<CheckResult>) => void} learn
 */
async function measureLine(wish, opened, shown, open, learn) {
  shown.line.tell("wait", say("check.line_wait"));
  try {
    const echo = await openEcho(opened.stream, echoOf(wish.rehearsal), (close) => open.closes.push(close));
    const measured = await echo.measure(MEASURE_MS);
    echo.close();
    if (open.over && measured.loss === null) return;
    const verdict = verdictOf(measured, opened.camera === "ok");
    shown.line.tell(verdict === "good" ? "good" : "warn", say(`check.line_${verdict}`), details(measured));
    fill(shown.verdict, sentence(verdict, opened), hearing(wish, opened, open));
    learn(measured);
  } catch (fault) {
    if (open.over) return;
    const busy = /** @type {any} */ (fault).code === "check_busy";
    shown.line.tell("warn", say(busy ? "check.line_busy" : "check.line_none"));
    fill(shown.verdict, el("p", { class: "notice warn" }, say(busy ? "check.verdict_busy" : "check.verdict_none")));
    // A check that was busy says nothing about the line, so nothing is kept; no path at all says a lot.
    if (!busy) learn(UNKNOWN);
  }
  announce(shown.verdict.textContent || "");
}

/** @param {Verdict} verdict @param {Opened} opened */
function sentence(verdict, opened) {
  if (opened.microphone !== "ok") return el("p", { class: "notice bad large" }, say("check.verdict_no_microphone"));
  const word = verdict === "good" && opened.camera !== "ok" ? "good_voice" : verdict;
  return el("p", { class: `notice large ${verdict === "good" ? "" : "warn"}` }, say(`check.verdict_${word}`));
}

/** @param {import("/static/pages/check/echo.js").Line} line */
function details({ loss, rtt_ms, kbps }) {
  /** @param {string} name @param {number | null} value */
  const row = (name, value) => el("li", {}, say(`check.${name}`, { value: value === null ? "–" : value }));
  return el(
    "details", {},
    el("summary", {}, say("check.details")),
    el("ul", {}, row("loss", loss === null ? null : Math.round(loss * 1000) / 10), row("rtt", rtt_ms), row("kbps", kbps)),
  );
}

/** "Hear yourself": the server's echo, aloud, for a few seconds. @param {Wish} wish @param {Opened} opened @param {Echoes} open */
function hearing(wish, opened, open) {
  const news = el("span", { role: "status", class: "soft" });
  const hear = el("button", { class: "button wide", type: "button", "data-test": "hear", onclick: listenIn }, icon("voice"), say("check.hear"));
  async function listenIn() {
    hear.disabled = true;
    news.textContent = say("check.hear_wait");
    try {
      const echo = await openEcho(opened.stream, echoOf(wish.rehearsal), (close) => open.closes.push(close));
      const sound = new Audio();
      sound.srcObject = new MediaStream(echo.heard.getAudioTracks());
      await sound.play();
      news.textContent = say("check.hear_now");
      await new Promise((done) => setTimeout(done, HEAR_MS));
      sound.srcObject = null;
      echo.close();
      news.textContent = say("check.hear_done");
    } catch (fault) {
      news.textContent = say("check.line_busy");
    }
    hear.disabled = false;
  }
  return el("div", { class: "stack tight" }, hear, news);
}

/** @param {MediaStream} stream */
export function mirror(stream) {
  const video = el("video", { class: "mirror", muted: true, autoplay: true, "aria-label": say("check.your_picture") });
  video.setAttribute("playsinline", "");
  video.srcObject = stream;
  video.play().catch(() => undefined);
  return video;
}

/** One line of the list: a sign, a sentence, perhaps something to do. @param {string} sign @returns {Mark} */
function mark(sign) {
  const part = el("div", { class: "mark" });
  return {
    part,
    tell: (tone, text, ...more) => {
      part.className = `mark ${tone}`;
      const shape = tone === "good" ? "check" : tone === "wait" ? sign : "warn";
      fill(part, el("span", { class: "sign" }, icon(shape)), el("div", { class: "stack tight" }, el("p", {}, text), ...more));
    },
  };
}

/** @param {string} word @param {string} look @param {string} hook @param {() => void} act */
function button(word, look, hook, act) {
  return el("button", { class: `button wide ${look}`, type: "button", "data-test": hook, onclick: act }, say(word));
}

/** @param {Wish} wish @param {Partial<CheckResult>} result */
function keep(wish, result) {
  if (wish.rehearsal) return;
  /** @type {CheckResult} */
  const whole = {
    microphone: "missing", camera: "missing", sound: null, ...UNKNOWN, browser: browserName(navigator.userAgent), ...result,
  };
  keepCheck(whole).catch(() => undefined);
}

/** The name and main version, for the record of the check. @param {string} agent */
function browserName(agent) {
  const found = agent.match(/(YaBrowser|SamsungBrowser|EdgA?|OPR|Firefox|Chrome|Version)\/(\d+)/g) || [];
  const last = found.find((name) => !name.startsWith("Chrome")) || found[0] || "unknown";
  return `${last.replace("Version", "Safari").replace("/", " ")}, ${/Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : "desktop"}`;
}
