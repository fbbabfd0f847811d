// Bundles the console into functions/web/site/console: the page, one script, one style sheet, and an icon.
// The names hold a hash of the content, so browsers may keep the files for ever.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { COLOURS, colour } from "./shared/tokens.js";

const WEB = import.meta.dirname;
const LARGEST = 120_000; // bytes, of all files together

/** @param {string} folder where the console's files go; what was there is removed */
export async function buildConsole(folder) {
  const shared = { bundle: true, minify: true, write: false, charset: "utf8", target: "es2022" };
  const script = await bundled({
    ...shared,
    entryPoints: [path.join(WEB, "console/src/main.js")],
    format: "esm",
    legalComments: "none",
  });
  const properties = Object.keys(COLOURS).map((name) => `--${name}:${colour(name)};`);
  const rules = await bundled({
    ...shared,
    target: "esnext",
    entryPoints: [path.join(WEB, "console/styles/console.css")],
  });
  const names = {
    "console.js": script,
    "console.css": `:root{${properties.join("")}}${rules}`,
  };
  const files = {};
  let page = await readFile(path.join(WEB, "console/index.html"), "utf8");
  for (const [name, text] of Object.entries(names)) {
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
    const { name: stem, ext } = path.parse(name);
    const hashed = `a/${stem}.${hash}${ext}`;
    files[hashed] = text;
    page = page.replaceAll(`"${name}"`, `"${hashed}"`);
  }
  files["index.html"] = page;
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > LARGEST) throw new Error(`The console has ${bytes} bytes; ${LARGEST} are allowed.`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, "a"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return bytes;
}

/** @param {import("esbuild").BuildOptions} options */
async function bundled(options) {
  const { outputFiles } = await build(options);
  return outputFiles[0].text.trimEnd();
}

if (process.argv[1] === import.meta.filename) {
  const bytes = await buildConsole(path.join(WEB, "../functions/web/site/console"));
  console.log(`console: ${bytes} bytes`);
}
