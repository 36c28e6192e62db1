// The keys of the calendar as a list.

import { html } from "/static/vendor/preact-htm.js";
import { Dialog } from "../parts/dialog.js";
import { t } from "../parts/words.js";

const KEYS = [
  ["cursor", ["←", "↑", "↓", "→"]], ["hour", ["9", "1 4"]], ["edges", ["Home", "End"]], ["page", ["PageUp", "PageDown"]], ["next", ["N", "P"]],
  ["begin", ["Enter"]], ["stretch", ["Shift + ↑ ↓"]], ["stretch_start", ["Alt + Shift + ↑ ↓"]], ["move", ["Alt + ←↑↓→", "Ctrl + ←↑↓→"]],
  ["open", ["Enter"]], ["remove", ["Delete"]], ["cancel", ["Esc"]], ["undo", ["U", "Ctrl + Z"]], ["help", ["?"]],
];

const OF_HOURS = ["hour", "next", "stretch_start", "move", "begin", "cancel"];
const OF_BOTH = ["edges", "page", "remove", "undo", "help"];

/** @param {{month: boolean, onClose: () => void}} props */
export function Help({ month, onClose }) {
  const shown = KEYS.filter(([name]) => !month || !OF_HOURS.includes(String(name)));
  const wordOf = (/** @type {string} */ name) => (month && !OF_BOTH.includes(name) ? `month_${name}` : name);
  return html`
    <${Dialog} name="keys-help" title=${t("calendar.keys")} onClose=${onClose}>
      <dl class="cal-keys">${shown.map(([name, keys]) => html`<div key=${name}><dt>${/** @type {string[]} */ (keys).map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt><dd>${t(`calendar.key_${wordOf(String(name))}`)}</dd></div>`)}</dl>
    <//>`;
}
