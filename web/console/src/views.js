/**
 * The views, each a module of its own. Their order in the menu is theirs (`menu.order`).
 * @module
 */

import { attention } from "./views/attention.js";
import { clients } from "./views/clients.js";
import { doNotContact } from "./views/do-not-contact.js";
import { message } from "./views/message.js";
import { messages } from "./views/messages.js";
import { now } from "./views/now.js";
import { send } from "./views/send.js";
import { testMessage } from "./views/test-message.js";

/** @type {import("./context.js").View[]} */
export const VIEWS = [now, attention, messages, message, doNotContact, send, testMessage, clients];

/** Where the console begins. */
export const FIRST = now.route;
