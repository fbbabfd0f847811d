/**
 * Test message: one SMS to one number, seen before it is sent, and followed until its status is final.
 * @module
 */

import { uuid7 } from "../../../shared/ids.js";
import { messagePauses, Poll } from "../../../shared/poll.js";
import { isStatus, STATUSES } from "../../../shared/statuses.js";
import { BUTTONS, LABELS, STATES, STATUS_SENTENCES } from "../../../shared/words.js";
import { ApiError } from "../api.js";
import { keyField } from "../client-key.js";
import { clientKey } from "../client-session.js";
import { el, replace } from "../dom.js";
import { time } from "../format.js";
import { badge, field, notice, reasonWords } from "../parts.js";
import { problemText } from "../problem-text.js";
import { problemIn } from "../sheets/plan.js";
import { TEST } from "../words-sheets.js";

/** @typedef {import("../context.js").Context} Context */
/** @typedef {{phoneNumber: string, message: string}} Draft */

/** @type {import("../context.js").View} */
export const testMessage = {
  route: "test-message",
  title: TEST.title,
  menu: { order: 6, icon: ["M4 5h16v11H9l-5 4z", "M9 10.5l2.2 2.2L15.5 8.5"] },
  render(root, _query, context) {
    const { say } = context;
    const key = keyField(context);
    const number = el("input", { type: "tel", autocomplete: "off", dir: "ltr", maxlength: "64" });
    const text = el("textarea", { rows: "3", dir: "auto" });
    const error = el("p", { class: "error", role: "alert" });
    const shown = el("div");
    const button = el("button", { class: "primary" }, say(TEST.show));
    const form = el(
      "form",
      { class: "card sheet-form", novalidate: true, onsubmit: preview },
      key.node,
      field(say(LABELS.number), number),
      field(say(LABELS.message), text),
      error,
      el("div", { class: "buttons" }, button),
    );
    form.addEventListener("input", () => replace(shown));
    root.append(el("p", { class: "intro muted" }, say(TEST.intro)), form, shown);

    /** @param {SubmitEvent} event */
    async function preview(event) {
      event.preventDefault();
      error.textContent = "";
      if (!key.read()) return;
      const draft = { phoneNumber: number.value.trim(), message: text.value };
      if (draft.phoneNumber === "") return complain(say(TEST.numberMissing), number);
      if (draft.message.trim() === "") return complain(say(STATES.empty), text);
      try {
        const data = await ask(context, "messages/preview", draft);
        replace(shown, previewNode(context, data, draft, { onSend: send }));
        shown.querySelector("h2")?.focus();
      } catch (problem) {
        refuse(problem);
      }
    }

    /**
     * One id for one preview: a repeated request sends nothing twice.
     * @param {Draft} draft
     * @param {string} messageId
     */
    async function send(draft, messageId) {
      try {
        const message = await ask(context, "messages", { ...draft, messageId });
        follow(message);
      } catch (problem) {
        if (problem instanceof ApiError && isUnanswered(problem.problem)) {
          const again = el(
            "button",
            { type: "button", class: "primary", onclick: () => send(draft, messageId) },
            say(TEST.tryAgain),
          );
          replace(shown, notice("warn", el("p", { role: "alert" }, say(TEST.unknown)), again));
          again.focus();
        } else refuse(problem);
      }
    }

    /** @param {any} message */
    function follow(message) {
      form.hidden = true;
      const another = el(
        "button",
        {
          type: "button",
          onclick() {
            poll.stop();
            replace(shown);
            form.hidden = false;
            text.focus();
          },
        },
        say(BUTTONS.newMessage),
      );
      const place = el("div");
      const heading = el("h2", { tabindex: "-1" }, say(TEST.life));
      replace(shown, heading, place, another);
      const poll = watch(context, message, place);
      heading.focus();
    }

    /** @param {unknown} problem */
    function refuse(problem) {
      if (!(problem instanceof ApiError)) throw problem;
      replace(shown);
      if (key.refused(problem.problem)) return;
      const wrong = problem.problem.field === "phoneNumber" ? number : text;
      complain(problemText(context.language, problem.problem), wrong);
    }

    /**
     * @param {string} sentence
     * @param {HTMLElement} wrong
     */
    function complain(sentence, wrong) {
      error.textContent = sentence;
      wrong.focus();
    }
  },
};

/**
 * @param {Context} context
 * @param {string} path
 * @param {object} body
 */
