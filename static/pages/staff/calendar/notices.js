// What stands around the hours: whose clock it is, what was just changed and how to take it back, and who is left outside.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { clock, dayShort, differ, wallOf } from "/static/lib/time.js";
import { lang, t, zoneName } from "../parts/words.js";
import { undoable } from "./changes.js";
import { outside } from "./plan.js";

/** @typedef {import("/static/lib/api-types.js").Calendar} Calendar */
/** @typedef {ReturnType<typeof import("./changes.js").useChanges>} Changes */

/** The zone of all hours here, in a louder voice where the person's own clock shows something else. @param {{zone: string, at: string, now: number, own: string}} props */
export function ZoneLine({ zone, at, now, own }) {
  const browser = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const strange = [browser, own].find((each) => each && differ(now, each, zone));
  if (!strange) return html`<p class="soft cal-zone">${zoneName(zone, `${at}T12:00:00Z`)}</p>`;
  return html`<p class="cal-zone is-strange" data-test="zone"><strong>${zoneName(zone, `${at}T12:00:00Z`)}</strong> <span>${t("calendar.zone_differs", { here: clock(now, zone, lang), there: wallOf(now, strange).slice(11), zone: zoneName(strange, now) })}</span></p>`;
}

/** One line that says what is chosen and what was done, with the way to take it back. It keeps its height, so that nothing moves under a hand. @param {{said: string, changes: Changes, children?: any}} props */
export function Said({ said, changes, children }) {
  const { done, busy } = changes;
  const close = useRef(/** @type {HTMLElement | null} */ (null));
  // The button that was pressed is gone: the keyboard goes on beside its place.
  useEffect(() => { if (done?.undone && document.activeElement === document.body) close.current?.focus(); }, [done]);
  return html`
    <div class=${`cal-status${done ? " is-done" : ""}`} data-test=${done ? "done" : undefined}>
      <p class=${`cal-said${said ? " is-said" : ""}`} role="status" aria-live="polite" data-test="said">${said}</p>
      ${done && html`<span class="row tight">${!done.undone && html`<button type="button" class="button small" data-test="undo" disabled=${busy} onClick=${changes.undo}>${t("calendar.undo")}</button>`}
        <button type="button" class="act" ref=${close} aria-label=${t("common.close")} onClick=${changes.forget}>×</button></span>`}
      ${children}
    </div>`;
}

/** What others did, and what could not be done. @param {{changes: Changes, news: string, onNewsRead: () => void, quiet: boolean}} props */
export function News({ changes, news, onNewsRead, quiet }) {
  const { problem } = changes;
  return html`
    ${news && html`<div class="cal-news" data-test="news"><p>${news}</p><button type="button" class="act" onClick=${onNewsRead}>${t("calendar.understood")}</button></div>`}
    ${problem && !quiet && html`<div class="notice bad cal-problem" role="alert" data-code=${problem.code}><p><strong>${problem.title}</strong> <span>${problem.detail}</span></p><button type="button" class="button small" onClick=${changes.forget}>${t("calendar.understood")}</button></div>`}`;
}

/** Bookings on the shown days that no working time covers any more. @param {{calendar: Calendar, days: string[], now: number}} props */
export function Outside({ calendar, days, now }) {
  const left = outside(calendar, days, now);
  if (!left.length) return null;
  return html`
    <details class="notice warn cal-outside" data-test="outside"><summary>${t("calendar.outside", { count: left.length })}</summary>
      <p>${t("calendar.outside_text")}</p>
      <ul>${left.map((each) => html`<li key=${each.id}><a href=${`/staff/record?booking=${each.id}`}>${dayShort(each.starts, calendar.zone, lang)}, ${clock(each.starts, calendar.zone, lang)}, ${each.client?.name || t("calendar.busy")}</a></li>`)}</ul></details>`;
}

/** What the server could take back now, by whom it was done. @param {{calendar: Calendar, changes: Changes}} props */
export function UndoButton({ calendar, changes }) {
  const what = undoable(calendar);
  const label = what && calendar.undo ? t("calendar.undo_what", { what, who: calendar.undo.who }) : t("calendar.nothing_to_undo");
  return html`<button type="button" class="button small cal-undo" data-test="undo-last" aria-label=${label} title=${label} disabled=${!what || changes.busy} onClick=${changes.undo}><span aria-hidden="true">↶</span> <span class="cal-undo-word">${t("calendar.undo")}</span></button>`;
}
