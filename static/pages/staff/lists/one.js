// One list: how far it is read, what will become of its rows, and the acceptance of all of them or its end.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { ask, get, Refusal } from "/static/lib/api.js";
import { clock, dayWithYear } from "/static/lib/time.js";
import { Loading, NoPage, sentToSignIn, Trouble, zoneOf } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";
import { download } from "../certificates/paper.js";
import { Rows } from "./rows.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/list-types.js").ListView} ListView */

const LOOK_EVERY = 700;
const TONE = { reading: "", ready: "warn", accepting: "", undoing: "", accepted: "good", cancelled: "", failed: "bad" };

/** @param {{status: ListView["status"]}} props */
export function StatusTag({ status }) {
  return html`<span class=${`tag ${TONE[status]}`} data-status=${status}>${t(`lists.status_${status}`)}</span>`;
}

/** @param {{me: Me, number: number, leave: () => void}} props */
export function OneList({ me, number, leave }) {
  const [list, setList] = useState(/** @type {ListView | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [round, setRound] = useState(0);
  useEffect(() => {
    let wanted = true;
    get(`/lists/${number}`).then(
      (found) => wanted && (setList(/** @type {ListView} */ (found)), setError(null)),
      (failure) => wanted && !sentToSignIn(failure) && setError(failure),
    );
    return () => { wanted = false; };
  }, [number, round]);
  useEffect(() => {
    if (!list || !["reading", "accepting", "undoing"].includes(list.status)) return undefined;
    const timer = setTimeout(() => setRound(round + 1), LOOK_EVERY);
    return () => clearTimeout(timer);
  }, [list, round]);
  if (!list) return error ? html`<${NoPage} error=${error} again=${() => setRound(round + 1)} />` : html`<${Loading} />`;
  const zone = zoneOf(me);
  const when = (/** @type {string} */ at) => `${dayWithYear(at, zone, lang)}, ${clock(at, zone, lang)}`;
  return html`
    <p class="back"><a href="/staff/lists" onClick=${(/** @type {Event} */ e) => { e.preventDefault(); leave(); }}>${t("lists.back")}</a></p>
    <div class="page-head"><div class="lists-head"><h1>${list.name}</h1><p class="row tight"><${StatusTag} status=${list.status} /><span class="soft">${t("lists.brought", { who: list.brought_by, when: when(list.created_at) })}</span></p></div></div>
    ${error && html`<${Trouble} error=${error} again=${() => setRound(round + 1)} />`}
    ${list.status === "reading" && html`<${Reading} list=${list} />`}
    ${(list.status === "accepting" || list.status === "undoing") && html`<${Applying} list=${list} />`}
    ${list.status === "failed" && html`<${Failed} list=${list} />`}
    ${list.status === "ready" && list.problem && html`<${TurnedBack} list=${list} />`}
    ${list.status === "cancelled" && html`<p class="notice">${t("lists.cancelled")}</p>`}
    ${list.status === "accepted" && html`<div class="notice" role="status" data-test="accepted"><p><strong>${t("lists.accepted")}</strong> ${t(`lists.accepted_${list.kind}`)}</p></div>`}
    ${list.status === "accepted" && list.kind === "certificates" && html`<${Codes} list=${list} again=${() => setRound(round + 1)} />`}
    ${list.status === "ready" && html`<${Notes} list=${list} when=${when} />`}
    ${list.counts && list.status !== "accepting" && list.status !== "undoing" && html`<${Rows} list=${list} changed=${setList} />`}
    ${list.counts && list.counts.refused > 0 && list.status !== "undoing" && html`<${Report} list=${list} />`}
    ${list.status === "ready" && html`<${Accept} list=${list} changed=${setList} again=${() => setRound(round + 1)} />`}
    ${["reading", "ready", "accepting"].includes(list.status) && html`<${Cancel} list=${list} again=${() => setRound(round + 1)} />`}`;
}

/** @param {{list: ListView}} props */
function Reading({ list }) {
  const begun = list.about > 0;
  return html`
    <section class="card stack lists-reading" data-test="reading">
      <p role="status">${begun ? t("lists.reading", { count: amount(list.rows_read), about: amount(list.about) }) : t("lists.reading_begins")}</p>
      <progress aria-label=${t("lists.reading_begins")} max=${begun ? list.about : undefined} value=${begun ? Math.min(list.rows_read, list.about) : undefined}></progress>
      <p class="soft">${t("lists.reading_calm")}</p>
    </section>`;
}

/** @param {{list: ListView}} props */
function Applying({ list }) {
  const counts = /** @type {NonNullable<ListView["counts"]>} */ (list.counts);
  const all = counts.new + counts.known + counts.doubtful;
  if (list.status === "undoing") return html`<section class="card stack lists-reading" data-test="undoing"><p role="status">${t("lists.undoing")}</p><progress aria-label=${t("lists.undoing")}></progress></section>`;
  return html`
    <section class="card stack lists-reading" data-test="accepting">
      <p role="status">${t("lists.applying", { count: amount(list.rows_applied), all: amount(all) })}</p>
      <progress aria-label=${t("lists.accepting")} max=${all} value=${list.rows_applied}></progress>
      <p class="soft">${t("lists.applying_calm")}</p>
    </section>`;
}

/** The codes are made by downloading them: what came through badly is asked for again, and is other codes then.
 * @param {{list: ListView, again: () => void}} props */
