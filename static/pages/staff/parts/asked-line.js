// On the first page of a coordinator's day: what applications need, each a way into the work-list.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { useAnswer } from "./shell.js";
import { t } from "./words.js";

const NEEDS = ["overdue", "missed", "new", "doubtful", "without_specialist", "unassigned", "to_book", "to_confirm", "to_close"];

/** Silent where nothing is to be done, and where it could not be asked: the day itself matters more. */
export function AskedLine() {
  const answer = useAnswer(() => /** @type {Promise<import("/static/lib/application-types.js").ApplicationList>} */ (get("/applications", { limit: 1 })), []);
  const counts = answer.value?.counts || {};
  const shown = NEEDS.filter((need) => counts[need]);
  if (!shown.length) return null;
  return html`
    <nav class="need-line" aria-label=${t("applications.today_line")} data-test="asked-line"><strong>${t("applications.today_line")}</strong>
      ${shown.map((need) => html`<a key=${need} class=${`need-pick need-${need}`} data-need=${need} href=${`/staff/applications?needs=${need}`}>${t(`need.${need}`)}<span class="need-count">${counts[need]}</span></a>`)}</nav>`;
}
