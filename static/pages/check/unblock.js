// How to unblock camera and microphone in this very browser: fetched only when they are blocked.

import { el, say } from "/static/components/page.js";

/** @typedef {"inapp" | "ios" | "yandex" | "samsung" | "firefox_android" | "chrome_android" | "firefox" | "safari" | "chrome"} Browser */

// Windows inside other apps often give no camera at all: the way out is the ordinary browser.
const INSIDE_APPS = /; wv\)|FBAN|FBAV|Instagram|VKAndroidApp|VKiOSApp|Telegram|WhatsApp|Line\/|MicroMessenger|OKApp/;

/** @param {string} agent navigator.userAgent @param {number} touches navigator.maxTouchPoints @returns {Browser} */
export function browserOf(agent, touches) {
  if (INSIDE_APPS.test(agent)) return "inapp";
  // An iPad calls itself a Macintosh; no Mac has a touch screen.
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1)) return "ios";
  if (/YaBrowser/.test(agent)) return "yandex";
  if (/SamsungBrowser/.test(agent)) return "samsung";
  if (/Firefox/.test(agent)) return /Android/.test(agent) ? "firefox_android" : "firefox";
  if (/Android/.test(agent)) return "chrome_android";
  if (/Safari/.test(agent) && !/Chrome|Chromium|Edg/.test(agent)) return "safari";
  return "chrome";
}

/** The steps for this browser, numbered. */
export function unblockingSteps() {
  const browser = browserOf(navigator.userAgent, navigator.maxTouchPoints);
  const steps = el("ol", { class: "large steps", "data-browser": browser });
  for (let nth = 1; nth < 6; nth += 1) {
    const key = `check.unblock.${browser}.${nth}`;
    const text = say(key);
    if (text === key) break;
    steps.append(el("li", {}, text));
  }
  return steps;
}
