// Certificates in words: amounts in their unit, days, states, and a calm bar of what is used and left.

import { html } from "/static/vendor/preact-htm.js";
import { dayWithYear } from "/static/lib/time.js";
import { lang, money, t } from "../parts/words.js";

/** @typedef {import("/static/lib/certificate-types.js").CertificateLine} Line */
/** @typedef {import("/static/lib/certificate-types.js").CertificateStatus} Status */
/** @typedef {import("/static/lib/certificate-types.js").Unit} Unit */

/** "4 сеанса", "120 минут", "5 000,00 ₽" @param {Unit} unit @param {number} count */
export function amount(unit, count) {
  return unit === "kopeck" ? money(count) : t(`cert.${unit}s`, { count });
}

/** "3 из 4 сеансов" @param {Line} line */
export function leftInWords({ unit, available, quantity }) {
  if (unit === "kopeck") return t("cert.left_of_money", { left: money(available), of: money(quantity) });
  return t(`cert.left_of_${unit}`, { left: available, count: quantity });
}

/** "31 декабря 2026 г." @param {string} day a calendar day */
export const dayInWords = (day) => dayWithYear(`${day}T12:00:00Z`, "UTC", lang);

const TONES = { forming: "none", issued: "warm", chosen: "warm", in_use: "good", used_up: "good", expired: "none", revoked: "bad", replaced: "none" };

/** @param {{status: Status}} props */
export function StatusMark({ status }) {
  return html`<span class=${`mark mark-${TONES[status]}`} data-status=${status}><span class="mark-dot" aria-hidden="true"></span>${t(`cert.status_${status}`)}</span>`;
}

/** What became of a line's units; colour only repeats the words below. @param {{line: Line}} props */
export function LineBar({ line }) {
  const parts = /** @type {["consumed" | "reserved" | "available" | "expired", number][]} */ ([
    ["consumed", line.consumed], ["reserved", line.reserved], ["available", line.available], ["expired", line.expired],
  ]);
  return html`
    <div class="use" data-test="use">
      <${Bar} parts=${parts} of=${line.quantity} />
      <p class="use-words">${parts.filter(([, many]) => many).map(([kind, many]) => html`
        <span key=${kind}><i class=${`use-key use-${kind}`} aria-hidden="true"></i>${t(`cert.${kind}`, { what: amount(line.unit, many) })}</span>`)}</p>
    </div>`;
}

/** What is left of a line in one sentence, the service below it and a small bar beside. @param {{line: Line, draft: boolean}} props */
export function LineInBrief({ line, draft }) {
  return html`
    <p class="cert-brief"><span><strong>${draft ? t("cert.draft_line", { count: line.quantity }) : leftInWords(line)}</strong>${line.reserved > 0 && html`, ${t("cert.reserved", { what: amount(line.unit, line.reserved) })}`}</span>
      <span class="soft">${line.name}</span>
      ${!draft && html`<${Bar} parts=${[["consumed", line.consumed], ["reserved", line.reserved], ["available", line.available], ["expired", line.expired]]} of=${line.quantity} />`}</p>`;
}

/** @param {{parts: [string, number][], of: number}} props */
export function Bar({ parts, of }) {
  return html`<div class="use-bar" aria-hidden="true">${parts.filter(([, many]) => many > 0).map(([kind, many]) => html`
    <span key=${kind} class=${`use-${kind}`} style=${{ flexBasis: `${(100 * many) / Math.max(of, 1)}%` }}></span>`)}</div>`;
}
