/**
 * Now: is anything wrong?
 * @module
 */

import { panel } from "../panel.js";
import { NOW } from "../words.js";

/** @type {import("../context.js").View} */
export const now = {
  route: "now",
  title: NOW.title,
  menu: { order: 1, icon: ["M3 12h4l3-8 4 16 3-8h4"] },
  render(root, _query, context) {
    const provider = panel(context, {
      read: (signal) => context.api.get("provider", {}, { signal }),
      draw(data, body) {
        body.textContent = JSON.stringify(data);
      },
      every: 10_000,
    });
    root.append(provider.node);
  },
};
