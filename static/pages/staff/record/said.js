// What the client said of the session, and writing it down for him when he said it by telephone.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask } from "/static/lib/api.js";
import { FormProblem, useForm } from "../parts/form.js";
import { FeedbackMark } from "../parts/state.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/desk-types.js").DeskBooking} Booking */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const GROUPS = ["openness", "comfort", "goodwill", "satisfaction", "accessibility"];
const SCORES = [3, 2, 1];
const MARKS = [5, 4, 3, 2, 1];

/** @param {{booking: Booking, me: Me, onDone: () => void}} props */
export function SaidCard({ booking, me, onDone }) {
  const [writing, setWriting] = useState(false);
  const [written, setWritten] = useState(false);
  const may = me.may.includes("clients.write") && me.specialist_id !== booking.specialist.id && booking.status === "took_place";
  if (!may && !booking.feedback) return null;
  const done = () => { setWriting(false); setWritten(true); onDone(); };
  return html`
    <section class="card stack" aria-labelledby="said-title" data-test="said"><h2 id="said-title">${t("said.title")}</h2>
      ${booking.feedback && html`<p><${FeedbackMark} feedback=${booking.feedback} /></p>`}
      ${written && !writing && html`<p class="notice good" role="status">${t("said.done")}</p>`}
      ${may && !writing && (written || !booking.feedback) && html`<p class="soft">${t("said.lead")}</p>
        <div class="row"><button type="button" class="button small" data-test="said-open" onClick=${() => setWriting(true)}>${t("said.open")}</button></div>`}
      ${writing && html`<${SaidForm} booking=${booking.id} onDone=${done} onClose=${() => setWriting(false)} />`}
    </section>`;
}

/** @param {{booking: number | string, onDone: () => void, onClose: () => void}} props */
function SaidForm({ booking, onDone, onClose }) {
  const form = useForm(async (data) => {
    const marks = Object.fromEntries(GROUPS.map((group) => [group, Number(data.get(group)) || null]));
    await ask("PUT", `/bookings/${booking}/feedback`, { body: { score: Number(data.get("score")), ...marks } });
    onDone();
  });
  return html`
    <form class="stack airy" onSubmit=${form.submit}>
      <${Marks} name="score" label=${t("said.score")} choices=${SCORES.map((score) => ({ value: score, label: t(`said.${score}`) }))} />
      ${GROUPS.map((group) => html`<${Marks} key=${group} name=${group} label=${t(`said.${group}`)} choices=${[...MARKS.map((mark) => ({ value: mark, label: String(mark) })), { value: "", label: t("said.none") }]} />`)}
      <${FormProblem} problem=${form.problem} shown=${[]} />
      <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("said.save")}</button>
        <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
    </form>`;
}

/** One of several marks; the last is chosen until another is. @param {{name: string, label: string, choices: {value: number | string, label: string}[]}} props */
function Marks({ name, label, choices }) {
  const [chosen, setChosen] = useState(name === "score" ? choices[0].value : "");
  return html`
    <fieldset class="marks"><legend>${label}</legend>
      <div class="marks-row">${choices.map((each) => html`<label key=${each.value} class="marks-one"><input type="radio" name=${name} value=${each.value} checked=${chosen === each.value} onChange=${() => setChosen(each.value)} /><span>${each.label}</span></label>`)}</div>
    </fieldset>`;
}
