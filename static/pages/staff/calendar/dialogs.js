// Which dialog is open over the calendar, and what comes of it.

import { html } from "/static/vendor/preact-htm.js";
import { Dialog } from "../parts/dialog.js";
import { t } from "../parts/words.js";
import { DaysDialog } from "./days-dialog.js";
import { Help } from "./help.js";
import { dayFacts } from "./plan.js";
import { ScopeDialog } from "./scope-dialog.js";
import { absenceWords, dayWords, rhythmWords, spanWords, stretchWords } from "./spoken.js";
import { ordinary, scopesOf, toChange, toCreate, toRewrite } from "./steps.js";
import { WindowDialog } from "./window-dialog.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("./plan.js").Stretch} Stretch */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {import("./steps.js").Scope} Scope */
/** @typedef {import("./steps.js").Step} Step */
/** @typedef {import("./window-dialog.js").Wish} Wish */

/**
 * @param {{dialog: import("./desk.js").Open | null, calendar: Calendar, specialist: any, days: string[], changes: any, month: boolean,
 *   onClose: () => void, onApply: (what: string, steps: Step[]) => void, onRemove: (win: Win) => void}} props
 */
export function Dialogs({ dialog, calendar, specialist, days, changes, month, onClose, onApply, onRemove }) {
  if (!dialog) return null;
  const { busy, problem } = changes;
  const shared = { calendar, busy, problem, onClose };
  if (dialog.kind === "help") return html`<${Help} month=${month} onClose=${onClose} />`;
  if (dialog.kind === "days") return html`<${DaysDialog} key="days" ...${shared} specialist=${specialist.id} days=${days} act=${dialog.act} onSave=${onApply} />`;
  if (dialog.kind === "scope") {
    const { win, targets } = dialog;
    return html`<${ScopeDialog} key="scope" ...${shared} win=${win} targets=${targets} scopes=${scopesOf(calendar, win, targets)}
      onChoose=${(/** @type {Scope} */ scope) => onApply(said(win, targets, scope), toChange(calendar, win, targets, scope))} />`;
  }
  if (dialog.kind === "absence") return html`<${AbsenceDialog} ...${shared} id=${dialog.id} onApply=${onApply} />`;
  const { win, at } = dialog;
  const special = win && win.rule === null ? dayFacts(calendar, win.day).exception : null;
  return html`<${WindowDialog} key="window" ...${shared} specialist=${specialist} at=${at} win=${win} onRemove=${() => win && onRemove(win)}
    onOrdinary=${special ? () => onApply(`${dayWords(special.day)}: ${t("calendar.days_ordinary")}`, ordinary(calendar, [special.day])) : null}
    onSave=${(/** @type {Wish} */ wish) => onApply(...saved(calendar, win, wish))} />`;
}

/** @param {Calendar} calendar @param {Win | null} win @param {Wish} wish @returns {[string, Step[]]} */
function saved(calendar, win, { targets, details, rewritten, scope }) {
  if (!win) return [t("calendar.did_create", { what: newWords(targets, details) }), targets.flatMap((each) => toCreate(calendar, each, details))];
  if (rewritten) return [said(win, targets, scope), toRewrite(calendar, win, targets, details, scope)];
  return [said(win, targets, scope), toChange(calendar, win, targets, scope)];
}

/** @param {Stretch[]} targets @param {import("./steps.js").Details} details */
function newWords(targets, details) {
  const hours = targets.map(spanWords).join(", ");
  return details.days.length ? `${rhythmWords(details.days, details.every)}, ${hours}` : `${dayWords(targets[0].day)}, ${hours}`;
}

/** @param {Win} win @param {Stretch[]} targets @param {Scope} scope */
function said(win, targets, scope) {
  const what = t(targets.length ? "calendar.did_change" : "calendar.did_remove", { what: (targets.length ? targets : [win]).map(stretchWords).join(" · ") });
  if (scope === "one") return what;
  return `${what} (${t(scope.startsWith("following") ? "calendar.with_following" : "calendar.with_all")})`;
}

/** @param {{calendar: Calendar, id: number, busy: boolean, problem: any, onClose: () => void, onApply: (what: string, steps: Step[]) => void}} props */
function AbsenceDialog({ calendar, id, busy, problem, onClose, onApply }) {
  const absence = calendar.absences.find((each) => each.id === id);
  if (!absence) return null;
  const words = absenceWords(absence, calendar.zone);
  return html`
    <${Dialog} name="absence-dialog" title=${t(`absence.kind_${absence.kind}`)} onClose=${onClose}>
      <div class="stack"><p>${words}</p>
        ${problem && html`<div class="notice bad" role="alert" data-code=${problem.code}><p><strong>${problem.title}</strong> ${problem.detail}</p></div>`}
        <div class="row tight"><button type="button" class="button danger" data-test="absence-remove" disabled=${busy} onClick=${() => onApply(t("calendar.did_remove", { what: words }), [{ method: "DELETE", path: `/absences/${id}` }])}>${t("calendar.remove")}</button>
          <button type="button" class="button" onClick=${onClose}>${t("calendar.leave")}</button></div></div>
    <//>`;
}
