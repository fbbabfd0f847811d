/**
 * @file The statuses of a message: which are final, which colour says so, and which shape. Colour
 * alone never tells one from another.
 */

/**
 * @typedef {'queued' | 'sending' | 'submitted' | 'unconfirmed' | 'no_report' | 'sent' | 'failed'
 *   | 'cancelled'} Status
 */
/** @typedef {'ok' | 'info' | 'wait' | 'warn' | 'bad'} Tone */
/**
 * How a part of an icon is drawn: `fill` in the text's colour; `on` as a line upon it, in the
 * colour behind; `line` in the text's colour; `dash` the same, dashed; `dots` the same, thick.
 *
 * @typedef {readonly [how: 'fill' | 'on' | 'line' | 'dash' | 'dots', path: string]} Part
 */
/**
 * @typedef {object} Look
 * @property {Tone} tone
 * @property {boolean} [final] It never changes again
 * @property {boolean} [settled] Nothing more happens unless a late report arrives
 * @property {readonly Part[]} icon Parts in a square of 20 units
 */

const RING = "M10 2a8 8 0 1 0 0 16a8 8 0 0 0 0-16z";

/** @type {Readonly<Record<Status, Look>>} */
export const STATUSES = {
  queued: {
    tone: "wait",
    icon: [
      ["line", RING],
      ["line", "M10 5.5V10l3 2"],
    ],
  },
  sending: {
    tone: "wait",
    icon: [["dots", "M4 10h.01M10 10h.01M16 10h.01"]],
  },
  submitted: {
    tone: "info",
    icon: [
      ["line", RING],
      ["line", "M5.5 10h8M10.5 6.5L14 10l-3.5 3.5"],
    ],
  },
  unconfirmed: {
    tone: "warn",
    icon: [
      ["fill", "M10 .5L19.5 10 10 19.5.5 10z"],
      ["on", "M7.7 7.6a2.4 2.4 0 1 1 3.3 2.3c-.7.3-1 .8-1 1.6M10 14.4v.01"],
    ],
  },
  no_report: {
    tone: "warn",
    settled: true,
    icon: [["dash", RING]],
  },
  sent: {
    tone: "ok",
    final: true,
    settled: true,
    icon: [
      ["fill", "M10 1a9 9 0 1 0 0 18a9 9 0 0 0 0-18z"],
      ["on", "M5.5 10.5l3 3 6-7"],
    ],
  },
  failed: {
    tone: "bad",
    final: true,
    settled: true,
    icon: [
      ["fill", "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z"],
      ["on", "M6.5 6.5l7 7M13.5 6.5l-7 7"],
    ],
  },
  cancelled: {
    tone: "wait",
    final: true,
    settled: true,
    icon: [
      ["line", RING],
      ["line", "M4.4 15.6L15.6 4.4"],
    ],
  },
};

/**
 * Whether this is a status that this release knows. A later gateway can have more.
 *
 * @param {string} text
 * @returns {text is Status}
 */
export function isStatus(text) {
  return Object.hasOwn(STATUSES, text);
}

/** @type {Record<Part[0], Record<string, string>>} */
const DRAWN = {
  fill: { fill: "currentColor", stroke: "none" },
  on: { stroke: "Canvas" },
  line: {},
  dash: { "stroke-dasharray": "3 3.28" },
  dots: { "stroke-width": "4" },
};
/**
 * Whether the status never changes again.
 *
 * @param {string} status
 */
export function isFinal(status) {
  return isStatus(status) && STATUSES[status].final === true;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * The icon of a status, hidden from screen readers: the word stands beside it. It takes the text's
 * colour and size, and only attributes, which every Content-Security-Policy lets through.
 *
 * @param {Status} status
 * @returns {SVGSVGElement}
 */
export function statusIcon(status) {
  const svg = document.createElementNS(SVG, "svg");
  set(svg, {
    viewBox: "0 0 20 20",
    width: "1.25em",
    height: "1.25em",
    "aria-hidden": "true",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  for (const [how, d] of STATUSES[status].icon) {
    const path = document.createElementNS(SVG, "path");
    set(path, { d, ...DRAWN[how] });
    svg.append(path);
  }
  return svg;
}

/**
 * @param {Element} element
 * @param {Record<string, string>} attributes
 */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
