import { startApp } from "./app.js";
import { applyScheme } from "./preferences.js";

applyScheme();
// The bundle is at <stage>/console/a/console.HASH.js.
startApp(new URL("../../", import.meta.url));
