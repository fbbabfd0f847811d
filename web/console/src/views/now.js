/**
 * Now: is anything wrong?
 * @module
 */

import { chart, figures, legend } from "../chart.js";
import { el, replace, svg } from "../dom.js";
import { conclusionOf } from "../figures.js";
import { time } from "../format.js";
import { messageTable } from "../message-list.js";
import { numbersButton } from "../numbers.js";
import { panel } from "../panel.js";
import { empty } from "../parts.js";
import * as NOW from "../words/now.js";
import { HOUR, PROVIDER } from "../words.js";

/** @typedef {import("../context.js").Context} Context */
/** @typedef {import("../figures.js").Statistics} Statistics */
/** @typedef {import("../life.js").Message} Message */
/** @typedef {{available: boolean, reason?: string, since?: string, nextPingAt?: string}} Provider */
/** @typedef {{provider: Provider, statistics: Statistics, trouble: Message[]}} Data */

const EVERY_MS = 10_000;
const LISTS_EVERY_MS = 30_000;
const TROUBLE = /** @type {const} */ (["unconfirmed", "failed", "no_report"]);
const ROWS = 8;
const DAY_MS = 86_400_000;
const LATE_MS = 600_000; // as the alarm `due-late`

/** @type {import("../context.js").View} */
export const now = {
  route: "now",
  title: NOW.title,
  menu: { order: 1, icon: ["M3 12h4l3-8 4 16 3-8h4"] },
  render(root, _query, context) {
    const { say, format } = context;
    const asOf = el("span", { class: "muted small-text" });
    const parts = {
      provider: el("section", { class: "card tile", "aria-label": "Voipit" }),
      waiting: el("section", { class: "card tile", "aria-label": say(NOW.waiting) }),
      attention: el("section", { class: "card tile", "aria-label": say(NOW.attention) }),
      hour: hourPart(context),
      trouble: troublePart(context),
    };
    const all = panel(context, {
      every: EVERY_MS,
      read: reader(context),
      draw(data, body) {
        if (!body.firstChild) {
          const tiles = el(
            "div",
            { class: "tiles" },
            parts.provider,
            parts.waiting,
            parts.attention,
          );
          replace(body, tiles, parts.hour.node, parts.trouble.node);
        }
        asOf.textContent = say(NOW.asOf, { time: format.second(Date.now()) });
        drawProvider(context, parts.provider, data.provider);
        drawCounts(context, parts, data.statistics);
        parts.hour.draw(data.statistics);
        parts.trouble.draw(data.trouble);
      },
    });
    context.addTool(asOf);
    context.addTool(pauseButton(context));
    context.addTool(numbersButton(context, parts.trouble.redraw));
    root.append(all.node);
  },
};

/**
 * Reads what the view shows. The gateway logs each list that an operator looks at, so the lists are read again only when
 * the count of what needs attention has changed, or after half a minute.
 * @param {Context} context
 * @returns {(signal: AbortSignal) => Promise<Data>}
 */
function reader({ api }) {
  let trouble = /** @type {Message[]} */ ([]);
  let count = -1;
  let readAt = Number.NEGATIVE_INFINITY;

  return async (signal) => {
    const isDue = Date.now() - readAt >= LISTS_EVERY_MS;
    const [provider, statistics, lists] = await Promise.all([
      api.get("provider", {}, { signal }),
      api.get("statistics", {}, { signal }),
      isDue ? readLists(signal) : null,
    ]);
    if (lists) trouble = lists;
    else if (statistics.attention.count !== count) trouble = await readLists(signal);
    count = statistics.attention.count;
    return { provider, statistics, trouble };
  };

  /** @param {AbortSignal} signal */
  async function readLists(signal) {
    const asked = Date.now();
    const since = new Date(asked - DAY_MS).toISOString();
    const lists = await Promise.all(
      TROUBLE.map((status) => api.get("messages", { status, since, limit: ROWS }, { signal })),
    );
    readAt = asked;
    /** @type {Message[]} */
    const messages = lists.flatMap((list) => list.messages);
    return messages
      .sort((one, other) => other.updatedAt.localeCompare(one.updatedAt))
      .slice(0, ROWS);
  }
}

/** @param {Context} context */
function pauseButton({ say, pause }) {
  const button = el("button", {
    type: "button",
    class: "small",
    onclick() {
      pause.set(!pause.on);
      name();
    },
  });
  const name = () => {
    button.textContent = say(pause.on ? NOW.goOn : NOW.pause);
  };
  name();
  return button;
}

const CHECK = "M10 1a9 9 0 1 0 0 18a9 9 0 0 0 0-18z";

/**
 * @param {Context} context
 * @param {HTMLElement} tile
 * @param {Provider} provider
 */
