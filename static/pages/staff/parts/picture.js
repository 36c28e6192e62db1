// A picture that the server drew as SVG text (a QR), put into the page as nodes, without scripts and handlers.

import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { post } from "/static/lib/api.js";
import { useAnswer } from "./shell.js";
import { t } from "./words.js";

/** The QR code of a link that was just handed out; without it the digits beside it do. @param {{link: string}} props */
export function LinkPicture({ link }) {
  const answer = useAnswer(() => post("/qr", { link }), [link]);
  return answer.value ? html`<${Picture} svg=${answer.value.svg} label=${t("slip.qr")} />` : null;
}

/** @param {{svg: string, label: string}} props */
export function Picture({ svg, label }) {
  const own = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    if (drawn.nodeName !== "svg") return;
    drawn.setAttribute("aria-hidden", "true");
    drawn.setAttribute("focusable", "false");
    for (const active of drawn.querySelectorAll("script, foreignObject, style")) active.remove();
    own.current?.replaceChildren(document.importNode(drawn, true));
  }, [svg]);
  return html`<span class="picture" role="img" aria-label=${label} ref=${own}></span>`;
}
