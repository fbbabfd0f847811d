/**
 * @file The looks as CSS. `build.mjs` puts the finished text into the bundle, so what is computed
 * here costs pages nothing.
 */

import { colour } from "../../shared/tokens.js";

const TONES = ["ok", "info", "wait", "warn", "bad"];
const THEMED = ["accent", "on-accent", "surface", "text", "muted", "border", ...TONES];

const LOOKS = `
:host {
  ${THEMED.map((name) => `--${name}:var(--c2s-${name},${colour(name)});`).join("\n  ")}
  --radius:var(--c2s-radius,6px);
  display: block;
  width: 100%;
  min-width: min(280px, 100%);
  max-width: 480px;
  color: var(--text);
  font: 16px/1.5 var(--c2s-font, system-ui, sans-serif);
}
:host([hidden]), [hidden], p:empty { display: none !important }
* { box-sizing: border-box }
form, form > div { display: grid; gap: 4px }
form {
  gap: var(--c2s-gap, 12px);
  padding: 16px;
  background: var(--surface);
  border: 1px solid var(--border);
  border-radius: var(--radius);
}
p { margin: 0; overflow-wrap: anywhere }
input, textarea, button {
  min-height: 44px;
  padding: 8px 12px;
  font: inherit;
  color: inherit;
  background: var(--surface);
  border: 1px solid var(--border);
  border-radius: var(--radius);
}
label, .error, button { font-weight: 600 }
textarea { field-sizing: content; min-height: 108px; max-height: 300px }
[aria-invalid] { border: 2px solid var(--bad) }
button { cursor: pointer; color: var(--accent); border: 1px solid }
[type="submit"] { color: var(--on-accent); background: var(--accent); border-color: var(--accent) }
[readonly], [aria-disabled="true"], :disabled {
  cursor: default;
  color: var(--muted);
  background: #8882;
  border: 1px dashed #0000;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.quiet { color: var(--muted); font-size: 14px }
.error { color: var(--bad) }
.preview { white-space: pre-wrap }
mark {
  color: var(--text);
  background: none;
  text-decoration: underline dotted 2px;
}
mark.bad { color: var(--bad); text-decoration: line-through 2px }
.status {
  display: flex;
  gap: 8px;
  padding: 8px 12px;
  background: color-mix(in srgb, var(--tone) 10%, var(--surface));
  border: 1px solid var(--tone);
  border-inline-start-width: 5px;
  border-radius: var(--radius);
}
svg { flex: none; margin-block-start: 2px; color: var(--tone) }
form > .actions { display: flex; flex-wrap: wrap; gap: 8px }
form > :empty, .actions:not(:has(:not([hidden]))) { position: absolute }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (prefers-reduced-motion: no-preference) {
  .sending svg { animation: wait 1.2s infinite }
}
@keyframes wait { 50% { opacity: 0.3 } }
@media (forced-colors: active) {
  svg { color: CanvasText }
  .error { text-decoration: underline }
  mark { text-decoration-style: wavy }
}
`;

/** Short names, and none that a page has: `--c2s-surface: var(--surface)` means the page's own. */
export const CSS = LOOKS.replace(/--(?!c2s-)([a-z-]+)/g, (_, /** @type {string} */ name) =>
  [...TONES, "tone"].includes(name) ? `--_${name}` : `--_${name[0]}`,
);
