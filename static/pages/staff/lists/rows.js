// The rows of a list: how many of each kind, each with what will become of it, and the choice where somebody may be known.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { ask, get } from "/static/lib/api.js";
import { Loading, sentToSignIn, Trouble } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/list-types.js").ListView} ListView */
/** @typedef {import("/static/lib/list-types.js").Person} Person */
/** @typedef {import("/static/lib/list-types.js").Row} Row */
/** @typedef {import("/static/lib/list-types.js").Verdict} Verdict */

/** @type {Verdict[]} */
const VERDICTS = ["new", "known", "doubtful", "refused"];
const AT_ONCE = 50;

/** @param {{list: ListView, changed: (list: ListView) => void}} props */
export function Rows({ list, changed }) {
  const counts = /** @type {NonNullable<ListView["counts"]>} */ (list.counts);
  const over = list.status === "accepted";
  const [only, setOnly] = useState(/** @type {Verdict} */ (over || !counts.undecided ? (counts.refused ? "refused" : "new") : "doubtful"));
  return html`
    <section class="stack" aria-label=${t("lists.verdict_all")}>
      <div class="lists-counts" role="group" aria-label=${t("lists.show")}>${VERDICTS.map((each) => html`
        <button key=${each} type="button" class=${`lists-count lists-${each}`} data-test=${`count-${each}`} aria-pressed=${only === each ? "true" : "false"} disabled=${over && each !== "refused"} onClick=${() => setOnly(each)}>
          <strong>${new Intl.NumberFormat(lang).format(counts[each])}</strong><span>${t(`lists.verdict_${each}`)}</span></button>`)}</div>
      ${only === "doubtful" && counts.undecided > 1 && html`<${AllAtOnce} list=${list} changed=${changed} />`}
      ${!(over && only !== "refused") && html`<${Shown} key=${`${only}-${list.status}`} list=${list} only=${only} changed=${changed} />`}
    </section>`;
}

/** @param {{list: ListView, changed: (list: ListView) => void}} props */
function AllAtOnce({ list, changed }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const choose = (/** @type {"new" | "same"} */ choice) => ask("POST", `/lists/${list.id}/choice`, { body: { choice } }).then(
    (answer) => changed(/** @type {ListView} */ (answer.value)), (failure) => { if (!sentToSignIn(failure)) setError(failure); });
  return html`<div class="row between lists-all"><span>${t("lists.undecided", { count: list.counts?.undecided || 0 })}</span>
    <span class="row tight"><button type="button" class="button small" data-test="all-same" onClick=${() => choose("same")}>${t("lists.all_same")}</button>
      <button type="button" class="button small" data-test="all-new" onClick=${() => choose("new")}>${t("lists.all_new")}</button></span></div>
    ${error && html`<${Trouble} error=${error} />`}`;
}

/** @param {{list: ListView, only: Verdict, changed: (list: ListView) => void}} props */
function Shown({ list, only, changed }) {
  const [state, setState] = useState(/** @type {{rows: Row[], more: boolean, error: any, busy: boolean}} */ ({ rows: [], more: false, error: null, busy: true }));
  const load = (/** @type {Row[]} */ before, limit = AT_ONCE) => get(`/lists/${list.id}/rows`, { only, after: before.length ? before[before.length - 1].line : 0, limit }).then(
    (/** @type {any} */ found) => setState({ rows: [...before, ...found.items], more: found.more, error: null, busy: false }),
    (error) => { if (!sentToSignIn(error)) setState({ rows: before, more: false, error, busy: false }); });
  // What was chosen changes the rows that are shown; those that were loaded by "more" stay in sight.
  useEffect(() => { load([], Math.min(200, Math.max(AT_ONCE, state.rows.length))); }, [list.version, only]);
  if (state.busy) return html`<${Loading} />`;
  return html`
    ${state.error && html`<${Trouble} error=${state.error} again=${() => load(state.rows)} />`}
    ${!state.rows.length && !state.error && html`<p class="soft">${t("lists.nobody")}</p>`}
    <ol class="plain lists-rows" data-test="rows">${state.rows.map((row) => html`<${OneRow} key=${row.line} list=${list} row=${row} changed=${changed} />`)}</ol>
    ${state.more && html`<p><button type="button" class="button" data-test="more" onClick=${() => load(state.rows)}>${t("lists.more")}</button></p>`}`;
}

