// The people on the screen: one large, the others small; nobody is seen or heard before both sides were let in.

import { el, fill, say } from "/static/components/page.js";
import { icon } from "/static/components/icons.js";

/** @typedef {import("/static/lib/signaling.js").Signaling} Signaling */
/** @typedef {import("/static/lib/wire.d.ts").SeatView} SeatView */
/** @typedef {import("/static/pages/room/light.js").Level} Level */
/** @typedef {ReturnType<typeof createTile>} Tile */
/** @typedef {ReturnType<typeof createSeats>} Seats */

// Whoever was tapped is large for this long; then the one whom the talk is with is large again.
const LARGE_MS = 30000;

/**
 * Who is large: a shown screen, whoever was tapped, else the specialist for a guest and the client for her.
 * @param {SeatView[]} others @param {string} own role @param {number | null} tapped @returns {SeatView | null}
 */
export function largest(others, own, tapped) {
  const here = others.filter((seat) => seat.here);
  const first = own === "specialist" ? "client" : "specialist";
  return (
    here.find((seat) => seat.seat === tapped) ||
    here.find((seat) => seat.media.screen) ||
    others.find((seat) => seat.role === first) ||
    here[0] || others[0] || null
  );
}

/** The other seats of the room that were let in, and only once this one was. @param {Signaling} line @returns {SeatView[]} */
export function othersIn({ you, view }) {
  if (!you || !view || !you.admitted) return [];
  return view.seats.filter((seat) => seat.seat !== you.seat && seat.admitted);
}

/**
 * @param {HTMLElement} place @param {{line: Signaling, other: string, unseen: (seat: number) => boolean, changed: () => void}} given
 * `other`: a name until the room tells it; `unseen`: that seat's picture is not sent here; `changed`: somebody else is large, or sound was refused
 */
export function createSeats(place, { line, other, unseen, changed }) {
  /** @type {Map<number, MediaStream>} Streams come while their people still wait; they are played when both are in. */
  const streams = new Map();
  /** @type {Map<number, Tile>} */ const tiles = new Map();
  /** @type {Map<number, Level>} */ const levels = new Map();
  // One tile stands from the start, empty, so that the first picture finds its place ready.
  /** @type {Tile | null} */ let spare = createTile(changed);
  spare.show(null, other);
  spare.enlarge(true);
  place.prepend(spare.part);
  /** @type {SeatView | null} */ let main = null;
  /** @type {number | null} */ let tapped = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;

  function show() {
    const others = othersIn(line);
    const own = line.you ? line.you.role : "";
    main = largest(others, own, tapped);
    for (const [seat, tile] of tiles) if (!others.some((each) => each.seat === seat)) drop(seat, tile);
    for (const seat of others) {
      const tile = tiles.get(seat.seat) || take(seat.seat);
      tile.show(seat, seat.name, unseen(seat.seat));
      tile.light(levels.get(seat.seat) || "wait");
      tile.play(streams.get(seat.seat) || null);
      tile.enlarge(Boolean(main && main.seat === seat.seat));
    }
    if (spare) spare.enlarge(!tiles.size);
    place.dataset.people = String(others.length + 1);
  }

  /** @param {number} seat @returns {Tile} */
  function take(seat) {
    const tile = spare || createTile(changed);
    spare = null;
    tile.press.onclick = () => tap(seat);
    tiles.set(seat, tile);
    place.prepend(tile.part);
    return tile;
  }

  /** @param {number} seat @param {Tile} tile */
  function drop(seat, tile) {
    tiles.delete(seat);
    tile.play(null);
    if (tiles.size || spare) return tile.part.remove();
    spare = tile;
    tile.show(null, other);
  }

  /** @param {number} seat */
  function tap(seat) {
    clearTimeout(timer);
    tapped = seat;
    timer = setTimeout(() => {
      tapped = null;
      changed();
    }, LARGE_MS);
    changed();
  }

  return {
    show,
    /** @param {{seat: number, stream: MediaStream}} arrived */
    stream: ({ seat, stream }) => {
      streams.set(seat, stream);
      show();
    },
    /** @param {number} seat @param {Level} level */
    light: (seat, level) => {
      levels.set(seat, level);
      const tile = tiles.get(seat);
      if (tile) tile.light(level);
    },
    get main() {
      return main;
    },
    get refused() {
      return [...tiles.values()].some((tile) => tile.refused);
    },
    sound: () => tiles.forEach((tile) => tile.sound()),
    videos: () => [...tiles.values(), ...(spare ? [spare] : [])].map((tile) => tile.video),
    close: () => {
      clearTimeout(timer);
      tiles.forEach((tile) => tile.play(null));
    },
  };
}

