// Sessions that go on now: how each is heard, who calls for help (with a bell), and what can be done about it at once.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { get, post, Refusal } from "/static/lib/api.js";
import { clock, minutesBetween, minutesInWords } from "/static/lib/time.js";
import { useBoard } from "./live.js";
import { Bell, useBell, useTitle } from "./ring.js";
import { sentToSignIn, Trouble, useAnswer, useNow, zoneOf } from "./shell.js";
import { lang, named, t } from "./words.js";

/** @typedef {import("/static/lib/api-types.js").Live} Live */
/** @typedef {import("/static/lib/api-types.js").LiveItem} LiveItem */
/** @typedef {import("/static/lib/api-types.js").LiveSeat} LiveSeat */
/** @typedef {import("/static/lib/api-types.js").Me} Me */

const LOOK_MS = 5_000;
const TONES = { good: "good", weak: "warm", bad: "bad", unknown: "none" };

/**
 * What goes on, asked again when the board says that something moved, and every five seconds: silence tells nobody.
 * @param {Me} me
 */
export function useGoingOn(me) {
  const answer = useAnswer(() => get("/live"), []);
  const again = useRef(answer.again);
  again.current = answer.again;
  const follows = me.may.includes("board");
  const here = useBoard(() => again.current(), undefined, follows);
  useEffect(() => {
    const timer = setInterval(() => again.current(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  /** @type {LiveItem[]} */
  const items = answer.value?.items || [];
  return { ...answer, items, here: here || !follows };
}

/** @param {{me: Me, items: LiveItem[], again: () => void}} props */
export function GoingOn({ me, items, again }) {
  const now = useNow(5_000);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const calls = items.some((each) => each.needs === "help");
  const answers = me.may.includes("help.answer");
  const bell = useBell(calls && answers);
  useTitle(calls ? t("live.title_calls") : "");
  /** @param {() => Promise<unknown>} act */
  async function run(act) {
    try {
      await act();
      setProblem(null);
      again();
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      setProblem(error);
    }
  }
  return html`
    ${answers && bell.silent && html`<button type="button" class="button small" data-test="sound-on" onClick=${bell.unlock}><${Bell} />${t("live.sound_on")}</button>`}
    ${problem && html`<${Trouble} error=${problem} />`}
    <p class="visually-hidden" role="status">${calls ? t("live.title_calls") : ""}</p>
    <ol class="going">${items.map((each) => html`<${One} key=${each.booking} item=${each} me=${me} now=${now} run=${run} />`)}</ol>`;
}

/** @param {{item: LiveItem, me: Me, now: number, run: (act: () => Promise<unknown>) => void}} props */
function One({ item, me, now, run }) {
  const zone = zoneOf(me);
  const acts = me.may.includes("board");
  const people = item.client.name || t("live.nameless", { booking: item.booking });
  return html`
    <li class=${`going-one going-${item.health}${item.needs ? ` going-needs-${item.needs}` : ""}`} data-live=${item.booking} data-health=${item.health} data-needs=${item.needs || "none"} data-state=${item.state}>
      <div class="going-who">
        <h3>${acts ? html`<a href=${`/staff/record?booking=${item.booking}`}>${people}</a>` : people}</h3>
        <p class="soft">${[item.specialist.name, me.district?.id === item.district.id ? "" : item.district.name].filter(Boolean).join(" · ")}</p>
        <p class="soft figures">${clock(item.starts, zone, lang)}–${clock(item.ends, zone, lang)} · ${stateWords(item, now)}</p>
      </div>
      <div class="going-how">
        <p class="going-health"><span class=${`mark mark-${item.needs === "waiting" ? "warm" : TONES[item.health]}`}><span class="mark-dot" aria-hidden="true"></span>${headline(item)}</span></p>
        <ul class="going-seats">${item.seats.filter((each) => each.here || each.role === "client" || each.role === "specialist").map((each) => html`<${SeatLine} key=${each.seat} seat=${each} talks=${item.state === "live" && !item.phone} />`)}</ul>
      </div>
      ${item.help && html`<${Call} item=${item} now=${now} zone=${zone} />`}
      ${acts && html`<div class="going-acts">
        ${item.needs === "help" && me.may.includes("help.answer") && html`<button type="button" class="button primary small" data-act="answered" onClick=${() => run(() => post(`/bookings/${item.booking}/help/answered`))}>${t("live.answer")}</button>`}
        ${item.client.phone && html`<a class="button small" data-act="call" href=${`tel:${item.client.phone}`}>${t("live.call", { phone: item.client.phone })}</a>`}
        <button type="button" class="button small" data-act="phone" aria-pressed=${item.phone} onClick=${() => run(() => post(`/bookings/${item.booking}/phone`, { on: !item.phone }))}>${t(item.phone ? "live.phone_off" : "live.phone_on")}</button>
      </div>`}
    </li>`;
}

/** What the whole session is like, in a few words. @param {LiveItem} item */
function headline(item) {
  if (item.needs === "waiting") return t("live.waits_alone");
  if (item.phone) return t("live.by_phone");
  return item.state === "live" ? t(`health.${item.health}`) : t(`live.state_${item.state}`);
}

/** @param {LiveItem} item @param {number} now */
function stateWords(item, now) {
  const since = item.state === "live" ? item.live_since : item.waiting_since;
  const minutes = since ? minutesBetween(since, now) : 0;
  return [t(`room.${item.state}`), minutes > 0 ? minutesInWords(minutes, lang) : ""].filter(Boolean).join(", ");
}

/** @param {{item: LiveItem, now: number, zone: string}} props */
function Call({ item, now, zone }) {
  const help = /** @type {NonNullable<LiveItem["help"]>} */ (item.help);
  const minutes = minutesBetween(help.at, now);
  const ago = minutes > 0 ? t("live.ago", { time: minutesInWords(minutes, lang) }) : t("live.just_now");
  return html`
    <p class=${`going-call${help.answered_at ? " going-call-answered" : ""}`} data-why=${help.why}>
      <strong>${t(`live.help_${help.why}`, { who: help.role ? named("seat", help.role) : "" })}</strong> <span>${help.answered_at ? t("live.answered", { time: clock(help.answered_at, zone, lang) }) : ago}</span></p>`;
}

/** @param {{seat: LiveSeat, talks: boolean}} props */
function SeatLine({ seat, talks }) {
  const name = ["client", "specialist"].includes(seat.role) || !seat.name ? named("seat", seat.role) : `${named("seat", seat.role)} ${seat.name}`;
  return html`<li data-seat=${seat.role} data-health=${seat.health}><span class=${`mark mark-${seat.here ? TONES[seat.health] : "none"}`}><span class="mark-dot" aria-hidden="true"></span>${name}: ${seatWords(seat, talks)}</span></li>`;
}

/** @param {LiveSeat} seat @param {boolean} talks */
function seatWords(seat, talks) {
  if (!seat.here) return t("live.away");
  if (!seat.admitted) return t("live.waits");
  if (seat.because.length) return seat.because.map((code) => t(`because.${code}`)).join(", ");
  return talks && seat.health === "good" ? t("live.well") : t("live.here");
}