/** @param {{list: ListView, row: Row, changed: (list: ListView) => void}} props */
function OneRow({ list, row, changed }) {
  const will = row.verdict === "new" || row.verdict === "known" ? t(`lists.will_${row.verdict}_${list.kind}`) : t(`lists.will_${row.verdict}`);
  return html`
    <li class=${`lists-row lists-${row.verdict}`} data-line=${row.line} data-verdict=${row.verdict}>
      <p class="lists-line"><span class="soft">${t("lists.line", { line: row.line })}</span></p>
      <div class="lists-what">
        ${row.facts ? html`<p><strong>${row.facts.name}</strong> <span class="soft">${told(row.facts)}</span></p>` : html`<p class="lists-cells">${Object.values(row.cells).join(" · ")}</p>`}
        ${row.verdict === "refused" && html`<ul class="lists-problems">${row.problems.map((each) => html`<li key=${each.field + each.code} data-code=${each.code}>${each.message}</li>`)}</ul>`}
        ${row.verdict !== "doubtful" && html`<p class="lists-will">${will}${row.client && html`: <strong>${row.client.name}</strong> <span class="soft">${person(row.client)}</span>`}</p>`}
        ${row.verdict === "doubtful" && html`<${Choice} list=${list} row=${row} will=${will} changed=${changed} />`}
      </div>
    </li>`;
}

/** @param {{list: ListView, row: Row, will: string, changed: (list: ListView) => void}} props */
function Choice({ list, row, will, changed }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const choose = (/** @type {number | null} */ same_as) => {
    setBusy(true);
    ask("POST", `/lists/${list.id}/rows/${row.line}/choice`, { body: { same_as } }).then(
      (answer) => changed(/** @type {ListView} */ (answer.value)), (failure) => { if (!sentToSignIn(failure)) setError(failure); }).finally(() => setBusy(false));
  };
  const said = row.choice === "new" ? t("lists.chosen_new") : row.choice === "same" ? t("lists.chosen_same", { name: row.client?.name || "" }) : will;
  return html`
    <p class=${row.choice ? "lists-decided" : "lists-will"} role="status">${said}</p>
    ${error && html`<${Trouble} error=${error} />`}
    <ul class="plain lists-candidates">${row.candidates.map((each) => html`
      <li key=${each.id} data-candidate=${each.id}><span><span class="soft">${t("lists.in_centre")}:</span> <strong>${each.name}</strong> <span class="soft">${person(each)}</span></span>
        <button type="button" class="button small" disabled=${busy} aria-pressed=${row.client?.id === each.id ? "true" : "false"} aria-label=${`${t("lists.same")}: ${each.name}`} data-test="same" onClick=${() => choose(each.id)}>${t("lists.same")}</button></li>`)}</ul>
    <button type="button" class="button small lists-other" disabled=${busy} aria-pressed=${row.choice === "new" ? "true" : "false"} aria-label=${`${t("lists.other")}: ${row.facts?.name}`} data-test="other" onClick=${() => choose(null)}>${t("lists.other")}</button>`;
}

/** @param {string} day */
function bornOn(day) {
  return new Intl.DateTimeFormat(lang, { day: "2-digit", month: lang === "ru" ? "2-digit" : "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

/** @param {Person} who */
function person(who) {
  const born = who.birth_date ? t("lists.born_on", { day: bornOn(who.birth_date) }) : t("lists.born", { year: who.birth_year });
  return [born, who.phone, who.settlement].filter(Boolean).join(" · ");
}

/** @param {Record<string, any>} facts */
function told(facts) {
  return [t("lists.born_on", { day: bornOn(facts.birth_date) }), facts.phone, facts.settlement, facts.number, facts.service, facts.remark].filter(Boolean).join(" · ");
}
