// Which browser this is, as far as the words for unblocking a camera differ.

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

/** The name and main version, for the record of the check. @param {string} agent */
export function browserName(agent) {
  const found = agent.match(/(YaBrowser|SamsungBrowser|EdgA?|OPR|Firefox|Chrome|Version)\/(\d+)/g) || [];
  const last = found.find((name) => !name.startsWith("Chrome")) || found[0] || "unknown";
  return `${last.replace("Version", "Safari").replace("/", " ")}, ${/Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : "desktop"}`;
}
