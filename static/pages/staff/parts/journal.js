// The journal of a consultation drawn: a lane of presence for each person, quality as two lines, events in words.

import { html } from "/static/vendor/preact-htm.js";
import { clock, lengthInWords } from "/static/lib/time.js";
import { lang, named, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Booking} Booking */
/** @typedef {import("/static/lib/api-types.js").Journal} Journal */
/** @typedef {import("/static/lib/api-types.js").Presence} Presence */
/** @typedef {import("/static/lib/api-types.js").QualitySample} QualitySample */
/** @typedef {{from: number, until: number}} Span */

const WIDE = 600;
const HIGH = 90;
const TICKS = 5;
const QUIET = ["quality", "signal", "beat", "gap"];

/** @param {{journal: Journal, booking: Booking, zone: string, now: number}} props */
export function JournalView({ journal, booking, zone, now }) {
  if (!journal.presences.length && !journal.events.length) return html`<p class="soft">${t("journal.nothing")}</p>`;
  const span = spanOf(journal, booking, now);
  return html`
    <p class="large">${journal.both_present_s > 0 ? t("journal.both", { time: lengthInWords(journal.both_present_s, lang) }) : t("journal.never_both")}</p>
    ${journal.states.length > 0 && html`<ol class="states" aria-label=${t("journal.states")}>${journal.states.map((state, n) => html`<li key=${n} class=${`tone-${state}`}>${t(`room.${state}`)}</li>`)}</ol>`}
    <${Lanes} presences=${journal.presences} span=${span} booking=${booking} zone=${zone} now=${now} />
    ${journal.quality.length > 1 && html`<${QualityLines} samples=${journal.quality} roles=${rolesOf(journal)} span=${span} zone=${zone} />`}
    ${journal.events.length > 0 && html`<details class="events"><summary>${t("journal.events", { count: journal.events.length })}</summary>
      <ol class="history">${journal.events.filter((each) => !QUIET.includes(each.kind)).map((each, n) => html`<li key=${n}><span class="soft figures">${seconds(each.at, zone)}</span>
        <span><strong>${named("event", each.kind)}</strong>${each.kind === "state" && each.data.state ? `: ${named("room", String(each.data.state))}` : ""}</span>${each.role && html`<span class="soft">${named("seat", each.role)}</span>`}</li>`)}</ol></details>`}`;
}

/** From the first thing that happened (or the start) to the last (or the end). @param {Journal} journal @param {Booking} booking @param {number} now @returns {Span} */
function spanOf(journal, booking, now) {
  const moments = journal.presences.flatMap((each) => [Date.parse(each.entered_at), each.left_at ? Date.parse(each.left_at) : now]);
  const all = [...moments, ...journal.quality.map((each) => Date.parse(each.at))];
  const close = all.length ? all : [Date.parse(booking.starts), Date.parse(booking.ends)];
  const from = Math.min(...close);
  return { from, until: Math.max(...close, from + 60_000) };
}

/** @param {Span} span @param {number} at */
function share(span, at) {
  return Math.min(1, Math.max(0, (at - span.from) / (span.until - span.from)));
}

/** @param {{presences: Presence[], span: Span, booking: Booking, zone: string, now: number}} props */
function Lanes({ presences, span, booking, zone, now }) {
  const lanes = ["specialist", "client", ...new Set(presences.map((each) => each.role))].filter((role, n, all) => all.indexOf(role) === n && presences.some((each) => each.role === role));
  if (!lanes.length) return null;
  return html`
    <figure class="lanes">
      ${lanes.map((role) => html`
        <div class="lane" key=${role}><span class="lane-name">${named("seat", role)}</span>
          <div class="lane-line" role="img" aria-label=${spoken(presences, role, zone)}>
            <span class="lane-booked" style=${bar(span, Date.parse(booking.starts), Date.parse(booking.ends))}></span>
            ${presences.filter((each) => each.role === role).map((each, n) => html`<span key=${n} class=${`lane-bar lane-${role} lane-by-${each.mode}`} title=${between(each, zone)} style=${bar(span, Date.parse(each.entered_at), each.left_at ? Date.parse(each.left_at) : now)}></span>`)}
          </div></div>`)}
      <${Ticks} span=${span} zone=${zone} />
      <figcaption class="hint">${t("journal.lanes")}</figcaption>
    </figure>`;
}

/** @param {Span} span @param {number} from @param {number} until */
function bar(span, from, until) {
  const start = share(span, from);
  return { left: `${start * 100}%`, width: `${Math.max(0.4, (share(span, until) - start) * 100)}%` };
}

/** @param {Presence} presence @param {string} zone */
function between(presence, zone) {
  const mode = presence.mode ? `, ${named("mode", presence.mode)}` : "";
  return `${seconds(presence.entered_at, zone)} – ${presence.left_at ? seconds(presence.left_at, zone) : t("journal.still")}${mode}`;
}

