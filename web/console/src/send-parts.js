/**
 * The parts of a send on the screen: how far it is, what the check has found, and what became of the rows.
 * @module
 */

import { keyField } from "./client-key.js";
import { el, replace } from "./dom.js";
import { masked, showsWhole } from "./numbers.js";
import { badge, notice, table } from "./parts.js";
import { problemText } from "./problem-text.js";
import { download } from "./sheets/download.js";
import { sizeOf } from "./sheets/plan.js";
import { COLUMNS, csv, gatewayAddress, REFUSED, resultLines } from "./sheets/results.js";
import { faultSentence } from "./sheets/words.js";
import { FILE, SEND } from "./words-sheets.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./sheets/job.js").SendJob} SendJob */
/** @typedef {{node: HTMLElement, draw: () => void}} Part draws itself anew after each step of the job */

const MOST_FAULTS = 100;
const MOST_ROWS = 20; // that one sentence names
const SAMPLES = 3;

/**
 * @param {Context} context
 * @param {SendJob} job
 * @returns {Part}
 */
export function progressPart({ say, format, language, announce }, job) {
  const { sender } = job;
  const heading = el("h2", { id: "progress", tabindex: "-1" });
  const bar = el("progress", { "aria-labelledby": "progress" });
  const pausing = el("p", { class: "muted" });
  const button = (
    /** @type {import("../../shared/words.js").Words} */ words,
    /** @type {() => void} */ onclick,
  ) => el("button", { type: "button", onclick }, say(words));
  const pause = button(SEND.pause, () => {
    sender.pause();
    goOn.focus();
  });
  const goOn = button(SEND.goOn, () => {
    sender.resume();
    pause.focus();
  });
  const stop = button(SEND.stop, () => {
    stop.setAttribute("aria-disabled", "true");
    pausing.textContent = say(SEND.stopping);
    sender.stop();
  });
  const node = el(
    "section",
    { class: "card progress", "aria-labelledby": "progress", hidden: true },
    heading,
    bar,
    pausing,
    el("div", { class: "buttons" }, pause, goOn, stop),
    el("p", { class: "hint" }, say(SEND.stay)),
  );
  let told = 0;

  function why() {
    if (sender.paused) return say(SEND.paused);
    const { waiting } = sender;
    if (!waiting) return "";
    const reason = waiting.problem
      ? problemText(language, waiting.problem)
      : say(SEND.notNow, { count: format.number(waiting.rows) });
    return say(SEND.waits, { why: reason, seconds: waiting.seconds });
  }

  return {
    node,
    draw() {
      const { state, done, total, paused, isBusy } = sender;
      const appears = node.hidden && isBusy;
      node.hidden = !isBusy;
      if (!isBusy) return;
      const values = { done: format.number(done), total: format.number(total) };
      heading.textContent = say(state === "checking" ? SEND.checking : SEND.sending, values);
      bar.max = Math.max(1, total);
      bar.value = done;
      pause.hidden = paused;
      goOn.hidden = !paused;
      const sentence = why();
      if (sentence !== pausing.textContent) {
        pausing.textContent = sentence;
        if (sentence) announce(sentence);
      }
      const quarter = Math.floor((4 * done) / Math.max(1, total));
      if (appears) {
        told = 0;
        stop.removeAttribute("aria-disabled");
        heading.focus();
      } else if (quarter > told) {
        told = quarter;
        announce(say(SEND.announceDone, values));
      }
    },
  };
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @returns {Part}
 */
export function findingsPart(context, job) {
  const { say } = context;
  const node = el("section", { "aria-labelledby": "findings", hidden: true });
  /** @type {import("./sheets/plan.js").Findings | null} */
  let drawn = null;
  return {
    node,
    draw() {
      const { findings, hasBegun, sender } = job;
      node.hidden = findings === null || hasBegun || sender.isBusy;
      if (node.hidden || findings === null || findings === drawn) return;
      drawn = findings;
      const heading = el("h2", { id: "findings", tabindex: "-1" }, say(SEND.found));
      replace(node, heading, findingsNodes(context, job, findings));
      heading.focus();
    },
  };
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @param {import("./sheets/plan.js").Findings} findings
 */
function findingsNodes(context, job, findings) {
  const { say, format } = context;
  const { plan } = job;
  const wrongLines = new Set(findings.wrong.map(({ line }) => line));
  const good = [...plan.rows.values()].filter(({ line }) => !wrongLines.has(line)).length;
  const total = sizeOf(plan);
  const counted = (/** @type {number} */ n) => ({ n, count: format.number(n) });
  const sendAll = el(
    "button",
    { type: "button", class: "primary", onclick: () => job.send() },
    say(wrongLines.size === 0 ? SEND.send : SEND.sendOthers, counted(good)),
  );
  return [
    wrongLines.size === 0
      ? notice("ok", el("p", {}, say(SEND.nothingWrong, counted(total))))
      : notice(
          "bad",
          el(
            "p",
            {},
            say(SEND.wrong, {
              ...counted(wrongLines.size),
              m: total,
              total: format.number(total),
            }),
          ),
        ),
    findings.wrong.length > 0 && faultTable(context, job, findings.wrong),
    findings.onePerson
      .slice(0, MOST_ROWS)
      .map((lines) =>
        notice("warn", el("p", {}, say(SEND.onePerson, { rows: rowNames(context, job, lines) }))),
      ),
    findings.rounded.length > 0 &&
      notice(
        "warn",
        el(
          "p",
          {},
          say(SEND.rounded, {
            n: findings.rounded.length,
            rows: rowNames(context, job, findings.rounded),
          }),
        ),
      ),
    plan.duplicates.length > 0 &&
      notice("info", el("p", {}, say(SEND.duplicates, counted(plan.duplicates.length)))),
    samples(context, job, wrongLines),
    good > 0 && el("div", { class: "buttons" }, sendAll),
  ];
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @param {readonly import("./sheets/plan.js").Wrong[]} wrong
 */
function faultTable({ say, format, language }, job, wrong) {
  const columns = [
    {
      name: say(FILE.row),
      heads: true,
      class: "nowrap",
      cell: (/** @type {import("./sheets/plan.js").Wrong} */ { line }) => {
        const row = job.rowOf(line);
        return row === line ? String(row) : say(FILE.rowAndLine, { row, line });
      },
    },
    {
      name: say(FILE.column),
      cell: (/** @type {import("./sheets/plan.js").Wrong} */ { column }) =>
        column ? el("bdi", {}, column) : "–",
    },
    {
      name: say(FILE.fault),
      cell: (/** @type {import("./sheets/plan.js").Wrong} */ fault) => sentenceOf(language, fault),
    },
  ];
  const more = wrong.length - MOST_FAULTS;
  return [
    table(say(FILE.fault), columns, wrong.slice(0, MOST_FAULTS)).node,
    more > 0 &&
      el("p", { class: "muted" }, say(FILE.moreFaults, { n: more, count: format.number(more) })),
  ];
}

/**
 * @param {import("../../shared/words.js").Language} language
 * @param {import("./sheets/plan.js").Wrong} fault
 */
function sentenceOf(language, { problem, code = "", values = {} }) {
  if (problem) return problemText(language, problem);
  const sentence = faultSentence(language, { code, values });
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/**
 * Some rows by their numbers: `2, 5 and 7`.
 * @param {Context} context
 * @param {SendJob} job
 * @param {readonly number[]} lines
 */
function rowNames({ say }, job, lines) {
  const numbers = lines.map((line) => job.rowOf(line));
  const shown = numbers.slice(0, MOST_ROWS);
  const more = numbers.length - shown.length;
  if (more > 0) return `${shown.join(", ")} ${say(SEND.andMore, { n: more })}`;
  const last = shown.pop();
  return shown.length > 0 ? `${shown.join(", ")} ${say(SEND.and)} ${last}` : String(last);
}

/**
 * The first good messages, as the phones will show them.
 * @param {Context} context
 * @param {SendJob} job
 * @param {ReadonlySet<number>} wrongLines
 */
function samples({ say }, { plan, sender }, wrongLines) {
  const good = [...plan.rows].filter(([, { line }]) => !wrongLines.has(line)).slice(0, SAMPLES);
  if (good.length === 0) return null;
  return el(
    "div",
    { class: "shown" },
    el("h3", {}, say(SEND.samples)),
    el(
      "ul",
      {},
      good.map(([id, row]) => {
        const preview = sender.previews.get(id)?.preview;
        const number = preview?.phoneNumber ?? row.number;
        return el(
          "li",
          {},
          el("bdi", { class: "muted" }, showsWhole() ? number : masked(number)),
          el("blockquote", { dir: "auto" }, preview?.message ?? row.message),
        );
      }),
    ),
  );
}

/**
 * @param {Context} context
 * @param {SendJob} job
 * @returns {Part}
 */
export function resultPart(context, job) {
  const { say, language } = context;
  const { sender, plan, sheet } = job;
  const node = el("section", { "aria-labelledby": "result", hidden: true });

  function again() {
    if (job.hasBegun) job.send();
    else job.check();
  }

  function save() {
    const address = gatewayAddress(new URL("../", document.baseURI));
    const lines = resultLines(plan, sender.known, address);
    download(`${job.fileName}.results.csv`, csv([COLUMNS, ...lines], sheet.delimiter));
  }

  /** What has ended, in a sentence. @returns {[tone: "ok" | "warn" | "bad", sentence: string]} */
  function conclusion() {
    const { state, problem } = sender;
    if (problem) return ["bad", say(SEND.failed, { why: problemText(language, problem) })];
    if (state === "stopped") return ["warn", say(job.hasBegun ? SEND.stopped : SEND.checkStopped)];
    return [sender.open.length > 0 ? "warn" : "ok", say(SEND.doneAll)];
  }

  return {
    node,
    draw() {
      const { state, problem, isBusy } = sender;
      const ended = job.hasBegun || state === "stopped" || state === "failed";
      node.hidden = isBusy || !ended;
      if (node.hidden) return;
      const key = keyField(context);
      const refused = problem !== null && key.refused(problem);
      const heading = el("h2", { id: "result", tabindex: "-1" }, say(SEND.resultTitle));
      const [tone, sentence] = conclusion();
      const onward = el(
        "button",
        {
          type: "button",
          class: "primary",
          onclick() {
            if (!refused || key.read()) again();
          },
        },
        say(state === "done" ? SEND.offerAgain : SEND.goOn),
      );
      replace(
        node,
        heading,
        notice(tone, el("p", {}, sentence)),
        refused && key.node,
        job.hasBegun && outcomes(context, job),
        el(
          "div",
          { class: "buttons" },
          (!job.hasBegun || sender.open.length > 0) && onward,
          job.hasBegun && el("button", { type: "button", onclick: save }, say(SEND.download)),
        ),
        job.hasBegun && el("p", { class: "hint" }, say(SEND.downloadHint)),
      );
      if (!refused) heading.focus();
    },
  };
}

/**
 * How many rows ended in which way.
 * @param {Context} context
 * @param {SendJob} job
 */
function outcomes(context, job) {
  const { plan, sender } = job;
  const { say, format } = context;
  /** @type {Map<string, {cell: import("./dom.js").Child, rows: number}>} */
  const counts = new Map();
  const count = (
    /** @type {string} */ key,
    /** @type {() => import("./dom.js").Child} */ cell,
    rows = 1,
  ) => {
    if (rows === 0) return;
    const known = counts.get(key) ?? { cell: cell(), rows: 0 };
    counts.set(key, { ...known, rows: known.rows + rows });
  };
  for (const id of plan.rows.keys()) {
    const status = sender.known.get(id)?.status;
    if (status === undefined) count("open", () => say(SEND.open));
    else if (status === REFUSED) count("refused", () => say(SEND.refused));
    else count(status, () => badge(context, status));
  }
  count("duplicate", () => say(SEND.duplicate), plan.duplicates.length);
  count("unread", () => say(SEND.unread), plan.leftOut.length);
  const refused = [...sender.problems].map(([id, problem]) => ({
    line: plan.rows.get(id)?.line ?? 0,
    column: "",
    problem,
  }));
  return [
    table(
      say(SEND.outcome),
      [
        { name: say(SEND.outcome), heads: true, cell: ({ cell }) => cell },
        { name: say(SEND.rows), class: "number", cell: ({ rows }) => format.number(rows) },
      ],
      [...counts.values()],
    ).node,
    refused.length > 0 && el("h3", {}, say(SEND.refusedRows)),
    refused.length > 0 && faultTable(context, job, refused),
  ];
}
