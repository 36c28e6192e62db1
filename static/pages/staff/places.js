// Rooms and interpreters: what a consultation needs beside its people, kept by coordinators and the administrator.

import { html } from "/static/vendor/preact-htm.js";
import { Resources } from "./parts/resources.js";
import { open } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */

open("places", Places);

/** @param {{me: Me}} props */
function Places({ me }) {
  return html`<div class="page-head"><div><h1>${t("places.title")}</h1><p class="soft measure">${t("places.lead")}</p></div></div><${Resources} me=${me} />`;
}
