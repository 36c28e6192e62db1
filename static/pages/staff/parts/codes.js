// Codes just issued, kept only in this tab, because the server keeps no more than their hash.

/** @typedef {Pick<import("/static/lib/api-types.js").Booked, "code" | "link"> & {name?: string}} Issued `name`: of a guest */

/** @param {number | string} booking for a guest "booking.seat" @param {Issued} issued */
export function keepCode(booking, { code, link, name }) {
  sessionStorage.setItem(nameOf(booking), JSON.stringify({ code, link, name }));
}

/** @param {number | string} booking @returns {Issued | null} */
export function keptCode(booking) {
  const kept = sessionStorage.getItem(nameOf(booking));
  return kept && JSON.parse(kept);
}

/** @param {number | string} booking */
function nameOf(booking) {
  return `ryadom.code.${booking}`;
}

/** "482 915" @param {string} digits */
export function grouped(digits) {
  return digits.replace(/(\d{3})(?=\d)/g, "$1\u00a0");
}
