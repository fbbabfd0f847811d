/**
 * The icons of the frame: lines in a square of 24 units. Those of the statuses are in `shared/statuses.js`.
 * @module
 */

import { svg } from "./dom.js";

export const ICONS = {
  brand: ["M4 5h16v11H9l-5 4z", "M8 9h8M8 12.5h5"],
  search: ["M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  scheme: ["M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16z", "M12 4v16M12 8h3.9M12 12h7.5M12 16h6.5"],
  more: ["M5 7h14M5 12h14M5 17h14"],
};

/**
 * An icon that says nothing to screen readers: words stand beside it.
 * @param {string[]} paths
 */
export function icon(paths) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    paths.map((d) => svg("path", { d })),
  );
}
