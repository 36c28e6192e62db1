// A window over the page for one matter, closed by Escape, by its cross or by its work being done.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { t } from "./words.js";

/** @param {{title: string, onClose: () => void, wide?: boolean, name?: string, children: any}} props */
export function Dialog({ title, onClose, wide, name, children }) {
  const own = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    own.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  return html`
    <dialog ref=${own} class=${`window${wide ? " window-wide" : ""}`} aria-labelledby="window-title" data-test=${name}
      onCancel=${(/** @type {Event} */ e) => { e.preventDefault(); onClose(); }}>
      <div class="window-head">
        <h2 id="window-title">${title}</h2>
        <button type="button" class="window-close" aria-label=${t("common.close")} onClick=${onClose}>×</button>
      </div>
      <div class="window-body">${children}</div>
    </dialog>`;
}
