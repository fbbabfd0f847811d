/**
 * Words of the view that sends a file. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const title = ["Send a file", "Trimite un fișier"];
export const name = ["Name of this send", "Numele acestei trimiteri"];
export const nameHint = [
  "The same rows under one name are sent once, also by make send.",
  "Aceleași rânduri sub același nume se trimit o singură dată, și de make send.",
];
export const columns = ["My columns have other names", "Coloanele mele au alte nume"];
export const numberColumn = ["Column of the numbers", "Coloana cu numere"];
export const messageColumn = ["Column of the messages", "Coloana cu mesaje"];
export const check = ["Check the rows", "Verifică rândurile"];
export const checking = [
  "Checking: {done} of {total} rows",
  "Verificare: {done} din {total} rânduri",
];
export const sending = ["Sending: {done} of {total} rows", "Trimitere: {done} din {total} rânduri"];
export const found = ["What the check has found", "Ce a găsit verificarea"];
export const good = [
  "Nothing is wrong with the {count} {n:row|rows}. Nothing was sent yet.",
  "Nicio greșeală în {count} {n:rând|rânduri|de rânduri}. Încă nu s-a trimis nimic.",
];
export const wrong = [
  "{count} of {total} rows {n:is|are} wrong. Nothing was sent. Correct the file and choose it again, or send the others.",
  "{n:Este greșit|Sunt greșite|Sunt greșite} {count} din {total} rânduri. Nu s-a trimis nimic. Corectați fișierul și alegeți-l din nou sau trimiteți celelalte rânduri.",
];
export const onePerson = [
  "Rows {rows}: one number in different spellings. One phone would get several SMS.",
  "Rândurile {rows}: același număr, scris diferit. Un telefon ar primi mai multe SMS-uri.",
];
export const rounded = [
  "Rows {rows}: suspiciously many numbers end in 0000, as a spreadsheet makes them when it shortens long numbers. Check them.",
  "Rândurile {rows}: suspect de multe numere se termină în 0000, ca atunci când programul de calcul tabelar scurtează numerele lungi. Verificați-le.",
];
export const duplicates = [
  "{count} {n:row equals another|rows equal others} and {n:is|are} left out.",
  "{count} {n:rând repetă altul și este omis|rânduri repetă altele și sunt omise|de rânduri repetă altele și sunt omise}.",
];
export const samples = ["What the phones will show", "Ce vor arăta telefoanele"];
export const send = ["Send {count} SMS", "Trimite {count} SMS"];
export const sendOthers = [
  "Send only the {count} right {n:row|rows}",
  "Trimite doar {count} {n:rând corect|rânduri corecte|de rânduri corecte}",
];
export const another = ["Another file", "Alt fișier"];
export const pause = ["Pause", "Pauză"];
export const goOn = ["Go on", "Continuă"];
export const paused = ["Paused.", "În pauză."];
export const stay = [
  "Keep this tab open and unlocked; other pages of the console can be opened.",
  "Nu închideți și nu blocați fila; se pot deschide alte pagini ale consolei.",
];
export const waits = ["{why} Again in {seconds} s.", "{why} Din nou peste {seconds} s."];
export const result = ["Result", "Rezultat"];
export const done = [
  "All rows were offered to the gateway.",
  "Toate rândurile au fost oferite gateway-ului.",
];
export const again = [
  "{why} Go on with a key of the same client, or choose the file again later: nothing is sent twice.",
  "{why} Continuați cu o cheie a aceluiași client sau alegeți fișierul din nou mai târziu: nimic nu se trimite de două ori.",
];
export const stopped = ["Stopped.", "Oprit."];
export const outcome = ["Status", "Stare"];
export const rows = ["Rows", "Rânduri"];
export const refused = ["refused", "refuzat"];
export const duplicate = ["repeats another row", "repetă alt rând"];
export const unread = ["could not be read", "nu a putut fi citit"];
export const open = ["not offered yet", "încă neoferit"];
export const offerAgain = ["Offer the open rows again", "Oferă din nou rândurile rămase"];
export const download = ["Download the results", "Descarcă rezultatele"];
export const downloadHint = [
  "The file has whole numbers: delete it after use.",
  "Fișierul are numere întregi: ștergeți-l după folosire.",
];
