/**
 * The do-not-contact list as a file: exported as a whole, and imported once all of its lines are found good.
 * @module
 */

import { ApiError } from "./api.js";
import { el, replace } from "./dom.js";
import { fileField } from "./file-field.js";
import { table } from "./parts.js";
import { problemText } from "./problem-text.js";
import { button, buttons, faultTable, progress, sayCount, told, whole } from "./sheet-parts.js";
import { download } from "./sheets/download.js";
import { SheetError } from "./sheets/file.js";
import { enter, lookUp } from "./sheets/importer.js";
import { sleep } from "./sheets/sender.js";
import { readSuppressions, suppressionFile } from "./sheets/suppressions.js";
import { faultSentence } from "./sheets/words.js";
import * as FILE from "./words/file.js";
import * as LISTED from "./words/listed.js";
import * as SEND from "./words/send.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./sheets/suppressions.js").Entry} Entry */
/** @typedef {import("./sheet-parts.js").FaultLine} FaultLine */

const EXPORT_PAGE = 1000;

/** @param {Context} context */
export function exportPart(context) {
  const { say, api, signal, language } = context;
  const answer = el("div", { role: "status" });
  const save = button(say(LISTED.save), async () => {
    /** @type {import("./sheets/suppressions.js").Listed[]} */
    const entries = [];
    /** @type {string | undefined} */
    let cursor;
    try {
      do {
        const query = { limit: EXPORT_PAGE, cursor };
        const page = await api.get("suppressions", query, { signal });
        entries.push(...page.suppressions);
        cursor = page.cursor;
        replace(answer, told("info", sayCount(context, LISTED.exported, entries.length)));
      } while (cursor);
      const day = new Date().toISOString().slice(0, 10);
      download(`do-not-contact-${day}.csv`, suppressionFile(entries));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      replace(answer, told("bad", problemText(language, error.problem)));
    }
  });
  return part(
    say(LISTED.exportTitle),
    el("p", { class: "hint" }, say(LISTED.exportHint)),
    buttons(save),
    answer,
  );
}

/**
 * @param {Context} context
 * @param {() => void} changed told once numbers were entered
 */
export function importPart(context, changed) {
  const { say, api, format, language } = context;
  const place = el("div");
  let work = new AbortController();

  const file = fileField(context, say(LISTED.importHint), ({ text }) => {
    try {
      const numbers = readSuppressions(text);
      if (numbers.wrong.length === 0) dryRun(numbers);
      else {
        showFaults(
          numbers.wrong.map((fault) => ({
            place: format.number(fault.line),
            column: fault.column,
            sentence: whole(faultSentence(language, fault)),
          })),
        );
      }
    } catch (error) {
      if (!(error instanceof SheetError)) throw error;
      file.complain(error);
    }
  });
  file.node.addEventListener("change", () => {
    work.abort();
    replace(place);
  });

  /** @param {import("./sheets/suppressions.js").Numbers} numbers */
  async function dryRun({ entries, repeated }) {
    const looked = await attempt(LISTED.checking, entries, lookUp);
    if (!looked) return;
    const { fresh, listed, wrong } = looked;
    if (wrong.length > 0) {
      showFaults(
        wrong.map(({ line, problem }) => ({
          place: format.number(line),
          sentence: problemText(language, problem),
        })),
      );
      return;
    }
    /** @type {import("./parts.js").Column<[string, number]>[]} */
    const columns = [
      { name: say(LISTED.plan), heads: true, cell: ([what]) => what },
      { name: say(SEND.rows), class: "number", cell: ([, rows]) => format.number(rows) },
    ];
    const plan = table(say(LISTED.plan), columns, [
      [say(LISTED.fresh), fresh.length],
      [say(LISTED.listed), listed],
      [say(LISTED.repeated), repeated],
    ]);
    const heading = el("h3", { tabindex: "-1" }, say(LISTED.plan));
    const text = sayCount(context, LISTED.enter, fresh.length);
    replace(
      place,
      heading,
      plan.node,
      el("p", {}, say(LISTED.notYet)),
      fresh.length > 0 && buttons(button(text, () => enterAll(fresh), "primary")),
    );
    heading.focus();
  }

  /** @param {Entry[]} fresh */
  async function enterAll(fresh) {
    const entered = await attempt(LISTED.entering, fresh, enter);
    changed();
    if (entered) tell("ok", sayCount(context, LISTED.entered, fresh.length));
  }

  /**
   * Does the work, and shows how far it is and what went wrong; then the result is null.
   * @template Result
   * @param {import("./context.js").Words} words
   * @param {Entry[]} entries
   * @param {(entries: Entry[], asking: import("./sheets/importer.js").Asking) => Promise<Result>} run
   * @returns {Promise<Result | null>}
   */
  async function attempt(words, entries, run) {
    work = new AbortController();
    const signal = AbortSignal.any([work.signal, context.signal]);
    const far = progress(context);
    const onDone = (/** @type {number} */ done) => far.tell(words, done, entries.length);
    onDone(0);
    replace(place, far.nodes, buttons(button(say(FILE.stop), () => work.abort())));
    far.label.focus();
    try {
      return await run(entries, { api, signal, sleep, onDone });
    } catch (error) {
      const isProblem = error instanceof ApiError;
      if (!isProblem && !signal.aborted) throw error;
      const why = isProblem ? problemText(language, error.problem) : say(SEND.stopped);
      tell("warn", say(LISTED.stopped, { why }));
      return null;
    }
  }

  /** @param {FaultLine[]} faults */
  function showFaults(faults) {
    tell("bad", sayCount(context, LISTED.wrong, faults.length));
    place.append(...faultTable(context, FILE.line, faults).filter((each) => each !== false));
  }

  /**
   * @param {"ok" | "warn" | "bad"} tone
   * @param {string} sentence
   */
  function tell(tone, sentence) {
    replace(place, told(tone, sentence));
    context.announce(sentence);
  }

  return part(say(LISTED.importTitle), file.node, place);
}

/**
 * @param {string} title
 * @param {...Node} children
 */
function part(title, ...children) {
  return el("section", { class: "card sheet-form" }, el("h2", {}, title), ...children);
}
