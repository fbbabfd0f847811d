/**
 * A list of messages: 50 rows, older ones on demand, new ones behind a button.
 * @module
 */

import { el, replace } from "./dom.js";
import { time } from "./format.js";
import { masked, maskedIn, showsWhole } from "./numbers.js";
import { panel } from "./panel.js";
import { badge, reasonWords, table } from "./parts.js";
import { keyOf, Rows } from "./rows.js";
import { LIST } from "./words.js";

/** @typedef {import("./life.js").Message} Message */
/** @typedef {import("./context.js").Context} Context */

export const PAGE = 50;
const READINGS = 5; // The gateway answers with short pages where a filter leaves few rows.
const EVERY_MS = 30_000;
/** Statuses whose lists have the latest change first. */
const BY_CHANGE = new Set(["failed", "unconfirmed", "no_report"]);

/** @typedef {{messages: Message[], unreadable: string[], cursor: string | null}} Page */

/**
 * Reads until there are `limit` messages, no more, or five answers were read.
 * @param {import("./api.js").Api} api
 * @param {Record<string, string | number | null | undefined>} query of `GET /messages`
 * @param {{signal: AbortSignal, cursor?: string | null, limit?: number}} options
 * @returns {Promise<Page>}
 */
export async function readPage(api, query, { signal, cursor = null, limit = PAGE }) {
  /** @type {Page} */
  const page = { messages: [], unreadable: [], cursor };
  for (let reading = 0; reading < READINGS; reading++) {
    const room = limit - page.messages.length;
    const data = await api.get(
      "messages",
      { ...query, limit: room, cursor: page.cursor },
      { signal },
    );
    page.messages.push(...data.messages);
    page.unreadable.push(...(data.unreadableMessages ?? []));
    page.cursor = data.cursor ?? null;
    if (page.cursor === null || page.messages.length >= limit) break;
  }
  return page;
}

/**
 * A table of messages.
 * @param {Context} context
 * @param {string} caption
 * @param {Message[]} messages
 */
export function messageTable(context, caption, messages) {
  const { say, format, link } = context;
  /** @type {import("./parts.js").Column<Message>[]} */
  const columns = [
    {
      name: say(LIST.status),
      class: "of-status",
      cell: (message) => badge(context, message.status),
    },
    {
      name: say(LIST.number),
      heads: true,
      class: "of-number nowrap",
      cell: ({ client, messageId, phoneNumber }) =>
        el(
          "a",
          { href: link("message", { client, id: messageId }) },
          el("bdi", {}, showsWhole() ? phoneNumber : masked(phoneNumber)),
          el("span", { class: "unseen" }, ` ${client} ${messageId}`),
        ),
    },
    { name: say(LIST.client), class: "of-client", cell: ({ client }) => client },
    {
      name: say(LIST.reason),
      class: "of-reason",
      cell: ({ reason, errorMessage }) => [
        reason ? reasonWords(context, reason) : el("span", { class: "muted" }, "–"),
        errorMessage && [" ", el("q", { class: "muted" }, el("bdi", {}, maskedIn(errorMessage)))],
      ],
    },
    {
      name: say(LIST.changed),
      class: "of-time",
      cell: ({ updatedAt }) => time(format, updatedAt),
    },
    {
      name: say(LIST.id),
      class: "of-id",
      cell: ({ messageId }) => el("code", { class: "id", title: messageId }, messageId),
    },
  ];
  const made = table(caption, columns, messages);
  made.node.classList.add("messages-table");
  return made;
}

/**
 * @param {Context} context
 * @param {object} settings
 * @param {string} settings.caption
 * @param {Record<string, string | null | undefined>} settings.query of `GET /messages`
 * @param {() => Node} settings.empty what stands in the place of a list without rows
 * @param {(list: {rows: Message[], more: boolean}) => void} [settings.onRows] told after each change
 * @param {boolean} [settings.restore] reads as many pages as this entry of the browser's history had
 * @returns {{node: HTMLElement, redraw: () => void}}
 */
