/**
 * What several views show in the same way.
 * @module
 */

import { el } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./context.js").Context} Context */

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} name the heading
 * @property {(row: Row) => Child} cell
 * @property {string} [class] of the cells: `number` (right-aligned digits), `grow`
 */

/**
 * A table that shows its rows as cards on a phone. The first column is the row's heading.
 * @template Row
 * @param {string} caption read by screen readers, not shown
 * @param {Column<Row>[]} columns
 * @param {Row[]} rows
 * @returns {{node: HTMLElement, append: (rows: Row[]) => HTMLElement[]}}
 */
export function table(caption, columns, rows) {
  const body = el("tbody");
  /** @param {Row} row */
  const line = (row) =>
    el(
      "tr",
      {},
      columns.map((column, index) =>
        el(
          index === 0 ? "th" : "td",
          {
            scope: index === 0 ? "row" : null,
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
  return { node, append };
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
