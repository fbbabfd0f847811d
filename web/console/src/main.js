import { startApp } from "./app.js";
import { applyScheme } from "./preferences.js";

try {
  applyScheme();
  // The bundle is at <stage>/console/a/console.HASH.js.
  startApp(new URL("../../", import.meta.url));
} catch (error) {
  // A browser that keeps no data of sites throws where the storage is touched; the language is unknown then.
  document.body.textContent =
    "The console cannot keep the key in this tab. Allow cookies and site data, then reload. " +
    "Consola nu poate păstra cheia în această filă. Permiteți cookie-urile și datele site-urilor, apoi reîncărcați.";
  throw error;
}
