/**
 * @file The colours of the component and of the console, light and dark, with the worst contrast
 * that each has on the surfaces it is used on. `light-dark()` takes the one that the page's
 * `color-scheme` asks for, so a light page stays light on a dark desktop.
 */

/** @type {Readonly<Record<string, readonly [light: string, dark: string]>>} */
export const COLOURS = {
  page: ["#f6f8fa", "#0f1419"],
  surface: ["#fff", "#171e26"],
  text: ["#1b2430", "#e6edf3"], // 14.7, 14.2
  muted: ["#52606d", "#9fb0c0"], // 6.1, 7.6
  border: ["#7b8794", "#6f7f8f"], // 3.4, 4.1
  accent: ["#1f4fd0", "#79a8ff"], // 5.9, 6.3
  "on-accent": ["#fff", "#0b1a2a"], // 6.8, 7.4
  info: ["#1f4fd0", "#79a8ff"], // 5.9, 6.3
  "info-tint": ["#e6f0fb", "#12293f"],
  ok: ["#00735c", "#5dd3a8"], // 5.1, 7.7
  "ok-tint": ["#e3f4ee", "#10302a"],
  wait: ["#475063", "#c3ccd6"], // 7.0, 8.5
  "wait-tint": ["#eceef1", "#252e37"],
  warn: ["#946200", "#ffd166"], // 4.7, 9.9
  "warn-tint": ["#fdf1dc", "#35290f"],
  bad: ["#8e1230", "#ff7777"], // 8.0, 6.0
  "bad-tint": ["#fdeaea", "#3d1a1a"],
};

/**
 * A colour as CSS.
 *
 * @param {string} name One of `COLOURS`
 */
export function colour(name) {
  const [light, dark] = COLOURS[name] ?? [];
  return `light-dark(${light},${dark})`;
}
