// The desk itself: three steps, beside them what is about to be booked, one time or a course; the chosen time is held meanwhile.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { freshKey, post, Refusal } from "/static/lib/api.js";
import { clock, dayOf, dayShort } from "/static/lib/time.js";
import { CourseDone } from "../course/done.js";
import { CourseStep, CourseSum, firstCourse, useCourse } from "../course/form.js";
import { courseOf } from "../course/rule.js";
import { Alternatives } from "../parts/acts.js";
import { RegisterDialog } from "../parts/client-form.js";
import { keepCode } from "../parts/codes.js";
import { ClientFinder } from "../parts/finder.js";
import { explained, inAddress, sentToSignIn, Trouble, zoneOf } from "../parts/shell.js";
import { Slots } from "../parts/slots.js";
import { lang, named, t } from "../parts/words.js";
import { AllowanceLine, TooOften } from "./allowance.js";
import { BesideFields, bodyOf, NOBODY, resourcesOf } from "./beside.js";
import { Done } from "./done.js";
import { HoldLine, useHold } from "./hold.js";
import { offeredBy, PaymentChoice } from "./payment.js";
import { ChosenClient, ModeChoice, ServiceChoice, Step, useServices } from "./steps.js";
import { Summary } from "./summary.js";
import { firstWishes, noWishes, queryOf, WishFields } from "./wishes.js";

/** @typedef {import("/static/lib/api-types.js").Booked} Booked */
/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/desk-types.js").CourseService} Service */
/** @typedef {import("/static/lib/desk-types.js").FoundSlot} FoundSlot */
/** @typedef {import("/static/lib/desk-types.js").SeriesBooked} SeriesBooked */
/** @typedef {import("/static/lib/certificate-types.js").CertificateBrief} Certificate */
/** @typedef {import("./wishes.js").Catalogue} Catalogue */
/** @typedef {import("./wishes.js").Wishes} Wishes */

