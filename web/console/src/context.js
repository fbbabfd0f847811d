/**
 * What a view is, and what it is given.
 * @module
 */

/** @typedef {readonly string[]} Words English, then Romanian: those of `shared/words.js`, or a constant of `words/` */
/** @typedef {Record<string, string>} Query the filters of the address */

/**
 * @typedef {object} View
 * @property {string} route the address: `messages` is at `#/messages`
 * @property {Words} title of the page, its heading, and its entry in the menu
 * @property {{order: number, icon: string[]}} [menu] its place in the menu; without it, it is not there. `icon` has
 *   paths in a square of 24 units, drawn as lines
 * @property {string} [within] the route of the menu's entry that is current in this view, if it has none itself
 * @property {(root: HTMLElement, query: Query, context: Context) => void | ((query: Query) => void)} render fills the
 *   root, which has the heading already. What it returns is called with the new filters when only those change: the
 *   view then keeps its nodes and the focus. Without it, the view is rendered anew
 */

/**
 * @typedef {object} Context
 * @property {import("./api.js").Api} api
 * @property {import("../../shared/words.js").Language} language
 * @property {(words: Words, values?: import("../../shared/words.js").Values) => string} say
 *   words in the operator's language
 * @property {import("./format.js").Format} format
 * @property {AbortSignal} signal ends when the view is left: give it to requests and to `addEventListener`
 * @property {(route: string, query?: Record<string, string | number | null | undefined>) => string} link for `href`
 * @property {(route: string, query?: Record<string, string | number | null | undefined>, options?: {replace?: boolean}) => void} go
 * @property {(text: string) => void} announce has screen readers say it
 * @property {(ms: number | (() => number), read: () => Promise<unknown>) => void} every calls now and then again `ms`
 *   after each end; never in a hidden tab nor while paused; after an `ApiError` with `retryAfter`, then
 * @property {(title: string) => void} setTitle for a view whose heading depends on data
 * @property {(node: HTMLElement) => void} addTool puts a button beside the heading
 * @property {Pause} pause
 */

/**
 * @typedef {object} Pause
 * @property {boolean} on
 * @property {(on: boolean) => void} set
 */

export {};
