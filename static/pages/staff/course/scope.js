// One session of a course, this and the following, or all: asked before anything of a course is moved or cancelled.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { useAnswer } from "../parts/shell.js";
import { isOver } from "../parts/state.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/desk-types.js").DeskBooking} DeskBooking */
/** @typedef {import("/static/lib/desk-types.js").Series} Series */
/** @typedef {"one" | "following" | "all"} Scope */

const SCOPES = /** @type {Scope[]} */ (["one", "following", "all"]);

/** The course that a booking belongs to, asked anew when the dialog opens. @param {DeskBooking} booking @returns {{value: Series | undefined, error: any, again: () => void}} */
export function useSeries(booking) {
  return useAnswer(async () => (booking.series ? get(`/series/${booking.series.id}`) : undefined), [booking.version]);
}

/** Those that can still be changed: not over, not begun. @param {Series} series @param {DeskBooking} booking @param {Scope} scope */
export function within(series, booking, scope) {
  const open = series.bookings.filter((each) => !isOver(each) && Date.parse(each.starts) > Date.now());
  if (scope === "all") return open;
  return open.filter((each) => (scope === "one" ? each.id === booking.id : each.starts >= booking.starts));
}

/** @param {{series: Series, booking: DeskBooking, scope: Scope, setScope: (scope: Scope) => void}} props */
export function ScopeChoice({ series, booking, scope, setScope }) {
  return html`
    <fieldset class="scopes"><legend>${t("course.scope")}</legend>
      ${SCOPES.map((each) => html`<label class="choice" key=${each}><input type="radio" name="scope" value=${each} checked=${scope === each} onChange=${() => setScope(each)} />
        ${each === "one" ? t("course.scope_one") : t(`course.scope_${each}_count`, { count: within(series, booking, each).length })}</label>`)}
    </fieldset>`;
}
