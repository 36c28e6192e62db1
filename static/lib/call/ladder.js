// The ladder: from what is seen of a line, how much picture it bears and which voice. Pure rules, one for each end of a stream.
//
// Voice comes first. Down after a moment of trouble, as far as the line asks; up one rung at a time after a calm time, which doubles
// each time a try fails. The sender goes by the browser's estimate of the line; the receiver by what did not arrive, because an
// estimate misses one line in four. Loss on a line that answers quickly is noise, which a second copy of the voice heals; loss with
// growing delay is a full line, which a second copy would choke.

/** @typedef {import("../wire.d.ts").Wish} Wish */
/** @typedef {"high" | "low" | "tiny" | "voice"} Rung */
/** @typedef {"auto" | "low" | "tiny" | "voice"} Limit */
/**
 * @typedef {object} Ladder
 * @property {number} step 0 is the best
 * @property {number} moved when it stepped last
 * @property {number} bad since when there is trouble; 0: there is none
 * @property {number} calm since when there is none
 * @property {boolean} trying the last step went up and is not proven yet
 * @property {number} patience ms of calm before the next step up
 * @property {number} noise until when the line counts as one that loses packets
 * @property {number} noisy for how long in a row it looked so
 * @property {number} full until when the line counts as full
 * @property {number} filled for how long in a row it looked so
 * @property {number} seen when it was looked at last
 */
/**
 * @typedef {object} Sight of a second
 * @property {number | null} loss share of voice packets that did not arrive
 * @property {number | null} delay ms of round trip above the best one of this path
 * @property {number | null} [room] kbit/s the browser thinks the line bears
 * @property {number | null} [concealed] share of voice made up by the receiver
 * @property {number} [frozen] ms the picture stands still although packets of it are due
 */

/** @type {Rung[]} */
export const RUNGS = ["high", "low", "tiny", "voice"];

// kbit/s of the whole line below which a rung is left, and from which one is worth a quick try.
const STAYS = [350, 170, 65, 0];
const INVITES = [700, 350, 150];
// What is not sent is not measured: an estimate shows only part of the room above.
const SHOWS = 0.75;
// Below this the estimate of a browser means a full line: mere loss does not bring it down so far.
const NARROW = 65;
// Above this a small picture stays, if nothing else speaks against it: the estimate alone is too shy.
const MISERABLE = 45;
const SLOW_MS = 100;
const LATE_MS = 200;
const ENDLESS_MS = 600;
const LOSSY = 0.025;
// A look a second: trouble seen twice, or a kind of line seen twice, is one.
const BAD_MS = 900;
const SURE_MS = 1900;
const SETTLE_MS = 4000;
// Each try above a line that bears only voice costs voice: seldom, then.
const CALM_MS = { first: 8000, fallen: 25000, quick: 3000, most: 240000 };
const PROOF_MS = 12000;
const KEPT_MS = { full: 20000, noise: 10000 };

/** @param {number} at @returns {Ladder} */
export function begin(at) {
  return { step: 0, moved: at, bad: 0, calm: at, trying: false, patience: CALM_MS.first, noise: 0, noisy: 0, full: 0, filled: 0, seen: at };
}

/** What we send, a second later. @param {Ladder} ladder @param {Sight} sight @param {number} at @returns {Ladder} */
export function sending(ladder, sight, at) {
  const { room = null, delay, loss } = sight;
  const settled = at - ladder.moved >= SETTLE_MS;
  const slight = ladder.step === 2 && over(room, MISERABLE) && !over(delay, SLOW_MS) && !over(loss, LOSSY);
  const short = room !== null && room < STAYS[ladder.step] && (settled || room < NARROW) && !slight;
  const choked = (over(delay, LATE_MS) && over(loss, LOSSY)) || over(delay, ENDLESS_MS);
  const fits = short ? STAYS.findIndex((least) => room >= least) : 0;
  const above = STAYS[ladder.step - 1] || 0;
  const shut = room !== null && room < above * SHOWS;
  const invited = room !== null && ladder.step > 0 && room >= INVITES[ladder.step - 1];
  return climb(listen(ladder, sight, at), at, { trouble: short || choked, fits, shut, invited });
}

