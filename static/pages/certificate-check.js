// Is this certificate genuine? The token comes behind the "#" of the QR code's address or by hand, and is kept nowhere.

import { tokenOf } from "/static/lib/certificate.js";
import { byId } from "/static/components/page.js";
import { verdictOn } from "/static/pages/certificate-check/asking.js";
import { asking, failed, form, verdict as showVerdict } from "/static/pages/certificate-check/screens.js";

/** @typedef {import("/static/lib/api.js").Refusal} Refusal */

const host = byId("step");
let round = 0;
let token = "";

addEventListener("hashchange", arrived);
otherLanguage();
arrived();

/** The address forgets the token at once: neither the history nor a bookmark keeps it. */
function arrived() {
  const brought = location.hash.slice(1);
  if (brought === "step") return; // the link straight to the matter
  if (brought) history.replaceState(null, "", location.pathname + location.search);
  if (brought) look(brought);
  else if (!token) again();
}

function again() {
  round += 1;
  token = "";
  form(host, (text) => look(tokenOf(text)));
}

/** @param {string} scanned */
async function look(scanned) {
  const mine = (round += 1);
  token = scanned;
  asking(host);
  try {
    const answer = await verdictOn(scanned);
    if (mine === round) showVerdict(host, answer, again);
  } catch (fault) {
    if (mine === round) failed(host, /** @type {Refusal} */ (fault), { again: () => look(scanned), other: again });
  }
}

/** Who changes the language keeps his paper: the link takes it along, behind the "#" again. */
function otherLanguage() {
  const link = document.querySelector("a.language");
  if (link instanceof HTMLAnchorElement) link.addEventListener("click", () => (link.hash = token));
}
