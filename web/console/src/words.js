/**
 * The words that the console alone shows, in the form of `shared/words.js`: English, then Romanian.
 * @module
 */

/** @typedef {import("../../shared/words.js").Words} Words */

/** @satisfies {Record<string, Words>} */
export const WORDS = {
  product: ["SMS gateway", "Gateway SMS"],
  skip: ["Skip to the content", "Salt la conținut"],
  views: ["Views", "Pagini"],
  loading: ["Loading…", "Se încarcă…"],
  retry: ["Try again", "Încearcă din nou"],
  asOf: ["What you see below is as of {time}.", "Datele de mai jos sunt de la ora {time}."],
  search: ["Number, id or status", "Număr, id sau stare"],
  searchButton: ["Search", "Caută"],
  lock: ["Lock", "Blochează"],
  otherLanguage: ["Română", "English"],
  dark: ["Dark colours", "Culori închise"],
  more: ["More", "Altele"],
  notFound: ["No such page", "Pagina nu există"],
  notFoundNext: [
    "There is no page at this address. Choose one from the menu.",
    "Nu există nicio pagină la această adresă. Alegeți una din meniu.",
  ],
};

/** @satisfies {Record<string, Words>} */
export const SIGN_IN = {
  title: ["Sign in", "Autentificare"],
  label: ["Operator's key", "Cheia operatorului"],
  hint: [
    "It stays in this tab, and is erased after 15 minutes without use.",
    "Rămâne în această filă și este ștearsă după 15 minute de inactivitate.",
  ],
  button: ["Sign in", "Intră"],
  checking: ["Checking the key…", "Se verifică cheia…"],
  missing: ["Enter the key.", "Introduceți cheia."],
  forbidden: [
    "The gateway does not know this key. Check it, or ask the administrator for another.",
    "Gateway-ul nu cunoaște această cheie. Verificați-o sau cereți alta administratorului.",
  ],
  client: [
    "This is the key of a client. The console needs the key of an operator.",
    "Aceasta este cheia unui client. Consola are nevoie de cheia unui operator.",
  ],
  locked: [
    "The console is locked. The key was erased.",
    "Consola este blocată. Cheia a fost ștearsă.",
  ],
  idle: [
    "You were away for 15 minutes, so the key was erased.",
    "Nu ați folosit consola timp de 15 minute, așa că cheia a fost ștearsă.",
  ],
  refused: [
    "The gateway no longer accepts the key, so it was erased.",
    "Gateway-ul nu mai acceptă cheia, așa că a fost ștearsă.",
  ],
};

/** @satisfies {Record<string, Words>} */
export const PROBLEMS = {
  offline: [
    "This computer is offline. Check its connection.",
    "Calculatorul nu are conexiune. Verificați rețeaua.",
  ],
  cut: [
    "The connection to the gateway broke. Try again.",
    "Conexiunea cu gateway-ul s-a întrerupt. Încercați din nou.",
  ],
  timeout: [
    "The gateway did not answer in time. Try again.",
    "Gateway-ul nu a răspuns la timp. Încercați din nou.",
  ],
  unreadable: [
    "The answer did not come from the gateway (HTTP {status}). Check the proxy between it and this computer.",
    "Răspunsul nu a venit de la gateway (HTTP {status}). Verificați proxy-ul dintre el și acest calculator.",
  ],
  broken: [
    "The gateway could not answer (HTTP {status}). Try again; if it stays so, look at its alarms.",
    "Gateway-ul nu a putut răspunde (HTTP {status}). Încercați din nou; dacă problema persistă, verificați alarmele.",
  ],
  tooMany: [
    "Too many requests for now. The console goes on at {time}.",
    "Prea multe cereri pentru moment. Consola continuă la ora {time}.",
  ],
  quota: [
    "This key has used up its requests for today. Use another key, or raise ApiDailyQuota.",
    "Această cheie și-a consumat cererile pe ziua de azi. Folosiți altă cheie sau măriți ApiDailyQuota.",
  ],
  notFound: [
    "This client has no message with this id. Check both.",
    "Acest client nu are niciun mesaj cu acest id. Verificați-le pe amândouă.",
  ],
  noRoute: [
    "This gateway does not have the route. It is older than the console: update it.",
    "Acest gateway nu are ruta cerută. Este mai vechi decât consola: actualizați-l.",
  ],
  malformed: [
    "The gateway cannot read the request: {detail}",
    "Gateway-ul nu poate citi cererea: {detail}",
  ],
};

/** @satisfies {Record<string, Words>} */
export const NOW = {
  title: ["Now", "Acum"],
};
