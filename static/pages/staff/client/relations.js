// Who stands beside a client: representatives with their paper and relatives; added, changed, ended.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, get, post } from "/static/lib/api.js";
import { Dialog } from "../parts/dialog.js";
import { FormProblem, Input, Select, useForm } from "../parts/form.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/application-types.js").Relation} Relation */
/** @typedef {{items: Relation[]}} Relations */

const KINDS = ["relative", "representative"];
const TIES = ["daughter", "son", "spouse", "parent", "sibling", "grandchild", "relative", "guardian", "trusted", "social_worker", "neighbour", "other"];
const FIELDS = ["kind", "tie", "name", "phone", "document", "until"];

/** @param {{client: {id: number}, writes: boolean}} props */
export function RelationsSection({ client, writes }) {
  const [open, setOpen] = useState(/** @type {Relation | "new" | null} */ (null));
  const answer = useAnswer(() => /** @type {Promise<Relations>} */ (get(`/clients/${client.id}/relations`)), [client.id]);
  const items = answer.value?.items || [];
  const done = () => { setOpen(null); answer.again(); };
  return html`
    <section class="card stack" aria-labelledby="relations-title" data-test="relations">
      <h2 id="relations-title">${t("relation.title")}</h2>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!answer.value && !answer.error && html`<${Loading} />`}
      ${answer.value && !items.length && html`<p class="soft">${t("relation.none")}</p>`}
      <ul class="plain relations">${items.map((each) => html`<${One} key=${each.id} each=${each} writes=${writes} change=${() => setOpen(each)} />`)}</ul>
      ${writes && html`<div><button type="button" class="button small" data-test="add-relation" onClick=${() => setOpen("new")}>${t("relation.add")}</button></div>`}
      ${open && html`<${RelationDialog} client=${client.id} relation=${open === "new" ? null : open} done=${done} onClose=${() => setOpen(null)} />`}
    </section>`;
}

/** @param {{each: Relation, writes: boolean, change: () => void}} props */
function One({ each, writes, change }) {
  const { id, name, kind, tie, phone, document: paper, until, expired, ended_at } = each;
  return html`
    <li class=${`relation${ended_at ? " relation-over" : ""}`} data-relation=${id}>
      <div><strong>${name}</strong> <span class="soft">${t(`relation.tie_${tie}`)}</span>
        ${kind === "representative" && html` <span class="tag">${t("relation.kind_representative")}</span>`}
        ${expired && html` <span class="tag bad" data-test="expired">${t("relation.expired")}</span>`}
        ${ended_at && html` <span class="tag">${t("relation.ended")}</span>`}
        <p class="soft relation-facts">${[paper, until && t("relation.until_day", { day: day(until) })].filter(Boolean).join(" · ")}${phone && html` <a class="phone" href=${`tel:${phone}`}>${phone}</a>`}</p></div>
      ${writes && !ended_at && html`<button type="button" class="act" aria-label=${t("relation.change_whom", { name })} onClick=${change}>${t("relation.change")}</button>`}
    </li>`;
}

/** @param {{client: number, relation: Relation | null, done: () => void, onClose: () => void}} props */
function RelationDialog({ client, relation, done, onClose }) {
  const [kind, setKind] = useState(relation?.kind || "relative");
  const path = `/clients/${client}/relations`;
  const form = useForm(async (data, key) => {
    const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
    const body = { kind, tie: text("tie"), name: text("name"), phone: text("phone"), document: text("document"), until: text("until") || null, other: relation?.other ?? null };
    if (relation) await ask("PUT", `${path}/${relation.id}`, { body, version: relation.version });
    else await post(path, body, { key });
    done();
  });
  const ending = useForm(async () => { await ask("POST", `${path}/${relation?.id}/end`, { version: relation?.version }); done(); });
  return html`
    <${Dialog} title=${t(relation ? "relation.change_title" : "relation.add")} name="relation" onClose=${onClose}>
      <form class="stack" onSubmit=${form.submit} noValidate data-test="relation-form">
        <${Select} id="relation-kind" name="kind" label=${t("relation.kind")} value=${kind} onChange=${(/** @type {any} */ e) => setKind(e.target.value)} options=${KINDS.map((each) => ({ value: each, label: t(`relation.kind_${each}`) }))} />
        <${Select} id="relation-tie" name="tie" label=${t("relation.tie")} error=${form.errors.tie} defaultValue=${relation?.tie} options=${TIES.map((each) => ({ value: each, label: t(`relation.tie_${each}`) }))} />
        <${Input} id="relation-name" name="name" label=${t("client.name")} error=${form.errors.name} defaultValue=${relation?.name} autocomplete="off" required />
        <${Input} id="relation-phone" name="phone" type="tel" label=${t("client.phone")} error=${form.errors.phone} defaultValue=${relation?.phone} autocomplete="off" optional />
        ${kind === "representative" && html`
          <${Input} id="relation-document" name="document" label=${t("relation.document")} hint=${t("relation.document_hint")} error=${form.errors.document} defaultValue=${relation?.document} autocomplete="off" />
          <${Input} id="relation-until" name="until" type="date" label=${t("relation.until")} error=${form.errors.until} defaultValue=${relation?.until} optional />`}
        <${FormProblem} problem=${form.problem} shown=${FIELDS} />
        <div class="row form-end"><button class="button primary" disabled=${form.busy}>${t("common.save")}</button><button type="button" class="button quiet" onClick=${onClose}>${t("common.not_now")}</button></div>
      </form>
      ${relation && html`<form onSubmit=${ending.submit}><${FormProblem} problem=${ending.problem} /><button class="button small" data-test="end-relation" disabled=${ending.busy}>${t("relation.end")}</button></form>`}
    <//>`;
}

/** @param {string} text */
function day(text) {
  return new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(text));
}