/** One person: picture and sound, or initials; small with name, role and light, large without. @param {() => void} changed */
function createTile(changed) {
  const video = el("video", { autoplay: true });
  video.setAttribute("playsinline", "");
  const [initials, name, role] = [el("span", { class: "initials", "aria-hidden": "true" }), el("b", {}), el("span", { class: "role" })];
  const muted = el("span", { class: "tile-muted", hidden: true }, icon("microphone-off"));
  const dot = el("i", { class: "dot", "aria-hidden": "true" });
  const blank = el("div", { class: "tile-off" }, initials);
  const label = el("p", { class: "tile-label" }, el("span", { class: "tile-name" }, dot, name, muted), role);
  const press = el("button", { class: "tile-press", type: "button", "data-test": "tile-press" });
  const part = el("div", { class: "tile", "data-test": "tile" }, video, blank, label, press);
  let [wanted, refused] = [false, false];

  function play() {
    video.play().then(() => refuse(false), (/** @type {DOMException} */ fault) => fault.name === "NotAllowedError" && silently());
  }
  /** The browser wants a press before it lets anybody be heard: until then at least the picture moves. */
  function silently() {
    video.muted = true;
    refuse(true);
    video.play().catch(() => undefined);
  }
  /** @param {boolean} now */
  function refuse(now) {
    if (now === refused || (!now && video.muted)) return;
    refused = now;
    changed();
  }
  // A telephone call or the system may stop what plays; it goes on by itself where the browser lets it.
  video.addEventListener("pause", () => wanted && document.visibilityState === "visible" && play());

  return {
    part, video, press,
    /** @param {SeatView | null} seat @param {string} who @param {boolean} [unseen] */
    show: (seat, who, unseen = false) => {
      const [first, word] = [who.split(" ")[0], seat ? say(`room.role_${seat.role}`) : ""];
      if (name.textContent !== first) name.textContent = first;
      initials.textContent = initialsOf(who);
      role.textContent = word;
      part.dataset.seat = seat ? String(seat.seat) : "";
      const dark = !seat || !seat.here || !seat.media.video || seat.media.rung === "voice" || (unseen && !seat.media.screen);
      blank.hidden = !dark;
      part.classList.toggle("dark", dark);
      part.classList.toggle("screen", Boolean(seat && seat.media.screen));
      muted.hidden = !seat || !seat.here || seat.media.audio;
      const silent = muted.hidden ? "" : `, ${say("room.tile_muted")}`;
      press.setAttribute("aria-label", say("room.enlarge", { name: who, role: `${word}${silent}` }));
      video.setAttribute("aria-label", say("room.picture_of", { name: who }));
    },
    /** @param {boolean} large */
    enlarge: (large) => {
      part.classList.toggle("is-main", large);
      label.hidden = press.hidden = large;
      if (large) Object.assign(video, { id: "remote" }).dataset.test = "remote";
      else if (video.id) {
        video.removeAttribute("id");
        delete video.dataset.test;
      }
    },
    /** @param {Level} level */
    light: (level) => void (dot.dataset.level = level),
    /** @param {MediaStream | null} stream */
    play: (stream) => {
      wanted = Boolean(stream);
      if (video.srcObject === stream) return;
      video.srcObject = stream;
      if (stream) play();
    },
    sound: () => {
      video.muted = false;
      if (wanted) play();
    },
    get refused() {
      return refused;
    },
  };
}

/** @param {string} name */
function initialsOf(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => word.charAt(0)).join("").toUpperCase();
}
