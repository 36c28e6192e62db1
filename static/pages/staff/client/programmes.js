// A client's programmes (ИППСУ), each line with what is left of it, and what remains of his other services.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, Refusal } from "/static/lib/api.js";
import { dayOf } from "/static/lib/time.js";
import { dayName, notes, Remains, says } from "../parts/allowance.js";
import { Dialog } from "../parts/dialog.js";
import { FormProblem, Input, useForm } from "../parts/form.js";
import { leftInWords } from "../parts/periodicity.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { t } from "../parts/words.js";
import { ProgrammeDialog } from "./programme-form.js";

/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/standard-types.js").Allowance} Allowance */
/** @typedef {import("/static/lib/standard-types.js").Programme} Programme */
/** @typedef {import("/static/lib/standard-types.js").ProgrammeLine} ProgrammeLine */

/** @param {{client: Client, me: Me}} props */
export function Programmes({ client, me }) {
  const answer = useAnswer(async () => {
    const [programmes, allowances] = await Promise.all([get(`/clients/${client.id}/programmes`), get(`/clients/${client.id}/allowances`)]);
    return { programmes: /** @type {Programme[]} */ (programmes.items), allowances: /** @type {Allowance[]} */ (allowances.items) };
  }, [client.id]);
  const [editing, setEditing] = useState(/** @type {Programme | "new" | null} */ (null));
  const [ending, setEnding] = useState(/** @type {Programme | null} */ (null));
  const edits = me.roles.some((role) => role === "coordinator" || role === "officer");
  const done = () => { setEditing(null); setEnding(null); answer.again(); };
  const today = dayOf(Date.now(), client.district.zone);
  return html`
    <section class="card programmes stack" aria-labelledby="programmes-title" data-test="programmes">
      <div class="row between"><h2 id="programmes-title">${t("programme.title")}</h2>
        ${edits && html`<button type="button" class="button small" data-test="new-programme" onClick=${() => setEditing("new")}>${t("programme.add")}</button>`}</div>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!answer.value && !answer.error && html`<${Loading} />`}
      ${answer.value && html`
        ${!answer.value.programmes.length && html`<p class="soft">${t("programme.none")}</p>`}
        ${answer.value.programmes.map((each) => html`<${Paper} key=${each.id} programme=${each} today=${today} edits=${edits} onEdit=${() => setEditing(each)} onEnd=${() => setEnding(each)} />`)}
        <${Others} allowances=${answer.value.allowances} />`}
      ${editing && html`<${ProgrammeDialog} client=${client} today=${today} start=${editing === "new" ? null : editing} onClose=${() => setEditing(null)} onDone=${done} />`}
      ${ending && html`<${EndDialog} programme=${ending} today=${today} onClose=${() => setEnding(null)} onDone=${done} />`}
    </section>`;
}

/** @param {{programme: Programme, today: string, edits: boolean, onEdit: () => void, onEnd: () => void}} props */
function Paper({ programme, today, edits, onEdit, onEnd }) {
  const open = programme.state === "in_force";
  const facts = html`<p class="soft">${t("programme.issued", { day: dayName(programme.issued_on), who: programme.issuer.name })}</p>
    <ul class="plain programme-lines">${programme.lines.map((line) => html`<${Line} key=${line.id} line=${line} today=${today} open=${open} />`)}</ul>
    ${programme.certificates.length > 0 && html`<p>${t("programme.certificates", { numbers: programme.certificates.map((each) => each.number).join(", ") })}</p>`}
    ${edits && open && html`<div class="row"><button type="button" class="act" aria-label=${t("programme.change_what", { number: programme.number })} data-test="change-programme" onClick=${onEdit}>${t("programme.change")}</button>
      <button type="button" class="act" aria-label=${t("programme.end_what", { number: programme.number })} data-test="end-programme" onClick=${onEnd}>${t("programme.end")}</button></div>`}`;
  const term = programme.ended_on ? t("programme.ended", { day: dayName(programme.ended_on) }) : t(`programme.until_${programme.state}`, { day: dayName(programme.valid_until) });
  if (!open) return html`<details class="programme" data-programme=${programme.id} data-state=${programme.state}><summary>${t("programme.number", { number: programme.number })} · <span class="soft">${term}</span></summary>${facts}</details>`;
  return html`<article class="programme stack tight" data-programme=${programme.id} data-state=${programme.state}>
    <h3>${t("programme.number", { number: programme.number })} <span class="soft programme-term">${term}</span></h3>${facts}</article>`;
}

/** @param {{line: ProgrammeLine, today: string, open: boolean}} props */
function Line({ line, today, open }) {
  const gone = line.volume - line.remaining;
  const said = line.source ? notes(line.source, today) : [];
  return html`
    <li class="programme-line" data-line=${line.code} data-remaining=${line.remaining}>
      <div class="row between"><strong>${line.name}</strong><span class="figures">${t("remains.volume", { remaining: line.remaining, volume: line.volume })}</span></div>
      <meter min="0" max=${line.volume} value=${gone} aria-label=${t("programme.gone", { gone, volume: line.volume })}></meter>
      <p class="soft">${[t("programme.line_term", { since: dayName(line.since), until: dayName(line.until) }), ...(line.source?.alternatives || []).map(leftInWords)].join(" · ")}</p>
      ${open && said.map((note) => html`<p key=${note} class="line-note" data-test="line-note">${note}</p>`)}
    </li>`;
}

/** Services without a programme's line: what the standard and certificates leave. @param {{allowances: Allowance[]}} props */
function Others({ allowances }) {
  const others = allowances
    .map((each) => ({ ...each, sources: each.sources.filter((one) => one.kind !== "programme" && says(one)) }))
    .filter((each) => each.sources.length > 0);
  if (!others.length) return null;
  return html`<details class="programme" data-test="others"><summary>${t("programme.others")}</summary>
    ${others.map((each) => html`<div key=${each.code} class="programme-other"><h3>${each.name}</h3><${Remains} found=${each} /></div>`)}</details>`;
}

/** @param {{programme: Programme, today: string, onClose: () => void, onDone: () => void}} props */
function EndDialog({ programme, today, onClose, onDone }) {
  const form = useForm(async (data) => {
    await ask("POST", `/programmes/${programme.id}/end`, { body: { on: data.get("on") }, version: String(programme.version) });
    onDone();
  });
  return html`
    <${Dialog} title=${t("programme.end_title", { number: programme.number })} name="end-programme" onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit} noValidate>
        <p>${t("programme.end_text")}</p>
        <${Input} name="on" type="date" label=${t("programme.end_on")} error=${form.errors.on} defaultValue=${today} min=${programme.issued_on} max=${today} />
        <${FormProblem} problem=${form.problem} shown=${["on"]} />
        ${form.problem instanceof Refusal && form.problem.status === 412 && html`<button type="button" class="button small" onClick=${onDone}>${t("programme.again")}</button>`}
        <div class="row form-end"><button class="button danger" disabled=${form.busy}>${t("programme.end")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
      </form>
    <//>`;
}
