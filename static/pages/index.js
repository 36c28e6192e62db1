// The start page: hands the six digits to the visit page in the fragment, which no server's log ever sees.

import { complete, digitsOf, groupDigits } from "/static/components/code-field.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("code-form"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("code"));
const fault = /** @type {HTMLElement} */ (document.getElementById("code-fault"));

groupDigits(field);
field.addEventListener("input", () => tell(""));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (complete(field.value)) return location.assign(`/visit#${digitsOf(field.value)}`);
  tell(fault.dataset.text || "");
  field.focus();
});

/** @param {string} text */
function tell(text) {
  fault.textContent = text;
  field.setAttribute("aria-invalid", String(Boolean(text)));
}
