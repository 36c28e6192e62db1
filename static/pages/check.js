// The rehearsal: the same check as before a visit, with nothing kept.

import { el, fill, leadTo, say } from "/static/components/page.js";
import { closeMedia } from "/static/lib/media.js";
import { lineCheck } from "/static/pages/check/check.js";

const host = /** @type {HTMLElement} */ (document.getElementById("step"));

rehearse();

async function rehearse() {
  const opened = await lineCheck(host, { rehearsal: true, video: true, done: "check.finish" });
  closeMedia(opened && opened.stream);
  host.dataset.step = "check-over";
  fill(
    host,
    el("h1", {}, say("check.over")),
    el("p", { class: "large" }, say("check.over_detail")),
    el("a", { class: "button primary wide big", href: "/" }, say("check.to_start")),
    el("button", { class: "button wide", type: "button", onclick: rehearse }, say("check.once_more")),
  );
  leadTo(host);
}
