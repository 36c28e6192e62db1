// Only this day, this and the following, or all: what is meant by changing or taking away one window of a rule.

import { html } from "/static/vendor/preact-htm.js";
import { weekdayOf } from "/static/lib/time.js";
import { Dialog } from "../parts/dialog.js";
import { t } from "../parts/words.js";
import { ruleOf } from "./plan.js";
import { dateWords, dayInside, originWords, spanWords, stretchWords, weekdaysWords } from "./spoken.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {import("./plan.js").Stretch} Stretch */
/** @typedef {import("./plan.js").Win} Win */
/** @typedef {import("./steps.js").Scope} Scope */

/** @param {{calendar: Calendar, win: Win, targets: Stretch[], scopes: Scope[], busy: boolean, problem: any, onClose: () => void, onChoose: (scope: Scope) => void}} props */
export function ScopeDialog({ calendar, win, targets, scopes, busy, problem, onClose, onChoose }) {
  const gone = !targets.length;
  return html`
    <${Dialog} name="scope-dialog" title=${t(gone ? "calendar.remove_what" : "calendar.change_what")} onClose=${onClose}>
      <div class="stack">
        <p class="cal-from-to">${gone ? stretchWords(win) : html`<s>${stretchWords(win)}</s> <span aria-hidden="true">→</span> <strong>${targets.map((each) => (each.day === win.day ? spanWords(each) : stretchWords(each))).join(", ")}</strong>`}</p>
        <p class="soft">${originWords(calendar, win)}</p>
        <div class="cal-scopes">${scopes.map((scope, n) => html`
          <button type="button" key=${scope} class=${`button wide${n ? "" : " primary"}`} data-scope=${scope} autofocus=${n === 0} disabled=${busy} onClick=${() => onChoose(scope)}>${scopeWords(calendar, win, scope)}</button>`)}</div>
        ${problem && html`<div class="notice bad" role="alert" data-code=${problem.code}><p><strong>${problem.title}</strong> ${problem.detail}</p></div>`}
        <div class="row form-end"><button type="button" class="button quiet" data-test="scope-cancel" onClick=${onClose}>${t("calendar.leave")}</button></div>
      </div>
    <//>`;
}

/** The same as a choice inside a form. @param {{calendar: Calendar, win: Win, scopes: Scope[], chosen: Scope, onChoose: (scope: Scope) => void}} props */
export function Scopes({ calendar, win, scopes, chosen, onChoose }) {
  return html`
    <fieldset class="cal-scope-choice"><legend>${t("calendar.for_what")}</legend>
      ${scopes.map((scope) => html`<label key=${scope} class="choice"><input type="radio" name="scope" value=${scope} checked=${chosen === scope} onChange=${() => onChoose(scope)} />${scopeWords(calendar, win, scope)}</label>`)}</fieldset>`;
}

/** "Только четверг 26 ноября", "Этот и следующие: чт", "Все: пн, вт, ср" @param {Calendar} calendar @param {Win} win @param {Scope} scope */
function scopeWords(calendar, win, scope) {
  const rule = ruleOf(calendar, win);
  const whole = scope.endsWith("_whole");
  const days = rule?.plain ? weekdaysWords(whole ? rule.plain.days : [weekdayOf(win.ofDay || win.day)]) : t("calendar.rule_special");
  const from = dateWords(win.ofDay || win.day);
  if (scope === "one") return t("calendar.scope_one", { day: dayInside(win.day) });
  return t(scope.startsWith("following") ? "calendar.scope_following" : "calendar.scope_all", { days, from });
}