function drawProvider({ say, format }, tile, { available, reason, since, nextPingAt }) {
  const mark = svg(
    "svg",
    { class: "big-mark", viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" },
    svg("path", {
      class: "ground",
      d: available ? CHECK : "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z",
    }),
    svg("path", {
      class: "sign",
      d: available ? "M5.5 10.5l3 3 6-7" : "M6.5 6.5l7 7M13.5 6.5l-7 7",
    }),
  );
  const known = reason !== undefined && Object.hasOwn(PROVIDER, reason);
  tile.className = `card tile ${available ? "ok" : "bad"}`;
  replace(
    tile,
    el("h2", { class: "name" }, say(NOW.provider)),
    el("p", { class: "figure state" }, mark, say(available ? PROVIDER.open : PROVIDER.closed)),
    available
      ? el("p", { class: "muted" }, say(PROVIDER.circuitClosed))
      : [
          el("p", {}, known ? say(PROVIDER[/** @type {"credentials"} */ (reason)]) : reason),
          el(
            "p",
            { class: "muted" },
            since && [say(PROVIDER.since), " ", time(format, since)],
            nextPingAt && [" · ", say(PROVIDER.nextPing), " ", time(format, nextPingAt)],
          ),
        ],
  );
}

/**
 * @param {Context} context
 * @param {{waiting: HTMLElement, attention: HTMLElement}} tiles
 * @param {Statistics} statistics
 */
function drawCounts(context, tiles, { waiting, attention, asOf }) {
  const { say, format, link } = context;
  const age = waiting.oldest ? Date.parse(asOf) - Date.parse(waiting.oldest) : 0;
  const count = (/** @type {{count: number, countIsMinimum: boolean}} */ of) =>
    `${format.number(of.count)}${of.countIsMinimum ? "+" : ""}`;
  draw(
    tiles.waiting,
    say(NOW.waiting),
    count(waiting),
    waiting.count ? say(NOW.oldest, { time: format.length(age) }) : say(NOW.noneWaits),
    link("messages", { status: "queued" }),
    say(NOW.showWaiting),
  );
  draw(
    tiles.attention,
    say(NOW.attention),
    count(attention),
    attention.count ? say(NOW.attentionDay) : say(NOW.noAttention),
    link("attention"),
    say(NOW.showAttention),
  );
  tiles.waiting.className = `card tile ${age > LATE_MS ? "warn" : ""}`;
  tiles.attention.className = `card tile ${attention.count ? "warn" : ""}`;
}

/**
 * @param {HTMLElement} tile
 * @param {string} name
 * @param {string} figure
 * @param {string} words
 * @param {string} href
 * @param {string} linkWords
 */
function draw(tile, name, figure, words, href, linkWords) {
  const old = tile.querySelector("a");
  const link = old ?? el("a", { href }, linkWords);
  const [head, value, below] = [...tile.querySelectorAll(".name, .figure, .below")];
  if (old && head && value && below) {
    value.textContent = figure;
    below.textContent = words;
    return;
  }
  replace(
    tile,
    el("h2", { class: "name" }, name),
    el("p", { class: "figure" }, figure),
    el("p", { class: "muted below" }, words),
    el("p", {}, link),
  );
}

/** @param {Context} context */
function hourPart(context) {
  const { say, language, format } = context;
  const conclusion = el("p", { class: "conclusion" });
  const picture = el("figure", { class: "picture" });
  const key = el("div");
  const rows = el("div");
  const details = el("details", {}, el("summary", {}, say(HOUR.show)), rows);
  const node = el(
    "section",
    { class: "card hour", "aria-labelledby": "hour" },
    el("h2", { id: "hour" }, say(HOUR.title)),
    conclusion,
    picture,
    key,
    details,
  );
  /** @type {Statistics | null} */
  let last = null;
  const paint = () => {
    if (last) replace(picture, chart(context, last, Math.max(280, picture.clientWidth || 720)));
  };
  addEventListener("resize", paint, { signal: context.signal });
  return {
    node,
    /** @param {Statistics} statistics */
    draw(statistics) {
      last = statistics;
      conclusion.textContent = conclusionOf(language, statistics, (count) => format.number(count));
      paint();
      details.hidden = !statistics.statuses;
      replace(key, statistics.statuses && legend(context, statistics));
      replace(rows, statistics.statuses && figures(context, statistics));
    },
  };
}

/** @param {Context} context */
function troublePart(context) {
  const { say } = context;
  const list = el("div");
  const node = el(
    "section",
    { class: "trouble", "aria-labelledby": "trouble" },
    el("h2", { id: "trouble" }, say(NOW.trouble)),
    list,
  );
  /** @type {Message[]} */
  let last = [];
  let drawn = "";
  function redraw() {
    const focused = list.contains(document.activeElement)
      ? document.activeElement?.getAttribute("href")
      : null;
    const rows = messageTable(context, say(NOW.trouble), last).node;
    replace(list, last.length ? rows : empty(say(NOW.noTrouble)));
    if (focused) {
      const again = [...list.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused);
      again?.focus();
    }
  }
  return {
    node,
    redraw,
    /** @param {Message[]} messages */
    draw(messages) {
      const key = messages
        .map((each) => `${each.client}/${each.messageId}/${each.sequence}`)
        .join();
      if (key === drawn && list.firstChild) return;
      drawn = key;
      last = messages;
      redraw();
    },
  };
}
