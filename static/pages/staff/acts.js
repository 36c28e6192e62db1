// Acts of a year: the month that needs something first, made ready in one press; the months before it folded, by provider.

import { html, useState } from "/static/vendor/preact-htm.js";
import { get, post, Refusal } from "/static/lib/api.js";
import { dayOf } from "/static/lib/time.js";
import { FoldedMonth, MonthInWords, MonthTable, monthAlone, monthName } from "./acts/month.js";
import { firstToDo, isOpen, leftOver, months, toMake } from "./acts/months.js";
import { Registers } from "./acts/registers.js";
import { Empty, inAddress, Loading, open, sentToSignIn, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { money, t } from "./parts/words.js";

/** @typedef {import("/static/lib/act-types.js").ActsOfYear} ActsOfYear */
/** @typedef {import("/static/lib/act-types.js").ActMonth} Cell */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("./acts/months.js").Month} Month */
/** @typedef {import("./acts/month.js").Common} Common */

open("acts", ActsPage);

/** @param {{me: Me}} props */
function ActsPage({ me }) {
  const today = dayOf(Date.now(), zoneOf(me));
  const [year, setYear] = useState(Number(inAddress("year")) || Number(today.slice(0, 4)));
  const [district, setDistrict] = useState("");
  const answer = useAnswer(() => get("/acts", { year, district }), [year, district]);
  const making = useMaking(answer.again);
  const writes = me.may.includes("acts.write");
  /** @type {ActsOfYear | undefined} */
  const found = answer.value;
  const turn = (/** @type {number} */ by) => { setYear(year + by); history.replaceState(null, "", `?year=${year + by}`); };
  return html`
    <div class="page-head"><div><h1>${t("acts.title")}</h1><p class="soft measure">${t(writes ? "acts.lead" : "acts.lead_sums")}</p></div>
      <div class="row acts-year"><button type="button" class="button small" aria-label=${t("acts.year_before")} onClick=${() => turn(-1)}>←</button><strong aria-live="polite">${t("acts.year", { year })}</strong><button type="button" class="button small" aria-label=${t("acts.year_after")} onClick=${() => turn(1)}>→</button></div></div>
    ${!writes && html`<${Districts} district=${district} choose=${setDistrict} />`}
    <p class="acts-progress" role="status">${making.said}</p>
    ${making.problem && html`<${Trouble} error=${making.problem} />`}
    ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
    ${!found && !answer.error && html`<${Loading} />`}
    ${found && !found.items.length && html`<${Empty} title=${t("acts.none")} text=${t("acts.none_text")} />`}
    ${found && html`<${Year} found=${found} me=${me} today=${today} making=${making} />`}
    ${me.may.includes("registers") && html`<${Registers} today=${today} />`}`;
}

/** @param {{found: ActsOfYear, me: Me, today: string, making: ReturnType<typeof useMaking>}} props */
function Year({ found, me, today, making }) {
  const all = months(found);
  const common = { found, me, busy: making.busy, make: (/** @type {Cell} */ cell) => making.make(cell.month, [[cell.provider, cell.district]], found) };
  if (!me.may.includes("acts.write")) return all.map((each, place) => html`<${FoldedMonth} key=${each.month} month=${each} open=${place === 0} ...${common} />`);
  const first = firstToDo(all, today);
  const running = all.find((each) => each.month.slice(0, 7) === today.slice(0, 7) && isOpen(each));
  return html`
    ${first && html`<${FirstMonth} key=${first.month} month=${first} all=${all} making=${making} common=${common} />`}
    ${running && html`<section class="card acts-month" aria-labelledby=${`month-${running.month}`} data-month=${running.month}>
      <h2 id=${`month-${running.month}`}>${monthName(running.month)}</h2><p class="soft">${t("acts.running")}</p><${MonthInWords} month=${running} me=${me} /><${MonthTable} month=${running} ...${common} /></section>`}
    ${!first && found.items.length > 0 && html`<p class="notice good">${t("acts.all_done")}</p>`}
    ${all.filter((each) => each !== first && each !== running).map((each) => html`<${FoldedMonth} key=${each.month} month=${each} ...${common} />`)}`;
}

/** @param {{month: Month, all: Month[], making: ReturnType<typeof useMaking>, common: Common}} props */
function FirstMonth({ month, all, making, common }) {
  const pairs = toMake(all, month);
  const earlier = leftOver(all, month);
  return html`
    <section class="card acts-month acts-first" aria-labelledby=${`month-${month.month}`} data-month=${month.month} data-test="first-month">
      <h2 id=${`month-${month.month}`}>${monthName(month.month)}</h2>
      <${MonthInWords} month=${month} me=${common.me} />
      ${earlier.ready > 0 && html`<p class="soft">${t("acts.earlier", { count: earlier.ready, sum: money(earlier.ready_kopecks) })}</p>`}
      ${pairs.length > 0 && html`<div><button type="button" class="button primary" data-test="make-all" disabled=${making.busy} onClick=${() => making.make(month.month, pairs, common.found)}>${t("acts.make_all", { month: monthAlone(month.month) })}</button></div>`}
      <${MonthTable} month=${month} ...${common} />
    </section>`;
}

/** An analyst looks at all districts or at one. @param {{district: string, choose: (id: string) => void}} props */
function Districts({ district, choose }) {
  const all = useAnswer(() => get("/districts"), []);
  if (!all.value) return null;
  return html`<div class="field acts-district"><label for="acts-district">${t("acts.district")}</label>
    <select id="acts-district" value=${district} onChange=${(/** @type {any} */ e) => choose(e.target.value)}><option value="">${t("acts.district_all")}</option>
      ${all.value.items.map((/** @type {{id: number, name: string}} */ each) => html`<option key=${each.id} value=${each.id}>${each.name}</option>`)}</select></div>`;
}

/** Making acts provider by provider, with words for how far it is; one alone leads to its draft. @param {() => void} again */
function useMaking(again) {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  /** @param {string} month @param {number[][]} pairs provider and district @param {ActsOfYear} found */
  async function make(month, pairs, found) {
    setBusy(true);
    setProblem(null);
    /** @type {{id: number, sum_kopecks: number}[]} */
    const drafts = [];
    try {
      for (const [place, [provider, district]] of pairs.entries()) {
        const name = found.providers.find((each) => each.id === provider)?.name || "";
        setSaid(t("acts.making", { n: place + 1, of: pairs.length, name }));
        drafts.push(...(await post("/acts", { provider, district, month }, {})).items);
      }
      if (pairs.length === 1 && drafts.length === 1) return location.assign(`/staff/act?id=${drafts[0].id}`);
      setSaid(t("acts.made_all", { count: drafts.length, sum: money(drafts.reduce((all, each) => all + each.sum_kopecks, 0)) }));
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setSaid("");
      setProblem(error);
    }
    setBusy(false);
    again();
  }
  return { said, busy, problem, make };
}
