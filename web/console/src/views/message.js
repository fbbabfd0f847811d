/**
 * Message: what happened to it, and why?
 * @module
 */

import { isStatus, STATUSES, statusIcon } from "../../../shared/statuses.js";
import { STATUS_NAMES } from "../../../shared/words.js";
import { el, replace } from "../dom.js";
import { time } from "../format.js";
import { isSettled, lifeOf } from "../life.js";
import { panel } from "../panel.js";
import { badge, empty, reasonWords } from "../parts.js";
import * as MESSAGE from "../words/message.js";
import { ADVICE, LIFE, LIST } from "../words.js";

/** @typedef {import("../context.js").Context} Context */
/** @typedef {import("../life.js").Message} Message */
/** @typedef {import("../life.js").Step} Step */
/** @typedef {import("../life.js").Report} Report */

const FIRST_MS = 1000; // A new message changes within seconds.
const LONGEST_MS = 10_000;

/** @type {import("../context.js").View} */
export const message = {
  route: "message",
  within: "messages",
  title: MESSAGE.title,
  render(root, query, context) {
    const { say, link, api } = context;
    const { client, id } = query;
    if (!id || !client) {
      const search = el("a", { href: link("messages", { id }) }, say(MESSAGE.searchIt));
      root.append(empty(say(MESSAGE.incomplete), id ? search : say(MESSAGE.incompleteNext)));
      return;
    }
    context.setTitle(say(MESSAGE.named, { id }));
    let drawn = -1;
    let settled = false;
    let looks = 0;
    const shown = panel(context, {
      every: () => Math.min(LONGEST_MS, FIRST_MS * 2 ** looks++),
      async read(signal) {
        // A settled message changes only if a late report arrives: it is not asked for again.
        if (settled) return null;
        return api.get(`messages/${encodeURIComponent(id)}`, { client }, { signal });
      },
      /** @param {Message | null} answer */
      draw(answer, body) {
        if (answer === null) return;
        settled = isSettled(answer.status);
        if (answer.sequence === drawn) return;
        const first = drawn === -1;
        drawn = answer.sequence;
        replace(body, ...view(context, answer));
        if (!first) context.announce(`${say(LIST.status)}: ${nameOf(context, answer.status)}`);
      },
    });
    root.append(shown.node);
  },
};

/**
 * @param {Context} context
 * @param {Message} message
 */
function view(context, message) {
  const { say, format } = context;
  const life = lifeOf(message, Date.now());
  return [
    el(
      "div",
      { class: "summary" },
      badge(context, message.status),
      el("bdi", { class: "number-large" }, message.phoneNumber),
      el("span", { class: "muted" }, message.client),
    ),
    advice(context, message),
    el(
      "div",
      { class: "columns" },
      el(
        "section",
        { class: "card life", "aria-labelledby": "life" },
        el("h2", { id: "life" }, say(MESSAGE.life)),
        el("p", { class: "muted small-text" }, say(MESSAGE.zone, { zone: format.zone })),
        el(
          "ol",
          {},
          life.forgotten > 0 &&
            el("li", { class: "forgotten" }, say(LIFE.forgotten, { n: life.forgotten })),
          life.steps.map((step) => stepItem(context, message, step)),
          nextItem(context, message, life),
        ),
        contradictions(context, life.contradicting),
      ),
      el(
        "section",
        { class: "card facts", "aria-labelledby": "facts" },
        el("h2", { id: "facts" }, say(MESSAGE.facts)),
        facts(context, message),
      ),
    ),
  ];
}

/**
 * What a person should do, or keep from doing.
 * @param {Context} context
 * @param {Message} message
 */
function advice({ say }, { status }) {
  if (!Object.hasOwn(ADVICE, status)) return null;
  const tone = isStatus(status) ? STATUSES[status].tone : "info";
  return el(
    "div",
    { class: `notice ${tone}` },
    el("p", {}, say(ADVICE[/** @type {"failed"} */ (status)])),
  );
}

/**
 * @param {Context} context
 * @param {Message} message
 * @param {Step} step
 */
function stepItem(context, message, { change, after, long, tries, reported }) {
  const { say, format } = context;
  const { status, at, attempt, reason, errorMessage } = change;
  const tone = isStatus(status) ? STATUSES[status].tone : "wait";
  return el(
    "li",
    { class: `step ${tone} ${long ? "after-a-gap" : ""}` },
    after !== null && el("p", { class: "after" }, say(LIFE.later, { time: format.length(after) })),
    el("span", { class: "node" }, isStatus(status) && statusIcon(status)),
    el(
      "div",
      { class: "body" },
      el(
        "p",
        { class: "what" },
        el("strong", {}, nameOf(context, status)),
        tries && el("span", { class: "try" }, say(LIFE.try, { n: attempt })),
        time(format, at, namesDay(format, message, change) ? "full" : "second"),
      ),
      el("p", {}, sentence(context, message, change)),
      reason && el("p", { class: "why" }, reasonWords(context, reason)),
      errorMessage &&
        el(
          "p",
          { class: "why" },
          say(LIFE.voipitSays),
          " ",
          el("q", {}, el("bdi", {}, errorMessage)),
        ),
      reported && el("p", { class: "muted small-text" }, say(LIFE.byReport)),
    ),
  );
}

