// A window over the page for one matter, closed by Escape, by its cross or by its work being done.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { t } from "./words.js";

/** @param {{title: string, onClose: () => void, wide?: boolean, name?: string, children: any}} props */
export function Dialog({ title, onClose, wide, name, children }) {
  const own = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const dialog = own.current;
    dialog?.showModal();
    // Closing gives the focus back to where it was; an element that only disappears would lose it.
    return () => dialog?.close();
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
