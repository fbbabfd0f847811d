/**
 * What the views of files, lists and clients show in the same way.
 * @module
 */

import { el } from "./dom.js";
import { notice, table } from "./parts.js";
import * as FILE from "./words/file.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./context.js").Words} Words */
/** @typedef {import("./dom.js").Child} Child */

const MOST_FAULTS = 100;

/**
 * A button that does something in this page.
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} [name] its classes
 */
export function button(text, onclick, name = "") {
  return el("button", { type: "button", class: name, onclick }, text);
}

/** @param {...Child} children */
export function buttons(...children) {
  return el("div", { class: "buttons" }, ...children);
}

/**
 * Words about so many things: `{n}` chooses the form, `{count}` is the number as people write it.
 * @param {Context} context
 * @param {Words} words
 * @param {number} n
 * @param {import("../../shared/words.js").Values} [values]
 */
export function sayCount({ say, format }, words, n, values = {}) {
  return say(words, { n, count: format.number(n), ...values });
}

/**
 * A sentence with a colour of its own.
 * @param {"ok" | "info" | "warn" | "bad"} tone
 * @param {string} sentence
 * @param {...Child} more
 */
export function told(tone, sentence, ...more) {
  return notice(tone, el("p", {}, sentence), ...more);
}

/**
 * How far some work is: a bar below its words.
 * @param {Context} context
 */
export function progress({ say, format }) {
  const label = el("h2", { id: "progress", tabindex: "-1" });
  const bar = el("progress", { "aria-labelledby": "progress" });
  return {
    nodes: [label, bar],
    label,
    /**
     * @param {Words} words
     * @param {number} done
     * @param {number} total
     */
    tell(words, done, total) {
      bar.max = Math.max(1, total);
      bar.value = done;
      const text = say(words, { done: format.number(done), total: format.number(total) });
      label.textContent = text;
      return text;
    },
  };
}

/** @typedef {{place: string, column?: string, sentence: string}} FaultLine */

/**
 * What is wrong with a file, line by line.
 * @param {Context} context
 * @param {Words} where what the place is: a row or a line
 * @param {readonly FaultLine[]} faults
 */
export function faultTable(context, where, faults) {
  const { say } = context;
  /** @type {import("./parts.js").Column<FaultLine>[]} */
  const columns = [
    { name: say(where), heads: true, class: "nowrap", cell: ({ place }) => place },
    { name: say(FILE.column), cell: ({ column }) => (column ? el("bdi", {}, column) : "–") },
    { name: say(FILE.fault), cell: ({ sentence }) => sentence },
  ];
  const more = faults.length - MOST_FAULTS;
  return [
    table(say(FILE.fault), columns, faults.slice(0, MOST_FAULTS)).node,
    more > 0 && el("p", { class: "muted" }, sayCount(context, FILE.more, more)),
  ];
}

/** @param {string} sentence one that begins with a small letter and has no full stop */
export function whole(sentence) {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