/** @param {{me: Me, catalogue: Catalogue, start: Client | null}} props */
export function Desk({ me, catalogue, start }) {
  const zone = zoneOf(me);
  const today = dayOf(Date.now(), zone);
  const [client, setClient] = useState(start);
  const [registering, setRegistering] = useState(/** @type {string | null} */ (null));
  const [service, setService] = useState(/** @type {Service | null} */ (catalogue.services.find((each) => each.code === inAddress("service")) || catalogue.services[0] || null));
  const services = useServices(catalogue.services, client, me);
  const [wishes, setWishes] = useState(firstWishes(me, zone));
  const [beside, setBeside] = useState(NOBODY);
  const [paying, setPaying] = useState(/** @type {Certificate | null} */ (null));
  const [slot, setSlot] = useState(/** @type {Slot | null} */ (null));
  const [mode, setMode] = useState(inAddress("mode") || "video");
  const [many, setMany] = useState(inAddress("course") !== null);
  const [sending, setSending] = useState(/** @type {{busy: boolean, problem: any, round: number}} */ ({ busy: false, problem: null, round: 0 }));
  const [booked, setBooked] = useState(/** @type {{one?: Booked, course?: SeriesBooked} | null} */ (null));
  const intention = useRef({ what: "", key: "" });
  const holding = useHold((problem) => { setSlot(null); refuse(problem); });
  const course = useCourse({ me, catalogue, service, client, beside, today, onProblem: refuse });
  useEffect(() => {
    if (services.includes(/** @type {Service} */ (service))) return;
    choose(null);
    setService(services.find((each) => each.code === service?.code) || services[0] || null);
  }, [services]);
  useEffect(() => { if (service && !service.modes.includes(/** @type {any} */ (mode))) setMode(service.modes[0]); }, [service]);

  /** @param {Refusal | null} problem */
  function refuse(problem) {
    setSending((old) => ({ busy: false, problem, round: old.round + 1 }));
  }

  /** @param {Slot | null} chosen @param {number[]} [resources] */
  function choose(chosen, resources = resourcesOf(beside)) {
    setSlot(chosen);
    if (chosen) setSending((old) => ({ ...old, problem: null }));
    holding.choose(chosen, service?.code || "", resources, client?.id);
  }

  /** What is wished now may not be what was chosen before. @param {Partial<Wishes>} next */
  function wish(next) {
    setWishes({ ...wishes, ...next });
    if (slot && JSON.stringify(queryOf({ ...wishes, ...next })) !== JSON.stringify(queryOf(wishes))) choose(null);
  }

  /** A specialist whom this certificate cannot pay is wished no longer. @param {Certificate | null} next */
  function pay(next) {
    if (next?.id !== paying?.id) choose(null);
    const able = new Set(offeredBy(catalogue, next).specialists.map((each) => each.id));
    setWishes((old) => ({ ...old, specialists: old.specialists.filter((each) => able.has(each)) }));
    setPaying(next);
  }

  /** @param {typeof NOBODY} next */
  function besides(next) {
    setBeside(next);
    if (slot) choose(slot, resourcesOf(next));
  }

  /** The same hour for weeks becomes a course of so many. @param {FoundSlot} found */
  function asCourse(found) {
    choose(null);
    setMany(true);
    course.begin(courseOf(found));
  }

  async function confirm() {
    if (!client || !service || sending.busy || (!many && !slot)) return;
    setSending({ ...sending, busy: true, problem: null });
    try {
      setBooked(many ? { course: await bookCourse(client, service) } : { one: await bookOne(client, service, /** @type {Slot} */ (slot)) });
      setSending((old) => ({ busy: false, problem: null, round: old.round + 1 }));
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "series_refused") await course.again();
      else if (!many && (error.data.alternatives || error.code === "hold_gone")) { holding.spent(); setSlot(null); }
      refuse(error);
    }
  }

  /** @param {Client} who @param {Service} what @param {Slot} when @returns {Promise<Booked>} */
  async function bookOne(who, what, when) {
    const hold = await holding.keeping();
    const body = {
      client: who.id, specialist: when.specialist.id, service: what.code, starts: when.starts, mode, ...bodyOf(beside),
      ...(hold && { hold: hold.id }), ...whyAndWhence(who),
    };
    const done = /** @type {Booked} */ (await post("/bookings", body, { key: keyFor(intention.current, body) }));
    holding.spent();
    keepCode(done.booking.id, done);
    return done;
  }

  /** @param {Client} who @param {Service} what @returns {Promise<SeriesBooked>} */
  async function bookCourse(who, what) {
    const body = { ...course.body(what.code), mode, ...whyAndWhence(who) };
    const done = /** @type {SeriesBooked} */ (await post("/series", body, { key: keyFor(intention.current, body) }));
    for (const each of done.codes) keepCode(each.booking, { code: each.code, link: each.link });
    return done;
  }

  /** The topic, the application this answers, the certificate that pays. @param {Client} who */
  function whyAndWhence(who) {
    const application = Number(inAddress("application")) || 0;
    return { ...(wishes.topic && { topic: wishes.topic }), ...(application && who.id === start?.id && { application }), ...(paying && { certificate: paying.id }) };
  }

  function another() {
    setBooked(null);
    setClient(null);
    setBeside(NOBODY);
    setPaying(null);
    setSlot(null);
    course.begin(firstCourse(me, service, today));
  }

  if (booked?.course) return html`<${CourseDone} booked=${booked.course} zone=${zone} another=${another} />`;
  if (booked?.one) return html`<${Done} booked=${booked.one} zone=${zone} another=${another} />`;
  const ready = many ? course.ready : Boolean(slot);
  const query = { service: service?.code, ...queryOf(wishes), ...(paying?.provider && { institution: String(paying.provider.id), kind: "" }), client: client?.id, companion: beside.companion?.id, resource: resourcesOf(beside).join(",") };
  return html`
    <h1>${t("booking.title")}</h1>
    <div class="desk">
      <div class="desk-steps">
        <${Step} n=${1} title=${t("booking.who")} done=${Boolean(client)}>
          ${client
            ? html`<${ChosenClient} client=${client} change=${() => setClient(null)} />`
            : html`<${ClientFinder} onChoose=${setClient} onRegister=${me.roles.includes("coordinator") ? setRegistering : undefined} />`}
          <${BesideFields} beside=${beside} client=${client} resources=${catalogue.resources} onChange=${besides} />
        <//>
        <${Step} n=${2} title=${t("booking.what")} done=${Boolean(service)}>
          <${ServiceChoice} services=${services} chosen=${service} onChoose=${(/** @type {Service} */ s) => { choose(null); setService(s); }} />
          <${PaymentChoice} client=${client} service=${service} paying=${paying} round=${sending.round} onChange=${pay} />
        <//>
        <${Step} n=${3} title=${t("booking.when")} done=${ready}>
          <div class="segments" role="group" aria-label=${t("course.how_many")}>
            <button type="button" aria-pressed=${!many} data-test="once" onClick=${() => setMany(false)}>${t("course.once")}</button>
            <button type="button" aria-pressed=${many} data-test="course" onClick=${() => { choose(null); setMany(true); }}>${t("course.course")}</button>
          </div>
          ${many
            ? html`<${CourseStep} course=${course} catalogue=${offeredBy(catalogue, paying)} service=${service} client=${client} me=${me} zone=${zone} />`
            : service && html`
              <${WishFields} catalogue=${offeredBy(catalogue, paying)} service=${service} wishes=${wishes} me=${me} today=${today} onChange=${wish} />
              <${Slots} wishes=${query} zone=${zone} clientZone=${client?.district.zone} chosen=${slot} held=${Boolean(holding.hold)} onChoose=${choose} onCourse=${asCourse} round=${sending.round}
                from=${wishes.from} onFrom=${(/** @type {string} */ from) => wish({ from })} onBare=${() => { choose(null); setWishes(noWishes(wishes.from)); }} wanted=${inAddress("starts")} />`}
        <//>
      </div>
      <aside class="desk-sum card" aria-labelledby="sum-title">
        <h2 id="sum-title">${t("booking.sum")}</h2>
        <${Summary} client=${client} service=${service} slot=${slot} zone=${zone} beside=${beside} resources=${catalogue.resources} course=${many && html`<${CourseSum} course=${course} zone=${zone} />`} />
        <${AllowanceLine} client=${client} service=${service} certificate=${paying?.id} slot=${many ? null : slot} round=${sending.round} />
        ${!many && html`<${HoldLine} hold=${holding.hold} zone=${zone} />`}
        ${service && html`<${ModeChoice} modes=${service.modes} mode=${mode} setMode=${setMode} />`}
        ${sending.problem && html`<${Problem} problem=${sending.problem} zone=${zone} />`}
        ${sending.problem?.data?.alternatives?.length > 0 && html`<${Alternatives} slots=${sending.problem.data.alternatives} zone=${zone} clientZone=${client?.district.zone} chosen=${slot} onChoose=${choose} />`}
        <button type="button" id="confirm" class="button primary wide" disabled=${!client || !service || !ready || sending.busy} onClick=${confirm}>${many ? t("course.confirm", { count: course.kept.length }) : t("booking.confirm")}</button>
        <p class="hint" aria-live="polite">${missing(client, many, ready)}</p>
      </aside>
    </div>
    ${registering !== null && html`<${RegisterDialog} start=${registering} onClose=${() => setRegistering(null)} onDone=${(/** @type {Client} */ made) => { setClient(made); setRegistering(null); }} />`}`;
}

