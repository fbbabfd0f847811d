/**
 * Do not contact: the numbers that get no SMS. Look one up, add, remove; import and export them all.
 * @module
 */

import { LABELS } from "../../../shared/words.js";
import { ApiError } from "../api.js";
import { el, replace } from "../dom.js";
import { time } from "../format.js";
import { exportPart, importPart } from "../list-files.js";
import { masked, numbersButton, showsWhole } from "../numbers.js";
import { panel } from "../panel.js";
import { empty, field, notice, table } from "../parts.js";
import { problemText } from "../problem-text.js";
import { pathOf } from "../sheets/importer.js";
import { LISTED, TEST } from "../words-sheets.js";

/** @typedef {import("../context.js").Context} Context */
/** @typedef {{phoneNumber: string, since: string, client: string}} Entry */

const PAGE = 50;

/** @type {import("../context.js").View} */
export const doNotContact = {
  route: "do-not-contact",
  title: LISTED.title,
  menu: { order: 4, icon: ["M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17z", "M6 6l12 12"] },
  render(root, query, context) {
    const { say } = context;
    const list = listPart(context, (number) => remove(number));
    const one = onePart(context, query.number ?? "", {
      remove,
      changed: () => list.refresh(),
    });

    /** @param {string} number */
    async function remove(number) {
      if (!(await isSure(context, number))) return;
      await one.act(async () => {
        await context.api.ask(pathOf(number), { method: "DELETE", signal: context.signal });
        one.tell("ok", say(LISTED.removed, { number }));
        list.drop(number);
      });
    }

    context.addTool(numbersButton(context, () => list.redraw()));
    root.append(
      el("p", { class: "intro muted" }, say(LISTED.intro)),
      one.node,
      list.node,
      el(
        "div",
        { class: "pair" },
        importPart(context, () => list.refresh()),
        exportPart(context),
      ),
    );
  },
};

/**
 * One number: is it on the list? And onto it.
 * @param {Context} context
 * @param {string} asked
 * @param {{remove: (number: string) => void, changed: () => void}} actions
 */
function onePart(context, asked, { remove, changed }) {
  const { say, api, signal, format, language } = context;
  const input = el("input", {
    type: "tel",
    autocomplete: "off",
    dir: "ltr",
    maxlength: "64",
    value: asked,
  });
  const answer = el("div", { role: "status" });
  const add = el("button", { type: "button", onclick: enter }, say(LISTED.add));
  const node = el(
    "form",
    { class: "card one-number", role: "search", novalidate: true, onsubmit: submit },
    field(say(LABELS.number), input),
    el("div", { class: "buttons" }, el("button", { class: "primary" }, say(LISTED.lookUp)), add),
    answer,
  );

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const number = entered();
    if (number) lookUp(number);
  }

  /** @param {string} number */
  function lookUp(number) {
    context.go("do-not-contact", { number }, { replace: true });
    act(async () => {
      try {
        const { phoneNumber, since } = await api.get(pathOf(number), {}, { signal });
        const button = el(
          "button",
          {
            type: "button",
            class: "small danger",
            "aria-label": say(LISTED.removeOf, { number: phoneNumber }),
            onclick: () => remove(phoneNumber),
          },
          say(LISTED.remove),
        );
        const values = { number: phoneNumber, time: format.full(since) };
        tell("warn", say(LISTED.isListed, values), button);
      } catch (error) {
        const isAbsent =
          error instanceof ApiError && error.problem.code === "suppression-not-found";
        if (!isAbsent) throw error;
        tell("ok", say(LISTED.isNotListed, { number }));
      }
    });
  }

  function enter() {
    const number = entered();
    if (!number) return;
    act(async () => {
      await api.ask(pathOf(number), { method: "PUT", signal });
      const { phoneNumber } = await api.get(pathOf(number), {}, { signal });
      tell("ok", say(LISTED.added, { number: phoneNumber }));
      input.value = "";
      changed();
    });
  }

  function entered() {
    const number = input.value.trim();
    if (number === "") {
      tell("bad", say(TEST.numberMissing));
      input.focus();
    }
    return number;
  }

  /** Does something, and says what went wrong. @param {() => Promise<void>} work */
  async function act(work) {
    node.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      tell("bad", problemText(language, error.problem));
      input.focus();
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  /**
   * @param {"ok" | "warn" | "bad"} tone
   * @param {string} sentence
   * @param {HTMLElement} [button]
   */
  function tell(tone, sentence, button) {
    replace(answer, notice(tone, el("p", {}, sentence), button));
  }

  if (asked) lookUp(asked);
  return { node, act, tell };
}

