/**
 * Send a file: check all rows, send them, and save the result of each.
 * @module
 */

import { keyField } from "../client-key.js";
import { currentJob, keepJob } from "../client-session.js";
import { el, replace } from "../dom.js";
import { fileField } from "../file-field.js";
import { field } from "../parts.js";
import { findingsPart, progressPart, resultPart } from "../send-parts.js";
import { button, buttons } from "../sheet-parts.js";
import { SheetError } from "../sheets/file.js";
import { SendJob } from "../sheets/job.js";
import { planOf } from "../sheets/plan.js";
import { readSheet } from "../sheets/rows.js";
import { sleep } from "../sheets/sender.js";
import * as FILE from "../words/file.js";
import * as SEND from "../words/send.js";

/** @typedef {import("../context.js").Context} Context */

/** What a person may have to name the columns for. */
const ABOUT_COLUMNS = /^(no-(columns|number|message)|several-.*)$/;

/** @type {import("../context.js").View} */
export const send = {
  route: "send",
  title: SEND.title,
  menu: { order: 5, icon: ["M14 4H6v16h12V8z", "M14 4v4h4", "M9 14h6M12.5 11.5L15 14l-2.5 2.5"] },
  render(root, _query, context) {
    const entry = form(context, show);
    const place = el("div");
    root.append(entry.node, place);

    /** @param {SendJob | null} job */
    function show(job) {
      part();
      keepJob(job);
      entry.node.hidden = job !== null;
      replace(place);
      if (job) showJob(context, place, job, entry.key, () => show(null));
    }

    /** The job goes on, without this view. */
    function part() {
      const job = currentSend();
      if (job) job.onChange = () => {};
    }

    show(currentSend());
    context.signal.addEventListener("abort", part);
  },
};

/** @returns {SendJob | null} */
function currentSend() {
  return currentJob();
}

/**
 * @param {Context} context
 * @param {(job: SendJob) => void} onJob
 */
function form(context, onJob) {
  const { say, api } = context;
  const key = keyField(context);
  const text = () => el("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const [name, number, message] = [text(), text(), text()];
  const columns = el(
    "details",
    {},
    el("summary", {}, say(SEND.columns)),
    el(
      "div",
      { class: "pair" },
      field(say(SEND.numberColumn), number),
      field(say(SEND.messageColumn), message),
    ),
  );
  const file = fileField(context, say(FILE.hint), (read) => {
    name.value = read.name;
  });

  /** @param {SubmitEvent} event */
  async function check(event) {
    event.preventDefault();
    const read = key.read() ? file.read() : null;
    if (!read) return;
    try {
      const chosen = { number: number.value.trim(), message: message.value.trim() };
      const sheet = readSheet(read.text, chosen);
      const plan = await planOf(sheet, name.value || read.name);
      /** @type {SendJob} */
      const job = new SendJob(read.name, sheet, plan, {
        post: async (path, body, signal) =>
          (await api.ask(path, { method: "POST", body, key: job.key, signal })).data,
        sleep,
        now: () => performance.now() / 1000,
        random: Math.random,
        patience: 300,
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
    columns,
    buttons(el("button", { class: "primary" }, say(SEND.check))),
  );
  return { node, key };
}

/**
 * @param {Context} context
 * @param {HTMLElement} place
 * @param {SendJob} job
 * @param {import("../client-key.js").KeyField} key of the form
 * @param {() => void} close shows the form again
 */
function showJob(context, place, job, key, close) {
  const another = button(context.say(SEND.another), close);
  const parts = [progressPart, findingsPart, resultPart].map((part) => part(context, job, another));
  replace(
    place,
    el("p", { class: "muted" }, el("bdi", {}, job.fileName)),
    parts.map(({ node }) => node),
  );
  job.onChange = draw;
  draw();

  function draw() {
    const { problem } = job.sender;
    if (problem && !job.hasBegun && [401, 403].includes(problem.status)) {
      close();
      key.refused(problem);
      return;
    }
    for (const part of parts) part.draw();
  }
}