/** The refusal in words; who or what is busy is named, and which sessions of a course. @param {{problem: any, zone: string}} props */
function Problem({ problem, zone }) {
  const sessions = /** @type {{starts: string, code: string}[]} */ (problem.data?.sessions || []);
  if (sessions.length) {
    const { title, detail } = explained(problem);
    return html`<div class="notice bad" role="alert" data-code=${problem.code}><p><strong>${title}</strong></p>
      <ul class="plain" data-test="refused">${sessions.map((each) => html`<li key=${each.starts}>${dayShort(each.starts, zone, lang)}, ${clock(each.starts, zone, lang)}: ${named("course", `not_${each.code}`)}</li>`)}</ul><p>${detail}</p></div>`;
  }
  if (problem.code === "too_often") return html`<${TooOften} problem=${problem} />`;
  const busy = /** @type {string[]} */ (problem.data?.busy || []);
  if (!busy.length) return html`<${Trouble} error=${problem} />`;
  const { detail } = explained(problem);
  return html`<${Trouble} error=${{ code: problem.code, title: t(problem.code === "resource_busy" ? "beside.busy_resource" : "beside.busy_client", { names: busy.join(", ") }), detail }} />`;
}

/** The same wish sent again keeps its key, another one gets its own. @param {{what: string, key: string}} intention @param {object} body */
function keyFor(intention, body) {
  const what = JSON.stringify(body);
  if (intention.what !== what) Object.assign(intention, { what, key: freshKey() });
  return intention.key;
}

/** @param {Client | null} client @param {boolean} many @param {boolean} ready */
function missing(client, many, ready) {
  if (!client) return t("booking.need_client");
  return ready ? "" : t(many ? "course.need_sessions" : "booking.need_slot");
}
