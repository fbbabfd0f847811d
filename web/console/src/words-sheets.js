/**
 * The words of the views that work with files, of the test message and of the clients, in the form of `words.js`.
 * What is wrong with a file stands in `sheets/words.js`.
 * @module
 */

/** @typedef {import("../../shared/words.js").Words} Words */

/** @satisfies {Record<string, Words>} */
export const KEY = {
  label: ["A client's key", "Cheia unui client"],
  why: [
    "An operator's key never sends: each SMS belongs to the client that pays for it. This key stays in the memory of this page and is stored nowhere; locking, reloading or closing the page erases it.",
    "Cheia unui operator nu trimite niciodată: fiecare SMS aparține clientului care îl plătește. Această cheie rămâne doar în memoria paginii și nu este stocată nicăieri; blocarea, reîncărcarea sau închiderea paginii o șterge.",
  ],
  kept: [
    "A client's key is in this page's memory.",
    "Cheia unui client se află în memoria acestei pagini.",
  ],
  other: ["Use another key", "Folosește altă cheie"],
  missing: ["Enter the key of a client.", "Introduceți cheia unui client."],
  odd: [
    "This is no key: a key has only letters, digits and signs of the English keyboard, and no space.",
    "Aceasta nu este o cheie: o cheie are numai litere, cifre și semne de pe tastatura engleză, fără spații.",
  ],
  operator: [
    "This is an operator's key, which never sends. Nothing was sent. Enter the key of a client.",
    "Aceasta este cheia unui operator, care nu trimite niciodată. Nu s-a trimis nimic. Introduceți cheia unui client.",
  ],
  forbidden: [
    "The gateway does not know this key. Nothing was sent. Check it, or ask the administrator for another.",
    "Gateway-ul nu cunoaște această cheie. Nu s-a trimis nimic. Verificați-o sau cereți alta administratorului.",
  ],
};

/** @satisfies {Record<string, Words>} */
export const FILE = {
  label: ["The file", "Fișierul"],
  hint: [
    'CSV, as a spreadsheet program saves it: "CSV UTF-8". The file stays on this computer.',
    "CSV, așa cum îl salvează un program de calcul tabelar: „CSV UTF-8”. Fișierul rămâne pe acest calculator.",
  ],
  missing: ["Choose a file.", "Alegeți un fișier."],
  reading: ["Reading the file…", "Se citește fișierul…"],
  question: [
    "The file does not say in which alphabet it was saved. Are these words right?",
    "Fișierul nu spune în ce alfabet a fost salvat. Sunt corecte aceste cuvinte?",
  ],
  guess: ["Read as Windows-1250", "Citit ca Windows-1250"],
  right: ["Yes, they are right", "Da, sunt corecte"],
  wrong: ["No", "Nu"],
  row: ["Row", "Rând"],
  column: ["Column", "Coloană"],
  fault: ["What is wrong", "Ce este greșit"],
  rowAndLine: ["{row} (line {line} of the file)", "{row} (linia {line} din fișier)"],
  line: ["Line", "Linie"],
  moreFaults: [
    "… and {count} more {n:row|rows}.",
    "… și încă {count} {n:rând|rânduri|de rânduri}.",
  ],
};

