// Who helps: those who could, the one who has it, and another in her place when the client agrees.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { clock, dayShort } from "/static/lib/time.js";
import { Loading, Trouble, useAnswer } from "../parts/shell.js";
import { lang, t } from "../parts/words.js";
import { AnswerForm } from "./answer.js";
import { closed, Said, Step, useAct } from "./step.js";

/** @typedef {import("./step.js").Shared} Shared */
/** @typedef {import("/static/lib/application-types.js").Proposal} Proposal */
/** @typedef {{items: Proposal[], zone: string, fallback: {id: number, name: string} | null}} Proposals */

const FIRST = 3;

/** @param {Shared & {services: any[]}} props */
export function Helper({ services, ...shared }) {
  const { one } = shared;
  const [choosing, setChoosing] = useState(false);
  const { act, busy, note } = useAct(shared);
  const assigned = one.specialist !== null;
  const began = one.bookings.length > 0;
  const give = (/** @type {number} */ specialist) => act("specialist", { specialist });
  const propose = async (/** @type {number} */ specialist, /** @type {string} */ because) => { if (await act("proposal", { specialist, because })) setChoosing(false); };
  return html`
    <${Step} n=${2} name="helper" title=${t("application.helper")} done=${assigned && !one.proposed}>
      ${assigned && html`<${Said}><strong data-test="specialist">${one.specialist?.name}</strong><//>`}
      ${one.proposed && !closed(one) && html`<${AnswerForm} key=${`${one.proposed.id} ${one.version}`} ...${shared} />`}
      ${!assigned && !closed(one) && html`<${Choice} one=${one} busy=${busy} choose=${give} word=${t("application.assign")} />`}
      ${assigned && !one.proposed && !closed(one) && html`<div class="row">
        <button type="button" class="button small" data-test="another" aria-expanded=${choosing} onClick=${() => setChoosing(!choosing)}>${t("application.another")}</button>
        ${!began && html`<button type="button" class="button small quiet" disabled=${busy} data-test="release" onClick=${() => act("specialist", { specialist: null })}>${t("application.release")}</button>`}</div>`}
      ${choosing && !one.proposed && html`<${Another} one=${one} busy=${busy} propose=${propose} />`}
      ${note}
    <//>`;
}

/** @param {{one: import("/static/lib/application-types.js").Application, busy: boolean, propose: (specialist: number, because: string) => void}} props */
function Another({ one, busy, propose }) {
  const [because, setBecause] = useState("");
  return html`
    <div class="stack">
      <p class="soft measure">${t("application.another_lead")}</p>
      <div class="field measure"><label for="another-because">${t("application.another_because")}</label>
        <input id="another-because" value=${because} maxlength="120" onInput=${(/** @type {any} */ e) => setBecause(e.target.value)} /></div>
      <${Choice} one=${one} busy=${busy} choose=${(/** @type {number} */ who) => propose(who, because.trim())} word=${t("application.propose")} without=${one.specialist?.id} />
    </div>`;
}

/** @param {{one: import("/static/lib/application-types.js").Application, busy: boolean, choose: (specialist: number) => void, word: string, without?: number}} props */
function Choice({ one, busy, choose, word, without }) {
  const [all, setAll] = useState(false);
  const answer = useAnswer(() => /** @type {Promise<Proposals>} */ (get(`/applications/${one.id}/specialists`)), [one.version]);
  if (answer.error) return html`<${Trouble} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} />`;
  const { zone, fallback } = answer.value;
  const able = answer.value.items.filter((each) => each.specialist.id !== without);
  const near = able.some((each) => each.because.includes("near"));
  const shown = all ? able : able.slice(0, FIRST);
  return html`
    ${!near && html`<p class="notice warn">${fallback ? t("application.fallback", { name: fallback.name }) : t("application.no_fallback")}</p>`}
    ${!able.length && html`<p>${t("application.nobody")}</p>`}
    <ul class="plain able" data-test="able">${shown.map((each, n) => html`
      <li key=${each.specialist.id} class="able-one" data-specialist=${each.specialist.id}>
        <div><strong>${each.specialist.name}</strong> <span class="soft">${each.institution.name}</span>
          <p class="able-facts">${when(each, zone)} <span class="soft">· ${t("application.load", { count: each.load })}</span></p>
          ${each.because.length > 0 && html`<p class="alike-because">${each.because.map((code) => html`<span key=${code} class="tag good">${t(`application.because_${code}`)}</span>`)}</p>`}</div>
        <button type="button" class=${`button small${n || one.client === null ? "" : " primary"}`} disabled=${busy || answer.busy} data-test="give" aria-label=${`${word}: ${each.specialist.name}`} onClick=${() => choose(each.specialist.id)}>${word}</button>
      </li>`)}</ul>
    ${able.length > shown.length && html`<button type="button" class="button quiet" data-test="all-able" onClick=${() => setAll(true)}>${t("application.all_able", { count: able.length })}</button>`}`;
}

/** @param {Proposal} each @param {string} zone */
function when({ starts, first }, zone) {
  const say = (/** @type {string} */ at) => `${dayShort(at, zone, lang)}, ${clock(at, zone, lang)}`;
  if (!first) return html`<span>${t("application.no_time")}</span>`;
  if (starts === first) return html`<span>${t("application.free_from", { when: say(first) })}</span>`;
  return html`<span>${starts ? t("application.free_as_wished", { when: say(starts) }) : t("application.not_as_wished")}</span> <span class="soft">${t("application.free_first", { when: say(first) })}</span>`;
}
