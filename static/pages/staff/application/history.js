// What was done about an application, newest first: when, who, what.

import { html } from "/static/vendor/preact-htm.js";
import { clock, dayShort } from "/static/lib/time.js";
import { lang, t } from "../parts/words.js";

/** @typedef {import("/static/lib/application-types.js").HistoryLine} Line */

/** @param {import("./step.js").Shared} shared */
export function History({ one, zone }) {
  return html`
    <section class="card stack" aria-labelledby="history-title"><h2 id="history-title">${t("application.history")}</h2>
      <ol class="plain asked-history" data-test="history">${[...one.history].reverse().map((line, n) => html`
        <li key=${n} data-what=${line.what}><span>${words(line)}</span>
          <span class="soft">${dayShort(line.at, zone, lang)}, ${clock(line.at, zone, lang)}${line.by ? ` · ${line.by}` : ""}</span></li>`)}</ol>
    </section>`;
}

/** @param {Line} line */
function words(line) {
  const { what, after } = line;
  if (what === "received") return t(`application.did_received_${after.source}`);
  if (what === "set_back") return t(`need.missed_${after.because}`);
  if (what === "closed") return `${t("application.did_closed")}: ${t(`application.reason_${after.reason}`)}${after.because ? `. ${after.because}` : ""}`;
  if (what === "agreed" || what === "declined") return `${t(`application.did_${what}`)} (${t(`application.how_${after.how}`)})`;
  return `${t(`application.did_${what}`)}${after.because ? `: ${after.because}` : ""}`;
}
