/**
 * Attention: what must be decided? The messages whose outcome a person should know of, the most urgent first.
 * @module
 */

import { STATUS_NAMES } from "../../../shared/words.js";
import { el } from "../dom.js";
import { messageList } from "../message-list.js";
import { numbersButton } from "../numbers.js";
import { empty, reasonWords } from "../parts.js";
import { isPeriod, rangeOf } from "../periods.js";
import { ATTENTION, PERIODS } from "../words.js";

/** @typedef {import("../context.js").Context} Context */

/** The most urgent first: an unconfirmed one can still be decided about; the others have ended. */
const URGENCY = /** @type {const} */ (["unconfirmed", "failed", "no_report"]);
const CHOICES = /** @type {const} */ (["1h", "24h", "7d", "30d"]);

/** @type {import("../context.js").View} */
export const attention = {
  route: "attention",
  title: ATTENTION.title,
  menu: { order: 2, icon: ["M12 4l9 16H3z", "M12 10v4M12 17v.01"] },
  render(root, query, context) {
    const { say, link } = context;
    const period = isPeriod(query.time) ? query.time : "24h";
    const since = rangeOf({ time: period }, Date.now()).since;
    const choices = el(
      "nav",
      { class: "chips", "aria-label": say(ATTENTION.time) },
      CHOICES.map((each) =>
        el(
          "a",
          {
            class: "chip",
            href: link("attention", { time: each }),
            "aria-current": each === period ? "true" : null,
          },
          say(PERIODS[each]),
        ),
      ),
    );
    const lists = URGENCY.map((status) => section(context, status, since));
    context.addTool(numbersButton(context, () => lists.map((list) => list.redraw())));
    root.append(choices, ...lists.map((list) => list.node));
  },
};

/**
 * @param {Context} context
 * @param {typeof URGENCY[number]} status
 * @param {string | undefined} since
 */
function section(context, status, since) {
  const { say, format } = context;
  const count = el("span", { class: "count" });
  const reasons = el("p", { class: "muted small-text" });
  const list = messageList(context, {
    caption: say(STATUS_NAMES[status]),
    query: { status, since },
    empty: () => empty(say(ATTENTION.none)),
    onRows({ rows, more }) {
      count.textContent = `${format.number(rows.length)}${more ? "+" : ""}`;
      reasons.textContent = byReason(context, rows);
    },
  });
  const id = `attention-${status}`;
  const node = el(
    "section",
    { class: "urgency", "aria-labelledby": id },
    el("h2", { id }, say(ATTENTION[status]), " ", count),
    el("p", {}, say(ATTENTION[`${status}_what`])),
    reasons,
    list.node,
  );
  return { node, redraw: list.redraw };
}

/**
 * `3 × Voipit did not answer in time. · 1 × …`, the most frequent first.
 * @param {Context} context
 * @param {import("../life.js").Message[]} rows
 */
function byReason(context, rows) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { reason } of rows) {
    if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${context.format.number(count)} × ${reasonWords(context, reason)}`)
    .join(" · ");
}
