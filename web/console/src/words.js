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
  otherLanguageShort: ["RO", "EN"],
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

/**
 * The circuit toward Voipit, and why it is open.
 * @satisfies {Record<string, Words>}
 */
export const PROVIDER = {
  open: ["Voipit answers", "Voipit răspunde"],
  closed: ["Nothing is sent", "Nu se trimite nimic"],
  circuitClosed: [
    "The circuit is closed: messages go out.",
    "Circuitul este închis: mesajele pleacă.",
  ],
  since: ["since", "de la"],
  nextPing: ["next ping", "următorul ping"],
  credentials: [
    "Circuit open: Voipit refuses the account number or the password. Put the right ones into the secret (make account).",
    "Circuit deschis: Voipit refuză numărul de cont sau parola. Puneți datele corecte în secret (make account).",
  ],
  configuration: [
    "Circuit open: Voipit answers 404 to its address. Correct VoipitBaseUrl.",
    "Circuit deschis: Voipit răspunde 404 la adresa sa. Corectați VoipitBaseUrl.",
  ],
  "ip-blocked": [
    "Circuit open: Voipit has answered 403 and might have blocked the gateway's IP address. Ask Voipit to unblock it.",
    "Circuit deschis: Voipit a răspuns 403 și este posibil să fi blocat adresa IP a gateway-ului. Cereți deblocarea.",
  ],
  "account-missing": [
    "The gateway has no account at Voipit yet. Give it one (make account).",
    "Gateway-ul nu are încă un cont la Voipit. Dați-i unul (make account).",
  ],
};

/** @satisfies {Record<string, Words>} */
export const HOUR = {
  title: ["Last hour", "Ultima oră"],
  summary: ["In the last hour {list}.", "În ultima oră {list}."],
  allWell: [
    "In the last hour {list}, and none is in trouble.",
    "În ultima oră {list} și niciunul nu are probleme.",
  ],
  sent: [
    "{count} {n:message was|messages were} sent",
    "{count} {n:mesaj a fost trimis|mesaje au fost trimise|de mesaje au fost trimise}",
  ],
  failed: ["{count} failed", "{count} {n:a eșuat|au eșuat|au eșuat}"],
  unconfirmed: [
    "{count} became unconfirmed",
    "{count} {n:a rămas neconfirmat|au rămas neconfirmate|au rămas neconfirmate}",
  ],
  noReport: ["{count} got no report", "{count} {n:a rămas|au rămas|au rămas} fără raport"],
  quiet: ["No message has ended in the last hour.", "În ultima oră nu s-a încheiat niciun mesaj."],
  noData: [
    "CloudWatch has no figures of this gateway for the last hour, as on a new stack.",
    "CloudWatch nu are cifre ale acestui gateway pentru ultima oră, ca la un stack nou.",
  ],
  notAnswered: [
    "CloudWatch does not answer just now, or is behind, so the figures of the last hour are not known.",
    "CloudWatch nu răspunde acum sau este în întârziere, așa că cifrele ultimei ore nu sunt cunoscute.",
  ],
  show: ["Show as table", "Arată ca tabel"],
  table: [
    "How many messages got each status, in steps of five minutes",
    "Câte mesaje au primit fiecare stare, la fiecare cinci minute",
  ],
  from: ["From", "De la"],
  underWay: ["(under way)", "(în curs)"],
};

/** @satisfies {Record<string, Words>} */
export const LIST = {
  status: ["Status", "Stare"],
  number: ["Number", "Număr"],
  client: ["Client", "Client"],
  reason: ["Reason", "Motiv"],
  changed: ["Last change", "Ultima schimbare"],
  id: ["Message id", "Id mesaj"],
  older: ["Load older", "Încarcă mai vechi"],
  loadingOlder: ["Loading older…", "Se încarcă mai vechi…"],
  noneOlder: ["Nothing older was found yet.", "Nu s-a găsit încă nimic mai vechi."],
  news: ["{count} new", "{count} {n:nou|noi|noi}"],
  all: [
    "That is all: {count} {n:message|messages}.",
    "Acestea sunt toate: {count} {n:mesaj|mesaje|de mesaje}.",
  ],
  wholeNumbers: ["Whole numbers", "Numere întregi"],
  unreadable: [
    "{n} {n:message|messages} of a later release cannot be shown: {ids}. Update the gateway.",
    "{n} {n:mesaj al unei versiuni mai noi nu poate fi afișat|mesaje ale unei versiuni mai noi nu pot fi afișate|de mesaje ale unei versiuni mai noi nu pot fi afișate}: {ids}. Actualizați gateway-ul.",
  ],
};

/** @satisfies {Record<string, Words>} */
export const PERIODS = {
  "1h": ["Last hour", "Ultima oră"],
  "24h": ["Last 24 hours", "Ultimele 24 de ore"],
  "7d": ["Last 7 days", "Ultimele 7 zile"],
  "30d": ["Last 30 days", "Ultimele 30 de zile"],
  range: ["From … to …", "De la … până la …"],
};

