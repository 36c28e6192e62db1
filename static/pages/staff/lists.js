// Lists from files: a file is brought, what will become of each row is seen, and only then it is accepted as a whole.

import { html, useEffect, useState } from "/static/vendor/preact-htm.js";
import { get } from "/static/lib/api.js";
import { dayShort } from "/static/lib/time.js";
import { Bring } from "./lists/bring.js";
import { OneList, StatusTag } from "./lists/one.js";
import { inAddress, Loading, open, Trouble, useAnswer, zoneOf } from "./parts/shell.js";
import { lang, t } from "./parts/words.js";

/** @typedef {import("/static/lib/api-types.js").Me} Me */
/** @typedef {import("/static/lib/list-types.js").ListItem} ListItem */
/** @typedef {import("/static/lib/list-types.js").ListKind} ListKind */

open("lists", Lists);

/** @param {{me: Me}} props */
function Lists({ me }) {
  const [shown, setShown] = useState(Number(inAddress("list")) || 0);
  const show = (/** @type {number} */ list) => {
    history.pushState(null, "", list ? `?list=${list}` : location.pathname);
    setShown(list);
    document.getElementById("main")?.focus();
  };
  useEffect(() => {
    const back = () => setShown(Number(inAddress("list")) || 0);
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  return shown ? html`<${OneList} key=${shown} me=${me} number=${shown} leave=${() => show(0)} />` : html`<${Start} me=${me} show=${show} />`;
}

/** @param {{me: Me, show: (list: number) => void}} props */
function Start({ me, show }) {
  /** @type {ListKind[]} */
  const kinds = [...(me.roles.includes("coordinator") ? /** @type {const} */ (["applications"]) : []), ...(me.roles.includes("officer") ? /** @type {const} */ (["certificates"]) : [])];
  const [kind, setKind] = useState(kinds[0]);
  return html`
    <div class="page-head"><div><h1>${t("lists.title")}</h1><p class="soft measure">${t(`lists.lead_${kind}`)}</p></div></div>
    <div class="columns columns-wide lists-start">
      <${Bring} kind=${kind} kinds=${kinds} setKind=${setKind} brought=${show} />
      <${Earlier} me=${me} show=${show} />
    </div>`;
}

/** @param {{me: Me, show: (list: number) => void}} props */
function Earlier({ me, show }) {
  const answer = useAnswer(() => get("/lists"), []);
  /** @type {ListItem[]} */
  const items = answer.value?.items || [];
  return html`
    <section class="card stack" aria-labelledby="earlier"><h2 id="earlier">${t("lists.earlier")}</h2>
      ${answer.error && html`<${Trouble} error=${answer.error} again=${answer.again} />`}
      ${!answer.value && !answer.error && html`<${Loading} />`}
      ${answer.value && !items.length && html`<p class="soft">${t("lists.none")}</p>`}
      <ul class="plain lists-earlier" data-test="earlier">${items.map((each) => html`
        <li key=${each.id}><a href=${`?list=${each.id}`} onClick=${(/** @type {Event} */ e) => { e.preventDefault(); show(each.id); }}>${each.name}</a>
          <span class="soft">${dayShort(each.created_at, zoneOf(me), lang)} · ${t("lists.rows", { count: each.rows_read })}</span><${StatusTag} status=${each.status} /></li>`)}</ul>
    </section>`;
}
