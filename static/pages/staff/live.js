// Watching over: every session that goes on now, those first that need somebody.

import { html } from "/static/vendor/preact-htm.js";
import { GoingOn, useGoingOn } from "./parts/going-on.js";
import { Empty, Loading, open, Trouble } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */

open("live", LivePage);

/** @param {{me: Me}} props */
function LivePage({ me }) {
  const going = useGoingOn(me);
  return html`
    <div class="page-head"><div><h1>${t("live.title")}</h1><p class="soft">${t("live.lead")}</p></div></div>
    ${!going.here && html`<p class="line-away" role="status">${t("live.away_line")}</p>`}
    ${going.error && html`<${Trouble} error=${going.error} again=${going.again} />`}
    ${!going.value && !going.error && html`<${Loading} />`}
    ${going.value && !going.items.length && html`<${Empty} title=${t("live.none")} text=${t("live.none_text")} />`}
    <${GoingOn} me=${me} items=${going.items} again=${going.again} />`;
}