function Codes({ list, again }) {
  const [state, setState] = useState(/** @type {{asked: boolean, busy: boolean, error: any}} */ ({ asked: false, busy: false, error: null }));
  const take = async () => {
    setState({ asked: false, busy: true, error: null });
    try {
      await download(`/lists/${list.id}/codes`, `${t("lists.codes")}.xlsx`, {});
      setState({ asked: false, busy: false, error: null });
    } catch (error) {
      if (sentToSignIn(error)) return;
      setState({ asked: false, busy: false, error: error instanceof Refusal ? error : { code: "no_connection" } });
    }
    again(); // also of a download that broke off: the codes before may have ended with it
  };
  const first = list.codes_open;
  return html`
    <section class="card stack lists-report" data-test="codes"><p><strong>${t("lists.codes")}.</strong> ${t(first ? "lists.codes_hint" : "lists.codes_again_hint")}</p>${state.error && html`<${Trouble} error=${state.error} />`}
      ${state.asked ? html`<div class="notice warn" role="group"><p>${t("lists.codes_again_ask")}</p>
        <div class="row tight"><button type="button" class="button small" onClick=${() => setState({ ...state, asked: false })}>${t("common.not_now")}</button><button type="button" class="button danger small" data-test="codes-yes" disabled=${state.busy} onClick=${take}>${t("lists.codes_again_yes")}</button></div></div>`
      : html`<p><button type="button" class="button" data-test="take-codes" disabled=${state.busy} onClick=${first ? take : () => setState({ ...state, asked: true })}>${t(first ? "lists.codes_get" : "lists.codes_again")}</button></p>`}</section>`;
}

/** @param {{list: ListView}} props */
function TurnedBack({ list }) {
  const line = list.problem?.line ? `${t("lists.at_line", { line: list.problem.line })} ` : "";
  return html`<div class="notice bad" role="alert" data-code=${list.problem?.code}><p><strong>${t("lists.turned_back")}</strong> ${line}${list.problem?.message}</p></div>`;
}

/** @param {{list: ListView}} props */
function Failed({ list }) {
  const line = list.problem?.line ? `${t("lists.at_line", { line: list.problem.line })} ` : "";
  return html`<div class="notice bad" role="alert" data-code=${list.problem?.code}><p><strong>${t("lists.failed")}.</strong> ${line}${list.problem?.message}</p></div>`;
}

/** @param {{list: ListView, when: (at: string) => string}} props */
function Notes({ list, when }) {
  const { sheets = 1, sheet = "", hidden_rows = 0 } = list.notes;
  const said = [
    sheets > 1 && t("lists.note_sheets", { count: sheets, name: sheet }),
    hidden_rows > 0 && t("lists.note_hidden", { count: hidden_rows }),
    list.unknown.length > 0 && t("lists.note_unknown", { columns: list.unknown.join(", ") }),
  ].filter(Boolean);
  return html`
    ${list.before && html`<p class="notice warn" data-test="before">${t("lists.before", { name: list.before.name, when: when(list.before.at) })}</p>`}
    ${said.length > 0 && html`<ul class="plain lists-notes" data-test="notes">${said.map((each) => html`<li key=${each}>${each}</li>`)}</ul>`}`;
}

/** @param {{list: ListView}} props */
function Report({ list }) {
  return html`
    <section class="card stack lists-report"><p>${t("lists.report_hint")}</p>
      <p class="row"><strong>${t("lists.report")}:</strong>${["xlsx", "csv"].map((format) => html`
        <a key=${format} class="button small" download data-test=${`report-${format}`} href=${`/api/v1/lists/${list.id}/report?format=${format}`} aria-label=${`${t("lists.report")}, ${format.toUpperCase()}`}>${format.toUpperCase()}</a>`)}</p></section>`;
}

/** @param {{list: ListView, changed: (list: ListView) => void, again: () => void}} props */
function Accept({ list, changed, again }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const counts = /** @type {NonNullable<ListView["counts"]>} */ (list.counts);
  const written = counts.new + counts.known + counts.doubtful;
  const accept = async () => {
    setBusy(true);
    try {
      const answer = await ask("POST", `/lists/${list.id}/accept`, { version: list.version });
      changed(/** @type {ListView} */ (answer.value));
    } catch (failure) {
      if (sentToSignIn(failure)) return;
      setError(failure);
      setBusy(false);
      again();
    }
  };
  return html`
    <section class="card stack lists-accept" data-test="accept-part">
      ${error && html`<${Trouble} error=${error} />`}
      ${counts.undecided > 0 && html`<p>${t("lists.undecided", { count: counts.undecided })}</p>`}
      ${counts.undecided === 0 && written > 0 && html`<p>${t("lists.accept_sum", { count: written })}</p>`}
      <div class="row"><button type="button" class="button primary" data-test="accept" disabled=${busy || counts.undecided > 0 || written === 0 || Boolean(list.before)} onClick=${accept}>${t("lists.accept")}</button>
        <span role="status">${busy && t("lists.accepting")}</span></div>
    </section>`;
}

/** @param {{list: ListView, again: () => void}} props */
function Cancel({ list, again }) {
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const cancel = () => ask("DELETE", `/lists/${list.id}`).then(again, (failure) => { if (!sentToSignIn(failure)) setError(failure); });
  if (!asked) return html`<p><button type="button" class="button" data-test="cancel-list" onClick=${() => setAsked(true)}>${t("lists.cancel")}</button></p>`;
  return html`<div class="notice warn" role="group">${error && html`<${Trouble} error=${error} />`}<p>${t("lists.cancel_ask")}</p>
    <div class="row tight"><button type="button" class="button small" onClick=${() => setAsked(false)}>${t("common.not_now")}</button><button type="button" class="button danger small" data-test="cancel-yes" onClick=${cancel}>${t("lists.cancel_yes")}</button></div></div>`;
}

/** @param {number} count */
function amount(count) {
  return new Intl.NumberFormat(lang).format(count);
}
