/**
 * Words about any file that is chosen; what is wrong with one stands in `sheets/words.js`. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const label = ["File", "Fișier"];
export const hint = [
  'CSV, as a spreadsheet program saves it: "CSV UTF-8".',
  "CSV, salvat din programul de calcul tabelar: „CSV UTF-8”.",
];
export const missing = ["Choose a file.", "Alegeți un fișier."];
export const guess = ["Windows-1250?", "Windows-1250?"];
export const question = [
  "The file is not UTF-8. Read as Windows-1250, are these words right?",
  "Fișierul nu este UTF-8. Citite ca Windows-1250, sunt corecte aceste cuvinte?",
];
export const right = ["Yes, they are right", "Da, sunt corecte"];
export const wrong = ["No", "Nu"];
export const row = ["Row", "Rând"];
export const column = ["Column", "Coloană"];
export const fault = ["What is wrong", "Ce este greșit"];
export const rowAndLine = ["{row} (line {line} of the file)", "{row} (linia {line} din fișier)"];
export const line = ["Line", "Linie"];
export const more = ["… and {count} more.", "… și încă {count}."];
export const stop = ["Stop", "Oprește"];
