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
import { empty, field, table } from "../parts.js";
import { problemText } from "../problem-text.js";
import { button, buttons, sayCount, told } from "../sheet-parts.js";
import { pathOf } from "../sheets/importer.js";
import * as LISTED from "../words/listed.js";
import * as TEST from "../words/test.js";
import { LIST } from "../words.js";

/** @typedef {import("../context.js").Context} Context */
/** @typedef {{phoneNumber: string, since: string, client: string}} Entry */

const PAGE = 50;

/** @type {import("../context.js").View} */
export const doNotContact = {
  route: "do-not-contact",
  title: LISTED.title,
  menu: { order: 4, icon: ["M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17z", "M6 6l12 12"] },
  render(root, query, context) {
    const { say, api, signal, format, language } = context;
    const list = listPart(context, remove);
    const input = el("input", {
      type: "tel",
      autocomplete: "off",
      dir: "ltr",
      maxlength: "64",
      value: query.number ?? "",
    });
    const answer = el("div", { role: "status" });
    const form = el(
      "form",
      {
        class: "card one-number",
        novalidate: true,
        /** @param {SubmitEvent} event */
        onsubmit(event) {
          event.preventDefault();
          withNumber(lookUp);
        },
      },
      field(say(LABELS.number), input),
      buttons(
        el("button", { class: "primary" }, say(LISTED.lookUp)),
        button(say(LISTED.add), () => withNumber(add)),
      ),
      answer,
    );

    /** Does something with the number that was entered. @param {(number: string) => Promise<void>} work */
    function withNumber(work) {
      const number = input.value.trim();
      if (number) act(() => work(number));
      else {
        replace(answer, told("bad", say(TEST.numberMissing)));
        input.focus();
      }
    }

    /** Does something, and says what went wrong. @param {() => Promise<void>} work */
    async function act(work) {
      try {
        await work();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        replace(answer, told("bad", problemText(language, error.problem)));
      }
    }

    /** @param {string} number */
    async function lookUp(number) {
      context.go("do-not-contact", { number }, { replace: true });
      try {
        const { phoneNumber, since } = await api.get(pathOf(number), {}, { signal });
        const sentence = say(LISTED.isListed, { number: phoneNumber, time: format.full(since) });
        const off = button(say(LISTED.remove), () => remove(phoneNumber), "small");
        replace(answer, told("warn", sentence, off));
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.code !== "suppression-not-found") {
          throw error;
        }
        replace(answer, told("ok", say(LISTED.isAbsent, { number })));
      }
    }

    /** @param {string} number */
    async function add(number) {
      await api.ask(pathOf(number), { method: "PUT", signal });
      await lookUp(number);
      list.refresh();
    }

    /** @param {string} number */
    async function remove(number) {
      if (!(await isSure(context, number))) return;
      await act(async () => {
        await api.ask(pathOf(number), { method: "DELETE", signal });
        replace(answer, told("ok", say(LISTED.isAbsent, { number })));
        list.drop(number);
      });
      input.focus();
    }

    context.addTool(numbersButton(context, list.redraw));
    root.append(
      form,
      list.node,
      el("div", { class: "pair" }, importPart(context, list.refresh), exportPart(context)),
    );
    if (query.number) withNumber(lookUp);
    return () => {}; // the address follows the form, not the other way round
  },
};

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
  const more = button(say(LISTED.more), () => {
    const shown = entries.length;
    pages += 1;
    refresh().then(() => {
      const next = place.querySelectorAll("tbody button")[shown];
      /** @type {HTMLElement | undefined} */ (next)?.focus();
    });
  });

  const shell = panel(context, {
    async read(signal) {
      /** @type {Entry[]} */
      const found = [];
      let from;
      for (let page = 0; page < pages; page += 1) {
        const query = { limit: PAGE, cursor: from };
        const data = await api.get("suppressions", query, { signal });
        found.push(...data.suppressions);
        from = data.cursor;
        if (!from) break;
      }
      return { found, from };
    },
    draw({ found, from }, body) {
      entries = found;
      cursor = from;
      redraw();
      replace(body, place, el("div", { class: "foot" }, more, end));
    },
  });

  async function refresh() {
    await shell.refresh().catch(() => {}); // the panel shows what went wrong
  }

  function redraw() {
    const nothing = empty(say(LISTED.none), say(LISTED.noneNext));
    replace(place, entries.length ? table(say(LISTED.list), columns, entries).node : nothing);
    more.hidden = !cursor;
    end.textContent =
      cursor || !entries.length ? "" : sayCount(context, LISTED.all, entries.length);
  }

  /** @type {import("../parts.js").Column<Entry>[]} */
  const columns = [
    {
      name: say(LIST.number),
      heads: true,
      class: "nowrap",
      cell: ({ phoneNumber }) => el("bdi", {}, shownNumber(phoneNumber)),
    },
    { name: say(LISTED.since), cell: ({ since }) => time(format, since) },
    { name: say(LISTED.client), cell: ({ client }) => client },
    {
      name: say(LISTED.remove),
      cell({ phoneNumber }) {
        const off = button(say(LISTED.remove), () => remove(phoneNumber), "small");
        off.append(el("span", { class: "unseen" }, ` ${shownNumber(phoneNumber)}`));
        return off;
      },
    },
  ];

  return {
    node: el("section", { "aria-label": say(LISTED.list) }, shell.node),
    redraw,
    refresh,
    /** Takes a number out of what is shown. @param {string} number */
    drop(number) {
      entries = entries.filter(({ phoneNumber }) => phoneNumber !== number);
      redraw();
    },
  };
}

/** @param {string} number */
function shownNumber(number) {
  return showsWhole() ? number : masked(number);
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
      buttons(
        button(say(LISTED.no), () => dialog.close()),
        button(say(LISTED.remove), () => dialog.close("yes"), "danger"),
      ),
    );
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    signal.addEventListener("abort", () => dialog.close());
    document.body.append(dialog);
    dialog.showModal();
  });
}
