/**
 * The parts of a send on the screen: how far it is, what the check has found, and the result of the rows.
 * @module
 */

import { keyField } from "./client-key.js";
import { el, replace } from "./dom.js";
import { masked, showsWhole } from "./numbers.js";
import { badge, table } from "./parts.js";
import { problemText } from "./problem-text.js";
import { button, buttons, faultTable, progress, sayCount, told, whole } from "./sheet-parts.js";
import { download } from "./sheets/download.js";
import { columnOf, sizeOf } from "./sheets/plan.js";
import { COLUMNS, csv, gatewayAddress, REFUSED, resultLines } from "./sheets/results.js";
import { faultSentence } from "./sheets/words.js";
import * as FILE from "./words/file.js";
import * as SEND from "./words/send.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./sheets/job.js").SendJob} SendJob */
/** @typedef {import("./sheets/plan.js").Wrong} Wrong */
/** @typedef {{node: HTMLElement, draw: () => void}} Part draws itself anew after each step of the job */

const MOST_ROWS = 20; // that one sentence names
const SAMPLES = 3;

/**
 * @param {Context} context
 * @param {SendJob} job
 * @returns {Part}
 */
export function progressPart(context, job) {
  const { say, language, announce } = context;
  const { sender } = job;
  const far = progress(context);
  const waits = el("p", { class: "muted" });
  const pause = button(say(SEND.pause), () => {
    sender.pause();
    goOn.focus();
  });
  const goOn = button(say(SEND.goOn), () => {
    sender.resume();
    pause.focus();
  });
  const stop = button(say(FILE.stop), () => sender.stop());
  const node = el(
    "section",
    { class: "card progress", hidden: true },
    far.nodes,
    waits,
    buttons(pause, goOn, stop),
    el("p", { class: "hint" }, say(SEND.stay)),
  );
  let quarter = 0;

  function why() {
    const { paused, waiting } = sender;
    if (paused || !waiting) return paused ? say(SEND.paused) : "";
    const { problem, seconds } = waiting;
    return say(SEND.waits, { why: problemText(language, problem), seconds });
  }

  return {
    node,
    draw() {
      const { state, done, total, paused, isBusy } = sender;
      const appears = node.hidden && isBusy;
      node.hidden = !isBusy;
      if (!isBusy) return;
      const text = far.tell(state === "checking" ? SEND.checking : SEND.sending, done, total);
      pause.hidden = paused;
      goOn.hidden = !paused;
      const sentence = why();
      if (sentence && sentence !== waits.textContent) announce(sentence);
      waits.textContent = sentence;
      const reached = Math.floor((4 * done) / total);
      if (appears) far.label.focus();
      else if (reached !== quarter) announce(text);
      quarter = reached;
    },
  };
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @param {HTMLElement} another the button for another file, which stands in the part that is shown
 * @returns {Part}
 */
export function findingsPart(context, job, another) {
  const node = el("section", { hidden: true });
  /** @type {import("./sheets/plan.js").Findings | null} */
  let drawn = null;
  return {
    node,
    draw() {
      const { findings, hasBegun } = job;
      node.hidden = findings === null || hasBegun;
      if (node.hidden || findings === null || findings === drawn) return;
      drawn = findings;
      const heading = el("h2", { tabindex: "-1" }, context.say(SEND.found));
      replace(node, heading, findingsNodes(context, job, findings, another));
      heading.focus();
    },
  };
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @param {import("./sheets/plan.js").Findings} findings
 * @param {HTMLElement} another
 */
function findingsNodes(context, job, { wrong, onePerson, rounded }, another) {
  const { say, format } = context;
  const { plan } = job;
  const lines = new Set(wrong.map(({ line }) => line));
  const good = [...plan.rows].filter(([, { line }]) => !lines.has(line));
  const total = sizeOf(plan);
  const send = sayCount(context, lines.size ? SEND.sendOthers : SEND.send, good.length);
  return [
    lines.size === 0
      ? told("ok", sayCount(context, SEND.good, total))
      : told("bad", sayCount(context, SEND.wrong, lines.size, { total: format.number(total) })),
    wrong.length > 0 && faults(context, job, wrong),
    onePerson
      .slice(0, MOST_ROWS)
      .map((each) => told("warn", say(SEND.onePerson, { rows: rowNames(context, job, each) }))),
    rounded.length > 0 &&
      told("warn", say(SEND.rounded, { rows: rowNames(context, job, rounded) })),
    plan.duplicates.length > 0 &&
      told("info", sayCount(context, SEND.duplicates, plan.duplicates.length)),
    good.length > 0 && samples(context, job, good.slice(0, SAMPLES)),
    buttons(good.length > 0 && button(send, () => job.send(), "primary"), another),
  ];
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @param {readonly Wrong[]} wrong
 */
function faults(context, job, wrong) {
  const { say, language } = context;
  const lines = wrong.map(({ line, column, problem, code = "", values = {} }) => {
    const row = job.rowOf(line);
    return {
      place: row === line ? String(row) : say(FILE.rowAndLine, { row, line }),
      column,
      sentence: problem
        ? problemText(language, problem)
        : whole(faultSentence(language, { code, values })),
    };
  });
  return faultTable(context, FILE.row, lines);
}

/**
 * Some rows by their numbers: `2, 5, 7`.
 * @param {Context} context
 * @param {SendJob} job
 * @param {readonly number[]} lines
 */
function rowNames(context, job, lines) {
  const more = lines.length - MOST_ROWS;
  const shown = lines.slice(0, MOST_ROWS).map((line) => job.rowOf(line));
  return shown.join(", ") + (more > 0 ? ` ${sayCount(context, FILE.more, more)}` : "");
}

/**
 * Messages as the phones will show them.
 * @param {Context} context
 * @param {SendJob} job
 * @param {[id: string, row: import("./sheets/rows.js").Row][]} rows
 */
function samples({ say }, { sender }, rows) {
  return el(
    "div",
    { class: "shown" },
    el("h3", {}, say(SEND.samples)),
    rows.map(([id, row]) => {
      const { phoneNumber = row.number, message } = sender.previews.get(id).preview;
      const number = el("bdi", {}, showsWhole() ? phoneNumber : masked(phoneNumber));
      return [el("p", { class: "muted" }, number), el("blockquote", { dir: "auto" }, message)];
    }),
  );
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @param {HTMLElement} another as in the findings
 * @returns {Part}
 */
export function resultPart(context, job, another) {
  const { say, language } = context;
  const { sender, plan, sheet } = job;
  const node = el("section", { hidden: true });

  function save() {
    const address = gatewayAddress(new URL("../", document.baseURI));
    const lines = resultLines(plan, sender.known, address);
    download(`${job.fileName}.results.csv`, csv([COLUMNS, ...lines], sheet.delimiter));
  }

  return {
    node,
    draw() {
      const { state, problem, isBusy, open } = sender;
      node.hidden = isBusy || (state === "done" && !job.hasBegun);
      if (node.hidden) return;
      const key = keyField(context);
      const heading = el("h2", { tabindex: "-1" }, say(SEND.result));
      const isDone = state === "done";
      const why = problem ? problemText(language, problem) : say(SEND.stopped);
      const onward = button(
        say(isDone ? SEND.offerAgain : SEND.goOn),
        () => {
          if (key.read()) job.goOn();
        },
        "primary",
      );
      replace(
        node,
        heading,
        isDone
          ? told(open.length > 0 ? "warn" : "ok", say(SEND.done))
          : told(problem ? "bad" : "warn", say(SEND.again, { why })),
        key.node,
        job.hasBegun && outcomes(context, job),
        buttons(
          (!isDone || open.length > 0) && onward,
          job.hasBegun && button(say(SEND.download), save),
          another,
        ),
        job.hasBegun && el("p", { class: "hint" }, say(SEND.downloadHint)),
      );
      if (!problem || !key.refused(problem)) heading.focus();
    },
  };
}

/**
 * How many rows ended in which way, and why some were refused.
 * @param {Context} context
 * @param {SendJob} job
 */
function outcomes(context, job) {
  const { say, format } = context;
  const { plan, sender } = job;
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const id of plan.rows.keys()) {
    const status = sender.known.get(id)?.status ?? "open";
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  counts.set("duplicate", plan.duplicates.length).set("unread", plan.leftOut.length);
  const own = new Map([
    ["open", SEND.open],
    [REFUSED, SEND.refused],
    ["duplicate", SEND.duplicate],
    ["unread", SEND.unread],
  ]);
  /** @type {import("./parts.js").Column<[string, number]>[]} */
  const columns = [
    {
      name: say(SEND.outcome),
      heads: true,
      cell([status]) {
        const words = own.get(status);
        return words ? say(/** @type {any} */ (words)) : badge(context, status);
      },
    },
    { name: say(SEND.rows), class: "number", cell: ([, rows]) => format.number(rows) },
  ];
  const refused = [...sender.problems].map(([id, problem]) => ({
    line: plan.rows.get(id)?.line ?? 0,
    column: columnOf(problem, job.sheet),
    problem,
  }));
  return [
    table(
      say(SEND.outcome),
      columns,
      [...counts].filter(([, rows]) => rows > 0),
    ).node,
    refused.length > 0 && faults(context, job, refused),
  ];
}