/** @satisfies {Record<string, Words>} */
export const SEND = {
  title: ["Send a file", "Trimite un fișier"],
  intro: [
    "A file with a number and a message in each row. The gateway checks all rows before the first is sent.",
    "Un fișier cu un număr și un mesaj pe fiecare rând. Gateway-ul verifică toate rândurile înainte de a-l trimite pe primul.",
  ],
  name: ["Name of this send", "Numele acestei trimiteri"],
  nameHint: [
    "The same rows under the same name are sent once, also by make send. To send them once more, give another name.",
    "Aceleași rânduri sub același nume se trimit o singură dată, și de către make send. Pentru a le trimite încă o dată, dați alt nume.",
  ],
  nameMissing: ["Give the send a name.", "Dați un nume trimiterii."],
  columns: ["My columns have other names", "Coloanele mele au alte nume"],
  numberColumn: ["Column of the numbers", "Coloana cu numere"],
  messageColumn: ["Column of the messages", "Coloana cu mesaje"],
  check: ["Check the rows", "Verifică rândurile"],
  checking: ["Checking: {done} of {total} rows", "Se verifică: {done} din {total} rânduri"],
  sending: ["Sending: {done} of {total} rows", "Se trimite: {done} din {total} rânduri"],
  found: ["What the check has found", "Ce a găsit verificarea"],
  nothingWrong: [
    "Nothing is wrong with the {count} {n:row|rows}. Nothing was sent yet.",
    "Nicio greșeală în fișier ({count} {n:rând|rânduri|de rânduri}). Încă nu s-a trimis nimic.",
  ],
  wrong: [
    "{count} of {total} {m:row|rows} {n:is|are} wrong. Nothing was sent. Correct the file and choose it again, or send the others.",
    "{count} din {total} {m:rând|rânduri|de rânduri} {n:este greșit|sunt greșite|sunt greșite}. Nu s-a trimis nimic. Corectați fișierul și alegeți-l din nou sau trimiteți celelalte rânduri.",
  ],
  onePerson: [
    "Rows {rows} have one number in different spellings: one phone would get several SMS.",
    "Rândurile {rows} au același număr scris diferit: un singur telefon ar primi mai multe SMS-uri.",
  ],
  rounded: [
    "{n:Row|Rows} {rows} {n:has a number|have numbers} ending in 0000, suspiciously many: a spreadsheet that shortens long numbers (4,07212E+10) makes such ones. Compare them with where they come from.",
    "{n:Rândul|Rândurile|Rândurile} {rows} {n:are un număr|au numere|au numere} care se termină în 0000, suspect de multe: un program de calcul tabelar care scurtează numerele lungi (4,07212E+10) produce astfel de numere. Comparați-le cu sursa lor.",
  ],
  and: ["and", "și"],
  andMore: ["and {n} more", "și încă {n}"],
  duplicates: [
    "{count} {n:row equals another|rows equal others} and {n:is|are} left out.",
    "{count} {n:rând este identic cu altul și este omis|rânduri sunt identice cu altele și sunt omise|de rânduri sunt identice cu altele și sunt omise}.",
  ],
  samples: ["What the phones will show", "Ce vor arăta telefoanele"],
  send: ["Send {count} SMS", "Trimite {count} SMS"],
  sendOthers: ["Send the other {count}", "Trimite celelalte {count}"],
  anotherFile: ["Another file", "Alt fișier"],
  pause: ["Pause", "Pauză"],
  goOn: ["Go on", "Continuă"],
  stop: ["Stop", "Oprește"],
  stopping: ["Stopping after this request…", "Se oprește după această cerere…"],
  paused: [
    "Paused. Nothing is sent until you go on.",
    "În pauză. Nu se trimite nimic până nu continuați.",
  ],
  stay: [
    "You can look at other pages of the console meanwhile. Do not lock it, and do not close this tab.",
    "Între timp puteți deschide alte pagini ale consolei. Nu o blocați și nu închideți această filă.",
  ],
  waits: ["{why} Again in {seconds} s.", "{why} Din nou peste {seconds} s."],
  notNow: [
    "{count} of the rows cannot be taken just now: a limit is reached.",
    "{count} dintre rânduri nu pot fi preluate acum: a fost atinsă o limită.",
  ],
  resultTitle: ["Result", "Rezultat"],
  doneAll: [
    "Every row was offered to the gateway.",
    "Toate rândurile au fost oferite gateway-ului.",
  ],
  stopped: [
    "Stopped. Go on, or choose the file again later: nothing is sent twice.",
    "Oprit. Continuați sau alegeți fișierul din nou mai târziu: nimic nu se trimite de două ori.",
  ],
  checkStopped: ["Stopped. Nothing was sent.", "Oprit. Nu s-a trimis nimic."],
  failed: [
    "{why} Go on when that is over, or choose the file again later: nothing is sent twice.",
    "{why} Continuați după ce trece sau alegeți fișierul din nou mai târziu: nimic nu se trimite de două ori.",
  ],
  outcome: ["Result of the rows", "Rezultatul rândurilor"],
  rows: ["Rows", "Rânduri"],
  refused: ["refused", "refuzat"],
  refusedRows: ["Refused rows", "Rânduri refuzate"],
  duplicate: ["equal to another row", "identic cu alt rând"],
  unread: ["could not be read", "nu a putut fi citit"],
  open: ["not offered yet", "încă neoferit"],
  offerAgain: ["Offer the open rows again", "Oferă din nou rândurile rămase"],
  download: ["Download the results", "Descarcă rezultatele"],
  downloadHint: [
    "Row by row, in the form of make send, with whole numbers. Delete the file when it is used.",
    "Rând cu rând, în forma lui make send, cu numere întregi. Ștergeți fișierul după folosire.",
  ],
  announceDone: ["{done} of {total} rows done.", "{done} din {total} rânduri gata."],
};

