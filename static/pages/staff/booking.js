// Booking while the client stands at the desk: who, what, when, one confirmation, and the code to take home.

import { html, useEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { freshKey, get, post, Refusal } from "/static/lib/api.js";
import { clock, dayLong, differ } from "/static/lib/time.js";
import { Alternatives } from "./parts/acts.js";
import { RegisterDialog } from "./parts/client-form.js";
import { grouped, keepCode } from "./parts/codes.js";
import { ClientFinder } from "./parts/finder.js";
import { Select } from "./parts/form.js";
import { Picture } from "./parts/picture.js";
import { inAddress, Loading, NoPage, open, sentToSignIn, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { Slots } from "./parts/slots.js";
import { lang, money, named, t, zoneName } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Booked} Booked */
/** @typedef {import("/static/lib/api-types.js").Client} Client */
/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/api-types.js").Service} Service */
/** @typedef {import("/static/lib/api-types.js").Slot} Slot */
/** @typedef {import("/static/lib/api-types.js").Specialist} Specialist */
/** @typedef {import("/static/lib/api-types.js").Topic} Topic */
/** @typedef {{services: Service[], specialists: Specialist[], topics: Topic[]}} Catalogue */
/** @typedef {{specialist: string, topic: string, language: string, institution: string}} Wishes */

open("booking", BookingPage);

/** @param {{me: Me}} props */
function BookingPage({ me }) {
  const catalogue = useAnswer(everything, []);
  const asked = useAnswer(async () => (inAddress("client") ? get(`/clients/${inAddress("client")}`) : null), []);
  if (catalogue.error) return html`<${NoPage} error=${catalogue.error} again=${catalogue.again} />`;
  if (!catalogue.value || asked.busy) return html`<h1>${t("booking.title")}</h1><${Loading} />`;
  return html`${asked.error && html`<${Trouble} error=${asked.error} />`}<${Desk} me=${me} catalogue=${catalogue.value} start=${asked.value || null} />`;
}

/** @returns {Promise<Catalogue>} */
async function everything() {
  const [services, specialists, topics] = await Promise.all(["/services", "/specialists", "/topics"].map((path) => get(path)));
  return { services: services.items, specialists: specialists.items, topics: topics.items };
}

/** @param {{me: Me, catalogue: Catalogue, start: Client | null}} props */
function Desk({ me, catalogue, start }) {
  const zone = zoneOf(me);
  const [client, setClient] = useState(start);
  const [registering, setRegistering] = useState(/** @type {string | null} */ (null));
  const [service, setService] = useState(catalogue.services[0] || null);
  const [wishes, setWishes] = useState(firstWishes(me));
  const [slot, setSlot] = useState(/** @type {Slot | null} */ (null));
  const [mode, setMode] = useState("video");
  const [sending, setSending] = useState(/** @type {{busy: boolean, problem: any, round: number}} */ ({ busy: false, problem: null, round: 0 }));
  const [booked, setBooked] = useState(/** @type {Booked | null} */ (null));
  const intention = useRef({ what: "", key: "" });
  useEffect(() => { if (service && !service.modes.includes(/** @type {any} */ (mode))) setMode(service.modes[0]); }, [service]);

  async function confirm() {
    if (!client || !service || !slot || sending.busy) return;
    const body = { client: client.id, specialist: slot.specialist.id, service: service.code, starts: slot.starts, mode, ...(wishes.topic && { topic: wishes.topic }) };
    setSending({ ...sending, busy: true, problem: null });
    try {
      const done = /** @type {Booked} */ (await post("/bookings", body, { key: keyFor(intention.current, body) }));
      keepCode(done.booking.id, done);
      setBooked(done);
      setSending({ busy: false, problem: null, round: sending.round + 1 });
    } catch (error) {
      if (sentToSignIn(error)) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.data.alternatives) setSlot(null);
      setSending({ busy: false, problem: error, round: sending.round + 1 });
    }
  }

  function another() {
    setBooked(null);
    setClient(null);
    setSlot(null);
  }

  if (booked) return html`<${Done} booked=${booked} zone=${zone} another=${another} />`;
  return html`
    <h1>${t("booking.title")}</h1>
    <div class="desk">
      <div class="desk-steps">
        <${Step} n=${1} title=${t("booking.who")} done=${Boolean(client)}>
          ${client
            ? html`<${Chosen} client=${client} change=${() => setClient(null)} />`
            : html`<${ClientFinder} onChoose=${setClient} onRegister=${me.roles.includes("coordinator") ? setRegistering : undefined} />`}
        <//>
        <${Step} n=${2} title=${t("booking.what")} done=${Boolean(service)}>
          <${ServiceChoice} services=${catalogue.services} chosen=${service} onChoose=${(/** @type {Service} */ s) => { setService(s); setSlot(null); }} />
          <${WishFields} catalogue=${catalogue} service=${service} wishes=${wishes} me=${me} onChange=${setWishes} />
        <//>
        <${Step} n=${3} title=${t("booking.when")} done=${Boolean(slot)}>
          ${service && html`<${Slots} wishes=${{ service: service.code, ...wishes }} zone=${zone} chosen=${slot} onChoose=${setSlot} round=${sending.round}
            from=${inAddress("day") || undefined} wanted=${inAddress("starts")} />`}
        <//>
      </div>
      <aside class="desk-sum card" aria-labelledby="sum-title">
        <h2 id="sum-title">${t("booking.sum")}</h2>
        <${Summary} client=${client} service=${service} slot=${slot} zone=${zone} />
        ${service && html`<${ModeChoice} modes=${service.modes} mode=${mode} setMode=${setMode} />`}
        ${sending.problem && html`<${Trouble} error=${sending.problem} />`}
        ${sending.problem?.data?.alternatives?.length > 0 && html`<${Alternatives} slots=${sending.problem.data.alternatives} zone=${zone} chosen=${slot} onChoose=${setSlot} />`}
        <button type="button" id="confirm" class="button primary wide" disabled=${!client || !service || !slot || sending.busy} onClick=${confirm}>${t("booking.confirm")}</button>
        <p class="hint" aria-live="polite">${missing(client, slot)}</p>
      </aside>
    </div>
    ${registering !== null && html`<${RegisterDialog} start=${registering} onClose=${() => setRegistering(null)} onDone=${(/** @type {Client} */ made) => { setClient(made); setRegistering(null); }} />`}`;
}

