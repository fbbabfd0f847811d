/**
 * What is wrong with a file or a row, in words. The English sentences about rows are those of the program
 * `make send`, letter by letter: they also stand in the file of results.
 * @module
 */

import { say } from "../../../shared/words.js";

/** @typedef {import("../../../shared/words.js").Language} Language */
/** @typedef {import("../../../shared/words.js").Words} Words */

const AGAIN = /** @type {const} */ ([
  "format the column as text, enter the number again and save the file once more",
  "formatați coloana ca text, scrieți din nou numărul și salvați încă o dată fișierul",
]);
const QUOTING = /** @type {const} */ ([
  "a quoted cell does not end here; within quotation marks another one has to be doubled",
  "o celulă între ghilimele nu se încheie aici; ghilimelele din interiorul ei trebuie dublate",
]);

/** @type {Readonly<Record<string, Words>>} */
const FAULTS = {
  "too-many-cells": [
    "there are {n} cells, and {m} in the header; put a text that holds a separator into quotation marks",
    "sunt {n} {n:celulă|celule|de celule}, iar în antet {m}; puneți între ghilimele textul care conține un separator",
  ],
  "rest-unread": [
    `${QUOTING[0]}. The rows behind it could not be read`,
    `${QUOTING[1]}. Rândurile care urmează nu au putut fi citite`,
  ],
  "number-empty": ["the number is empty", "numărul lipsește"],
  "number-rounded": [
    `the spreadsheet has rounded the number (…E+…); ${AGAIN[0]}`,
    `programul de calcul tabelar a rotunjit numărul (…E+…); ${AGAIN[1]}`,
  ],
  "number-decimals": [
    `the spreadsheet has given the number decimals (….0); ${AGAIN[0]}`,
    `programul de calcul tabelar a adăugat zecimale numărului (….0); ${AGAIN[1]}`,
  ],
  "number-formula": [
    "a number that begins with = @ or -, or has letters behind a +, is a formula",
    "un număr care începe cu = @ sau -, sau are litere după +, este o formulă",
  ],
  "number-long": [
    "the number is longer than {n} characters",
    "numărul este mai lung de {n} {n:caracter|caractere|de caractere}",
  ],
  "message-empty": ["the message is empty", "mesajul lipsește"],
  "message-long": [
    "the message is longer than {n} characters",
    "mesajul este mai lung de {n} {n:caracter|caractere|de caractere}",
  ],
};

const NOT_CSV = /** @type {const} */ ([
  'This is not a CSV file. Open it in the spreadsheet program and save it as "CSV UTF-8".',
  "Acesta nu este un fișier CSV. Deschideți-l în programul de calcul tabelar și salvați-l ca „CSV UTF-8”.",
]);
const EMPTY = /** @type {const} */ ([
  "The file has no rows below a header.",
  "Fișierul nu are rânduri sub un antet.",
]);
const NO_COLUMNS = /** @type {const} */ ([
  "Line {line} has to be a header that names the columns. It lacks: {missing}.",
  "Linia {line} trebuie să fie antetul cu numele coloanelor. Lipsește: {missing}.",
]);
const SEPARATOR = /** @type {const} */ ([
  "Line {line}: put a comma, a semicolon or a tab between the columns.",
  "Linia {line}: puneți virgulă, punct și virgulă sau tab între coloane.",
]);
const SEVERAL = /** @type {const} */ ([
  "Line {line}: both {first} and {second} could be meant. Name the right column below.",
  "Linia {line}: ar putea fi atât {first}, cât și {second}. Indicați mai jos coloana potrivită.",
]);

/** Other codes are of files that are no CSV. @type {Readonly<Record<string, Words>>} */
const FILES = {
  unreadable: [
    "The browser cannot read the file. Choose it once more.",
    "Browserul nu poate citi fișierul. Alegeți-l încă o dată.",
  ],
  empty: EMPTY,
  "no-rows": EMPTY,
  "bad-separator": SEPARATOR,
  quoting: [`Line {line}: ${QUOTING[0]}.`, `Linia {line}: ${QUOTING[1]}.`],
  "no-columns": NO_COLUMNS,
  "no-number": NO_COLUMNS,
  "no-message": NO_COLUMNS,
  "no-numbers": NO_COLUMNS,
  "columns-apart": SEPARATOR,
  "several-numbers": SEVERAL,
  "several-messages": SEVERAL,
  "column-twice": [
    "Line {line}: there are two columns called {first}. Rename one.",
    "Linia {line}: există două coloane numite {first}. Redenumiți una.",
  ],
};

/**
 * What is wrong with a row, without a full stop.
 * @param {Language} language
 * @param {{code: string, values: import("./file.js").Values}} fault
 */
export function faultSentence(language, { code, values }) {
  return say(language, FAULTS[code] ?? ["", ""], values);
}

/**
 * Why a file cannot be read, and what to do.
 * @param {Language} language
 * @param {import("./file.js").SheetError} error
 */
export function fileSentence(language, { code, values }) {
  return say(language, FILES[code] ?? NOT_CSV, values);
}
