// Switching devices in the middle of a conversation: camera, microphone and, where the browser can, the loudspeaker.

import { el, fill, say } from "/static/components/page.js";
import { listDevices, onDevicesChanged, playChime } from "/static/lib/media.js";

/** @param {import("/static/pages/room/own.js").Own} own @param {() => HTMLVideoElement[]} videos what is heard @returns {HTMLElement} */
export function devicePanel(own, videos) {
  const part = el("div", { class: "stack" });
  const news = el("p", { role: "status", class: "soft" });
  let speaker = "default";

  /** @param {"audio" | "video"} kind @param {string} device */
  const choose = async (kind, device) => {
    news.textContent = say((await own.choose(kind, device)) ? "room.devices_done" : "room.devices_failed");
  };
  /** @param {string} device */
  const speak = async (device) => {
    speaker = device;
    await Promise.all(videos().map((video) => /** @type {any} */ (video).setSinkId(device).catch(() => undefined)));
    news.textContent = say("room.devices_done");
  };
  async function show() {
    const { cameras, microphones, speakers } = await listDevices();
    fill(
      part,
      picker("devices_microphone", microphones, current("audio"), (device) => choose("audio", device)),
      picker("devices_camera", cameras, current("video"), (device) => choose("video", device)),
      "setSinkId" in HTMLMediaElement.prototype && picker("devices_speaker", speakers, speaker, speak),
      el("button", { class: "button wide", type: "button", onclick: playChime }, say("room.devices_try")),
      news,
    );
  }
  /** @param {"audio" | "video"} kind */
  const current = (kind) => {
    const track = own.track(kind);
    return track ? track.getSettings().deviceId || "" : "";
  };
  onDevicesChanged(show);
  show();
  return part;
}

/** @param {string} word @param {MediaDeviceInfo[]} devices @param {string} current @param {(device: string) => void} choose */
function picker(word, devices, current, choose) {
  const list = el("select", { id: word, onchange: () => choose(list.value) });
  devices.forEach((device, nth) => {
    const name = device.label || say("room.devices_nth", { nth: nth + 1 });
    list.append(el("option", { value: device.deviceId, selected: device.deviceId === current }, name));
  });
  if (!devices.length) list.append(el("option", {}, say("room.devices_none")));
  list.disabled = devices.length < 2;
  return el("div", { class: "field" }, el("label", { for: word }, say(`room.${word}`)), list);
}