/**
 * The first step names its day, and each that is on another day than the one before.
 * @param {import("../format.js").Format} format
 * @param {Message} message
 * @param {import("../life.js").Change} change
 */
function namesDay(format, { history }, change) {
  const before = history[history.indexOf(change) - 1];
  return before === undefined || format.day(before.at) !== format.day(change.at);
}

/**
 * What the step means.
 * @param {Context} context
 * @param {Message} message
 * @param {import("../life.js").Change} change
 */
function sentence({ say, format }, { sendAt }, { sequence, status, attempt }) {
  if (status === "queued") {
    if (attempt > 0) return say(LIFE.queuedAgain);
    return sendAt && sequence === 1
      ? say(LIFE.scheduled, { time: format.full(sendAt) })
      : say(LIFE.queued);
  }
  if (status === "sending") return say(attempt > 1 ? LIFE.sendingAgain : LIFE.sending);
  return Object.hasOwn(LIFE, status) ? say(LIFE[/** @type {"sent"} */ (status)]) : "";
}

/**
 * What happens next, while the message is not settled.
 * @param {Context} context
 * @param {Message} message
 * @param {import("../life.js").Life} life
 */
function nextItem({ say, format }, { validUntil, status }, { over, open }) {
  if (over) return null;
  return el(
    "li",
    { class: "step open" },
    el("p", { class: "after" }, say(LIFE.soFar, { time: format.length(open) })),
    el("span", { class: "node" }),
    status === "queued" &&
      validUntil &&
      el("p", { class: "body muted" }, say(LIFE.until), " ", time(format, validUntil, "full")),
  );
}

/**
 * @param {Context} context
 * @param {Report[]} reports
 */
function contradictions({ say, format }, reports) {
  if (reports.length === 0) return null;
  return el(
    "aside",
    { class: "notice warn contradicting", "aria-labelledby": "contradicting" },
    el("h3", { id: "contradicting" }, say(LIFE.contradicting)),
    el("p", { class: "small-text" }, say(LIFE.contradictingWhy)),
    el(
      "ul",
      {},
      reports.map(({ status, attempt, receivedAt, errorMessage }) =>
        el(
          "li",
          {},
          time(format, receivedAt, "full"),
          " · ",
          say(LIFE.try, { n: attempt }),
          " · ",
          say(status === "sent" ? LIFE.reportSent : LIFE.reportError),
          errorMessage && [" ", el("q", {}, el("bdi", {}, errorMessage))],
        ),
      ),
    ),
  );
}

/**
 * @param {Context} context
 * @param {Message} message
 */
function facts(context, message) {
  const { say, format, link } = context;
  const row = (/** @type {string} */ name, /** @type {import("../dom.js").Child[]} */ ...value) => [
    el("dt", {}, name),
    el("dd", {}, ...value),
  ];
  const metadata = Object.entries(message.metadata);
  return el(
    "dl",
    {},
    el("dt", { class: "unseen" }, say(MESSAGE.text)),
    el("dd", { class: "whole" }, el("blockquote", { dir: "auto" }, message.message)),
    message.cutFrom && row(say(MESSAGE.cut), say(MESSAGE.cutFrom, { n: message.cutFrom })),
    row(
      say(LIST.number),
      el("bdi", {}, message.phoneNumber),
      el(
        "a",
        { class: "aside-link", href: link("messages", { number: message.phoneNumber }) },
        say(MESSAGE.allToNumber),
      ),
    ),
    row(
      say(LIST.client),
      message.client,
      el(
        "a",
        { class: "aside-link", href: link("messages", { client: message.client }) },
        say(MESSAGE.allOfClient),
      ),
    ),
    row(say(LIST.id), el("code", {}, message.messageId)),
    row(say(MESSAGE.tries), format.number(message.attempt)),
    row(
      say(MESSAGE.onUnconfirmed),
      say(message.onUnconfirmed === "resend" ? MESSAGE.resend : MESSAGE.hold),
    ),
    message.sendAt && row(say(MESSAGE.sendAt), time(format, message.sendAt, "full")),
    message.validUntil && row(say(MESSAGE.validUntil), time(format, message.validUntil, "full")),
    row(say(MESSAGE.stored), time(format, message.createdAt, "full")),
    row(say(LIST.changed), time(format, message.updatedAt, "full")),
    metadata.length > 0 &&
      row(
        say(MESSAGE.metadata),
        el(
          "dl",
          { class: "metadata" },
          metadata.map(([name, value]) => [
            el("dt", {}, el("code", {}, name)),
            el("dd", { dir: "auto" }, value),
          ]),
        ),
      ),
  );
}

/**
 * @param {Context} context
 * @param {string} status
 */
function nameOf({ say }, status) {
  return isStatus(status) ? say(STATUS_NAMES[status]) : status;
}
