/**
 * What several views show in the same way.
 * @module
 */

import { isStatus, STATUSES, statusIcon } from "../../shared/statuses.js";
import { REASONS, STATUS_NAMES } from "../../shared/words.js";
import { el } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./context.js").Context} Context */

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} name the heading
 * @property {(row: Row) => Child} cell
 * @property {string} [class] of the cells: `number` (right-aligned digits), `nowrap`
 * @property {boolean} [heads] its cell is the row's heading; of one column
 */

/**
 * @template Row
 * @typedef {object} Table
 * @property {HTMLElement} node
 * @property {(rows: Row[]) => HTMLElement[]} append the lines of more rows
 * @property {(line: HTMLElement, row: Row) => HTMLElement} exchange shows other values in a line; the focus stays in it
 */

/**
 * A table that shows its rows as cards on a phone.
 * @template Row
 * @param {string} caption read by screen readers, not shown
 * @param {Column<Row>[]} columns
 * @param {Row[]} rows
 * @returns {Table<Row>}
 */
export function table(caption, columns, rows) {
  const body = el("tbody");
  /** @param {Row} row */
  const line = (row) =>
    el(
      "tr",
      {},
      columns.map((column) =>
        el(
          column.heads ? "th" : "td",
          {
            scope: column.heads ? "row" : null,
            class: column.class,
            dataset: { name: column.name },
          },
          column.cell(row),
        ),
      ),
    );
  /** @param {Row[]} more */
  const append = (more) => {
    const lines = more.map(line);
    body.append(...lines);
    return lines;
  };
  append(rows);
  const head = columns.map((column) =>
    el("th", { scope: "col", class: column.class }, column.name),
  );
  const node = el(
    "div",
    { class: "table" },
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, caption),
      el("thead", {}, el("tr", {}, head)),
      body,
    ),
  );
  return {
    node,
    append,
    exchange(old, row) {
      const fresh = line(row);
      const focused = old.contains(document.activeElement);
      fresh.classList.add("changed");
      old.replaceWith(fresh);
      if (focused) fresh.querySelector("a")?.focus();
      return fresh;
    },
  };
}

/**
 * The icon and the name of a status. One that only a later release knows is shown as the gateway names it.
 * @param {Context} context
 * @param {string} status
 */
export function statusMark({ say }, status) {
  if (!isStatus(status)) return el("span", { class: "mark wait" }, status);
  return el(
    "span",
    { class: `mark ${STATUSES[status].tone}` },
    statusIcon(status),
    say(STATUS_NAMES[status]),
  );
}

/**
 * The same on its own ground, for lists.
 * @param {Context} context
 * @param {string} status
 */
export function badge(context, status) {
  const mark = statusMark(context, status);
  mark.classList.add("badge");
  return mark;
}

/**
 * A reason in words; one that only a later release knows is shown as the gateway names it.
 * @param {Context} context
 * @param {string} reason
 */
export function reasonWords({ say }, reason) {
  const words = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  return words ? say(words) : reason;
}

/**
 * Where a list has nothing: what that means, and the next step.
 * @param {string} meaning
 * @param {...Child} next
 */
export function empty(meaning, ...next) {
  return el(
    "div",
    { class: "empty" },
    el("p", {}, meaning),
    next.length ? el("p", {}, next) : null,
  );
}

/**
 * A line with a colour of its own: `ok`, `info`, `wait`, `warn` or `bad`.
 * @param {"ok" | "info" | "wait" | "warn" | "bad"} kind
 * @param {...Child} children
 */
export function notice(kind, ...children) {
  return el("div", { class: `notice ${kind}` }, ...children);
}

/**
 * A label over its control, with an optional hint below the label.
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} control
 * @param {string} [hint]
 */
export function field(label, control, hint) {
  if (!control.id) control.id = `field-${++fields}`;
  if (hint) control.setAttribute("aria-describedby", `${control.id}-hint`);
  return el(
    "div",
    { class: "field" },
    el("label", { for: control.id }, label),
    hint ? el("p", { class: "hint", id: `${control.id}-hint` }, hint) : null,
    control,
  );
}

let fields = 0;