async function ask({ api, signal }, path, body) {
  return (await api.ask(path, { method: "POST", body, key: clientKey(), signal })).data;
}

/** @param {string} status */
function isFinal(status) {
  return isStatus(status) && STATUSES[status].final;
}

/** @param {import("../api.js").Problem} problem */
function isUnanswered({ status }) {
  return status === 0 || status >= 500;
}

/**
 * What the phone would show, and what is wrong with it.
 * @param {Context} context
 * @param {any} preview
 * @param {Draft} draft
 * @param {{onSend: (draft: Draft, messageId: string) => Promise<void>}} actions
 */
function previewNode({ say, language }, preview, draft, { onSend }) {
  const messageId = uuid7();
  const problems = preview.rules
    .map((/** @type {any} */ rule) => rule.problem)
    .filter(Boolean)
    .map(problemIn);
  const button = el(
    "button",
    {
      type: "button",
      class: "primary",
      onclick() {
        if (button.getAttribute("aria-disabled")) return;
        button.setAttribute("aria-disabled", "true");
        onSend(draft, messageId);
      },
    },
    say(TEST.sendThis),
  );
  return el(
    "section",
    { class: "card shown", "aria-labelledby": "preview" },
    el(
      "h2",
      { id: "preview", tabindex: "-1" },
      say(TEST.shown, { number: preview.phoneNumber ?? draft.phoneNumber }),
    ),
    el("blockquote", { dir: "auto" }, preview.message),
    el("p", { class: "muted" }, say(TEST.room, { n: preview.septets, m: preview.maxSeptets })),
    preview.lostText && notice("warn", el("p", {}, say(TEST.cut, { text: preview.lostText }))),
    problems.map((/** @type {import("../api.js").Problem} */ problem) =>
      notice("bad", el("p", {}, problemText(language, problem))),
    ),
    preview.accepted ? el("div", { class: "buttons" }, button) : el("p", {}, say(TEST.refused)),
  );
}

/**
 * Shows a message, and asks for it until its status is final.
 * @param {Context} context
 * @param {any} first
 * @param {HTMLElement} place
 */
function watch(context, first, place) {
  const { api, say, signal, announce } = context;
  const pauseAfter = messagePauses();
  let status = first.status;
  let trouble = "";
  draw(first, pauseAfter(status) !== undefined);
  const poll = new Poll(async (own) => {
    try {
      const path = `messages/${encodeURIComponent(first.messageId)}`;
      const { data } = await api.ask(path, { key: clientKey(), signal: own });
      trouble = "";
      const pause = isFinal(data.status) ? undefined : pauseAfter(data.status);
      draw(data, pause !== undefined);
      if (data.status !== status) announce(sentenceOf(context, data));
      status = data.status;
      return pause;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      trouble = problemText(context.language, error.problem);
      draw(first, true);
      throw Object.assign(error, { retryAfter: error.problem.retryAfter });
    }
  });

  /**
   * @param {any} message
   * @param {boolean} goesOn
   */
  function draw(message, goesOn) {
    first = message;
    replace(place, lifeOf(context, message));
    if (trouble) place.append(notice("warn", el("p", {}, trouble)));
    if (isFinal(message.status)) return;
    if (goesOn) place.append(el("p", { class: "muted" }, say(TEST.watching)));
    else {
      const again = el("button", { type: "button", onclick: () => poll.start() });
      again.textContent = say(BUTTONS.checkAgain);
      place.append(notice("info", el("p", {}, say(TEST.over)), again));
    }
  }

  signal.addEventListener("abort", () => poll.stop());
  if (!isFinal(status)) poll.start(1);
  return poll;
}

/**
 * @param {Context} context
 * @param {any} message
 */
function lifeOf(context, message) {
  const { say, format } = context;
  return el(
    "section",
    { class: "card shown" },
    el("p", {}, badge(context, message.status), " ", sentenceOf(context, message)),
    el(
      "ol",
      {},
      message.history.map((/** @type {any} */ change) =>
        el("li", {}, time(format, change.at, "second"), " ", badge(context, change.status)),
      ),
    ),
    el("p", { class: "muted" }, say(TEST.id), ": ", el("code", {}, message.messageId)),
  );
}

/**
 * @param {Context} context
 * @param {any} message
 */
function sentenceOf(context, { status, reason, errorMessage }) {
  if (!isStatus(status)) return status;
  const why = [reason && reasonWords(context, reason), errorMessage].filter(Boolean).join(" ");
  return context.say(STATUS_SENTENCES[status], { reason: why });
}
