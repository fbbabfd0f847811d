/**
 * Bundles what pages load into functions/web/site: `npm run build`, or `make web`. The bundles are
 * committed, so that `sam build` needs no Node.js; `node build.mjs --check` writes nothing and fails
 * when one of them is not what the sources make.
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, transform } from "esbuild";

import { COLOURS, colour } from "./shared/tokens.js";

const WEB = fileURLToPath(new URL(".", import.meta.url));
const SITE = fileURLToPath(new URL("../functions/web/site/", import.meta.url));
const RELEASES = `${WEB}click-to-sms/releases.json`;
const CHECKS = process.argv.includes("--check");

/** The oldest browsers that have what the sources use: `light-dark()`, `:state()`, `Intl.Segmenter`. */
const TARGET = ["chrome125", "firefox126", "safari17.5"];

/**
 * Properties that only the component's own modules use, by no computed name and in no JSON: their
 * names are made short.
 */
const ONLY_OURS =
  /^(stored|busy|isAnother|isInDoubt|hasEnded|pauses|wasReached|isRunning|isBlank|unshown|shown|left|label|actions|pieces|written|septets|how|renewAt|showNumber|showCount|showPreview|showError|showStatus|showActions|disable|speak|drop|spent|tone|icon|settled)$/;

/**
 * @typedef {object} Bundle
 * @property {string} name What its size is printed under
 * @property {number} limit Bytes that all its files together can have
 * @property {Map<string, string>} files By path below `SITE`
 */

/**
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<string>} The one file that they make
 */
async function bundled(options) {
  const { outputFiles } = await build({
    absWorkingDir: WEB,
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
    minify: true,
    target: TARGET,
    write: false,
    ...options,
  });
  if (outputFiles?.length !== 1) throw new Error(`${options.entryPoints}: not one file`);
  return outputFiles[0].text;
}

/**
 * Has a module that computes a style sheet (`export const CSS`) bundled as its finished text.
 *
 * @type {import('esbuild').Plugin}
 */
const finishedStyles = {
  name: "finished styles",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]css\.js$/ }, async ({ path }) => {
      const { CSS } = await import(pathToFileURL(path).href);
      const options = { loader: "css", minify: true, target: TARGET };
      const { code } = await transform(CSS, /** @type {const} */ (options));
      return { contents: `export const CSS = ${JSON.stringify(code.trim())};` };
    });
  },
};

/** @returns {Promise<Bundle>} The component `<click-to-sms>`, one file under its version */
async function clickToSms() {
  const { name, version, license } = await json(`${WEB}click-to-sms/package.json`);
  const code = await bundled({
    entryPoints: ["click-to-sms/src/click-to-sms.js"],
    plugins: [finishedStyles],
    mangleProps: ONLY_OURS,
    banner: { js: `/*! ${name} ${version} | ${license} licence | Voipit SMS gateway */` },
  });
  await release(version, code);
  return {
    name: `${name} ${version}`,
    limit: 30_000,
    files: new Map([[`web/${version}/${name}.js`, code]]),
  };
}

/**
 * Notes the integrity of a new version. A released file must never change: pages that name its hash
 * would refuse it.
 *
 * @param {string} version
 * @param {string} code
 */
async function release(version, code) {
  const releases = await json(RELEASES);
  const integrity = `sha384-${createHash("sha384").update(code).digest("base64")}`;
  if (releases[version] === integrity) return;
  if (releases[version] || CHECKS) {
    throw new Error(
      `The component's sources make another file than releases.json has for ${version}. If pages ` +
        "use that version, raise the version in web/click-to-sms/package.json. If no gateway " +
        "has served it yet, take its line out of web/click-to-sms/releases.json. Then `make web`.",
    );
  }
  releases[version] = integrity;
  await writeFile(RELEASES, `${JSON.stringify(releases, null, 2)}\n`);
}

/** @param {string} path */
async function json(path) {
  return JSON.parse(await readFile(path, "utf8"));
}

/** @returns {Promise<Bundle>} The operators' console: the page, and files whose names change with them */
async function operatorsConsole() {
  const colours = Object.keys(COLOURS).map((name) => `--${name}:${colour(name)};`);
  const rules = await bundled({ entryPoints: ["console/styles/console.css"] });
  const parts = {
    "console.js": await bundled({ entryPoints: ["console/src/main.js"] }),
    "console.css": `:root{${colours.join("")}}${rules}`,
    "icon.svg": await readFile(`${WEB}console/icon.svg`, "utf8"),
  };
  const files = new Map();
  let page = await readFile(`${WEB}console/index.html`, "utf8");
  for (const [part, text] of Object.entries(parts)) {
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
    const name = `a/${part.replace(".", `.${hash}.`)}`;
    files.set(`console/${name}`, text);
    page = page.replace(`"${part}"`, `"${name}"`);
  }
  files.set("console/index.html", page);
  return { name: "console", limit: 120_000, files };
}

/** @param {Bundle} bundle */
async function put({ name, limit, files }) {
  let bytes = 0;
  for (const [path, text] of files) {
    bytes += Buffer.byteLength(text);
    await putFile(SITE + path, text);
  }
  console.log(`${name}: ${bytes} of ${limit} bytes`);
  if (bytes >= limit) throw new Error(`${name} is too large`);
}

/**
 * @param {string} path
 * @param {string} text
 */
async function putFile(path, text) {
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  if (CHECKS) throw new Error(`${relative(WEB, path)} is not what the sources make. Run make web.`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/**
 * Removes the files of the console that the page no longer names: their names were hashes.
 *
 * @param {Bundle} bundle
 */
async function dropOld({ files }) {
  const folder = "console/a";
  for (const name of await readdir(SITE + folder)) {
    if (files.has(`${folder}/${name}`)) continue;
    if (CHECKS) throw new Error(`${folder}/${name} is not what the sources make. Run make web.`);
    await rm(`${SITE}${folder}/${name}`);
  }
}

await put(await clickToSms());
const consoleBundle = await operatorsConsole();
await put(consoleBundle);
await dropOld(consoleBundle);
