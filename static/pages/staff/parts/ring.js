// A soft two-note bell made by the browser itself, repeated while somebody waits, and a title that asks for a glance.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";

const AGAIN_MS = 5000;
const NOTES = [{ hertz: 659.25, at: 0 }, { hertz: 523.25, at: 0.32 }];

/** @type {AudioContext | null} */
let audio = null;

function speaker() {
  audio ??= new AudioContext();
  return audio;
}

export function Bell() {
  return html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
    <path d="M6 16V10a6 6 0 0 1 12 0v6l2 2H4z"></path><path d="M10 21h4"></path></svg>`;
}

/** Must be called from a tap where the browser allows sound only after one. */
export async function turnSoundOn() {
  await speaker().resume();
  chime();
}

function chime() {
  const device = speaker();
  for (const note of NOTES) strike(device, note.hertz, device.currentTime + note.at);
}

/** @param {AudioContext} device @param {number} hertz @param {number} at */
function strike(device, hertz, at) {
  const tone = device.createOscillator();
  const volume = device.createGain();
  tone.type = "sine";
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.35, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 1.1);
  tone.connect(volume).connect(device.destination);
  tone.start(at);
  tone.stop(at + 1.2);
}

/**
 * Rings while `wanted`, and says whether the browser lets it.
 * @param {boolean} wanted
 * @returns {{silent: boolean, unlock: () => Promise<void>}}
 */
export function useBell(wanted) {
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    const device = speaker();
    const look = () => setSilent(device.state !== "running");
    look();
    device.addEventListener("statechange", look);
    const wake = () => { if (device.state !== "running") device.resume().catch(() => undefined); };
    document.addEventListener("pointerdown", wake);
    document.addEventListener("keydown", wake);
    return () => {
      device.removeEventListener("statechange", look);
      document.removeEventListener("pointerdown", wake);
      document.removeEventListener("keydown", wake);
    };
  }, []);
  useEffect(() => {
    if (!wanted || silent) return undefined;
    chime();
    const timer = setInterval(chime, AGAIN_MS);
    return () => clearInterval(timer);
  }, [wanted, silent]);
  return { silent, unlock: turnSoundOn };
}

/** Lets the tab's title say `words` every other second while there are any. @param {string} words */
export function useTitle(words) {
  useEffect(() => {
    if (!words) return undefined;
    const usual = document.title;
    const timer = setInterval(() => { document.title = document.title === usual ? words : usual; }, 1000);
    return () => { clearInterval(timer); document.title = usual; };
  }, [words]);
}
