/**
 * The last hour as a picture: stacked bars in SVG, whose title says what they come down to. Patterns tell the statuses
 * apart where colours do not.
 * @module
 */

import { STATUS_NAMES } from "../../shared/words.js";
import { el, svg } from "./dom.js";
import { barsOf, conclusionOf, PASSED, STACKED, scaleEnd, sum } from "./figures.js";
import { statusMark } from "./parts.js";
import { HOUR } from "./words.js";

/** @typedef {import("./figures.js").Statistics} Statistics */
/** @typedef {import("./context.js").Context} Context */

const HEIGHT = 190;
const LEFT = 36;
const TOP = 12;
const BOTTOM = 26;

/**
 * @param {Context} context
 * @param {Statistics} statistics
 * @param {number} width in CSS pixels
 */
export function chart(context, statistics, width) {
  const { format } = context;
  const title = conclusionOf(context.language, statistics, (count) => format.number(count));
  const bars = statistics.statuses ? barsOf(statistics) : [];
  const end = scaleEnd(Math.max(0, ...bars.map(({ counts }) => sum(counts))));
  const floor = HEIGHT - BOTTOM;
  const y = (/** @type {number} */ count) => floor - (count / end) * (floor - TOP);
  const step = (width - LEFT) / Math.max(1, bars.length);
  return svg(
    "svg",
    {
      class: "chart",
      role: "img",
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      "aria-labelledby": "chart-title",
    },
    svg("title", { id: "chart-title" }, title),
    patterns(),
    bars.length === 0 && unknown(width, floor),
    bars.length > 0 &&
      [0, end / 2, end].map((count) => line(format.number(count), y(count), width)),
    bars.map((bar, index) => column(bar, LEFT + index * step, step, y)),
    bars.map(({ begins }, index) =>
      index % (width < 520 ? 4 : 2) === 0
        ? label(LEFT + index * step + 3, HEIGHT - 8, format.minute(begins))
        : null,
    ),
  );
}

/**
 * @param {ReturnType<typeof barsOf>[number]} bar
 * @param {number} x
 * @param {number} step
 * @param {(count: number) => number} y
 */
function column({ counts, underWay }, x, step, y) {
  let below = 0;
  const gap = Math.min(8, step * 0.2);
  return [
    underWay &&
      svg("rect", {
        class: "under-way",
        x,
        y: TOP,
        width: step,
        height: y(0) - TOP,
        fill: "url(#hatch)",
      }),
    counts.map((count, index) => {
      if (!count) return null;
      const top = y(below + count);
      const part = svg("rect", {
        class: `bar ${STACKED[index]}`,
        x: x + gap / 2,
        y: top,
        width: step - gap,
        height: y(below) - top,
        ...(STACKED[index] === "sent" ? {} : { fill: `url(#fill-${STACKED[index]})` }),
      });
      below += count;
      return part;
    }),
  ];
}

/**
 * @param {string} text
 * @param {number} y
 * @param {number} width
 */
function line(text, y, width) {
  return [
    svg("line", { class: "grid", x1: LEFT, x2: width, y1: y, y2: y }),
    svg("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, text),
  ];
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 */
function label(x, y, text) {
  return svg("text", { x, y }, text);
}

/**
 * @param {number} width
 * @param {number} floor
 */
function unknown(width, floor) {
  return svg("rect", { x: 0, y: TOP, width, height: floor - TOP, rx: 6, fill: "url(#hatch)" });
}

function patterns() {
  /**
   * @param {string} id
   * @param {...SVGElement} content
   */
  const pattern = (id, ...content) =>
    svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, content);
  const box = () => svg("rect", { class: "back", width: 6, height: 6 });
  const stripe = (/** @type {string} */ d) => svg("path", { class: "stripe", d });
  const slant = "M-1 1l2-2M0 6l6-6M5 7l2-2";
  return svg(
    "defs",
    {},
    pattern("hatch", stripe(slant)),
    pattern("fill-failed", box(), stripe(slant)),
    pattern("fill-unconfirmed", box(), svg("circle", { class: "dot", cx: 3, cy: 3, r: 1.4 })),
    pattern("fill-no_report", box(), stripe("M0 3h6")),
  );
}

/**
 * The statuses of the chart with their figures. @param {Context} context
 * @param {Statistics} statistics with `statuses`
 */
export function legend(context, statistics) {
  return el(
    "ul",
    { class: "legend" },
    STACKED.map((status) =>
      el(
        "li",
        {},
        svg(
          "svg",
          { class: "swatch", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
          svg("rect", {
            class: `bar ${status}`,
            width: 16,
            height: 16,
            rx: 3,
            ...(status === "sent" ? {} : { fill: `url(#fill-${status})` }),
          }),
        ),
        el("span", {}, context.say(STATUS_NAMES[status])),
        el("b", {}, context.format.number(sum(statistics.statuses?.[status]))),
      ),
    ),
  );
}

/**
 * The figures of the chart, and those of the statuses that messages only pass through.
 * @param {Context} context
 * @param {Statistics} statistics with `statuses`
 */
export function figures(context, statistics) {
  const { say, format } = context;
  const columns = [...STACKED, ...PASSED];
  return el(
    "div",
    { class: "scroll figures", tabindex: "0", role: "region", "aria-label": say(HOUR.table) },
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, say(HOUR.table)),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, say(HOUR.from)),
          columns.map((status) =>
            el("th", { scope: "col", class: "number" }, statusMark(context, status)),
          ),
        ),
      ),
      el(
        "tbody",
        {},
        barsOf(statistics).map(({ begins, underWay }, index) =>
          el(
            "tr",
            {},
            el(
              "th",
              { scope: "row" },
              el("time", { datetime: new Date(begins).toISOString() }, format.minute(begins)),
              underWay && ` ${say(HOUR.underWay)}`,
            ),
            columns.map((status) =>
              el(
                "td",
                { class: "number" },
                format.number(statistics.statuses?.[status]?.[index] ?? 0),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
