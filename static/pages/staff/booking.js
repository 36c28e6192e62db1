// Booking while the client stands at the desk: who, what, when, one confirmation, and the code to take home.

import { html } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { Desk } from "./booking/desk.js";
import { inAddress, Loading, NoPage, open, Trouble, useAnswer } from "./parts/shell.js";
import { t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("./booking/wishes.js").Catalogue} Catalogue */

open("booking", BookingPage);

/** @param {{me: Me}} props */
function BookingPage({ me }) {
  const catalogue = useAnswer(everything, []);
  const asked = useAnswer(async () => (inAddress("client") ? get(`/clients/${inAddress("client")}`) : null), []);
  if (catalogue.error) return html`<${NoPage} error=${catalogue.error} again=${catalogue.again} />`;
  if (!catalogue.value || asked.busy) return html`<h1>${t("booking.title")}</h1><${Loading} />`;
  return html`${asked.error && html`<${Trouble} error=${asked.error} />`}<${Desk} me=${me} catalogue=${catalogue.value} start=${asked.value || null} />`;
}

/** @returns {Promise<Catalogue>} */
async function everything() {
  const paths = ["/services", "/specialists", "/topics", "/resources"];
  const [services, specialists, topics, resources] = await Promise.all(paths.map((path) => get(path)));
  return { services: services.items, specialists: specialists.items, topics: topics.items, resources: resources.items };
}
