// How sound is sent, said in the session description: Opus with FEC and silence left out, twice as safe, or in few large packets.
//
// A browser sends sound the way the other side's description asks for, so each side shapes what it heard, and nothing of it goes over
// the wire: RFC 7587 (Opus), RFC 2198 (RED), RFC 8866 (ptime). A browser that knows one of them not just leaves it out.

/** @typedef {import("../wire.d.ts").Wish["voice"]} Voice */

// Bits a second of Opus itself; headers of 60 bytes a packet come on top: 24 kbit/s at 20 ms, 8 at 60 ms.
/** @type {Record<Voice, {packet: number, bits: number}>} */
export const VOICES = {
  plain: { packet: 20, bits: 32000 },
  redundant: { packet: 20, bits: 24000 },
  lean: { packet: 60, bits: 15000 },
};
// What measures the line costs a third of a line of 30 kbit/s: word of every packet back, and marks in each.
const SPARED = /^a=(rtcp-fb:\d+ transport-cc|extmap:\d+ .*(abs-send-time|transport-wide-cc|ssrc-audio-level))/;

/**
 * The other side's description, asking for that kind of voice. What it does not understand it gives back as it came.
 * @param {string} sdp @param {Voice} voice
 */
export function voiced(sdp, voice) {
  return sdp
    .split(/(?=^m=)/m)
    .map((part) => (part.startsWith("m=audio") ? shaped(part, voice) : part))
    .join("");
}

/** @param {string} part the audio section @param {Voice} voice */
function shaped(part, voice) {
  const opus = payload(part, "opus/48000");
  if (!opus) return part;
  const { packet, bits } = VOICES[voice];
  const lines = part.split("\r\n").filter((line) => !/^a=(max)?ptime:/.test(line) && !(voice === "lean" && SPARED.test(line)));
  const asked = { minptime: 10, useinbandfec: 1, usedtx: 1, maxaveragebitrate: bits };
  const fmtp = lines.findIndex((line) => line.startsWith(`a=fmtp:${opus} `));
  const known = fmtp < 0 ? "" : lines[fmtp].slice(lines[fmtp].indexOf(" ") + 1);
  const said = `a=fmtp:${opus} ${parameters(known, asked)}`;
  const map = lines.findIndex((line) => line.startsWith(`a=rtpmap:${opus} `));
  if (fmtp < 0) lines.splice(map + 1, 0, said);
  else lines[fmtp] = said;
  lines.splice(map + 1, 0, `a=ptime:${packet}`);
  const red = payload(part, "red/48000");
  const again = [opus, red].filter((type) => type && !part.includes(`a=rtcp-fb:${type} nack`));
  for (const type of again) lines.splice(map + 1, 0, `a=rtcp-fb:${type} nack`);
  lines[0] = preferring(lines[0], voice === "redundant" ? [red, opus] : [opus]);
  return lines.join("\r\n");
}

/** @param {string} part @param {string} codec */
function payload(part, codec) {
  const found = new RegExp(`^a=rtpmap:(\\d+) ${codec}`, "im").exec(part);
  return found ? found[1] : "";
}

/** @param {string} known @param {Record<string, number>} asked */
function parameters(known, asked) {
  const kept = known.split(";").filter((pair) => pair && !(pair.split("=")[0].trim() in asked));
  return [...kept, ...Object.entries(asked).map(([name, value]) => `${name}=${value}`)].join(";");
}

/** @param {string} line m=audio … @param {string[]} first payload types */
function preferring(line, first) {
  const [media, port, protocol, ...rest] = line.split(" ");
  const wanted = first.filter((type) => rest.includes(type));
  return [media, port, protocol, ...wanted, ...rest.filter((type) => !wanted.includes(type))].join(" ");
}
