/**
 * Messages: the list that the filters of the address ask for.
 * @module
 */

import { isStatus } from "../../../shared/statuses.js";
import { STATUS_NAMES } from "../../../shared/words.js";
import { el, replace } from "../dom.js";
import { messageList } from "../message-list.js";
import { masked, numbersButton, showsWhole } from "../numbers.js";
import { empty, field, notice } from "../parts.js";
import { isPeriod, localValue, moment, rangeOf } from "../periods.js";
import * as MESSAGES from "../words/messages.js";
import { LIST, PERIODS } from "../words.js";

/** @typedef {import("../context.js").Context} Context */
/** @typedef {import("../context.js").Query} Query */

/** The statuses that an index holds: others are looked for with a client or a number. */
const ALONE = /** @type {const} */ (["queued", "unconfirmed", "failed", "no_report"]);

/** @type {import("../context.js").View} */
export const messages = {
  route: "messages",
  title: MESSAGES.title,
  menu: { order: 3, icon: ["M4 6h16M4 12h16M4 18h10"] },
  render(root, query, context) {
    const list = results(context, query);
    const chips = el("div");
    const drawChips = () => chips.replaceChildren(...filterChips(context, query));
    drawChips();
    context.addTool(
      numbersButton(context, () => {
        drawChips();
        list.redraw();
      }),
    );
    root.append(filterForm(context, query), chips, list.node);
  },
};

/**
 * @param {Context} context
 * @param {Query} query
 * @returns {{node: HTMLElement, redraw: () => void}}
 */
function results(context, query) {
  const { say, link } = context;
  const { number, status, client, id } = query;
  if (!number && !status && !client && !id) {
    const ways = ALONE.map((each) =>
      el("a", { class: "chip", href: link("messages", { status: each }) }, say(STATUS_NAMES[each])),
    );
    const node = empty(say(MESSAGES.start), say(MESSAGES.startNext));
    node.append(el("p", { class: "chips" }, ways));
    return { node, redraw() {} };
  }
  if (status && !ALONE.some((each) => each === status) && !number && !client) {
    const name = nameOf(context, status);
    return { node: notice("info", say(MESSAGES.needsMore, { status: name })), redraw() {} };
  }
  return messageList(context, {
    caption: say(MESSAGES.title),
    query: id
      ? { messageId: id, client }
      : { phoneNumber: number, status, client, ...rangeOf(query, Date.now()) },
    restore: true,
    empty: () => nothing(context, query),
    onRows({ rows, more }) {
      const [only] = rows;
      if (id && only && rows.length === 1 && !more) {
        context.go("message", { client: only.client, id: only.messageId }, { replace: true });
      }
    },
  });
}

/**
 * What an empty list means, and what to try next.
 * @param {Context} context
 * @param {Query} query
 */
function nothing({ say, link }, query) {
  if (query.id) return empty(say(MESSAGES.noId), say(MESSAGES.noIdNext));
  if (query.number && /^\d+$/.test(query.number)) {
    const asId = el("a", { href: link("messages", { id: query.number }) }, say(MESSAGES.asId));
    return empty(say(MESSAGES.noNumber), asId);
  }
  return empty(say(MESSAGES.none), say(MESSAGES.noneNext));
}

/**
 * @param {Context} context
 * @param {string} status
 */
function nameOf({ say }, status) {
  return isStatus(status) ? say(STATUS_NAMES[status]) : status;
}

/**
 * One link for each filter, which leads to the list without it.
 * @param {Context} context
 * @param {Query} query
 */
function filterChips(context, query) {
  const { say, link, format } = context;
  /** @type {[string, string, string[]][]} the word, the value, and the parts of the address that it comes from */
  const filters = [];
  const { id, number, status, client, time, since, until } = query;
  if (id) filters.push([say(LIST.id), id, ["id"]]);
  if (number) filters.push([say(LIST.number), showsWhole() ? number : masked(number), ["number"]]);
  if (status) filters.push([say(LIST.status), nameOf(context, status), ["status"]]);
  if (client) filters.push([say(LIST.client), client, ["client"]]);
  if (isPeriod(time)) filters.push([say(MESSAGES.time), say(PERIODS[time]), ["time"]]);
  else if (time === "range") {
    const from = moment(since);
    const to = moment(until);
    const text = [from, to].map((each) => (each ? format.short(each) : "…")).join(" – ");
    filters.push([say(MESSAGES.time), text, ["time", "since", "until"]]);
  }
  if (filters.length === 0) return [];
  return [
    el(
      "ul",
      { class: "chips", "aria-label": say(MESSAGES.filters) },
      filters.map(([name, value, keys]) => {
        const rest = Object.entries(query).filter(([key]) => !keys.includes(key));
        return el(
          "li",
          {},
          el(
            "a",
            { class: "chip", href: link("messages", Object.fromEntries(rest)) },
            el("span", { class: "unseen" }, say(MESSAGES.remove), " "),
            el("span", { class: "muted" }, `${name} `),
            el("bdi", {}, value),
            el("span", { "aria-hidden": "true" }, " ×"),
          ),
        );
      }),
    ),
  ];
}

/**
 * @param {Context} context
 * @param {Query} query
 */
function filterForm({ say, go, api, signal }, query) {
  const option = (
    /** @type {string} */ value,
    /** @type {string} */ text,
    /** @type {string} */ chosen,
  ) => el("option", { value, selected: value === chosen }, text);
  const status = el(
    "select",
    {},
    option("", say(MESSAGES.any), query.status ?? ""),
    Object.entries(STATUS_NAMES).map(([value, words]) =>
      option(value, say(words), query.status ?? ""),
    ),
  );
  const client = el("input", {
    type: "text",
    value: query.client ?? "",
    autocomplete: "off",
    spellcheck: "false",
    list: "names",
  });
  const names = el("datalist", { id: "names" });
  async function suggest() {
    const known = await api.get("clients", { limit: 100 }, { signal }).catch(() => null);
    replace(
      names,
      known?.clients.map((/** @type {{client: string}} */ each) =>
        el("option", { value: each.client }),
      ),
    );
  }
  client.addEventListener("focus", suggest, { once: true });
  const period = isPeriod(query.time) || query.time === "range" ? query.time : "";
  const times = el(
    "select",
    {},
    option("", say(MESSAGES.any), period),
    Object.entries(PERIODS).map(([value, words]) => option(value, say(words), period)),
  );
  const since = el("input", { type: "datetime-local", value: localValue(query.since) });
  const until = el("input", { type: "datetime-local", value: localValue(query.until) });
  const range = el(
    "div",
    { class: "range" },
    field(say(MESSAGES.since), since),
    field(say(MESSAGES.until), until),
  );
  const showRange = () => {
    range.hidden = times.value !== "range";
  };
  times.addEventListener("change", showRange);
  showRange();
  return el(
    "form",
    {
      class: "filters",
      /** @param {SubmitEvent} event */
      onsubmit(event) {
        event.preventDefault();
        const ranged = times.value === "range";
        go("messages", {
          number: query.number,
          status: status.value,
          client: client.value.trim(),
          time: times.value,
          since: ranged ? moment(since.value) : "",
          until: ranged ? moment(until.value) : "",
        });
      },
    },
    field(say(LIST.status), status),
    field(say(LIST.client), client),
    names,
    field(say(MESSAGES.time), times),
    range,
    el("button", { class: "primary" }, say(MESSAGES.apply)),
  );
}
