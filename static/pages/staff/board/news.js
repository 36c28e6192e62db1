// What has just happened with a booking, in a sentence that stays until it is read: the way back, or times that are free instead.

import { html } from "/static/vendor/preact-htm.js";
import { Alternatives } from "../parts/acts.js";
import { t } from "../parts/words.js";

/** @param {{news: import("./moving.js").News | null, zone: string, onClose: () => void}} props */
export function NewsBar({ news, zone, onClose }) {
  return html`
    <div class="sb-news" role="status" aria-live="polite" data-test="news" data-news=${news?.kind} data-code=${news?.code}>
      ${news && html`
        <div class=${`notice sb-notice${news.kind === "refused" ? " warn" : ""}`}>
          <div class="sb-notice-words"><p><strong>${news.text}</strong></p>${news.detail && html`<p>${news.detail}</p>`}</div>
          <div class="row">
            ${news.back && html`<button type="button" class="button small" data-test="undo" onClick=${news.back} aria-keyshortcuts="Control+Z">${t("sched.undo")}</button>`}
            <button type="button" class="button small quiet" data-test="news-close" onClick=${onClose}>${t("common.close")}</button>
          </div>
          ${(news.alternatives?.length || 0) > 0 && html`<${Alternatives} slots=${news.alternatives} zone=${zone} chosen=${null} onChoose=${news.take} />`}
        </div>`}
    </div>`;
}
