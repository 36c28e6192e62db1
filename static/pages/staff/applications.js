// The work-list of applications: what must be done first at the top, counted by what it needs; and the way to take a new one.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { TakeDialog } from "./application/take.js";
import { Row } from "./application/row.js";
import { useSettled } from "./parts/finder.js";
import { firstOf } from "./parts/long-list.js";
import { Empty, inAddress, Loading, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/application-types.js").ApplicationItem} Item */
/** @typedef {import("/static/lib/application-types.js").ApplicationList} List */
/** @typedef {import("/static/lib/api-types.js").Items<import("/static/lib/api-types.js").Topic>} Topics */

const NEEDS = ["overdue", "missed", "new", "doubtful", "without_specialist", "unassigned", "to_book", "to_confirm", "to_close"];
const STEP = 50;

open("applications", Applications);

/** @param {{me: Me}} props */
function Applications({ me }) {
  const [chosen, setChosen] = useState(inAddress("needs") || "");
  const [typed, setTyped] = useState("");
  const [limit, setLimit] = useState(STEP);
  const [taking, setTaking] = useState(inAddress("take") !== null);
  const query = useSettled(typed.trim());
  const closed = chosen === "closed";
  const asked = { query, status: closed ? "closed" : "", needs: closed ? "" : chosen };
  const answer = useAnswer(() => /** @type {Promise<List>} */ (firstOf("/applications", asked, limit)), [query, limit, chosen]);
  useEffect(() => setLimit(STEP), [query, chosen]);
  const topics = useAnswer(() => /** @type {Promise<Topics>} */ (get("/topics")), []);
  const list = answer.value;
  const names = Object.fromEntries((topics.value?.items || []).map((each) => [each.code, each.name]));

  /** @param {string} need */
  function choose(need) {
    setChosen(need);
    history.replaceState(null, "", need ? `?needs=${need}` : location.pathname);
  }

  return html`
    <div class="page-head"><div><h1>${t("applications.title")}</h1><p class="soft measure">${t("applications.lead")}</p></div>
      <button type="button" class="button primary" data-test="take" onClick=${() => setTaking(true)}>${t("applications.take")}</button></div>
    <${Needs} counts=${list?.counts || {}} chosen=${chosen} choose=${choose} />
    <div class="field measure"><label for="applications-query">${t("applications.search")}</label>
      <input id="applications-query" type="search" value=${typed} placeholder=${t("applications.search_hint")} autocomplete="off" onInput=${(/** @type {any} */ e) => setTyped(e.target.value)} /></div>
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!list && !answer.error && html`<${Loading} />`}
    ${list && !list.items.length && html`<${Empty} title=${t(query ? "applications.none" : chosen ? "applications.none_such" : "applications.empty")} text=${query || chosen ? "" : t("applications.empty_text")} />`}
    ${list && list.items.length > 0 && html`<ul class="asked-list plain" data-test="applications" aria-busy=${answer.busy}>${list.items.map((each) => html`<${Row} key=${each.id} item=${each} today=${list.today} topics=${names} zone=${zoneOf(me)} />`)}</ul>`}
    ${list && list.items.length >= limit && html`<button type="button" class="button" onClick=${() => setLimit(limit + STEP)}>${t("common.more")}</button>`}
    ${taking && html`<${TakeDialog} topics=${names} onClose=${() => setTaking(false)} onDone=${(/** @type {{id: number}} */ made) => location.assign(`/staff/application?id=${made.id}`)} />`}`;
}

/** What is to be done, each with how many need it; one of them narrows the list. @param {{counts: Record<string, number>, chosen: string, choose: (need: string) => void}} props */
function Needs({ counts, chosen, choose }) {
  const shown = NEEDS.filter((need) => counts[need] || need === chosen);
  return html`
    <div class="needs" role="group" aria-label=${t("applications.needs")}>
      <button type="button" class="need-pick" aria-pressed=${chosen === ""} onClick=${() => choose("")}>${t("applications.all")}<span class="need-count">${counts.open ?? ""}</span></button>
      ${shown.map((need) => html`
        <button key=${need} type="button" class=${`need-pick need-${need}`} data-need=${need} aria-pressed=${chosen === need} onClick=${() => choose(chosen === need ? "" : need)}>${t(`need.${need}`)}<span class="need-count">${counts[need]}</span></button>`)}
      <button type="button" class="need-pick" data-need="closed" aria-pressed=${chosen === "closed"} onClick=${() => choose("closed")}>${t("applications.closed")}</button>
    </div>`;
}
