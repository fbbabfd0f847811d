/**
 * Send a file: check all rows, send them, and save what became of each.
 * @module
 */

import { keyField } from "../client-key.js";
import { clientKey, currentJob, keepJob } from "../client-session.js";
import { el, replace } from "../dom.js";
import { fileField } from "../file-field.js";
import { field } from "../parts.js";
import { findingsPart, progressPart, resultPart } from "../send-parts.js";
import { SheetError } from "../sheets/file.js";
import { SendJob } from "../sheets/job.js";
import { planOf } from "../sheets/plan.js";
import { readSheet } from "../sheets/rows.js";
import { sleep } from "../sheets/sender.js";
import { FILE, SEND } from "../words-sheets.js";

/** @typedef {import("../context.js").Context} Context */

const PATIENCE_S = 300;
const WAIT_S = 120;
/** What a person may have to name the columns for. */
const ABOUT_COLUMNS = /^(no-(columns|number|message)|several-.*)$/;

/** @type {import("../context.js").View} */
export const send = {
  route: "send",
  title: SEND.title,
  menu: { order: 5, icon: ["M14 4H6v16h12V8z", "M14 4v4h4", "M9 14h6M12.5 11.5L15 14l-2.5 2.5"] },
  render(root, _query, context) {
    const { say } = context;
    const shownJob = el("div");
    const entry = form(context, (job) => show(job));
    root.append(el("p", { class: "intro muted" }, say(SEND.intro)), entry.node, shownJob);

    /** @param {SendJob | null} job */
    function show(job) {
      const before = /** @type {SendJob | null} */ (currentJob());
      if (before && job === null) before.onChange = () => {};
      keepJob(job);
      entry.node.hidden = job !== null;
      replace(shownJob);
      if (job) showJob(context, shownJob, job, entry, () => show(null));
    }

    const job = /** @type {SendJob | null} */ (currentJob());
    if (job) show(job);
    context.signal.addEventListener("abort", () => {
      const current = /** @type {SendJob | null} */ (currentJob());
      if (current) current.onChange = () => {};
    });
  },
};

/** @typedef {{node: HTMLElement, key: import("../client-key.js").KeyField}} Entry */

/**
 * @param {Context} context
 * @param {(job: SendJob) => void} onJob
 * @returns {Entry}
 */
function form(context, onJob) {
  const { say, api } = context;
  const key = keyField(context);
  const text = { type: "text", autocomplete: "off", spellcheck: "false" };
  const name = el("input", text);
  const nameError = el("p", { class: "error", role: "alert" });
  const numberColumn = el("input", text);
  const messageColumn = el("input", text);
  const columns = el(
    "details",
    {},
    el("summary", {}, say(SEND.columns)),
    el(
      "div",
      { class: "pair" },
      field(say(SEND.numberColumn), numberColumn),
      field(say(SEND.messageColumn), messageColumn),
    ),
  );
  const file = fileField(context, {
    hint: say(FILE.hint),
    onText(_text, fileName) {
      name.value = fileName;
    },
  });

  /** @param {SubmitEvent} event */
  async function check(event) {
    event.preventDefault();
    if (!key.read()) return;
    const chosen = file.read();
    if (!chosen) return;
    nameError.textContent = name.value === "" ? say(SEND.nameMissing) : "";
    if (name.value === "") {
      name.focus();
      return;
    }
    try {
      const sheet = readSheet(chosen.text, {
        number: numberColumn.value.trim(),
        message: messageColumn.value.trim(),
      });
      const plan = await planOf(sheet, name.value);
      const job = new SendJob(chosen.name, sheet, plan, {
        post: async (path, body, signal) =>
          (await api.ask(path, { method: "POST", body, key: clientKey(), signal })).data,
        sleep,
        now: () => performance.now() / 1000,
        random: Math.random,
        patience: PATIENCE_S,
        wait: WAIT_S,
      });
      onJob(job);
      await job.check();
    } catch (error) {
      if (!(error instanceof SheetError)) throw error;
      if (ABOUT_COLUMNS.test(error.code)) columns.open = true;
      file.complain(error);
    }
  }

  const node = el(
    "form",
    { class: "card sheet-form", novalidate: true, onsubmit: check },
    key.node,
    file.node,
    field(say(SEND.name), name, say(SEND.nameHint)),
    nameError,
    columns,
    el("div", { class: "buttons" }, el("button", { class: "primary" }, say(SEND.check))),
  );
  return { node, key };
}

/**
 * @param {Context} context
 * @param {HTMLElement} place
 * @param {SendJob} job
 * @param {Entry} entry
 * @param {() => void} close back to the form
 */
function showJob(context, place, job, entry, close) {
  const parts = [progressPart, findingsPart, resultPart].map((part) => part(context, job));
  const another = el(
    "button",
    { type: "button", class: "another", onclick: leave },
    context.say(SEND.anotherFile),
  );

  function leave() {
    close();
    entry.node.querySelector("input")?.focus();
  }

  function draw() {
    const { problem } = job.sender;
    if (problem && !job.hasBegun && isRefusal(problem)) {
      close();
      entry.key.refused(problem);
      return;
    }
    another.hidden = job.sender.isBusy;
    for (const part of parts) part.draw();
  }

  replace(
    place,
    el("p", { class: "file-name muted" }, el("bdi", {}, job.fileName)),
    parts.map((part) => part.node),
    another,
  );
  job.onChange = draw;
  draw();
}

/** @param {import("../api.js").Problem} problem */
function isRefusal({ status }) {
  return status === 401 || status === 403;
}
