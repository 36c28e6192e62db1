// The paper of a certificate: fetched as a file, with the six digits while this tab still has them; and the digits, once.

import { html } from "/static/vendor/preact-htm.js";
import { Refusal } from "/static/lib/api.js";
import { grouped } from "../parts/codes.js";
import { t } from "../parts/words.js";

/** @typedef {import("/static/lib/certificate-types.js").Certificate} Certificate */

/** @param {Certificate} one @param {string} [digits] */
export async function printPaper(one, digits) {
  const path = `/certificates/${one.id}/paper.pdf`;
  await download(path, `certificate-${one.number}.pdf`, digits ? { code: digits } : undefined);
}

/** @param {string} path @param {string} name @param {object} [body] sent as POST where there is one */
export async function download(path, name, body) {
  const request = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(`/api/v1${path}`, { ...request, credentials: "same-origin", cache: "no-store" }).catch(() => { throw new Refusal(0, { code: "no_connection" }); });
  if (!answer.ok) throw new Refusal(answer.status, await answer.json().catch(() => ({ code: "unknown" })));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** @param {{digits: string, print: () => void}} props */
export function CodeOnce({ digits, print }) {
  return html`<section class="notice cert-code" aria-labelledby="code-title" data-test="code-once">
    <div><h2 id="code-title">${t("cert.code_title")}</h2><p>${t("cert.code_text")}</p></div>
    <strong class="cert-digits figures" data-test="digits">${grouped(digits)}</strong>
    <button type="button" class="button primary" data-test="print-code" onClick=${print}>${t("cert.print_with_code")}</button></section>`;
}
