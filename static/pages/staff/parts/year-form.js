// The production calendar of a year: what the Labour Code says by itself, and the moves of the Government's decree, typed in.

import { html, useState } from "/static/vendor/preact-htm.js";
import { post } from "/static/lib/api.js";
import { FormProblem, Input, useForm } from "./form.js";
import { t } from "./words.js";

/** @typedef {{n: number, off: string, to: string}} Row one move of the decree; `n` stays its own while others come and go */

/** @param {{year: number, standing: number, again: () => void}} props `standing`: days of the whole region that are there already */
export function YearForm({ year, standing, again }) {
  const [rows, setRows] = useState(/** @type {Row[]} */ ([{ n: 1, off: "", to: "" }]));
  const [sure, setSure] = useState(false);
  const [filled, setFilled] = useState(/** @type {number | null} */ (null));
  const form = useForm(async (_data, key) => {
    const meant = rows.filter((each) => each.off || each.to);
    if (standing && !sure) return setSure(true);
    setRows(meant.length ? meant : rows.slice(0, 1));
    setSure(false);
    const moves = meant.map(({ off, to }) => ({ off: off || null, to: to || null }));
    /** @type {{items: {district_id?: number | null}[]}} */
    const answer = await post("/holidays/year", { year, moves }, { key });
    setFilled(answer.items.filter((each) => !each.district_id).length);
    again();
  });
  /** @param {number} n @param {Partial<Row>} parts */
  const change = (n, parts) => {
    setFilled(null);
    setSure(false);
    setRows(rows.map((each) => (each.n === n ? { ...each, ...parts } : each)));
  };
  const add = () => setRows([...rows, { n: Math.max(0, ...rows.map((each) => each.n)) + 1, off: "", to: "" }]);
  const fields = rows.flatMap((_, at) => [`moves.${at}.off`, `moves.${at}.to`]);
  return html`
    <form class="card stack" onSubmit=${form.submit} noValidate data-test="year-form">
      <div><h2>${t("days.fill", { year })}</h2><p class="soft">${t("days.fill_lead")}</p></div>
      ${rows.map((each, at) => html`<${MoveRow} key=${each.n} row=${each} at=${at} errors=${form.errors} change=${change} drop=${() => setRows(rows.filter((other) => other !== each))} />`)}
      <div><button type="button" class="button small" data-test="move-add" onClick=${add}>${t("days.move_add")}</button></div>
      <${FormProblem} problem=${form.problem} shown=${fields} />
      ${sure && html`<p class="notice warn" role="alert">${t("days.fill_replaces", { count: standing })}</p>`}
      <div class="row form-end">
        <span role="status" data-test="year-filled">${filled !== null && t("days.filled", { count: filled })}</span>
        ${sure && html`<button type="button" class="button" onClick=${() => setSure(false)}>${t("common.not_now")}</button>`}
        <button class="button primary" data-test="year-fill" disabled=${form.busy}>${sure ? t("days.fill_sure") : t("days.fill_do", { year })}</button></div>
    </form>`;
}

/** @param {{row: Row, at: number, errors: Record<string, string>, change: (n: number, parts: Partial<Row>) => void, drop: () => void}} props */
function MoveRow({ row, at, errors, change, drop }) {
  const field = (/** @type {"off" | "to"} */ name) => html`
    <${Input} id=${`move-${row.n}-${name}`} name=${`moves.${at}.${name}`} type="date" label=${t(`days.move_${name}`)} error=${errors[`moves.${at}.${name}`]} value=${row[name]}
      onInput=${(/** @type {any} */ e) => change(row.n, { [name]: e.target.value })} />`;
  return html`
    <fieldset class="days-move" data-test="move"><legend class="visually-hidden">${t("days.move_n", { n: at + 1 })}</legend>
      ${field("off")}${field("to")}
      <button type="button" class="act drop" aria-label=${t("days.move_drop", { n: at + 1 })} onClick=${drop}>${t("common.drop")}</button>
    </fieldset>`;
}
