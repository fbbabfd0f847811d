/**
 * Test message: one SMS to one number, seen before it is sent; then the view of the message follows it.
 * @module
 */

import { uuid7 } from "../../../shared/ids.js";
import { BUTTONS, LABELS, STATES } from "../../../shared/words.js";
import { ApiError } from "../api.js";
import { keyField } from "../client-key.js";
import { clientKey } from "../client-session.js";
import { el, replace } from "../dom.js";
import { field } from "../parts.js";
import { problemText } from "../problem-text.js";
import { button, buttons, told } from "../sheet-parts.js";
import { problemIn } from "../sheets/plan.js";
import { sleep } from "../sheets/sender.js";
import * as TEST from "../words/test.js";

/** @typedef {import("../context.js").Context} Context */
/** @typedef {{phoneNumber: string, message: string}} Draft */

/** How often a new message is looked for: the index that operators search shows it within a second. */
const LOOKS = 8;

/** @type {import("../context.js").View} */
export const testMessage = {
  route: "test-message",
  title: TEST.title,
  menu: { order: 6, icon: ["M4 5h16v11H9l-5 4z", "M9 10.5l2.2 2.2L15.5 8.5"] },
  render(root, _query, context) {
    const { say, api, signal, language } = context;
    const key = keyField(context);
    const number = el("input", { type: "tel", autocomplete: "off", dir: "ltr", maxlength: "64" });
    const text = el("textarea", { rows: "3", dir: "auto" });
    const error = el("p", { class: "error", role: "alert" });
    const shown = el("div");
    let composed = { content: "", id: "" };
    const form = el(
      "form",
      { class: "card sheet-form", novalidate: true, onsubmit: preview },
      key.node,
      field(say(LABELS.number), number),
      field(say(LABELS.message), text),
      error,
      buttons(el("button", { class: "primary" }, say(TEST.show))),
    );
    form.addEventListener("input", () => replace(shown));
    root.append(form, shown);

    /**
     * @param {string} path
     * @param {object} body
     */
    async function post(path, body) {
      const asked = { method: "POST", body, key: clientKey(), signal };
      return (await api.ask(path, asked)).data;
    }

    /** @param {SubmitEvent} event */
    async function preview(event) {
      event.preventDefault();
      error.textContent = "";
      if (!key.read()) return;
      const draft = { phoneNumber: number.value.trim(), message: text.value };
      if (!draft.phoneNumber) return complain(say(TEST.numberMissing), number);
      if (!draft.message.trim()) return complain(say(STATES.empty), text);
      try {
        show(await post("messages/preview", draft), draft);
      } catch (problem) {
        refuse(problem);
      }
    }

    /** One id for one text to one number: also if it is looked at once more, an answer being lost. @param {Draft} draft */
    function idOf(draft) {
      const content = JSON.stringify(draft);
      if (content !== composed.content) composed = { content, id: uuid7() };
      return composed.id;
    }

    /**
     * @param {any} seen the gateway's preview
     * @param {Draft} draft
     */
    function show(seen, draft) {
      const messageId = idOf(draft);
      const heading = el(
        "h2",
        { tabindex: "-1" },
        say(TEST.shown, { number: seen.phoneNumber ?? draft.phoneNumber }),
      );
      const send = button(
        say(BUTTONS.send),
        () => submit(send, { ...draft, messageId }),
        "primary",
      );
      /** @type {any[]} */
      const rules = seen.rules;
      const problems = rules.filter(({ problem }) => problem);
      replace(
        shown,
        el(
          "section",
          { class: "card shown" },
          heading,
          el("blockquote", { dir: "auto" }, seen.message),
          el("p", { class: "muted" }, say(TEST.room, { n: seen.septets, m: seen.maxSeptets })),
          seen.lostText && told("warn", say(TEST.cut, { text: seen.lostText })),
          problems.map(({ problem }) => told("bad", problemText(language, problemIn(problem)))),
          seen.accepted && buttons(send),
        ),
      );
      heading.focus();
    }

    /**
     * @param {HTMLElement} send
     * @param {Draft & {messageId: string}} message
     */
    async function submit(send, message) {
      if (send.getAttribute("aria-disabled")) return;
      send.setAttribute("aria-disabled", "true");
      try {
        await post("messages", message);
        await open(message.messageId);
      } catch (problem) {
        const isUnknown =
          problem instanceof ApiError &&
          (problem.problem.status === 0 || problem.problem.status >= 500);
        if (!isUnknown) return refuse(problem);
        const again = button(say(TEST.again), () => submit(again, message), "primary");
        replace(shown, told("warn", say(STATES.cut), again));
        again.focus();
      }
    }

    /**
     * Goes to the view of the message, which follows it until its status is final.
     * @param {string} messageId
     */
    async function open(messageId) {
      try {
        for (let look = 0; look < LOOKS; look += 1) {
          const [found] = (await api.get("messages", { messageId }, { signal })).messages;
          if (found) return context.go("message", { client: found.client, id: messageId });
          await sleep(1, signal);
        }
      } catch (problem) {
        if (!(problem instanceof ApiError)) throw problem;
      }
      context.go("messages", { id: messageId });
    }

    /** @param {unknown} problem */
    function refuse(problem) {
      if (signal.aborted) return;
      if (!(problem instanceof ApiError)) throw problem;
      replace(shown);
      if (key.refused(problem.problem)) return;
      const wrong = problem.problem.field === "phoneNumber" ? number : text;
      complain(problemText(language, problem.problem), wrong);
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
