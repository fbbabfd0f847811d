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

const SAVE_AS = /** @type {const} */ ([
  'open it in the spreadsheet program and save it as "CSV UTF-8"',
  "deschideți-l în programul de calcul tabelar și salvați-l ca „CSV UTF-8”",
]);
const NAME_COLUMNS = /** @type {const} */ ([
  "Write the names into the first row, or say below what your columns are called.",
  "Scrieți numele în primul rând sau indicați mai jos cum se numesc coloanele.",
]);

/** @type {Readonly<Record<string, Words>>} */
const FILES = {
  xlsx: [
    `This is a spreadsheet (.xlsx, .ods), not a CSV file: ${SAVE_AS[0]}.`,
    `Este un fișier de calcul tabelar (.xlsx, .ods), nu un fișier CSV: ${SAVE_AS[1]}.`,
  ],
  xls: [
    `This is a spreadsheet (.xls), not a CSV file: ${SAVE_AS[0]}.`,
    `Este un fișier de calcul tabelar (.xls), nu un fișier CSV: ${SAVE_AS[1]}.`,
  ],
  pdf: [
    "This is a PDF, not a CSV file: choose the file that it was printed from, as CSV.",
    "Este un PDF, nu un fișier CSV: alegeți, în format CSV, fișierul din care a fost tipărit.",
  ],
  "broken-utf-16": [
    `The file is UTF-16, and broken: ${SAVE_AS[0]}.`,
    `Fișierul este UTF-16, dar deteriorat: ${SAVE_AS[1]}.`,
  ],
  "not-utf-8": [`The file is not UTF-8: ${SAVE_AS[0]}.`, `Fișierul nu este UTF-8: ${SAVE_AS[1]}.`],
  "no-text": [`The file is no text: ${SAVE_AS[0]}.`, `Fișierul nu conține text: ${SAVE_AS[1]}.`],
  unreadable: [
    "The browser cannot read the file. Choose it once more.",
    "Browserul nu poate citi fișierul. Alegeți-l încă o dată.",
  ],
  empty: ["The file is empty.", "Fișierul este gol."],
  "no-rows": ["There are no rows below the header.", "Sub antet nu există niciun rând."],
  "bad-separator": [
    "Line 1 names a separator that is none. Use a comma, a semicolon or a tab.",
    "Linia 1 indică un separator nepermis. Folosiți virgulă, punct și virgulă sau tab.",
  ],
  quoting: [`Line {line}: ${QUOTING[0]}.`, `Linia {line}: ${QUOTING[1]}.`],
  "no-columns": [
    `Line {line} has to be a header that names the columns: there is no "{number}" and no "{message}". ${NAME_COLUMNS[0]}`,
    `Linia {line} trebuie să fie antetul cu numele coloanelor: lipsesc „{number}” și „{message}”. ${NAME_COLUMNS[1]}`,
  ],
  "no-number": [
    `Line {line} has to be a header that names the columns: there is no "{number}". ${NAME_COLUMNS[0]}`,
    `Linia {line} trebuie să fie antetul cu numele coloanelor: lipsește „{number}”. ${NAME_COLUMNS[1]}`,
  ],
  "no-message": [
    `Line {line} has to be a header that names the columns: there is no "{message}". ${NAME_COLUMNS[0]}`,
    `Linia {line} trebuie să fie antetul cu numele coloanelor: lipsește „{message}”. ${NAME_COLUMNS[1]}`,
  ],
  "no-numbers": [
    'Line {line} has to be a header that names the column of the numbers: "number", "Phone number" or "Telefon".',
    "Linia {line} trebuie să fie antetul cu numele coloanei de numere: „number”, „Phone number” sau „Telefon”.",
  ],
  "columns-apart": [
    "Line {line}: put a comma, a semicolon or a tab between the columns.",
    "Linia {line}: puneți virgulă, punct și virgulă sau tab între coloane.",
  ],
  "several-numbers": [
    'Line {line}: "{first}" and "{second}" could each be the number. Say below which one is meant.',
    "Linia {line}: atât „{first}”, cât și „{second}” ar putea fi numărul. Indicați mai jos coloana potrivită.",
  ],
  "several-messages": [
    'Line {line}: "{first}" and "{second}" could each be the message. Say below which one is meant.',
    "Linia {line}: atât „{first}”, cât și „{second}” ar putea fi mesajul. Indicați mai jos coloana potrivită.",
  ],
  "column-twice": [
    'Line {line}: there are two columns called "{first}". Rename one.',
    "Linia {line}: există două coloane numite „{first}”. Redenumiți una.",
  ],
};

/**
 * What is wrong with a row, without a full stop.
 * @param {Language} language
 * @param {{code: string, values: import("./file.js").Values}} fault
 */
export function faultSentence(language, { code, values }) {
  return say(language, wordsOf(FAULTS, code), values);
}

/**
 * Why a file cannot be read, and what to do.
 * @param {Language} language
 * @param {import("./file.js").SheetError} error
 */
export function fileSentence(language, { code, values }) {
  return say(language, wordsOf(FILES, code), values);
}

/**
 * @param {Readonly<Record<string, Words>>} table
 * @param {string} code
 * @returns {Words}
 */
function wordsOf(table, code) {
  const words = table[code];
  if (!words) throw new Error(`no words for ${code}`);
  return words;
}
