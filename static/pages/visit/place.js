// Remembers, for this tab only, how far the person has come, so that a reload keeps the place. No name, no code.

/** @typedef {"none" | "video" | "voice"} Place what was open when the page was left: nothing, camera and microphone, or the microphone */

const NAME = "ryadom.place";

/** @param {Place} place */
export function keepPlace(place) {
  try {
    sessionStorage.setItem(NAME, place);
  } catch (fault) {
    // Storage may be forbidden; then a reload asks again, and that is all.
  }
}

/** @returns {Place | null} null before the check is done */
export function placeKept() {
  try {
    return /** @type {Place | null} */ (sessionStorage.getItem(NAME));
  } catch (fault) {
    return null;
  }
}

export function forgetPlace() {
  try {
    sessionStorage.removeItem(NAME);
  } catch (fault) {
    // See keepPlace.
  }
}
