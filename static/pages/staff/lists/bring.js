// Bringing a file: chosen or dropped, sent as it is, and a template for whoever does not know the columns.

import { html, useState } from "/static/vendor/preact-htm.js";
import { freshKey, Refusal } from "/static/lib/api.js";
import { sentToSignIn, Trouble } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/list-types.js").ListKind} ListKind */
/** @typedef {import("/static/lib/list-types.js").ListView} ListView */

const MOST = 32 * 1024 * 1024;

/** @param {{kind: ListKind, kinds: ListKind[], setKind: (kind: ListKind) => void, brought: (list: number) => void}} props */
export function Bring({ kind, kinds, setKind, brought }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [state, setState] = useState(/** @type {{busy: boolean, error: any, wrong: string}} */ ({ busy: false, error: null, wrong: "" }));
  const [over, setOver] = useState(false);
  const take = (/** @type {File | undefined} */ chosen) => {
    setFile(chosen || null);
    setState({ busy: false, error: null, wrong: chosen && chosen.size > MOST ? t("lists.too_large") : "" });
  };
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (state.busy || state.wrong) return;
    if (!file) return setState({ ...state, wrong: t("lists.none_chosen") });
    setState({ busy: true, error: null, wrong: "" });
    try {
      brought((await sent(file, kind)).id);
    } catch (error) {
      if (!sentToSignIn(error)) setState({ busy: false, error, wrong: "" });
    }
  };
  const about = `file-hint${state.wrong ? " file-wrong" : ""}`;
  return html`
    <form class="card stack" onSubmit=${send} noValidate data-test="bring">
      ${kinds.length > 1 && html`<fieldset><legend>${t("lists.kind")}</legend><div class="segments">${kinds.map((each) => html`
        <button key=${each} type="button" aria-pressed=${each === kind ? "true" : "false"} onClick=${() => setKind(each)}>${t(`lists.kind_${each}`)}</button>`)}</div></fieldset>`}
      <label class=${`lists-drop${over ? " lists-over" : ""}`} onDragOver=${(/** @type {Event} */ e) => { e.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)}
        onDrop=${(/** @type {DragEvent} */ e) => { e.preventDefault(); setOver(false); take(e.dataTransfer?.files[0]); }}>
        <input class="visually-hidden" type="file" name="file" accept=".csv,.txt,.tsv,.xlsx" aria-describedby=${about} aria-invalid=${state.wrong ? "true" : undefined}
          onChange=${(/** @type {any} */ e) => take(e.target.files[0])} />
        <svg class="lists-paper" viewBox="0 0 48 56" aria-hidden="true" focusable="false"><path d="M8 3h22l12 12v38H8z"></path><path d="M30 3v12h12M15 25h20M15 33h20M15 41h20"></path></svg>
        <strong>${file ? file.name : t("lists.choose_file")}</strong>
        <span class="hint" id="file-hint">${file ? size(file.size) : t("lists.file_hint")}</span>
      </label>
      ${state.wrong && html`<p class="fault" id="file-wrong" role="alert">${state.wrong}</p>`}
      ${state.error && html`<${Trouble} error=${state.error} />`}
      <div class="row"><button class="button primary" disabled=${state.busy} data-test="read">${t("lists.read")}</button><span role="status">${state.busy && t("lists.sending")}</span></div>
      <p class="lists-template"><span class="soft">${t("lists.template_hint")}</span>
        ${["xlsx", "csv"].map((format) => html` <a key=${format} class="act" download href=${`/api/v1/lists/template?kind=${kind}&format=${format}`}>${t("lists.template")} ${format.toUpperCase()}</a>`)}</p>
    </form>`;
}

/** The file itself is the body. @param {File} file @param {ListKind} kind @returns {Promise<ListView>} */
async function sent(file, kind) {
  const headers = { Accept: "application/json, application/problem+json", "Content-Type": "application/octet-stream", "Idempotency-Key": freshKey() };
  const query = new URLSearchParams({ kind, name: file.name.slice(-120) });
  let answer;
  try {
    answer = await fetch(`/api/v1/lists?${query}`, { method: "POST", headers, body: file, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new Refusal(0, { code: "no_connection" });
  }
  const value = await answer.json().catch(() => ({ code: "unknown" }));
  if (!answer.ok) throw new Refusal(answer.status, value);
  return value;
}

/** @param {number} bytes */
function size(bytes) {
  const large = bytes >= 1024 * 1024;
  return new Intl.NumberFormat(lang, { style: "unit", unit: large ? "megabyte" : "kilobyte", maximumFractionDigits: large ? 1 : 0 }).format(Math.max(bytes / (large ? 1024 * 1024 : 1024), 1));
}
