/**
 * Words of the do-not-contact list. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const title = ["Do not contact", "A nu se contacta"];
export const lookUp = ["Look up", "Caută"];
export const add = ["Put on the list", "Pune pe listă"];
export const remove = ["Take off", "Scoate"];
export const since = ["Since", "Din"];
export const client = ["Entered by", "Introdus de"];
export const isListed = [
  "{number} is on the list since {time}.",
  "{number} este pe listă din {time}.",
];
export const isAbsent = ["{number} is not on the list.", "{number} nu este pe listă."];
export const sure = ["Take {number} off the list?", "Scoateți {number} de pe listă?"];
export const sureWhy = [
  "The gateway then sends to this number again. If its owner wants no SMS, that can be against the law.",
  "Gateway-ul va trimite din nou la acest număr. Dacă titularul nu dorește SMS-uri, poate fi ilegal.",
];
export const no = ["Leave it", "Lasă-l"];
export const list = ["The list", "Lista"];
export const none = ["The list is empty.", "Lista este goală."];
export const noneNext = [
  "Put a number on it, or import a file.",
  "Puneți un număr sau importați un fișier.",
];
export const more = ["Load more", "Încarcă mai multe"];
export const all = [
  "The whole list: {count} {n:number|numbers}.",
  "Lista întreagă: {count} {n:număr|numere|de numere}.",
];
export const exportTitle = ["Export", "Export"];
export const exportHint = [
  "The file has whole numbers: delete it after use.",
  "Fișierul are numere întregi: ștergeți-l după folosire.",
];
export const save = ["Export the list", "Exportă lista"];
export const exported = [
  "{count} {n:number|numbers} read.",
  "{count} {n:număr citit|numere citite|de numere citite}.",
];
export const importTitle = ["Import", "Import"];
export const importHint = [
  'CSV with a column "number" or "Telefon", such as an exported list. Other columns are not read: the numbers are listed as of today.',
  "CSV cu o coloană „number” sau „Telefon”, de exemplu o listă exportată. Alte coloane nu se citesc: numerele sunt listate de azi.",
];
export const checking = [
  "Checking: {done} of {total} numbers",
  "Verificare: {done} din {total} numere",
];
export const entering = [
  "Entering: {done} of {total} numbers",
  "Introducere: {done} din {total} numere",
];
export const wrong = [
  "{count} {n:line is|lines are} wrong. Nothing was entered. Correct the file and choose it again.",
  "{count} {n:linie greșită|linii greșite|de linii greșite}. Nu s-a introdus nimic. Corectați fișierul și alegeți-l din nou.",
];
export const plan = ["What the import would do", "Ce ar face importul"];
export const fresh = ["New", "Noi"];
export const listed = ["On the list already", "Deja pe listă"];
export const repeated = ["Lines that repeat a number", "Linii care repetă un număr"];
export const notYet = ["Nothing was entered yet.", "Încă nu s-a introdus nimic."];
export const enter = [
  "Put {count} {n:number|numbers} on the list",
  "Pune {count} {n:număr|numere|de numere} pe listă",
];
export const entered = [
  "{count} {n:number was|numbers were} put on the list.",
  "{count} {n:număr a fost pus|numere au fost puse|de numere au fost puse} pe listă.",
];
export const stopped = [
  "{why} Choose the file again to go on.",
  "{why} Alegeți din nou fișierul pentru a continua.",
];
