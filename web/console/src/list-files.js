/**
 * The do-not-contact list as a file: exported as a whole, and imported once all of its lines are found good.
 * @module
 */

import { ApiError } from "./api.js";
import { el, replace } from "./dom.js";
import { fileField } from "./file-field.js";
import { notice, table } from "./parts.js";
import { problemText } from "./problem-text.js";
import { download } from "./sheets/download.js";
import { SheetError } from "./sheets/file.js";
import { enter, lookUp } from "./sheets/importer.js";
import { sleep } from "./sheets/sender.js";
import { readSuppressions, suppressionFile } from "./sheets/suppressions.js";
import { faultSentence } from "./sheets/words.js";
import { FILE, LISTED, SEND } from "./words-sheets.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./sheets/suppressions.js").Entry} Entry */
/** @typedef {import("../../shared/words.js").Words} Words */

const MOST_FAULTS = 50;
const EXPORT_PAGE = 1000;

/** @param {Context} context */
export function exportPart(context) {
  const { say, api, signal, format, language } = context;
  const told = el("div", { role: "status" });
  const button = el("button", { type: "button", onclick: save }, say(LISTED.export));

  async function save() {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    try {
      const entries = [];
      let cursor;
      do {
        const query = { limit: EXPORT_PAGE, cursor };
        const page = await api.get("suppressions", query, { signal });
        entries.push(...page.suppressions);
        cursor = page.cursor;
        replace(told, el("p", {}, say(LISTED.exporting, { count: format.number(entries.length) })));
      } while (cursor);
      const day = new Date().toISOString().slice(0, 10);
      download(`do-not-contact-${day}.csv`, suppressionFile(entries));
      const count = { n: entries.length, count: format.number(entries.length) };
      replace(told, notice("ok", el("p", {}, say(LISTED.exported, count))));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      replace(told, notice("bad", el("p", {}, problemText(language, error.problem))));
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  return el(
    "section",
    { class: "card sheet-form", "aria-labelledby": "export" },
    el("h2", { id: "export" }, say(LISTED.exportTitle)),
    el("p", { class: "hint" }, say(LISTED.exportHint)),
    el("div", { class: "buttons" }, button),
    told,
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

  const file = fileField(context, {
    hint: say(LISTED.importHint),
    onText(text) {
      try {
        const numbers = readSuppressions(text);
        if (numbers.wrong.length > 0) showFaults(numbers.wrong.map(ofFault));
        else dryRun(numbers);
      } catch (error) {
        if (!(error instanceof SheetError)) throw error;
        file.complain(error);
      }
    },
  });
  file.node.addEventListener("change", () => {
    work.abort();
    replace(place);
  });

  /** @param {import("./sheets/rows.js").Fault} fault */
  function ofFault(fault) {
    const sentence = faultSentence(language, fault);
    return {
      line: fault.line,
      sentence: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
    };
  }

  /** @param {import("./sheets/suppressions.js").Numbers} numbers */
  async function dryRun({ entries, repeated }) {
    const looked = await attempt(LISTED.importChecking, entries.length, (asking) =>
      lookUp(entries, asking),
    );
    if (!looked) return;
    if (looked.wrong.length > 0) {
      const faults = looked.wrong.map(({ line, problem }) => ({
        line,
        sentence: problemText(language, problem),
      }));
      showFaults(faults);
    } else showPlan(looked, repeated);
  }

  /**
   * @param {import("./sheets/importer.js").Looked} looked
   * @param {number} repeated
   */
  function showPlan({ fresh, listed }, repeated) {
    const rows = [
      { what: say(LISTED.planNew), n: fresh.length },
      { what: say(LISTED.planListed), n: listed },
      { what: say(LISTED.planRepeated), n: repeated },
    ];
    const plan = table(
      say(LISTED.plan),
      [
        { name: say(LISTED.plan), heads: true, cell: (row) => row.what },
        { name: say(SEND.rows), class: "number", cell: (row) => format.number(row.n) },
      ],
      rows,
    );
    const count = { n: fresh.length, count: format.number(fresh.length) };
    const button = el(
      "button",
      { type: "button", class: "primary", onclick: () => enterAll(fresh) },
      say(LISTED.enter, count),
    );
    replace(
      place,
      el("h3", { tabindex: "-1" }, say(LISTED.plan)),
      plan.node,
      el("p", {}, say(fresh.length > 0 ? LISTED.notYet : LISTED.nothingNew)),
      fresh.length > 0 && el("div", { class: "buttons" }, button),
    );
    place.querySelector("h3")?.focus();
  }

  /** @param {Entry[]} fresh */
  async function enterAll(fresh) {
    const isDone = await attempt(LISTED.importing, fresh.length, async (asking) => {
      await enter(fresh, asking);
      return true;
    });
    changed();
    if (!isDone) return;
    const count = { n: fresh.length, count: format.number(fresh.length) };
    replace(place, el("div", { role: "status" }));
    place.firstElementChild?.append(notice("ok", el("p", {}, say(LISTED.entered, count))));
  }

  /**
   * Does the work, and shows how far it is and what went wrong.
   * @template Result
   * @param {Words} words
   * @param {number} total
   * @param {(asking: import("./sheets/importer.js").Asking) => Promise<Result>} run
   * @returns {Promise<Result | null>}
   */
  async function attempt(words, total, run) {
    work = new AbortController();
    const signal = AbortSignal.any([work.signal, context.signal]);
    const label = el("p", { id: "import-progress" });
    const bar = el("progress", { "aria-labelledby": "import-progress", max: Math.max(1, total) });
    const stop = el("button", { type: "button", onclick: () => work.abort() }, say(SEND.stop));
    let entered = 0;
    const tell = (/** @type {number} */ done) => {
      entered = done;
      bar.value = done;
      label.textContent = say(words, { done: format.number(done), total: format.number(total) });
    };
    tell(0);
    replace(place, label, bar, el("div", { class: "buttons" }, stop));
    try {
      return await run({ api, signal, sleep, onDone: tell });
    } catch (error) {
      if (context.signal.aborted) return null;
      const why = error instanceof ApiError ? problemText(language, error.problem) : "";
      if (!why && !signal.aborted) throw error;
      const count = words === LISTED.importing ? entered : 0;
      const values = { why, n: count, count: format.number(count) };
      const sentence = say(LISTED.importStopped, values);
      replace(place, notice("warn", el("p", { role: "alert" }, sentence)));
      return null;
    }
  }

  /** @param {{line: number, sentence: string}[]} faults */
  function showFaults(faults) {
    const shown = faults.slice(0, MOST_FAULTS);
    const more = faults.length - shown.length;
    const count = { n: faults.length, count: format.number(faults.length) };
    replace(
      place,
      notice("bad", el("p", { role: "alert" }, say(LISTED.importWrong, count))),
      table(
        say(FILE.fault),
        [
          { name: say(FILE.line), heads: true, cell: ({ line }) => format.number(line) },
          { name: say(FILE.fault), cell: ({ sentence }) => sentence },
        ],
        shown,
      ).node,
      more > 0 &&
        el("p", { class: "muted" }, say(FILE.moreFaults, { n: more, count: format.number(more) })),
    );
  }

  return el(
    "section",
    { class: "card sheet-form", "aria-labelledby": "import" },
    el("h2", { id: "import" }, say(LISTED.importTitle)),
    file.node,
    place,
  );
}