/** @param {Presence[]} presences @param {string} role @param {string} zone */
function spoken(presences, role, zone) {
  return `${named("seat", role)}: ${presences.filter((each) => each.role === role).map((each) => between(each, zone)).join("; ")}`;
}

/** @param {{span: Span, zone: string}} props */
function Ticks({ span, zone }) {
  const marks = Array.from({ length: TICKS }, (_, n) => span.from + ((span.until - span.from) * n) / (TICKS - 1));
  const short = span.until - span.from < 10 * 60_000;
  return html`<div class="lane-ticks figures" aria-hidden="true">${marks.map((at) => html`<span key=${at}>${short ? seconds(at, zone) : clock(at, zone, lang)}</span>`)}</div>`;
}

/** @param {string | number} at @param {string} zone */
function seconds(at, zone) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** @param {Journal} journal @returns {Map<number, string>} */
function rolesOf(journal) {
  return new Map(journal.presences.map((each) => [each.seat, each.role]));
}

/** @param {{samples: QualitySample[], roles: Map<number, string>, span: Span, zone: string}} props */
function QualityLines({ samples, roles, span, zone }) {
  const last = samples[samples.length - 1];
  return html`
    <h3>${t("quality.title")}</h3>
    <div class="charts">
      ${samples.some((each) => each.concealed !== null) && html`<${Chart} title=${t("quality.concealed")} samples=${samples} span=${span} value=${(/** @type {QualitySample} */ s) => s.concealed === null ? null : s.concealed * 100} least=${5} unit="%" />`}
      <${Chart} title=${t("quality.loss")} samples=${samples} span=${span} value=${(/** @type {QualitySample} */ s) => s.loss === null ? null : s.loss * 100} least=${10} unit="%" />
      <${Chart} title=${t("quality.rtt")} samples=${samples} span=${span} value=${(/** @type {QualitySample} */ s) => s.rtt_ms} least=${200} unit=${t("quality.ms")} />
    </div>
    <details><summary>${t("quality.table", { count: samples.length })}</summary>
      <p class="hint">${t("quality.last", { codec: last.codec || "–", size: last.width ? `${last.width}×${last.height}` : "–", path: named("quality", last.path || "unknown") })}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("quality.title")}><table class="figures"><thead><tr><th>${t("quality.at")}</th><th>${t("quality.who")}</th><th>${t("quality.loss")}</th><th>${t("quality.rtt")}</th><th>${t("quality.in")}</th><th>${t("quality.out")}</th><th>${t("quality.fps")}</th></tr></thead>
        <tbody>${samples.map((each, n) => html`<tr key=${n}><td>${seconds(each.at, zone)}</td><td>${named("seat", roles.get(each.seat) || "unknown")}</td><td>${each.loss === null ? "–" : `${(each.loss * 100).toFixed(1)} %`}</td><td>${each.rtt_ms ?? "–"}</td><td>${each.in_kbps ?? "–"}</td><td>${each.out_kbps ?? "–"}</td><td>${each.fps ?? "–"}</td></tr>`)}</tbody></table></div></details>`;
}

/** @param {{title: string, samples: QualitySample[], span: Span, value: (sample: QualitySample) => number | null, least: number, unit: string}} props `least`: what the top is at least */
function Chart({ title, samples, span, value, least, unit }) {
  const numbers = samples.map(value).filter((/** @type {number | null} */ n) => n !== null);
  const top = Math.max(least, ...numbers);
  const seats = [...new Set(samples.map((each) => each.seat))];
  const most = numbers.length ? Math.max(...numbers) : 0;
  return html`
    <figure class="chart"><figcaption><strong>${title}</strong> <span class="soft">${t("quality.most", { value: `${Math.round(most)} ${unit}` })}</span></figcaption>
      <svg viewBox=${`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label=${`${title}: ${t("quality.most", { value: `${Math.round(most)} ${unit}` })}`}>
        <line class="chart-base" x1="0" x2=${WIDE} y1=${HIGH - 1} y2=${HIGH - 1}></line>
        ${seats.map((seat, n) => html`<polyline key=${seat} class=${`chart-line chart-line-${n % 2}`} points=${pointsOf(samples.filter((each) => each.seat === seat), span, value, top)}></polyline>`)}
      </svg></figure>`;
}

/** @param {QualitySample[]} samples @param {Span} span @param {(sample: QualitySample) => number | null} value @param {number} top */
function pointsOf(samples, span, value, top) {
  return samples.filter((each) => value(each) !== null).map((each) => {
    const high = HIGH - 2 - (Number(value(each)) / top) * (HIGH - 6);
    return `${(share(span, Date.parse(each.at)) * WIDE).toFixed(1)},${high.toFixed(1)}`;
  }).join(" ");
}
