/**
 * Clients: what each has sent in a month, and how much of today's limit is used.
 * @module
 */

import { el, replace } from "../dom.js";
import { panel } from "../panel.js";
import { empty, field, table } from "../parts.js";
import { told } from "../sheet-parts.js";
import { monthName, monthsBefore } from "../sheets/months.js";
import * as CLIENTS from "../words/clients.js";

/** @typedef {import("../context.js").Context} Context */
/**
 * @typedef {object} Client
 * @property {string} client
 * @property {string[]} roles
 * @property {number | null} keys
 * @property {number} taken
 * @property {number} resent
 * @property {number} today
 * @property {number | null} dailyLimit
 */
/** @typedef {{month: string, complete: boolean, keysAreListed: boolean, clients: Client[]}} Use */

const PAGE = 100;
const MONTHS = 13; // this one, and those of which the gateway keeps the whole counts: 400 days

/** @type {import("../context.js").View} */
export const clients = {
  route: "clients",
  title: CLIENTS.title,
  menu: {
    order: 7,
    icon: [
      "M9 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6z",
      "M3 19c0-3.5 2.5-5 6-5s6 1.5 6 5",
      "M16 5.5a2.7 2.7 0 0 1 0 5.2M17.5 14.3c2.2.5 3.5 2 3.5 4.7",
    ],
  },
  render(root, query, context) {
    const { say, api, language } = context;
    let { month } = query;
    const now = new Date();
    const choice = el(
      "select",
      {
        onchange: () => context.go("clients", { month: choice.value }),
      },
      monthsBefore(now, MONTHS).map((each, place) =>
        el(
          "option",
          { value: place === 0 ? "" : each, selected: each === month },
          monthName(each, language),
        ),
      ),
    );
    const shown = panel(context, {
      /** @returns {Promise<Use>} */
      async read(signal) {
        const use = await api.get("clients", { month, limit: PAGE }, { signal });
        for (let { cursor } = use; cursor; ) {
          const page = await api.get("clients", { month, limit: PAGE, cursor }, { signal });
          use.clients.push(...page.clients);
          cursor = page.cursor;
        }
        return use;
      },
      draw: (use, body) => replace(body, useNodes(context, use)),
    });
    root.append(el("div", { class: "filters" }, field(say(CLIENTS.month), choice)), shown.node);
    return (next) => {
      month = next.month;
      choice.value = month ?? "";
      shown.refresh().catch(() => {});
    };
  },
};

/**
 * @param {Context} context
 * @param {Use} use
 */
function useNodes(context, { complete, keysAreListed, clients: all }) {
  const { say, format, link } = context;
  const number = (/** @type {number} */ value) => format.number(value);
  /** @type {import("../parts.js").Column<Client>[]} */
  const columns = [
    {
      name: say(CLIENTS.client),
      heads: true,
      cell: ({ client, roles }) => [
        el("a", { href: link("messages", { client }) }, client),
        roles.includes("operator") && [" ", el("span", { class: "muted" }, say(CLIENTS.operator))],
      ],
    },
    {
      name: say(CLIENTS.keys),
      class: "number",
      cell: ({ keys }) => (keys === null ? "–" : number(keys)),
    },
    { name: say(CLIENTS.taken), class: "number", cell: ({ taken }) => number(taken) },
    { name: say(CLIENTS.resent), class: "number", cell: ({ resent }) => number(resent) },
    { name: say(CLIENTS.today), class: "today", cell: (client) => todayCell(context, client) },
  ];
  return [
    !complete && told("info", say(CLIENTS.incomplete)),
    !keysAreListed && told("warn", say(CLIENTS.unlisted)),
    all.length === 0 ? empty(say(CLIENTS.none)) : table(say(CLIENTS.title), columns, all).node,
  ];
}

/**
 * Today against the limit, in digits and drawn.
 * @param {Context} context
 * @param {Client} client
 */
function todayCell({ say, format }, { today, dailyLimit }) {
  const count = format.number(today);
  if (dailyLimit === null) return say(CLIENTS.noLimit, { count });
  const limit = format.number(dailyLimit);
  return [
    el("span", {}, say(CLIENTS.todayOf, { count, limit })),
    el("meter", {
      "aria-hidden": "true",
      min: "0",
      max: dailyLimit,
      high: 0.8 * dailyLimit,
      optimum: "0",
      value: today,
    }),
  ];
}
