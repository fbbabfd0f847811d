/**
 * The views, each a module of its own. Their order in the menu is theirs (`menu.order`).
 * @module
 */

import { now } from "./views/now.js";

/** @type {import("./context.js").View[]} */
export const VIEWS = [now];

/** Where the console begins. */
export const FIRST = now.route;