/** @satisfies {Record<string, Words>} */
export const TEST = {
  title: ["Test message", "Mesaj de probă"],
  intro: [
    "One SMS to one number, followed until its status is final. It costs what any SMS costs.",
    "Un SMS către un singur număr, urmărit până la starea finală. Costă cât orice SMS.",
  ],
  numberMissing: ["Enter a phone number.", "Introduceți un număr de telefon."],
  show: ["See what the phone will show", "Vezi ce va arăta telefonul"],
  shown: ["The phone {number} will show:", "Telefonul {number} va arăta:"],
  room: ["{n} of {m} characters of one SMS.", "{n} din {m} caractere ale unui SMS."],
  cut: [
    "The end does not fit into one SMS and would be missing: {text}",
    "Sfârșitul nu încape într-un SMS și ar lipsi: {text}",
  ],
  refused: ["The gateway would refuse this message.", "Gateway-ul ar refuza acest mesaj."],
  sendThis: ["Send this SMS", "Trimite acest SMS"],
  unknown: [
    "It is not known whether the gateway has the message. Try again: it is not sent twice.",
    "Nu se știe dacă gateway-ul are mesajul. Încercați din nou: nu se trimite de două ori.",
  ],
  tryAgain: ["Try again", "Încearcă din nou"],
  life: ["What happened so far", "Ce s-a întâmplat până acum"],
  watching: [
    "It is asked for again until its status is final.",
    "Se verifică din nou până la starea finală.",
  ],
  over: [
    "It was asked for during ten minutes. Check again, or look at it later.",
    "A fost urmărit timp de zece minute. Verificați din nou sau căutați-l mai târziu.",
  ],
  id: ["Its id", "Id-ul"],
};