export function messageList(context, { caption, query, empty, onRows, restore = false }) {
  const { say, format } = context;
  const rows = new Rows();
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();
  /** @type {import("./parts.js").Table<Message> | null} */
  let shown = null;
  /** @type {string | null} */
  let cursor = null;
  let pages = 0;
  const news = el("button", { type: "button", class: "small news", hidden: true, onclick: takeIn });
  const older = el(
    "button",
    { type: "button", class: "older", onclick: loadOlder },
    say(LIST.older),
  );
  const end = el("p", { class: "muted small-text" });
  const trouble = el("div");
  const list = el("div");
  const wanted = restore ? Math.min(20, Number(history.state?.pages) || 1) : 1;

  if (restore) {
    const keep = () => history.replaceState({ ...history.state, scroll: scrollY }, "");
    addEventListener("scrollend", keep, { signal: context.signal });
    list.addEventListener("click", keep);
  }

  const shell = panel(context, {
    async read(signal) {
      const page = await readPage(context.api, query, { signal });
      while (pages === 0 && page.cursor !== null && page.messages.length < wanted * PAGE) {
        const next = await readPage(context.api, query, { signal, cursor: page.cursor });
        page.messages.push(...next.messages);
        page.unreadable.push(...next.unreadable);
        page.cursor = next.cursor;
      }
      return page;
    },
    draw(page, body) {
      if (pages === 0) {
        pages = wanted;
        cursor = page.cursor;
        rows.append(page.messages);
        drawAll();
        replace(
          body,
          news,
          list,
          unreadable(page),
          trouble,
          el("div", { class: "foot" }, older, end),
        );
        if (wanted > 1) scrollTo(0, Number(history.state?.scroll) || 0);
        return;
      }
      const { changed, gone } = rows.refresh(page.messages, covers(page));
      for (const message of changed) exchange(message);
      for (const message of gone) remove(message);
      if (rows.shown.length === 0) takeIn();
      else tellNews();
      tell();
    },
    every: EVERY_MS,
  });

  function drawAll() {
    lines.clear();
    if (rows.shown.length === 0) {
      shown = null;
      replace(list, empty());
    } else {
      shown = messageTable(context, caption, []);
      for (const [index, line] of shown.append(rows.shown).entries()) {
        const message = rows.shown[index];
        if (message) lines.set(keyOf(message), line);
      }
      replace(list, shown.node);
    }
    tell();
  }

  /** @param {Message} message */
  function exchange(message) {
    const old = lines.get(keyOf(message));
    if (old && shown) lines.set(keyOf(message), shown.exchange(old, message));
  }

  /**
   * A message that got another status leaves the list of its status. The rows of other lists stay.
   * @param {Page} page
   */
  function covers(page) {
    const last = page.messages.at(-1);
    return (/** @type {Message} */ message) =>
      Boolean(query.status) &&
      (page.cursor === null ||
        (BY_CHANGE.has(query.status ?? "") && message.updatedAt > (last?.updatedAt ?? "")));
  }

  /** @param {Message} message */
  function remove(message) {
    const line = lines.get(keyOf(message));
    lines.delete(keyOf(message));
    const next = line?.nextElementSibling ?? line?.previousElementSibling;
    const focused = line?.contains(document.activeElement);
    line?.remove();
    if (focused) next?.querySelector("a")?.focus();
    if (rows.shown.length === 0) drawAll();
  }

  function tellNews() {
    news.hidden = rows.waiting === 0;
    const text = say(LIST.news, { n: rows.waiting, count: format.number(rows.waiting) });
    if (news.textContent === text || news.hidden) return;
    news.textContent = text;
    context.announce(text);
  }

  function takeIn() {
    const fresh = rows.takeIn();
    news.hidden = true;
    if (fresh.length === 0) return;
    drawAll();
    focusOn(fresh[0]);
  }

  function tell() {
    older.hidden = cursor === null;
    const count = rows.shown.length;
    end.textContent =
      count === 0 || cursor !== null
        ? ""
        : say(LIST.all, { n: count, count: format.number(count) });
    onRows?.({ rows: rows.shown, more: cursor !== null });
  }

  async function loadOlder() {
    if (older.getAttribute("aria-disabled")) return;
    older.setAttribute("aria-disabled", "true");
    older.textContent = say(LIST.loadingOlder);
    const next = panel(context, {
      read: (signal) => readPage(context.api, query, { signal, cursor }),
      draw(page) {
        cursor = page.cursor;
        pages += 1;
        const fresh = rows.append(page.messages);
        if (shown) {
          for (const [index, line] of shown.append(fresh).entries()) {
            const message = fresh[index];
            if (message) lines.set(keyOf(message), line);
          }
        } else if (fresh.length > 0) drawAll();
        tell();
        replace(trouble, unreadable(page));
        if (restore) history.replaceState({ ...history.state, pages }, "");
        if (fresh.length > 0) focusOn(fresh[0]);
        else context.announce(say(LIST.noneOlder));
        ready();
      },
      drawError() {
        ready();
        return false;
      },
    });
    replace(trouble, next.node);
  }

  function ready() {
    older.removeAttribute("aria-disabled");
    older.textContent = say(LIST.older);
  }

  /** @param {Message | undefined} message */
  function focusOn(message) {
    if (message) lines.get(keyOf(message))?.querySelector("a")?.focus();
  }

  /** @param {Page} page */
  function unreadable({ unreadable: ids }) {
    if (ids.length === 0) return null;
    return el(
      "div",
      { class: "notice warn" },
      el("p", {}, say(LIST.unreadable, { n: ids.length, ids: ids.join(", ") })),
    );
  }

  return { node: shell.node, redraw: drawAll };
}
