// A step of an application: its number, its question, and whether it is done; and doing one thing with the application.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, Refusal } from "/static/lib/api.js";
import { sentToSignIn, Trouble } from "../parts/shell.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/application-types.js").Application} Application */
/** @typedef {{one: Application, zone: string, again: () => void}} Shared */

/** @param {{n: number, title: string, done: boolean, name: string, children: any}} props */
export function Step({ n, title, done, name, children }) {
  return html`
    <section class=${`card stack asked-step${done ? " step-done" : ""}`} aria-labelledby=${`step-${name}`} data-step=${name}>
      <h2 id=${`step-${name}`}><span class="step-n" aria-hidden="true">${done ? "✓" : n}</span>${title}</h2>
      ${children}
    </section>`;
}

/**
 * Does something with the application as it was seen; says what was refused, and offers the new state where somebody was faster.
 * @param {Shared} shared @returns {{busy: boolean, problem: any, act: (what: string, body: object) => Promise<boolean>, note: any}}
 */
export function useAct({ one, again }) {
  const [state, setState] = useState(/** @type {{busy: boolean, problem: any}} */ ({ busy: false, problem: null }));
  /** @param {string} what @param {object} body */
  async function act(what, body) {
    if (state.busy) return false;
    setState({ busy: true, problem: null });
    try {
      await ask("POST", `/applications/${one.id}/${what}`, { body, version: one.version });
      setState({ busy: false, problem: null });
      again();
      return true;
    } catch (error) {
      if (sentToSignIn(error)) return false;
      setState({ busy: false, problem: error });
      if (!(error instanceof Refusal)) throw error;
      return false;
    }
  }
  const anew = () => { setState({ busy: false, problem: null }); again(); };
  const stale = state.problem?.status === 412 || state.problem?.code === "application_not_there";
  const note = state.problem && html`<${Trouble} error=${state.problem} again=${stale ? anew : undefined} />`;
  return { ...state, act, note };
}

/** @param {{children: any}} props */
export function Said({ children }) {
  return html`<p class="asked-said">${children}</p>`;
}

export const closed = (/** @type {Application} */ one) => one.status === "closed";
export const waits = () => html`<p class="soft">${t("application.later")}</p>`;
