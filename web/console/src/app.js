/**
 * The console's frame: menu, search, language, colours, lock; and the view that the address names.
 * @module
 */

import { Poll } from "../../shared/poll.js";
import { say as sayIn } from "../../shared/words.js";
import { createApi } from "./api.js";
import { forgetClient } from "./client-session.js";
import { el, replace } from "./dom.js";
import { Format } from "./format.js";
import { ICONS, icon } from "./icons.js";
import { isDark, keepLanguage, keepScheme, readLanguage } from "./preferences.js";
import { readHash, writeHash } from "./router.js";
import { placeOf } from "./search.js";
import { Session } from "./session.js";
import { signIn } from "./sign-in.js";
import { FIRST, VIEWS } from "./views.js";
import { SIGN_IN, WORDS } from "./words.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./context.js").View} View */

const IN_BAR = 3; // entries of the menu that a phone shows; the others are behind "More"

/** @param {URL} base the stage's address, with a slash at its end */
export function startApp(base) {
  let language = readLanguage();
  /** @type {Context["say"]} */
  const say = (words, values) =>
    sayIn(language, /** @type {import("../../shared/words.js").Words} */ (words), values);
  /** @type {{view: View | null, update: ((query: Record<string, string>) => void) | void, leave: AbortController, polls: Set<Poll>} | null} */
  let shown = null;
  let paused = false;
  const main = el("main", { id: "main", tabindex: "-1" });
  const live = el("div", { class: "unseen", role: "status" });
  const session = new Session(
    {
      storage: sessionStorage,
      gateway: base.pathname,
      now: () => Date.now(),
      channel: new BroadcastChannel("sms-gateway-console"),
    },
    askForKey,
  );
  const api = createApi({
    base,
    key: () => session.key,
    onRefused: () => session.refuse(),
    onLine: () => navigator.onLine,
  });

  watchUse();
  addEventListener("hashchange", () => route());
  build();

  function build() {
    leave();
    document.documentElement.lang = language;
    if (session.key === null) askForKey(null);
    else {
      frame();
      route({ focus: false });
    }
  }

  /** @param {import("./session.js").EndOfSession | null} why */
  function askForKey(why) {
    leave();
    forgetClient();
    document.body.className = "locked";
    document.title = `${say(SIGN_IN.title)} · ${say(WORDS.product)}`;
    const bar = el("header", { class: "bar" }, brand(), el("div", { class: "tools" }, choices()));
    replace(document.body, bar, main, live);
    signIn(main, {
      base,
      language,
      say,
      why,
      onKey(key) {
        session.start(key);
        frame();
        route({ focus: true });
      },
    });
  }

  function brand() {
    return el(
      "a",
      { class: "brand", href: writeHash(FIRST) },
      icon(ICONS.brand),
      say(WORDS.product),
    );
  }

  function choices() {
    const other = language === "en" ? "ro" : "en";
    const dark = isDark();
    return [
      el(
        "button",
        {
          type: "button",
          class: "plain language",
          lang: other,
          title: say(WORDS.otherLanguage),
          onclick() {
            language = other;
            keepLanguage(language);
            build();
            /** @type {HTMLElement | null} */ (document.querySelector("button.language"))?.focus();
          },
        },
        say(WORDS.otherLanguageShort),
      ),
      el(
        "button",
        {
          type: "button",
          class: "plain scheme",
          "aria-label": say(WORDS.dark),
          title: say(WORDS.dark),
          "aria-pressed": String(dark),
          /** @param {Event} event */
          onclick(event) {
            keepScheme(!isDark());
            /** @type {Element} */ (event.currentTarget).setAttribute(
              "aria-pressed",
              String(isDark()),
            );
          },
        },
        icon(ICONS.scheme),
      ),
    ];
  }

  function frame() {
    const box = el("input", {
      type: "search",
      name: "search",
      "aria-label": say(WORDS.search),
      placeholder: say(WORDS.search),
      autocomplete: "off",
      spellcheck: "false",
    });
    const search = el(
      "form",
      {
        class: "search",
        role: "search",
        /** @param {SubmitEvent} event */
        onsubmit(event) {
          event.preventDefault();
          const place = placeOf(box.value);
          if (place) go(place.route, place.query);
        },
      },
      box,
      el("button", { class: "plain", "aria-label": say(WORDS.searchButton) }, icon(ICONS.search)),
    );
    const lock = el(
      "button",
      { type: "button", class: "plain lock", onclick: () => session.lock() },
      icon(ICONS.lock),
      el("span", {}, say(WORDS.lock)),
    );
    const skip = el(
      "a",
      {
        class: "skip",
        href: "#main",
        /** @param {Event} event */
        onclick(event) {
          event.preventDefault();
          main.focus();
        },
      },
      say(WORDS.skip),
    );
    document.body.className = "open";
    const tools = el("div", { class: "tools" }, choices(), lock);
    replace(
      document.body,
      skip,
      el("header", { class: "bar" }, brand(), search, tools),
      menu(),
      main,
      live,
    );
  }

  function menu() {
    const entries = VIEWS.flatMap((view) => (view.menu ? [{ view, ...view.menu }] : [])).sort(
      (one, other) => one.order - other.order,
    );
    const list = el(
      "ul",
      {},
      entries.map(({ view, icon: paths }, index) =>
        el(
          "li",
          { class: index < IN_BAR ? null : "rest" },
          el(
            "a",
            { href: writeHash(view.route), dataset: { route: view.route } },
            icon(paths),
            el("span", {}, say(view.title)),
          ),
        ),
      ),
    );
    const more = el(
      "button",
      {
        type: "button",
        class: "more",
        "aria-expanded": "false",
        onclick: () => expand(more.getAttribute("aria-expanded") !== "true"),
      },
      icon(ICONS.more),
      el("span", {}, say(WORDS.more)),
    );
    /** @param {boolean} open */
    function expand(open) {
      more.setAttribute("aria-expanded", String(open));
      list.classList.toggle("all", open);
    }
    return el(
      "nav",
      {
        class: "menu",
        "aria-label": say(WORDS.views),
        /** @param {KeyboardEvent} event */
        onkeydown(event) {
          if (event.key !== "Escape" || !list.classList.contains("all")) return;
          expand(false);
          more.focus();
        },
        onclick(/** @type {Event} */ event) {
          if (/** @type {Element} */ (event.target).closest("a")) expand(false);
        },
      },
      list,
      more,
    );
  }

  function leave() {
    shown?.leave.abort();
    for (const poll of shown?.polls ?? []) poll.stop();
    shown = null;
    paused = false;
    live.textContent = "";
    replace(main);
  }

  function route({ focus = true } = {}) {
    if (session.key === null) return;
    const place = readHash(location.hash, FIRST);
    const view = VIEWS.find((each) => each.route === place.route) ?? null;
    if (shown?.update && shown.view === view) {
      shown.update(place.query);
      return;
    }
    leave();
    show(view, place.query);
    for (const link of document.querySelectorAll("nav.menu a")) {
      const current =
        /** @type {HTMLElement} */ (link).dataset.route === (view?.within ?? view?.route);
      if (current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (!focus) return;
    scrollTo(0, 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }

  /**
   * @param {View | null} view
   * @param {Record<string, string>} query
   */
  function show(view, query) {
    const own = { view, update: undefined, leave: new AbortController(), polls: new Set() };
    shown = own;
    const heading = el("h1", { tabindex: "-1" });
    const tools = el("div", { class: "tools" });
    const root = el("div", { class: `view ${view?.route ?? ""}` });
    main.append(el("div", { class: "heading" }, heading, tools), root);
    /** @type {Context} */
    const context = {
      api,
      language,
      say,
      format: new Format(language),
      signal: own.leave.signal,
      link: writeHash,
      go,
      announce(text) {
        live.textContent = text;
      },
      every(ms, read) {
        if (own.leave.signal.aborted) return;
        const poll = new Poll(async () => {
          await read();
          return (typeof ms === "number" ? ms : ms()) / 1000;
        });
        own.polls.add(poll);
        if (!paused) poll.start();
      },
      setTitle(title) {
        heading.textContent = title;
        document.title = `${title} · ${say(WORDS.product)}`;
      },
      addTool: (node) => tools.append(node),
      pause: {
        get on() {
          return paused;
        },
        set(on) {
          paused = on;
          for (const poll of own.polls) {
            if (on) poll.stop();
            else poll.start();
          }
        },
      },
    };
    context.setTitle(say(view?.title ?? WORDS.notFound));
    if (view) own.update = /** @type {any} */ (view.render(root, query, context));
    else root.append(el("p", {}, say(WORDS.notFoundNext)));
  }

  /** @type {Context["go"]} */
  function go(to, query, { replace: instead = false } = {}) {
    const hash = writeHash(to, query);
    if (hash === location.hash) return;
    if (instead) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    route();
  }

  function watchUse() {
    let noted = 0;
    const note = () => {
      const now = Date.now();
      if (now - noted < 1000) return;
      noted = now;
      session.used();
    };
    for (const type of ["pointerdown", "keydown", "wheel"]) {
      addEventListener(type, note, { capture: true, passive: true });
    }
    for (const type of ["pageshow", "focus", "visibilitychange"]) {
      addEventListener(type, () => session.check(), { capture: true });
    }
    setInterval(() => session.check(), 5000);
  }
}