/** A specialist books into her own calendar. @param {Me} me @returns {Wishes} */
function firstWishes(me) {
  const own = me.roles.includes("coordinator") ? "" : String(me.specialist_id ?? "");
  return { specialist: inAddress("specialist") || own, topic: "", language: "", institution: "" };
}

/** The same wish sent again keeps its key, another one gets its own. @param {{what: string, key: string}} intention @param {object} body */
function keyFor(intention, body) {
  const what = JSON.stringify(body);
  if (intention.what !== what) Object.assign(intention, { what, key: freshKey() });
  return intention.key;
}

/** @param {Client | null} client @param {Slot | null} slot */
function missing(client, slot) {
  if (!client) return t("booking.need_client");
  return slot ? "" : t("booking.need_slot");
}

/** @param {{n: number, title: string, done: boolean, children: any}} props */
function Step({ n, title, done, children }) {
  return html`
    <section class=${`step${done ? " step-done" : ""}`} aria-labelledby=${`step-${n}`} data-step=${n}>
      <h2 id=${`step-${n}`}><span class="step-n" aria-hidden="true">${n}</span>${title}</h2>
      <div class="step-body">${children}</div>
    </section>`;
}

/** @param {{client: Client, change: () => void}} props */
function Chosen({ client, change }) {
  return html`
    <div class="chosen" data-test="chosen-client" data-client=${client.id}>
      <div><strong>${client.name}</strong><span class="soft">${[t("client.born", { year: client.birth_year }), client.phone].filter(Boolean).join(" · ")}</span>
        ${client.remark && html`<span class="chosen-remark">${client.remark}</span>`}</div>
      <button type="button" class="button small" onClick=${change}>${t("booking.change")}</button>
    </div>`;
}

/** @param {{services: Service[], chosen: Service | null, onChoose: (service: Service) => void}} props */
function ServiceChoice({ services, chosen, onChoose }) {
  return html`
    <fieldset class="services"><legend class="visually-hidden">${t("booking.service")}</legend>
      ${services.map((service) => html`
        <label key=${service.code} class="service"><input type="radio" name="service" value=${service.code} checked=${chosen?.code === service.code} onChange=${() => onChoose(service)} />
          <span><strong>${service.name}</strong><span class="soft">${t("booking.service_facts", { minutes: service.duration_min, price: money(service.price_kopecks) })}</span></span></label>`)}
    </fieldset>`;
}

