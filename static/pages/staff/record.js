// One consultation looked back at: facts, who was present when, quality over time, the author's note, how it ended, what changed.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { ask, get, Refusal } from "/static/lib/api.js";
import { clock, dayLong, dayWithYear, differ } from "/static/lib/time.js";
import { ActDialog } from "./parts/acts.js";
import { Ending } from "./parts/ending.js";
import { GuestsCard } from "./parts/guests.js";
import { JournalView } from "./parts/journal.js";
import { useBoard } from "./parts/live.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer, useNow, zoneOf } from "./parts/shell.js";
import { FeedbackMark, isOver, LineMark, QualityMark, RoomMark, StatusMark } from "./parts/state.js";
import { lang, money, named, t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Change} Change */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Note} Note */

const id = inAddress("booking") || "";
const FACTS = ["starts", "status", "reason", "because"];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

open("records", RecordPage);

/** @param {{me: Me}} props */
function RecordPage({ me }) {
  const zone = zoneOf(me);
  const now = useNow(20_000);
  const answer = useAnswer(() => get(`/bookings/${id}`), []);
  const journal = useAnswer(() => get(`/bookings/${id}/journal`), []);
  const past = useAnswer(() => get(`/bookings/${id}/history`), []);
  const again = () => { answer.again(); journal.again(); past.again(); };
  useBoard(again);
  const [act, setAct] = useState(/** @type {string | null} */ (null));
  if (answer.error && !answer.value) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  /** @type {Booking} */
  const booking = answer.value;
  const author = me.specialist_id === booking.specialist.id;
  const changeable = !isOver(booking) && booking.room.state === "empty" && Date.parse(booking.ends) > now;
  const over = Date.parse(booking.ends) < now || booking.room.state === "closed" || isOver(booking);
  return html`
    <p class="back"><a href="/staff/records">${t("records.title")}</a></p>
    <div class="page-head">
      <div><h1>${booking.client.name}</h1><p class="large">${dayLong(booking.starts, zone, lang)}, <strong>${clock(booking.starts, zone, lang)}–${clock(booking.ends, zone, lang)}</strong></p>
        <p class="soft">${zoneName(zone, booking.starts)}${differ(booking.starts, booking.specialist_zone, zone) && html`; ${t("booking.own_zone", { time: clock(booking.starts, booking.specialist_zone, lang), zone: zoneName(booking.specialist_zone, booking.starts) })}`}</p></div>
      <div class="row">
        ${author && !isOver(booking) && booking.room.state !== "closed" && html`<a class="button primary" data-test="enter" href=${`/staff/room?booking=${booking.id}`}>${t("day.enter")}</a>`}
        ${changeable && ["code", "move", "cancel"].map((name) => html`<button type="button" key=${name} class="button small" data-act=${name} onClick=${() => setAct(name)}>${t(`act.${name}`)}</button>`)}
        <a class="button small" href=${`/staff/booking?client=${booking.client.id}`}>${t("record.next")}</a>
      </div>
    </div>
    <div class="columns columns-wide">
      <div class="stack airy">
        <section class="card" aria-labelledby="journal-title"><h2 id="journal-title">${t("journal.title")}</h2>
          ${journal.error && html`<${Trouble} error=${journal.error} again=${journal.again} />`}
          ${!journal.value && !journal.error && html`<${Loading} />`}
          ${journal.value && html`<${JournalView} journal=${journal.value} booking=${booking} zone=${zone} now=${now} />`}
          <p class="hint">${t("journal.no_chat")}</p></section>
        ${author && html`<${NoteCard} />`}
      </div>
      <div class="stack airy">
        <${Facts} booking=${booking} now=${now} zone=${zone} />
        ${over && booking.status !== "cancelled" && html`<section class="card stack" aria-labelledby="outcome-title" data-test="outcome-card"><h2 id="outcome-title">${t("record.outcome")}</h2>
          <${Ending} booking=${booking} zone=${zone} onDone=${again} /></section>`}
        <${GuestsCard} booking=${booking} open=${!isOver(booking) && booking.room.state !== "closed" && Date.parse(booking.ends) > now} />
        <section class="card" aria-labelledby="history-title"><h2 id="history-title">${t("record.history")}</h2>
          ${past.error && html`<${Trouble} error=${past.error} again=${past.again} />`}
          ${past.value && html`<${History} items=${past.value.items} zone=${zone} />`}</section>
      </div>
    </div>
    <${ActDialog} act=${act} booking=${booking} zone=${zone} onClose=${() => setAct(null)} onDone=${() => { setAct(null); again(); }} />`;
}

