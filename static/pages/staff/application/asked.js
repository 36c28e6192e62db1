// What was asked for, as the person said it; the service and how urgent it is can be made more exact here.

import { html, useState } from "/static/vendor/preact-htm.js";
import { ask, Refusal } from "/static/lib/api.js";
import { weekdayName } from "/static/lib/time.js";
import { sentToSignIn, Trouble } from "../parts/shell.js";
import { lang, named, t } from "../parts/words.js";
import { born } from "./row.js";
import { closed } from "./step.js";

/** @typedef {import("./step.js").Shared} Shared */

/** @param {Shared & {topics: Record<string, string>, services: any[]}} props */
export function Asked({ one, again, topics, services }) {
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  /** @param {object} body */
  async function change(body) {
    try {
      await ask("PATCH", `/applications/${one.id}`, { body, version: one.version });
      setProblem(null);
      again();
    } catch (error) {
      if (sentToSignIn(error)) return;
      setProblem(error);
      if (!(error instanceof Refusal)) throw error;
    }
  }
  const { wishes, wished } = one;
  const facts = [
    [t("ask.topic"), one.topic && topics[one.topic]],
    [t("client.phone"), one.phone && html`<a class="phone" href=${`tel:${one.phone}`}>${one.phone}</a>`],
    [t("client.settlement"), one.settlement],
    [t("client.birth_year"), born(one)],
    [t("ask.who_speaks"), one.speaker_tie && one.speaker_tie !== "self" && [t(`ask.tie_${one.speaker_tie}`), one.speaker, one.speaker_phone].filter(Boolean).join(" · ")],
    [t("ask.mode"), one.mode && named("mode", one.mode)],
    [t("ask.language"), one.language !== "ru" && named("language", one.language)],
    [t("ask.weekdays"), wishes.weekdays?.length && wishes.weekdays.map((day) => weekdayName(day, lang, "short")).join(", ")],
    [t("ask.parts"), wishes.parts?.length && wishes.parts.map((part) => part.replace("-", "–")).join(", ")],
    [t("ask.specialist"), wished.specialist],
    [t("ask.institution"), wished.institution],
  ].filter(([, said]) => said);
  return html`
    <section class="card stack" aria-labelledby="asked-title"><h2 id="asked-title">${t("application.asked")}</h2>
      ${one.remark && html`<blockquote class="asked-words">${one.remark}</blockquote>`}
      <dl class="asked-facts">${facts.map(([name, said]) => html`<div key=${name}><dt>${name}</dt><dd>${said}</dd></div>`)}</dl>
      ${!closed(one) && html`<div class="form-grid">
        <div class="field field-wide"><label for="asked-service">${t("ask.service")}</label><select id="asked-service" value=${one.service || ""} onChange=${(/** @type {any} */ e) => change({ service: e.target.value || null })}>
          <option value="">${t("ask.not_said")}</option>${services.map((each) => html`<option key=${each.code} value=${each.code}>${each.name}</option>`)}</select></div>
        <div class="field field-wide"><label for="asked-urgency">${t("ask.urgency")}</label><select id="asked-urgency" value=${one.urgency} onChange=${(/** @type {any} */ e) => change({ urgency: e.target.value })}>
          ${["usual", "soon", "urgent"].map((each) => html`<option key=${each} value=${each}>${t(`ask.urgency_${each}`)}</option>`)}</select></div></div>`}
      ${problem && html`<${Trouble} error=${problem} again=${() => { setProblem(null); again(); }} />`}
    </section>`;
}