/** @satisfies {Record<string, Words>} */
export const ATTENTION = {
  title: ["Attention", "Atenție"],
  time: ["Time", "Perioada"],
  none: ["None in this time.", "Niciunul în această perioadă."],
  unconfirmed: ["Unconfirmed", "Neconfirmate"],
  unconfirmed_what: [
    "Voipit might have these, and might not. A report can still settle them. Do not send them again without asking the recipient: the SMS can arrive twice.",
    "Este posibil ca Voipit să le aibă sau nu. Un raport le mai poate lămuri. Nu le trimiteți din nou fără a întreba destinatarul: SMS-ul poate ajunge de două ori.",
  ],
  failed: ["Failed", "Eșuate"],
  failed_what: [
    "These were certainly not sent. The client can send them again once the reason is gone.",
    "Acestea sigur nu au fost trimise. Clientul le poate trimite din nou după ce motivul dispare.",
  ],
  no_report: ["No report", "Fără raport"],
  no_report_what: [
    "Most of these probably arrived: Voipit took them, or might have, and sent no report in time. A late report still counts.",
    "Cele mai multe au ajuns probabil: Voipit le-a preluat, sau poate le-a preluat, și nu a trimis raportul la timp. Un raport întârziat este luat în considerare.",
  ],
};

/**
 * What each step of a message's life means.
 * @satisfies {Record<string, Words>}
 */
export const LIFE = {
  queued: ["Stored. It waits for its turn.", "Primit. Își așteaptă rândul."],
  scheduled: ["Stored. It waits until {time}.", "Primit. Așteaptă până la {time}."],
  queuedAgain: [
    "Certainly not at Voipit. It waits for the next try.",
    "Sigur nu a ajuns la Voipit. Așteaptă următoarea încercare.",
  ],
  sending: ["The gateway calls Voipit.", "Gateway-ul apelează Voipit."],
  sendingAgain: ["The gateway calls Voipit again.", "Gateway-ul apelează din nou Voipit."],
  submitted: [
    "Voipit has taken it; its report is awaited.",
    "Voipit l-a preluat; se așteaptă raportul.",
  ],
  unconfirmed: [
    "It is not known whether Voipit has taken it.",
    "Nu se știe dacă Voipit l-a preluat.",
  ],
  no_report: [
    "No report settles it; a late one still counts.",
    "Niciun raport nu îl lămurește; unul întârziat este luat în considerare.",
  ],
  sent: [
    "The carrier has it. No report tells whether the phone has it.",
    "Operatorul îl are. Niciun raport nu spune dacă a ajuns pe telefon.",
  ],
  failed: ["It was not sent.", "Nu a fost trimis."],
  cancelled: [
    "The client took it back before any try.",
    "Clientul l-a retras înainte de orice încercare.",
  ],
  try: ["try {n}", "încercarea {n}"],
  later: ["{time} later", "după {time}"],
  soFar: ["for {time} so far", "de {time} până acum"],
  until: ["The gateway gives up at", "Gateway-ul renunță la"],
  voipitSays: ["Voipit's words:", "Mesajul Voipit:"],
  byReport: ["By Voipit's delivery report", "Conform raportului Voipit"],
  forgotten: [
    "{n} earlier {n:change is|changes are} no longer kept.",
    "{n} {n:schimbare anterioară nu mai este păstrată|schimbări anterioare nu mai sunt păstrate|de schimbări anterioare nu mai sunt păstrate}.",
  ],
  contradicting: ["Reports that did not change the status", "Rapoarte care nu au schimbat starea"],
  contradictingWhy: [
    "The first report about a try counts. Tell Voipit about reports that contradict it.",
    "Contează primul raport despre o încercare. Anunțați Voipit despre rapoartele care îl contrazic.",
  ],
  reportSent: ["reported as sent", "raportat ca trimis"],
  reportError: ["reported as an error", "raportat ca eroare"],
};

/**
 * What to do about a message.
 * @satisfies {Record<string, Words>}
 */
export const ADVICE = {
  queued: [
    "It goes out by itself. It must not be sent again.",
    "Va fi trimis automat. Nu trebuie trimis din nou.",
  ],
  unconfirmed: [
    "Do not send it again without asking the recipient: it might arrive twice. A report can still settle it.",
    "Nu îl trimiteți din nou fără a întreba destinatarul: poate ajunge de două ori. Un raport îl mai poate lămuri.",
  ],
  no_report: [
    "It probably arrived. Ask the recipient before it is sent again.",
    "Probabil a ajuns. Întrebați destinatarul înainte de a-l trimite din nou.",
  ],
  failed: [
    "The recipient did not get it. The client can send it again under a new id once the reason is gone.",
    "Destinatarul nu l-a primit. Clientul îl poate trimite din nou cu alt id după ce motivul dispare.",
  ],
};