/** @satisfies {Record<string, Words>} */
export const LISTED = {
  title: ["Do not contact", "A nu se contacta"],
  intro: [
    "The gateway sends no SMS to these numbers, whichever client asks for it.",
    "Gateway-ul nu trimite niciun SMS la aceste numere, indiferent de client.",
  ],
  lookUp: ["Look up", "Caută"],
  add: ["Put on the list", "Pune pe listă"],
  remove: ["Take off", "Scoate"],
  removeOf: ["Take {number} off the list", "Scoate {number} de pe listă"],
  since: ["Since", "Din"],
  client: ["Entered by", "Introdus de"],
  actions: ["Action", "Acțiune"],
  isListed: ["{number} is on the list since {time}.", "{number} este pe listă din {time}."],
  isNotListed: ["{number} is not on the list.", "{number} nu este pe listă."],
  added: ["{number} is on the list now.", "{number} este acum pe listă."],
  removed: ["{number} is no longer on the list.", "{number} nu mai este pe listă."],
  sure: ["Take {number} off the list?", "Scoateți {number} de pe listă?"],
  sureWhy: [
    "The gateway sends SMS to this number again. If its owner has asked for no SMS, that can be against the law.",
    "Gateway-ul va trimite din nou SMS-uri la acest număr. Dacă titularul a cerut să nu primească SMS-uri, acest lucru poate fi ilegal.",
  ],
  yes: ["Take it off", "Scoate-l"],
  no: ["Leave it", "Lasă-l"],
  list: ["The list", "Lista"],
  none: ["The list is empty.", "Lista este goală."],
  noneNext: [
    "Put a number on it above, or import a file below.",
    "Puneți un număr mai sus sau importați un fișier mai jos.",
  ],
  more: ["Load more", "Încarcă mai multe"],
  loadingMore: ["Loading more…", "Se încarcă…"],
  all: [
    "The whole list: {count} {n:number|numbers}.",
    "Lista întreagă: {count} {n:număr|numere|de numere}.",
  ],
  exportTitle: ["Export", "Export"],
  exportHint: [
    "The whole list as CSV, with whole numbers: keep the file where only you can read it, and delete it when it is used.",
    "Toată lista ca CSV, cu numere întregi: păstrați fișierul unde doar dumneavoastră îl puteți citi și ștergeți-l după folosire.",
  ],
  export: ["Export the list", "Exportă lista"],
  exporting: ["Reading the list: {count}", "Se citește lista: {count}"],
  exported: [
    "{count} {n:number|numbers} exported.",
    "{count} {n:număr exportat|numere exportate|de numere exportate}.",
  ],
  importTitle: ["Import", "Import"],
  importHint: [
    'CSV with a column "number", "phoneNumber" or "Telefon", such as an exported list. All lines are checked first. The numbers are entered as of today, by this operator: other columns are not read.',
    "CSV cu o coloană „number”, „phoneNumber” sau „Telefon”, de exemplu o listă exportată. Toate liniile sunt verificate întâi. Numerele se introduc cu data de azi, de acest operator: celelalte coloane nu se citesc.",
  ],
  importChecking: ["Checking: {done} of {total} numbers", "Se verifică: {done} din {total} numere"],
  importing: ["Entering: {done} of {total} numbers", "Se introduc: {done} din {total} numere"],
  importWrong: [
    "{count} {n:line is|lines are} wrong, and nothing was entered. Correct {n:it|them}, and choose the file again.",
    "{count} {n:linie este greșită|linii sunt greșite|de linii sunt greșite} și nu s-a introdus nimic. {n:Corectați-o|Corectați-le|Corectați-le} și alegeți din nou fișierul.",
  ],
  plan: ["What the import would do", "Ce ar face importul"],
  planNew: ["New", "Noi"],
  planListed: ["On the list already", "Deja pe listă"],
  planRepeated: ["Lines that repeat a number", "Linii care repetă un număr"],
  nothingNew: [
    "All of these numbers are on the list already. There is nothing to enter.",
    "Toate aceste numere sunt deja pe listă. Nu este nimic de introdus.",
  ],
  notYet: ["Nothing was entered yet.", "Încă nu s-a introdus nimic."],
  enter: [
    "Put {count} {n:number|numbers} on the list",
    "Pune {count} {n:număr|numere|de numere} pe listă",
  ],
  entered: [
    "{count} {n:number was|numbers were} put on the list.",
    "{count} {n:număr a fost pus|numere au fost puse|de numere au fost puse} pe listă.",
  ],
  importStopped: [
    "Stopped: {why} {count} {n:number was|numbers were} entered. Choose the file again to go on.",
    "Oprit: {why} {count} {n:număr a fost introdus|numere au fost introduse|de numere au fost introduse}. Alegeți din nou fișierul pentru a continua.",
  ],
};

/** @satisfies {Record<string, Words>} */
export const CLIENTS = {
  title: ["Clients", "Clienți"],
  month: ["Month (UTC)", "Luna (UTC)"],
  client: ["Client", "Client"],
  keys: ["Keys", "Chei"],
  taken: ["Messages in the month", "Mesaje în lună"],
  resent: ["Sent a second time", "Trimise a doua oară"],
  today: ["Today, of the daily limit", "Azi, din limita zilnică"],
  todayOf: ["{count} of {limit}", "{count} din {limit}"],
  noLimit: ["{count}, no limit", "{count}, fără limită"],
  operator: ["operator", "operator"],
  unknown: ["unknown", "necunoscut"],
  none: ["No client is known.", "Niciun client cunoscut."],
  noneNext: [
    "make client makes a client and its key.",
    "make client creează un client și cheia lui.",
  ],
  incomplete: [
    "Counts are kept for 400 days: a part of this month's is gone.",
    "Cifrele se păstrează 400 de zile: o parte din cele ale acestei luni s-a șters.",
  ],
  unlisted: [
    "An earlier release made the keys, so clients can be absent here. Run make client LIST=1 once.",
    "Cheile au fost create de o versiune anterioară, deci pot lipsi clienți. Rulați o dată make client LIST=1.",
  ],
  sum: ["All clients", "Toți clienții"],
  messages: ["Messages of {client}", "Mesajele lui {client}"],
};
