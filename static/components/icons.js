// The pictures on buttons: drawn on a grid of 24 with one stroke, always beside a word and so hidden from screen readers.

/** @type {Record<string, string>} Paths of SVG; several strokes in one path. */
const SHAPES = {
  microphone: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M8.5 21h7",
  "microphone-off": "M9 6a3 3 0 0 1 6 0v5M9 9.5V11a3 3 0 0 0 4.3 2.7M5.5 11a6.5 6.5 0 0 0 9.8 5.6M18.5 11c0 .9-.2 1.7-.5 2.5M12 17.5V21M8.5 21h7M4 3l16 18",
  camera: "M4 7h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM15 11l6-3.5v9L15 13",
  "camera-off": "M7.5 7H13a2 2 0 0 1 2 2v5M15 11l6-3.5v9l-3.5-2M13.5 17H4a2 2 0 0 1-2-2V9a2 2 0 0 1 1.5-1.9M3 3l18 18",
  voice: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18.2 6.3a8 8 0 0 1 0 11.4",
  chat: "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 9.5h8M8 13h5",
  choose: "M3 20v-4M8 20v-7M13 20V9.5M18 20V5",
  spare: "M4 6h16v12H4zM9 12h6",
  share: "M4 5h16v11H4zM9 20h6M12 16v4M12 13V8M9.5 10.5L12 8l2.5 2.5",
  people: "M8.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 19.5c0-3.5 2.400-5.5 5.5-5.5s5.5 2 5.5 5.5M17 8v6M14 11h6",
  time: "M4 6h16v14H4zM4 10.5h16M8.5 3.5v4M15.5 3.5v4M12 13v3l2 1",
  devices: "M5 4v7M5 15v5M12 4v3M12 11v9M19 4v9M19 17v3M2.5 13h5M9.5 9h5M16.5 15h5",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.3 9.3a2.8 2.8 0 1 1 4 2.9c-.9.5-1.3 1-1.3 2M12 17v.1",
  leave: "M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9",
  more: "M5 12h.1M12 12h.1M19 12h.1",
  close: "M5 5l14 14M19 5L5 19",
  check: "M4.5 12.5l5 5L19.5 7",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17.3v.1",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2",
  phone: "M6 3.5h3l1.5 4.5-2 1.5a11 11 0 0 0 6 6l1.5-2 4.5 1.5v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5.5a2 2 0 0 1 2-2z",
  send: "M4 4l17 8-17 8 2.5-8zM6.5 12H13",
  good: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 14c1 1.7 2.4 2.5 4 2.5s3-.8 4-2.5M9 9.5v.1M15 9.5v.1",
  fair: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 15h7M9 9.5v.1M15 9.5v.1",
  poor: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 16.5c1-1.7 2.4-2.5 4-2.5s3 .8 4 2.5M9 9.5v.1M15 9.5v.1",
};
const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @returns {SVGSVGElement} */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name] || SHAPES.help);
  drawing.append(path);
  return drawing;
}
