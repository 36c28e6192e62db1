// Fields that carry their own label, hint and error, and a form that sends once and puts each refusal where it belongs.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { freshKey, Refusal } from "/static/lib/api.js";
import { explained, sentToSignIn } from "./shell.js";
import { t } from "./words.js";

/** @typedef {Record<string, string>} Errors messages by name of field */

/**
 * One control with its words. `children` is a function of the attributes that the control must carry.
 * @param {{name: string, label: string, hint?: string, error?: string, optional?: boolean, wide?: boolean, id?: string, children: (a: object) => unknown}} props
 */
export function Field({ name, label, hint, error, optional, wide, id, children }) {
  const own = id || `field-${name}`;
  const about = [hint && `${own}-hint`, error && `${own}-error`].filter(Boolean).join(" ") || undefined;
  return html`
    <div class=${`field${wide ? " field-wide" : ""}${error ? " field-bad" : ""}`}>
      <label for=${own}>${label}${optional && html` <span class="field-optional">${t("form.optional")}</span>`}</label>
      ${children({ id: own, name, "aria-invalid": error ? "true" : undefined, "aria-describedby": about })}
      ${hint && html`<p class="hint" id=${`${own}-hint`}>${hint}</p>`}
      ${error && html`<p class="fault" id=${`${own}-error`}>${error}</p>`}
    </div>`;
}

/**
 * A text control with its field; everything not named goes to the input.
 * @param {Record<string, any>} props
 */
export function Input({ name, label, hint, error, optional, wide, id, ...rest }) {
  return html`<${Field} ...${{ name, label, hint, error, optional, wide, id }}>${(/** @type {object} */ a) => html`<input ...${a} ...${rest} />`}<//>`;
}

/** Preact knows no defaultValue of a select, so the option carries it. @param {Record<string, any>} props options: [{value, label}] */
export function Select({ name, label, hint, error, optional, wide, id, options, defaultValue, ...rest }) {
  return html`<${Field} ...${{ name, label, hint, error, optional, wide, id }}>${(/** @type {object} */ a) => html`
    <select ...${a} ...${rest}>
      ${options.map((/** @type {any} */ o) => html`<option key=${o.value} value=${o.value} selected=${defaultValue === undefined ? undefined : o.value === defaultValue}>${o.label}</option>`)}
    </select>`}<//>`;
}

/** @param {Record<string, any>} props */
export function TextArea({ name, label, hint, error, optional, wide, id, value, ...rest }) {
  return html`<${Field} ...${{ name, label, hint, error, optional, wide, id }}>${(/** @type {object} */ a) => html`<textarea ...${a} ...${rest} value=${value}></textarea>`}<//>`;
}

/**
 * Sends a form: one key for one intention, busy while it runs, errors by field, the rest as `problem`.
 * @param {(data: FormData, key: string) => Promise<unknown>} send
 */
export function useForm(send) {
  const [state, setState] = useState(/** @type {{busy: boolean, errors: Errors, problem: any}} */ ({ busy: false, errors: {}, problem: null }));
  const key = useRef(freshKey());
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useEffect(() => focusFirstBad(form.current), [state.errors]);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    form.current = /** @type {HTMLFormElement} */ (event.currentTarget);
    if (state.busy) return;
    setState({ busy: true, errors: {}, problem: null });
    try {
      await send(new FormData(form.current), key.current);
      key.current = freshKey();
      setState({ busy: false, errors: {}, problem: null });
    } catch (error) {
      settleRefusal(error);
    }
  }

  /** @param {unknown} error */
  function settleRefusal(error) {
    if (sentToSignIn(error)) return;
    if (!(error instanceof Refusal)) {
      setState({ busy: false, errors: {}, problem: {} });
      throw error;
    }
    if (error.status !== 0) key.current = freshKey();
    const errors = byField(error);
    setState({ busy: false, errors, problem: error });
  }

  return { ...state, submit, forget: () => setState({ busy: false, errors: {}, problem: null }) };
}

/** @param {Refusal} refusal @returns {Errors} */
export function byField(refusal) {
  /** @type {Errors} */
  const errors = {};
  for (const each of refusal.errors) errors[each.field] ??= each.message;
  return errors;
}

/** @param {HTMLFormElement | null} form */
function focusFirstBad(form) {
  const bad = form?.querySelector('[aria-invalid="true"]');
  if (bad instanceof HTMLElement) bad.focus();
}

/**
 * What the server refused as a whole, with those field errors that no field of the form shows.
 * @param {{problem: any, shown?: string[]}} props
 */
export function FormProblem({ problem, shown = [] }) {
  if (!problem) return null;
  const { title, detail } = explained(problem);
  const loose = (problem.errors || []).filter((/** @type {any} */ each) => !shown.includes(each.field));
  return html`
    <div class="notice bad" role="alert" data-code=${problem.code}>
      <p><strong>${title}</strong>${detail && html` <span>${detail}</span>`}</p>
      ${loose.length > 0 && html`<ul>${loose.map((/** @type {any} */ each) => html`<li>${each.message}</li>`)}</ul>`}
    </div>`;
}
