// Services rendered: what waits for the client's word, what is disputed, what is agreed upon, one list for each.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { RenderedRow } from "./parts/rendered.js";
import { Empty, inAddress, Loading, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/act-types.js").RenderedList} RenderedList */
/** @typedef {import("/static/lib/act-types.js").Rendered} Rendered */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const STATES = /** @type {const} */ (["proposed", "disputed", "confirmed", "settled"]);

open("rendered", RenderedPage);

/** @param {{me: Me}} props */
function RenderedPage({ me }) {
  const asked = STATES.find((each) => each === inAddress("state"));
  const [state, setState] = useState(/** @type {string} */ (asked || (me.may.includes("acts.write") ? "disputed" : "proposed")));
  const [after, setAfter] = useState(/** @type {number[]} */ ([0]));
  const answer = useAnswer(() => pages(state, after), [state, after.length]);
  /** @type {RenderedList | undefined} */
  const list = answer.value;
  const choose = (/** @type {string} */ each) => { setState(each); setAfter([0]); history.replaceState(null, "", `?state=${each}`); };
  return html`
    <div class="page-head"><div><h1>${t("rendered.title")}</h1><p class="soft measure">${t("rendered.lead")}</p></div>
      ${me.may.includes("acts.read") && html`<a href="/staff/acts">${t("nav.acts")}</a>`}</div>
    <div class="segments" role="group" aria-label=${t("rendered.which")}>${STATES.map((each) => html`
      <button type="button" key=${each} aria-pressed=${state === each} data-list=${each} onClick=${() => choose(each)}>${t(`rendered.list_${each}`)}${list && html` <span class="rendered-count">${list.counts[each]}</span>`}</button>`)}</div>
    ${list && state === "proposed" && list.counts.overdue > 0 && html`<p class="notice warn">${t("rendered.overdue_lead", { count: list.counts.overdue })}</p>`}
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!list && !answer.error && html`<${Loading} />`}
    ${list && !list.items.length && html`<${Empty} title=${t(`rendered.none_${state}`)} />`}
    ${list && html`<ul class="plain rendered-list" data-test="rendered">${list.items.map((each) => html`<${RenderedRow} key=${`${each.booking}-${each.version}`} row=${each} me=${me} zone=${zoneOf(me)} again=${answer.again} />`)}</ul>`}
    ${list?.more && html`<div><button type="button" class="button" onClick=${() => setAfter([...after, /** @type {number} */ (list.more)])}>${t("rendered.more")}</button></div>`}`;
}

/** All that was asked for so far, as one list. @param {string} state @param {number[]} after @returns {Promise<RenderedList>} */
async function pages(state, after) {
  /** @type {RenderedList[]} */
  const parts = await Promise.all(after.map((each) => get("/rendered", { state, after: each })));
  const last = parts[parts.length - 1];
  return { ...last, items: parts.flatMap((each) => each.items) };
}
