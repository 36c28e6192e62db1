// The first page of the day: the board for a coordinator, her own day for a specialist, what waits for an officer, the pilot for an analyst.

import { html } from "/static/vendor/preact-htm.js";
import { Board } from "./parts/board.js";
import { Day } from "./parts/day.js";
import { Empty, inAddress, open } from "./parts/shell.js";
import { t } from "./parts/words.js";
import { AnalystDay } from "./today/analyst.js";
import { OfficerDay } from "./today/officer.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */

open("today", Today);

/** @param {{me: Me}} props */
function Today({ me }) {
  const both = me.roles.includes("coordinator") && me.roles.includes("specialist");
  const view = both ? inAddress("view") || "day" : "";
  if (me.roles.includes("specialist") && view !== "board") return html`${both && html`<${Views} view="day" />`}<${Day} me=${me} />`;
  if (me.roles.includes("coordinator")) return html`${both && html`<${Views} view="board" />`}<${Board} me=${me} />`;
  if (me.roles.includes("officer")) return html`<${OfficerDay} me=${me} />`;
  if (me.roles.includes("analyst")) return html`<${AnalystDay} me=${me} />`;
  return html`<${Others} me=${me} />`;
}

/** @param {{view: string}} props */
function Views({ view }) {
  return html`<nav class="segments" aria-label=${t("today.views")}>
    ${["day", "board"].map((each) => html`<a key=${each} href=${`?view=${each}`} aria-current=${view === each ? "true" : undefined}>${t(`today.view_${each}`)}</a>`)}</nav>`;
}

/** A role without bookings of its own. @param {{me: Me}} props */
function Others({ me }) {
  const administrator = me.roles.includes("administrator");
  return html`
    <h1>${t("today.hello", { name: me.name })}</h1>
    <${Empty} title=${t("today.others")} text=${t("today.others_text")}>
      <div class="row">
        ${administrator && html`<a class="button" href="/staff/calendar">${t("today.to_holidays")}</a>`}
        <a class="button" href="/staff/account">${t("nav.account")}</a>
      </div>
    <//>`;
}
