/**
 * The views, each a module of its own. Their order in the menu is theirs (`menu.order`).
 * @module
 */

import { attention } from "./views/attention.js";
import { message } from "./views/message.js";
import { messages } from "./views/messages.js";
import { now } from "./views/now.js";

/** @type {import("./context.js").View[]} */
export const VIEWS = [now, attention, messages, message];

/** Where the console begins. */
export const FIRST = now.route;
