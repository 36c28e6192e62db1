// One consultation looked back at: facts, who was present when, quality over time, the author's note, how it ended, what changed.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, get, post, Refusal } from "/static/lib/api.js";
import { clock, dayLong } from "/static/lib/time.js";
import { ActDialog } from "./parts/acts.js";
import { OtherClocks } from "./parts/clocks.js";
import { Ending } from "./parts/ending.js";
import { GuestsCard } from "./parts/guests.js";
import { JournalView } from "./parts/journal.js";
import { useBoard } from "./parts/live.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer, useNow, zoneOf } from "./parts/shell.js";
import { isOver } from "./parts/state.js";
import { lang, t, zoneName } from "./parts/words.js";
import { CourseCard } from "./record/course.js";
import { Facts } from "./record/facts.js";
import { History } from "./record/history.js";
import { SaidCard } from "./record/said.js";
import { RenderedCard } from "./record/rendered.js";

/** @typedef {import("/static/lib/desk-types.js").DeskBooking} Booking */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Note} Note */

const id = inAddress("booking") || "";

open("records", RecordPage);

/** @param {{me: Me}} props */
function RecordPage({ me }) {
  const zone = zoneOf(me);
  const now = useNow(20_000);
  const answer = useAnswer(() => get(`/bookings/${id}`), []);
  const journal = useAnswer(() => get(`/bookings/${id}/journal`), []);
  const past = useAnswer(() => get(`/bookings/${id}/history`), []);
  const names = useAnswer(async () => new Map((await get("/specialists")).items.map((/** @type {any} */ each) => [each.id, each.name])), []);
  const again = () => { answer.again(); journal.again(); past.again(); };
  useBoard(again);
  const [act, setAct] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Refusal | null} */ (null));
  if (answer.error && !answer.value) return html`<${NoPage} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  /** @type {Booking} */
  const booking = answer.value;
  const author = me.specialist_id === booking.specialist.id;
  const changeable = !isOver(booking) && booking.room.state === "empty" && Date.parse(booking.ends) > now;
  const over = Date.parse(booking.ends) < now || booking.room.state === "closed" || isOver(booking);
  async function confirm() {
    try {
      await post(`/bookings/${id}/confirm`, {}, { key: freshKey(), version: booking.version });
      setProblem(null);
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
    again();
  }
  return html`
    <p class="back"><a href="/staff/records">${t("records.title")}</a></p>
    <div class="page-head">
      <div><h1>${booking.client.name}</h1><p class="large">${dayLong(booking.starts, zone, lang)}, <strong>${clock(booking.starts, zone, lang)}–${clock(booking.ends, zone, lang)}</strong></p>
        <p class="soft">${zoneName(zone, booking.starts)}<${OtherClocks} at=${booking.starts} zone=${zone} others=${[{ who: "client", zone: booking.zone }, { who: "specialist", zone: booking.specialist_zone }]} named /></p></div>
      <div class="row">
        ${author && !isOver(booking) && booking.room.state !== "closed" && html`<a class="button primary" data-test="enter" href=${`/staff/room?booking=${booking.id}`}>${t("day.enter")}</a>`}
        ${changeable && booking.status === "booked" && html`<button type="button" class="button small primary" data-act="confirm" onClick=${confirm}>${t("deed.confirm")}</button>`}
        ${changeable && ["code", "move", "cancel"].map((name) => html`<button type="button" key=${name} class="button small" data-act=${name} onClick=${() => setAct(name)}>${t(`act.${name}`)}</button>`)}
        <a class="button small" href=${`/staff/booking?client=${booking.client.id}`}>${t("record.next")}</a>
      </div>
    </div>
    ${problem && html`<${Trouble} error=${problem} />`}
    <div class="columns columns-wide">
      <div class="stack airy">
        <section class="card" aria-labelledby="journal-title"><h2 id="journal-title">${t("journal.title")}</h2>
          ${journal.error && html`<${Trouble} error=${journal.error} again=${journal.again} />`}
          ${!journal.value && !journal.error && html`<${Loading} />`}
          ${journal.value && html`<${JournalView} journal=${journal.value} booking=${booking} zone=${zone} now=${now} />`}
          <p class="hint">${t("journal.no_chat")}</p></section>
        ${author && html`<${NoteCard} />`}
        <${CourseCard} booking=${booking} zone=${zone} />
        <section class="card" aria-labelledby="history-title"><h2 id="history-title">${t("record.history")}</h2>
          ${past.error && html`<${Trouble} error=${past.error} again=${past.again} />`}
          ${past.value && html`<${History} items=${past.value.items} zone=${zone} names=${names.value || new Map()} />`}</section>
      </div>
      <div class="stack airy">
        <${Facts} booking=${booking} me=${me} now=${now} zone=${zone} />
        ${over && booking.status !== "cancelled" && html`<section class="card stack" aria-labelledby="outcome-title" data-test="outcome-card"><h2 id="outcome-title">${t("record.outcome")}</h2>
          <${Ending} booking=${booking} zone=${zone} onDone=${again} /></section>`}
        ${over && me.may.includes("rendered.read") && html`<${RenderedCard} booking=${booking} me=${me} zone=${zone} />`}
        ${over && html`<${SaidCard} booking=${booking} me=${me} onDone=${again} />`}
        <${GuestsCard} booking=${booking} open=${!isOver(booking) && booking.room.state !== "closed" && Date.parse(booking.ends) > now} />
      </div>
    </div>
    <${ActDialog} act=${act} booking=${booking} zone=${zone} onClose=${() => setAct(null)} onDone=${() => { setAct(null); again(); }} />`;
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