/** @param {{booking: Booking, now: number, zone: string}} props */
function Facts({ booking, now, zone }) {
  const facts = [
    ["status", html`<${StatusMark} status=${booking.status} />`], ["room", booking.room.state !== "empty" && html`<${RoomMark} booking=${booking} now=${now} zone=${zone} />`],
    ["client", html`<a href=${`/staff/client?id=${booking.client.id}`}>${booking.client.name}</a>, ${t("client.born", { year: booking.client.birth_year })}`],
    ["phone", booking.client.phone && html`<a class="phone" href=${`tel:${booking.client.phone}`}>${booking.client.phone}</a>`],
    ["specialist", html`${booking.specialist.name}<br /><span class="soft">${booking.specialist.institution.name}</span>`],
    ["service", html`${booking.service.name}<br /><span class="soft">${t("record.standard", { code: booking.service.code, version: booking.service.version })}, ${money(booking.price_kopecks)}</span>`],
    ["mode", t(`mode.${booking.mode}`)], ["line", html`<${LineMark} check=${booking.line_check} />`],
    ["quality", booking.quality && html`<${QualityMark} quality=${booking.quality} />`], ["feedback", booking.feedback && html`<${FeedbackMark} feedback=${booking.feedback} />`],
    ["code", t(booking.code_used ? "record.code_used" : "record.code_unused")],
  ];
  return html`<section class="card" aria-labelledby="facts-title"><h2 id="facts-title">${t("record.facts")}</h2>
    <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(`record.${name}`)}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** @param {{items: Change[], zone: string}} props */
function History({ items, zone }) {
  if (!items.length) return html`<p class="soft">${t("record.no_history")}</p>`;
  return html`<ol class="history">${items.map((each, n) => html`<li key=${n}><span class="soft figures">${dayWithYear(each.at, zone, lang)}, ${clock(each.at, zone, lang)}</span>
    <span><strong>${named("history", each.what)}</strong>${change(each, zone)}</span>${each.who && html`<span class="soft">${each.who}</span>`}</li>`)}</ol>`;
}

/** @param {Change} each @param {string} zone */
function change({ before, after }, zone) {
  const [was, is] = [before, after].map((facts) => FACTS.map((name) => shown(facts[name], zone)).filter(Boolean).join(", "));
  if (was && is) return `: ${was} → ${is}`;
  return is ? `: ${is}` : "";
}

/** @param {unknown} value @param {string} zone @returns {string} */
function shown(value, zone) {
  if (value === null || value === undefined || value === "") return "";
  const text = String(value);
  if (INSTANT.test(text)) return `${dayLong(text, zone, lang)}, ${clock(text, zone, lang)}`;
  return [named("status", text), named("reason", text), named("mode", text)].find((word) => word !== text) || text;
}

/** The psychologist's own words; nobody else is shown this card, and the server answers nobody else. */
function NoteCard() {
  const answer = useAnswer(() => get(`/bookings/${id}/note`), []);
  if (answer.error) return html`<section class="card"><h2>${t("note.title")}</h2><${Trouble} error=${answer.error} again=${answer.again} /></section>`;
  if (!answer.value) return html`<section class="card"><h2>${t("note.title")}</h2><${Loading} /></section>`;
  return html`<${NoteEditor} start=${answer.value} />`;
}

/** @param {{start: Note}} props */
function NoteEditor({ start }) {
  const [text, setText] = useState(start.text || "");
  const [kept, setKept] = useState({ text: start.text || "", version: start.version });
  const [state, setState] = useState(/** @type {{busy: boolean, problem: any, theirs: Note | null}} */ ({ busy: false, problem: null, theirs: null }));
  const dirty = useRef(false);
  dirty.current = text !== kept.text;
  useEffect(() => {
    const warn = (/** @type {BeforeUnloadEvent} */ event) => { if (dirty.current) event.preventDefault(); };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
  async function save() {
    setState({ ...state, busy: true, problem: null });
    try {
      const { value } = await ask("PUT", `/bookings/${id}/note`, { body: { text }, version: kept.version });
      setKept({ text, version: /** @type {Note} */ (value).version });
      setState({ busy: false, problem: null, theirs: null });
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setState({ busy: false, problem: error, theirs: error.status === 412 ? await get(`/bookings/${id}/note`) : null });
    }
  }
  function overTheirs() {
    if (state.theirs) setKept({ text: state.theirs.text, version: state.theirs.version });
    setState({ busy: false, problem: null, theirs: null });
  }
  return html`
    <section class="card stack" aria-labelledby="note-title" data-test="note">
      <div><h2 id="note-title">${t("note.title")}</h2><p class="hint">${t("note.who")}</p></div>
      <textarea id="note" aria-labelledby="note-title" rows="8" value=${text} onInput=${(/** @type {any} */ e) => setText(e.target.value)}></textarea>
      ${state.problem && html`<${Trouble} error=${state.problem} />`}
      ${state.theirs && html`<div class="notice warn stack tight"><p><strong>${t("note.other")}</strong></p><p class="legal">${state.theirs.text}</p><button type="button" class="button small" onClick=${overTheirs}>${t("note.go_on")}</button></div>`}
      <div class="row"><button type="button" class="button primary" id="note-save" disabled=${state.busy || !dirty.current} onClick=${save}>${t("common.save")}</button>
        <span role="status" class="soft">${!dirty.current && kept.version > 0 ? t("common.saved") : ""}</span></div>
    </section>`;
}
