/**
 * For `npm pack`: the package carries the very file that the gateway serves for its version. With
 * `--after` the copy goes again, since checks of this folder read what lies in it.
 */

import { copyFile, readFile, rm } from "node:fs/promises";

const copy = new URL("click-to-sms.js", import.meta.url);
if (process.argv.includes("--after")) await rm(copy, { force: true });
else {
  const { version } = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8"));
  const site = new URL("../../functions/web/site/", import.meta.url);
  await copyFile(new URL(`web/${version}/click-to-sms.js`, site), copy);
}
