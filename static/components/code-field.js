// The field for the six digits: takes them with or without spaces, pasted or dictated, and shows them as 482 915.

const DIGITS = 6;

/** @param {string} text @returns {string} the digits alone, at most six */
export const digitsOf = (text) => text.replace(/\D/g, "").slice(0, DIGITS);

/** @param {string} digits @returns {string} */
export const grouped = (digits) => (digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits);

/** @param {string} text */
export const complete = (text) => digitsOf(text).length === DIGITS;

/** Keeps the cursor after the same digit while the space comes and goes. @param {HTMLInputElement} field */
export function groupDigits(field) {
  field.addEventListener("input", () => {
    const cursor = field.selectionStart === null ? field.value.length : field.selectionStart;
    const before = digitsOf(field.value.slice(0, cursor)).length;
    const digits = digitsOf(field.value);
    field.value = grouped(digits);
    const place = before > 3 ? before + 1 : before;
    field.setSelectionRange(place, place);
  });
}