/**
 * The list, page by page, in the order of the numbers.
 * @param {Context} context
 * @param {(number: string) => void} remove
 */
function listPart(context, remove) {
  const { say, api, format } = context;
  /** @type {Entry[]} */
  let entries = [];
  /** @type {string | undefined} */
  let cursor;
  let pages = 1;
  const place = el("div");
  const end = el("p", { class: "muted small-text" });
  const more = el("button", { type: "button", hidden: true, onclick: loadMore }, say(LISTED.more));
  const trouble = el("div");

  const shell = panel(context, {
    async read(signal) {
      /** @type {{entries: Entry[], cursor: string | undefined}} */
      const all = { entries: [], cursor: undefined };
      for (let page = 0; page < pages; page += 1) {
        const data = await readPage(signal, all.cursor);
        all.entries.push(...data.suppressions);
        all.cursor = data.cursor;
        if (!all.cursor) break;
      }
      return all;
    },
    draw(data, body) {
      ({ entries, cursor } = data);
      redraw();
      replace(body, place, trouble, el("div", { class: "foot" }, more, end));
    },
  });

  /**
   * @param {AbortSignal} signal
   * @param {string} [from]
   */
  function readPage(signal, from) {
    return api.get("suppressions", { limit: PAGE, cursor: from }, { signal });
  }

  function redraw() {
    if (entries.length === 0) replace(place, empty(say(LISTED.none), say(LISTED.noneNext)));
    else replace(place, table(say(LISTED.list), columns, entries).node);
    more.hidden = !cursor;
    end.textContent =
      cursor || entries.length === 0
        ? ""
        : say(LISTED.all, { n: entries.length, count: format.number(entries.length) });
  }

  function loadMore() {
    if (more.getAttribute("aria-disabled")) return;
    more.setAttribute("aria-disabled", "true");
    more.textContent = say(LISTED.loadingMore);
    const ready = () => {
      more.removeAttribute("aria-disabled");
      more.textContent = say(LISTED.more);
    };
    const next = panel(context, {
      read: (signal) => readPage(signal, cursor),
      draw(data) {
        const first = entries.length;
        entries.push(...data.suppressions);
        cursor = data.cursor;
        pages += 1;
        ready();
        redraw();
        /** @type {HTMLElement | undefined} */ (
          place.querySelectorAll("tbody button")[first]
        )?.focus();
      },
      drawError() {
        ready();
        return false;
      },
    });
    replace(trouble, next.node);
  }

  /** @type {import("../parts.js").Column<Entry>[]} */
  const columns = [
    {
      name: say(LABELS.number),
      heads: true,
      class: "nowrap",
      cell: ({ phoneNumber }) => el("bdi", {}, showsWhole() ? phoneNumber : masked(phoneNumber)),
    },
    { name: say(LISTED.since), cell: ({ since }) => time(format, since) },
    { name: say(LISTED.client), cell: ({ client }) => client },
    {
      name: say(LISTED.actions),
      cell: ({ phoneNumber }) =>
        el(
          "button",
          {
            type: "button",
            class: "small",
            "aria-label": say(LISTED.removeOf, {
              number: showsWhole() ? phoneNumber : masked(phoneNumber),
            }),
            onclick: () => remove(phoneNumber),
          },
          say(LISTED.remove),
        ),
    },
  ];

  return {
    node: el("section", { "aria-label": say(LISTED.list) }, shell.node),
    redraw,
    refresh: () => shell.refresh().catch(() => {}),
    /** Takes a number out of what is shown. @param {string} number */
    drop(number) {
      entries = entries.filter(({ phoneNumber }) => phoneNumber !== number);
      redraw();
    },
  };
}

/**
 * Asks before a number is taken off.
 * @param {Context} context
 * @param {string} number
 * @returns {Promise<boolean>}
 */
function isSure({ say, signal }, number) {
  return new Promise((resolve) => {
    const dialog = el(
      "dialog",
      { "aria-labelledby": "sure" },
      el("h2", { id: "sure" }, say(LISTED.sure, { number })),
      el("p", {}, say(LISTED.sureWhy)),
      el(
        "form",
        { method: "dialog", class: "buttons" },
        el("button", { value: "", autofocus: true }, say(LISTED.no)),
        el("button", { value: "yes", class: "danger" }, say(LISTED.yes)),
      ),
    );
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    signal.addEventListener("abort", () => dialog.close(""));
    document.body.append(dialog);
    dialog.showModal();
  });
}
