// Other cards that may be the same person's, and joining two of them: what moves is shown first, differences are chosen field by field.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, freshKey, get } from "/static/lib/api.js";
import { clock, dayShort } from "/static/lib/time.js";
import { Dialog } from "../parts/dialog.js";
import { Loading, sentToSignIn, Trouble, useAnswer } from "../parts/shell.js";
import { lang, named, t } from "../parts/words.js";

/** @typedef {import("/static/lib/application-types.js").Candidate} Candidate */
/** @typedef {import("/static/lib/application-types.js").MergePreview} Preview */
/** @typedef {{id: number, name: string, birth_year: number, phone: string, district: {zone: string}}} Card */

/** @param {{client: Card, again: () => void}} props */
export function LikenessSection({ client, again }) {
  const { id, name, birth_year, phone } = client;
  const [other, setOther] = useState(0);
  const query = { name, birth_year, ...(phone && { phone }) };
  const answer = useAnswer(() => /** @type {Promise<{items: Candidate[]}>} */ (get("/duplicates", query)), [id, name, birth_year, phone]);
  const found = (answer.value?.items || []).filter((each) => each.client !== id);
  if (!found.length) return null;
  return html`
    <section class="card stack" aria-labelledby="likeness-title" data-test="likeness">
      <h2 id="likeness-title">${t("merge.likeness")}</h2>
      <ul class="plain">${found.map((each) => html`
        <li key=${each.client} class="relation" data-client=${each.client}>
          <div><a href=${`/staff/client?id=${each.client}`}><strong>${each.name}</strong></a> <span class="soft">${[t("client.born", { year: each.birth_year }), each.phone].filter(Boolean).join(" · ")}</span></div>
          <button type="button" class="button small" data-test="compare" onClick=${() => setOther(each.client)}>${t("merge.compare")}</button></li>`)}</ul>
      ${other > 0 && html`<${MergeDialog} kept=${client} gone=${other} onClose=${() => setOther(0)} onDone=${() => { setOther(0); answer.again(); again(); }} />`}
    </section>`;
}

/** @param {{kept: Card, gone: number, onClose: () => void, onDone: () => void}} props */
function MergeDialog({ kept, gone, onClose, onDone }) {
  const answer = useAnswer(() => /** @type {Promise<Preview>} */ (get(`/clients/${kept.id}/merge/${gone}`)), [kept.id, gone]);
  return html`
    <${Dialog} title=${t("merge.title")} name="merge" wide onClose=${onClose}>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!answer.value && !answer.error && html`<${Loading} />`}
      ${answer.value && html`<${MergeForm} preview=${answer.value} zone=${kept.district.zone} again=${answer.again} onClose=${onClose} onDone=${onDone} />`}
    <//>`;
}

/** @param {{preview: Preview, zone: string, again: () => void, onClose: () => void, onDone: () => void}} props */
function MergeForm({ preview, zone, again, onClose, onDone }) {
  const { kept, gone, differences, moves, conflicts } = preview;
  const [take, setTake] = useState(/** @type {string[]} */ ([]));
  const [state, setState] = useState(/** @type {{busy: boolean, problem: any, key: string}} */ ({ busy: false, problem: null, key: freshKey() }));
  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    if (state.busy) return;
    setState({ ...state, busy: true, problem: null });
    try {
      await ask("POST", `/clients/${kept.id}/merge`, { body: { gone: gone.id, gone_version: gone.version, take }, version: kept.version, key: state.key });
      onDone();
    } catch (error) {
      if (!sentToSignIn(error)) setState({ busy: false, problem: error, key: freshKey() });
    }
  }
  const choose = (/** @type {string} */ field, /** @type {boolean} */ on) => setTake(on ? [...take, field] : take.filter((each) => each !== field));
  return html`
    <form class="stack airy" onSubmit=${submit} data-test="merge-form">
      <p class="measure">${t("merge.lead", { name: gone.name })}</p>
      ${conflicts.length > 0 && html`<div class="notice bad stack" role="alert" data-test="conflicts"><p><strong>${t("merge.cannot")}</strong></p><ul>${conflicts.map((each, n) => html`<li key=${n}>${against(each, zone)}</li>`)}</ul></div>`}
      ${differences.length > 0 && html`
        <div class="stack"><h3>${t("merge.differences")}</h3>
          ${differences.map(({ field, kept: mine, gone: theirs }) => html`
            <fieldset key=${field} class="merge-field"><legend>${t(`merge.field_${field}`)}</legend>
              <label class="choice"><input type="radio" name=${`merge-${field}`} checked=${!take.includes(field)} onChange=${() => choose(field, false)} />${said(field, mine)}</label>
              <label class="choice"><input type="radio" name=${`merge-${field}`} checked=${take.includes(field)} onChange=${() => choose(field, true)} />${said(field, theirs)}</label></fieldset>`)}</div>`}
      <div class="stack"><h3>${t("merge.moves")}</h3>
        ${moves.length ? html`<ul>${moves.map(({ what, count }) => html`<li key=${what}>${named("merge", `table_${what}`) === `table_${what}` ? t("merge.table_other") : named("merge", `table_${what}`)}: ${count}</li>`)}</ul>` : html`<p class="soft">${t("merge.nothing")}</p>`}</div>
      ${state.problem && html`<${Trouble} error=${state.problem} again=${state.problem.status === 412 ? again : undefined} />`}
      <div class="row form-end"><button class="button primary" data-test="merge" disabled=${state.busy || conflicts.length > 0}>${t("merge.do")}</button>
        <button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
    </form>`;
}

/** @param {string} field @param {string | number | null} value */
function said(field, value) {
  if (value === null || value === "") return t("merge.empty");
  return field === "language" ? named("language", value) : String(value);
}

/** @param {Preview["conflicts"][number]} conflict @param {string} zone */
function against({ code, starts, service, numbers, name, purpose }, zone) {
  if (code === "both_booked" && starts) return t("merge.both_booked", { when: `${dayShort(starts, zone, lang)}, ${clock(starts, zone, lang)}` });
  if (code === "two_certificates") return t("merge.two_certificates", { service: service || "", numbers: numbers.join(", ") });
  if (code === "consent_withdrawn") return t("merge.consent_withdrawn", { purpose: named("purpose", purpose || "") });
  return t("merge.related", { name: name || "" });
}
