// The sections of the house in one line: as many as it has room for, the others under "More", the present one always in sight.

import { html, useEffect, useLayoutEffect, useRef, useState } from "/static/vendor/preact-htm.js";
import { t } from "./words.js";

/** @typedef {{name: string, path: string}} Place */

/** @param {{places: Place[], place: string}} props */
export function Sections({ places, place }) {
  const strip = useRef(/** @type {HTMLElement | null} */ (null));
  const words = useRef(/** @type {HTMLElement | null} */ (null));
  const fits = useFitting(strip, words, places.length, places.findIndex((each) => each.name === place));
  const shown = inSight(places, place, fits);
  const rest = places.filter((each) => !shown.includes(each));
  return html`
    <nav class="top-nav" ref=${strip} aria-label=${t("nav.label")}>
      ${shown.map((each) => html`<${Section} key=${each.name} of=${each} place=${place} />`)}
      ${rest.length > 0 && html`<${More} places=${rest} place=${place} />`}
      <span class="top-words" ref=${words} aria-hidden="true">${places.map((each) => html`<a key=${each.name} data-word=${t(`nav.${each.name}`)}></a>`)}</span>
    </nav>`;
}

/** @param {{of: Place, place: string}} props */
function Section({ of, place }) {
  return html`<a href=${of.path} data-nav=${of.name} aria-current=${of.name === place ? "page" : undefined}>${t(`nav.${of.name}`)}</a>`;
}

/** The first so many; the present one in the place of the last of them when it is not among them.
 * @param {Place[]} places @param {string} place @param {number} fits */
function inSight(places, place, fits) {
  const first = places.slice(0, fits);
  const present = places.find((each) => each.name === place);
  return !present || first.includes(present) ? first : [...first.slice(0, -1), present];
}

/** @param {{places: Place[], place: string}} props */
function More({ places, place }) {
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => closedFromOutside(() => box.current), []);
  return html`
    <details class="top-more" ref=${box}>
      <summary data-test="more">${t("nav.more")}</summary>
      <div class="top-rest">${places.map((each) => html`<${Section} key=${each.name} of=${each} place=${place} />`)}</div>
    </details>`;
}

/** Escape, a press beside it and leaving it with Tab close it. @param {() => HTMLDetailsElement | null} box */
function closedFromOutside(box) {
  /** @param {KeyboardEvent} event */
  const escaped = (event) => {
    const open = box();
    if (event.key !== "Escape" || !open?.open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  };
  /** @param {Event} event */
  const beside = (event) => {
    const open = box();
    if (open?.open && !open.contains(/** @type {Node} */ (event.target))) open.open = false;
  };
  document.addEventListener("keydown", escaped);
  document.addEventListener("pointerdown", beside);
  document.addEventListener("focusin", beside);
  return () => {
    document.removeEventListener("keydown", escaped);
    document.removeEventListener("pointerdown", beside);
    document.removeEventListener("focusin", beside);
  };
}

/**
 * How many sections fit. All of them stand in an unseen line beside, so that nothing in sight moves while they are measured.
 * @param {{current: HTMLElement | null}} strip @param {{current: HTMLElement | null}} words @param {number} count @param {number} present
 */
function useFitting(strip, words, count, present) {
  const [fits, setFits] = useState(count);
  useLayoutEffect(() => {
    const [line, all] = [strip.current, words.current];
    if (!line || !all) return undefined;
    const measure = () => setFits(howMany([...all.children].map(widthOf), widthOf(line), present));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(line);
    watch.observe(all); // its letters may still come
    return () => watch.disconnect();
  }, [count, present]);
  return fits;
}

/** @param {Element} some */
function widthOf(some) {
  return some.getBoundingClientRect().width;
}

const MORE_PX = 92;
const GAP_PX = 6;

/** How many of the first fit, the present one in the place of the last of them when it is not among them. @param {number[]} widths @param {number} room @param {number} present its place, -1 for none */
export function howMany(widths, room, present = -1) {
  const all = widths.map((width) => width + GAP_PX);
  const sum = (/** @type {number[]} */ some) => some.reduce((whole, width) => whole + width, 0);
  if (sum(all) <= room) return all.length;
  for (let fits = all.length - 1; fits > 1; fits -= 1) {
    const shown = present < fits ? all.slice(0, fits) : [...all.slice(0, fits - 1), all[present]];
    if (sum(shown) <= room - MORE_PX) return fits;
  }
  return 1;
}