/** What we let the other send, a second later. @param {Ladder} ladder @param {Sight} sight @param {number} at @returns {Ladder} */
export function receiving(ladder, sight, at) {
  const { concealed = null, delay, loss, frozen = 0 } = sight;
  const doubled = ladder.noise > at && ladder.noisy >= SETTLE_MS;
  const choked = over(concealed, 0.04) && over(delay, LATE_MS);
  const drowned = over(concealed, 0.15) && doubled;
  const stuck = frozen >= 2000 && (over(loss, LOSSY) || over(delay, LATE_MS));
  return climb(listen(ladder, sight, at), at, { trouble: choked || drowned || stuck, fits: 0, shut: false, invited: false });
}

/** Which voice the line bears. `wish` is the other side's. @param {Ladder} ladder @param {number} at @param {Wish["voice"]} [wish] @returns {Wish["voice"]} */
export function voiceOf(ladder, at, wish = "plain") {
  if (ladder.full > at || wish === "lean") return "lean";
  if (ladder.noise > at || wish === "redundant") return "redundant";
  return ladder.step >= 2 ? "lean" : "plain";
}

/** The rung that all limits leave: own ladder, own choice, the other's wish. @param {number} step @param {Limit} chosen @param {Wish["picture"]} [wish] @returns {Rung} */
export function rungOf(step, chosen, wish = "high") {
  const limit = chosen === "auto" ? 0 : RUNGS.indexOf(chosen);
  const asked = wish === "none" ? 3 : RUNGS.indexOf(wish);
  return RUNGS[Math.max(step, limit, asked)];
}

/** What kind of line it is: remembered for a while, and the later word counts. @param {Ladder} ladder @param {Sight} sight @param {number} at @returns {Ladder} */
function listen(ladder, { loss, delay, room = null, concealed = null }, at) {
  const ms = at - ladder.seen;
  const narrow = room !== null && room < NARROW;
  const lossy = over(loss, LOSSY) || over(concealed, LOSSY);
  const crammed = (lossy && (narrow || over(delay, LATE_MS))) || (narrow && over(delay, SLOW_MS));
  const scattered = over(loss, LOSSY) && !narrow && delay !== null && delay <= SLOW_MS;
  const filled = crammed ? ladder.filled + ms : 0;
  const noisy = scattered ? ladder.noisy + ms : 0;
  const next = { ...ladder, filled, noisy, seen: at };
  if (filled >= SURE_MS) return { ...next, full: at + KEPT_MS.full, noise: 0 };
  return noisy >= SURE_MS ? { ...next, noise: at + KEPT_MS.noise, full: 0 } : next;
}

/**
 * @param {Ladder} ladder @param {number} at
 * @param {{trouble: boolean, fits: number, shut: boolean, invited: boolean}} line
 * @returns {Ladder}
 */
function climb(ladder, at, { trouble, fits, shut, invited }) {
  if (trouble) {
    const bad = ladder.bad || at;
    return at - bad >= BAD_MS ? down({ ...ladder, bad }, at, fits) : { ...ladder, bad, calm: at };
  }
  const calm = ladder.bad ? at : ladder.calm;
  const proven = ladder.trying && at - ladder.moved >= (invited ? SETTLE_MS : PROOF_MS);
  const next = proven ? { ...ladder, trying: false, patience: Math.max(CALM_MS.first, ladder.patience / 2) } : ladder;
  return shut ? { ...next, bad: 0, calm: at } : up({ ...next, bad: 0, calm }, at, invited);
}

/** @param {Ladder} ladder @param {number} at @param {number} fits @returns {Ladder} */
function down(ladder, at, fits) {
  const step = Math.min(RUNGS.length - 1, Math.max(ladder.step + 1, fits));
  const fallen = step === RUNGS.length - 1 ? CALM_MS.fallen : CALM_MS.first;
  const patience = Math.max(fallen, ladder.trying ? Math.min(CALM_MS.most, ladder.patience * 2) : ladder.patience);
  return { ...ladder, step, moved: at, bad: 0, calm: at, trying: false, patience };
}

/** @param {Ladder} ladder @param {number} at @param {boolean} invited @returns {Ladder} */
function up(ladder, at, invited) {
  const patience = invited && ladder.patience <= CALM_MS.first ? CALM_MS.quick : ladder.patience;
  if (!ladder.step || ladder.trying || at - ladder.calm < patience) return ladder;
  return { ...ladder, step: ladder.step - 1, moved: at, calm: at, trying: true };
}

/** @param {number | null} value @param {number} limit */
function over(value, limit) {
  return value !== null && value > limit;
}