/** @param {{catalogue: Catalogue, service: Service | null, wishes: Wishes, me: Me, onChange: (wishes: Wishes) => void}} props */
function WishFields({ catalogue, service, wishes, me, onChange }) {
  const change = (/** @type {keyof Wishes} */ name) => (/** @type {any} */ e) => onChange({ ...wishes, [name]: e.target.value });
  const any = { value: "", label: t("booking.any") };
  const able = catalogue.specialists.filter((each) => !service || each.services.includes(service.code));
  const institutions = new Map(able.map((each) => [String(each.institution.id), each.institution.name]));
  const languages = [...new Set(able.flatMap((each) => each.languages))];
  const chosen = Object.values(wishes).filter(Boolean).length;
  return html`
    <details class="wishes" open=${chosen > 0 || undefined}>
      <summary>${t("booking.wishes")}</summary>
      <div class="form-grid">
        <${Select} name="topic" label=${t("booking.topic")} value=${wishes.topic} onChange=${change("topic")} options=${[any, ...catalogue.topics.map((each) => ({ value: each.code, label: each.name }))]} />
        <${Select} name="wish_language" label=${t("booking.language")} value=${wishes.language} onChange=${change("language")} options=${[any, ...languages.map((code) => ({ value: code, label: named("language", code) }))]} />
        ${me.roles.includes("coordinator") && html`
          <${Select} name="institution" label=${t("booking.institution")} value=${wishes.institution} onChange=${change("institution")} options=${[any, ...[...institutions].map(([value, label]) => ({ value, label }))]} />
          <${Select} name="specialist" label=${t("booking.specialist")} value=${wishes.specialist} onChange=${change("specialist")} options=${[any, ...able.map((each) => ({ value: String(each.id), label: `${each.name}, ${each.institution.name}` }))]} />`}
      </div>
    </details>`;
}

/** @param {{client: Client | null, service: Service | null, slot: Slot | null, zone: string}} props */
function Summary({ client, service, slot, zone }) {
  return html`
    <dl class="sum">
      <div><dt>${t("booking.sum_client")}</dt><dd>${client ? client.name : "–"}</dd></div>
      <div><dt>${t("booking.sum_service")}</dt><dd>${service ? service.name : "–"}</dd></div>
      <div><dt>${t("booking.sum_specialist")}</dt><dd>${slot ? html`${slot.specialist.name}<br /><span class="soft">${slot.specialist.institution.name}</span>` : "–"}</dd></div>
      <div><dt>${t("booking.sum_time")}</dt><dd>${slot ? html`<strong class="sum-time">${clock(slot.starts, zone, lang)}</strong> ${dayLong(slot.starts, zone, lang)}<br /><span class="soft">${zoneName(zone, slot.starts)}</span>
        ${differ(slot.starts, slot.zone, zone) && html`<br /><span class="soft">${t("booking.own_zone", { time: clock(slot.starts, slot.zone, lang), zone: zoneName(slot.zone, slot.starts) })}</span>`}` : "–"}</dd></div>
    </dl>`;
}

/** @param {{modes: string[], mode: string, setMode: (mode: string) => void}} props */
function ModeChoice({ modes, mode, setMode }) {
  return html`
    <fieldset class="modes"><legend>${t("booking.mode")}</legend>
      ${modes.map((each) => html`<label key=${each} class="choice"><input type="radio" name="mode" value=${each} checked=${mode === each} onChange=${() => setMode(each)} />${t(`mode.${each}`)}</label>`)}
    </fieldset>`;
}

/** @param {{booked: Booked, zone: string, another: () => void}} props */
function Done({ booked, zone, another }) {
  const { booking, code } = booked;
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { title.current?.focus(); window.scrollTo(0, 0); }, []);
  return html`
    <section class="done card" data-test="booked" data-booking=${booking.id}>
      <h1 ref=${title} tabindex="-1">${t("booking.done", { name: booking.client.name })}</h1>
      <p class="large">${dayLong(booking.starts, zone, lang)}, <strong>${clock(booking.starts, zone, lang)}</strong>, ${zoneName(zone, booking.starts)}<br />${booking.specialist.name}, ${booking.service.name}</p>
      <div class="done-code">
        <div><p class="label">${t("booking.code")}</p><p class="code-digits" data-test="code">${grouped(code.digits)}</p>
          <p class="soft">${t("booking.code_open", { time: clock(code.opens_at, zone, lang) })}</p></div>
        ${booked.qr_svg && html`<${Picture} svg=${booked.qr_svg} label=${t("slip.qr")} />`}
      </div>
      <p class="hint">${t("booking.code_once")}</p>
      <div class="row">
        <a class="button primary" data-test="slip" href=${`/staff/slip?booking=${booking.id}`}>${t("booking.print")}</a>
        <button type="button" class="button" onClick=${another}>${t("booking.another")}</button>
        <a class="button quiet" href="/staff/today">${t("booking.to_today")}</a>
      </div>
    </section>`;
}
