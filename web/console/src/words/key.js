/**
 * Words about the key of a client. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const label = ["A client's key", "Cheia unui client"];
export const why = [
  "An operator's key never sends: each SMS belongs to the client that pays for it. The key is kept in this page's memory only, until you lock, reload or close it.",
  "Cheia unui operator nu trimite niciodată: fiecare SMS aparține clientului care îl plătește. Cheia rămâne doar în memoria paginii, până o blocați, reîncărcați sau închideți.",
];
export const kept = [
  "A client's key is in this page's memory.",
  "Cheia unui client este în memoria paginii.",
];
export const other = ["Use another key", "Altă cheie"];
export const missing = ["Enter the key of a client.", "Introduceți cheia unui client."];
export const operator = [
  "This is an operator's key, which never sends. Nothing was sent. Enter a client's.",
  "Aceasta este cheia unui operator, care nu trimite niciodată. Nu s-a trimis nimic. Introduceți cheia unui client.",
];
export const unknown = [
  "The gateway does not know this key. Nothing was sent. Check it.",
  "Gateway-ul nu cunoaște această cheie. Nu s-a trimis nimic. Verificați-o.",
];
