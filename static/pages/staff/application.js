// One application from the first word to the last: whose it is, who helps, when, how it ended; beside it what was asked, and its history.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { dayLong } from "/static/lib/time.js";
import { Asked } from "./application/asked.js";
import { Ending } from "./application/ending.js";
import { Helper } from "./application/helper.js";
import { History } from "./application/history.js";
import { dueDay, Needed } from "./application/row.js";
import { Times } from "./application/times.js";
import { Whose } from "./application/whose.js";
import { inAddress, Loading, NoPage, open, useAnswer, zoneOf } from "./parts/shell.js";
import { lang, t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/application-types.js").Application} Application */
/** @typedef {import("/static/lib/api-types.js").Items<import("/static/lib/api-types.js").Topic>} Topics */

open("applications", Page);

/** @param {{me: Me}} props */
function Page({ me }) {
  const answer = useAnswer(() => /** @type {Promise<Application>} */ (get(`/applications/${Number(inAddress("id"))}`)), []);
  const topics = useAnswer(() => /** @type {Promise<Topics>} */ (get("/topics")), []);
  const services = useAnswer(() => get("/services"), []);
  if (answer.error) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  const one = answer.value;
  if (!one || !topics.value || !services.value) return html`<h1>${t("application.title")}</h1><${Loading} />`;
  const zone = zoneOf(me);
  const names = Object.fromEntries(topics.value.items.map((each) => [each.code, each.name]));
  const shared = { one, zone, again: answer.again };
  return html`
    <p><a class="back" href="/staff/applications">${t("applications.title")}</a></p>
    <div class="page-head"><div><h1>${one.name}</h1>
      <p class="soft">${t("application.number", { number: one.id })} · ${t(`ask.came_${one.source}`, { day: dayLong(one.received_at, zone, lang) })}${one.due_on && one.status !== "closed" ? html` · ${t("applications.until", { day: dueDay(one.due_on) })}` : ""}</p>
      <p class="asked-needs" data-test="needs" role="status"><${Needed} item=${one} /></p></div></div>
    <div class="columns columns-wide">
      <div class="stack asked-steps" data-status=${one.status}>
        <${Whose} ...${shared} />
        <${Helper} ...${shared} services=${services.value.items} />
        <${Times} ...${shared} />
        <${Ending} ...${shared} />
      </div>
      <div class="stack">
        <${Asked} ...${shared} topics=${names} services=${services.value.items} />
        <${History} ...${shared} />
      </div>
    </div>`;
}
