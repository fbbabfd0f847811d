/**
 * @file The one table of words: what each state is called, in English and in Romanian, for the
 * component and for the console. Nothing else in `web` holds a sentence that both show.
 */

/** @typedef {'en' | 'ro'} Language */
/** @typedef {readonly [en: string, ro: string]} Words */
/** @typedef {Readonly<Record<string, string | number>>} Values */

/**
 * What the message being written, and the one that was sent, is in; `{n}` is replaced by a value,
 * and `{n:one|other}` (Romanian `{n:one|few|other}`) by the form that goes with its number.
 *
 * @satisfies {Record<string, Words>}
 */
export const STATES = {
  empty: ["Write the message.", "Scrieți mesajul."],
  typing: [
    "You can type {n} more {n:character|characters}.",
    "Mai puteți scrie {n} {n:caracter|caractere|de caractere}.",
  ],
  previewing: ["Checking…", "Se verifică…"],
  changed: ['The phone will show: "{t}"', "Pe telefon va apărea: „{t}”"],
  over: [
    "{n} {n:character|characters} too many. Shorten the message.",
    "Textul depășește limita cu {n} {n:caracter|caractere|de caractere}. Scurtați-l.",
  ],
  refusedCharacters: [
    "An SMS cannot show {c}. Remove it.",
    "Un SMS nu poate afișa {c}. Ștergeți caracterele marcate.",
  ],
  badNumber: [
    "Not a valid mobile number. Check it.",
    "Numărul de mobil nu este valid. Verificați-l.",
  ],
  suppressed: [
    "The number is on the do-not-contact list.",
    "Numărul este pe lista celor care nu trebuie contactați.",
  ],
  offline: [
    "You are offline. Nothing was sent.",
    "Nu aveți conexiune la internet. Nu s-a trimis nimic.",
  ],
  cut: [
    "The connection broke. Try again: it will not be sent twice.",
    "Conexiunea s-a întrerupt. Încercați din nou: mesajul nu va fi trimis de două ori.",
  ],
  tokenExpired: [
    "Permission to send ran out. Reload the page.",
    "Permisiunea de trimitere a expirat. Reîncărcați pagina.",
  ],
  tokenUsed: ["All permitted messages were sent.", "Numărul permis de mesaje a fost deja trimis."],
  tokenRefused: [
    "This page may not send to this number.",
    "Această pagină nu are dreptul să trimită la acest număr.",
  ],
  noToken: [
    "No permission to send. Try again.",
    "Nu există permisiune de trimitere. Încercați din nou.",
  ],
  limit: [
    "Too many messages for now. Try after {time}.",
    "Prea multe mesaje pentru moment. Încercați după ora {time}.",
  ],
  alreadySent: [
    "You sent this text to this number at {time}.",
    "Ați trimis deja acest text la acest număr, la ora {time}.",
  ],
  unavailable: [
    "The SMS gateway does not answer. Try again: it will not be sent twice.",
    "Serviciul de SMS nu răspunde. Încercați din nou: mesajul nu va fi trimis de două ori.",
  ],
  unreachable: [
    "The gateway cannot be reached, or it does not allow {origin}.",
    "Serviciul de SMS nu poate fi contactat sau nu permite {origin}.",
  ],
  originRefused: ["The gateway does not allow {origin}.", "Serviciul de SMS nu permite {origin}."],
};

/**
 * What each status of a message says.
 *
 * @satisfies {Record<import('./statuses.js').Status, Words>}
 */
export const STATUS_SENTENCES = {
  queued: [
    "Waiting; it goes out by itself. Do not send again.",
    "Mesajul va fi trimis automat. Nu îl trimiteți din nou.",
  ],
  sending: ["Sending…", "Se trimite…"],
  submitted: [
    "Handed to the SMS provider. Waiting for its report.",
    "Predat furnizorului de SMS. Se așteaptă raportul.",
  ],
  unconfirmed: [
    "We do not know if it was sent. Sent again, it may arrive twice.",
    "Nu știm dacă mesajul a fost trimis. Dacă îl trimiteți din nou, poate ajunge de două ori.",
  ],
  no_report: [
    "No report came. It may have been sent; we do not know.",
    "Nu a venit niciun raport. Este posibil ca mesajul să fi fost trimis; nu știm sigur.",
  ],
  sent: [
    "Sent: the carrier has it. We cannot see whether the phone got it.",
    "Trimis: operatorul l-a preluat. Nu putem vedea dacă a ajuns pe telefon.",
  ],
  failed: ["Not sent. {reason}", "Mesajul nu a fost trimis. {reason}"],
  cancelled: [
    "Taken back before any try. It was not sent.",
    "Retras înainte de orice încercare. Nu a fost trimis.",
  ],
};

/**
 * The status in one word or two, for chips, tables and legends.
 *
 * @satisfies {Record<import('./statuses.js').Status, Words>}
 */
export const STATUS_NAMES = {
  queued: ["queued", "în așteptare"],
  sending: ["sending", "se trimite"],
  submitted: ["submitted", "predat"],
  unconfirmed: ["unconfirmed", "neconfirmat"],
  no_report: ["no report", "fără raport"],
  sent: ["sent", "trimis"],
  failed: ["failed", "eșuat"],
  cancelled: ["cancelled", "anulat"],
};

/**
 * Why a message was not sent: what `{reason}` of `failed` says.
 *
 * @satisfies {Record<string, Words>}
 */
export const FAILED_REASONS = {
  "transmission-error": [
    "The SMS provider reported an error.",
    "Furnizorul de SMS a raportat o eroare.",
  ],
  refused: ["The SMS provider refused it.", "Furnizorul de SMS l-a refuzat."],
  unreachable: [
    "The SMS provider could not be reached.",
    "Furnizorul de SMS nu a putut fi contactat.",
  ],
  "too-late": ["It could not be sent in time.", "Nu a putut fi trimis la timp."],
  suppressed: STATES.suppressed,
};

/**
 * Every reason of a status, for people who look into a message. (Marked, so that bundles without
 * them leave them out.)
 *
 * @type {Readonly<Record<string, Words>>}
 */
export const REASONS = /* @__PURE__ */ merged(FAILED_REASONS, {
  "no-connection": ["Voipit could not be reached.", "Voipit nu a putut fi contactat."],
  "credentials-rejected": [
    "Voipit refuses the account number or the password.",
    "Voipit refuză numărul de cont sau parola.",
  ],
  "ip-blocked": [
    "Voipit has blocked the gateway's IP address.",
    "Voipit a blocat adresa IP a gateway-ului.",
  ],
  forbidden: [
    "Voipit has answered 403, without naming the gateway's IP address.",
    "Voipit a răspuns 403, fără să numească adresa IP a gateway-ului.",
  ],
  "path-not-found": [
    "Voipit answers 404 to the address that the gateway calls.",
    "Voipit răspunde 404 la adresa apelată de gateway.",
  ],
  throttled: ["Voipit asks for a pause.", "Voipit cere o pauză."],
  "secret-unavailable": [
    "The gateway could not read the account's password.",
    "Gateway-ul nu a putut citi parola contului.",
  ],
  "no-time-left": [
    "The function had no time left to wait for Voipit's answer.",
    "Funcția nu mai avea timp să aștepte răspunsul de la Voipit.",
  ],
  "store-unavailable": [
    "The gateway's table did not answer in time, so the gateway did not call Voipit.",
    "Tabelul gateway-ului nu a răspuns la timp, așa că gateway-ul nu a apelat Voipit.",
  ],
  "circuit-open": [
    "The gateway sends nothing until Voipit answers a ping.",
    "Gateway-ul nu trimite nimic până când Voipit nu răspunde la un ping.",
  ],
  "account-unproven": [
    "The gateway tries a new account with another message first.",
    "Gateway-ul încearcă întâi un cont nou cu alt mesaj.",
  ],
  "account-missing": [
    "The gateway has no account at Voipit yet.",
    "Gateway-ul nu are încă un cont la Voipit.",
  ],
  "recipient-limit": [
    "The number has reached its limit; the message waits for room.",
    "Numărul și-a atins limita; mesajul așteaptă să se facă loc.",
  ],
  "client-limit": [
    "The client has reached its daily limit.",
    "Clientul și-a atins limita zilnică.",
  ],
  "no-answer-in-time": ["Voipit did not answer in time.", "Voipit nu a răspuns la timp."],
  "connection-cut": [
    "The connection to Voipit broke before there was an answer.",
    "Conexiunea cu Voipit s-a întrerupt înainte de răspuns.",
  ],
  "server-error": [
    "Voipit answered with an error of its own.",
    "Voipit a răspuns cu o eroare internă.",
  ],
  "unreadable-answer": [
    "The gateway cannot read Voipit's answer.",
    "Gateway-ul nu poate citi răspunsul de la Voipit.",
  ],
  "claim-expired": [
    "The process that was calling Voipit has died.",
    "Procesul care apela Voipit s-a oprit.",
  ],
});

/** @satisfies {Record<string, Words>} */
export const BUTTONS = {
  send: ["Send SMS", "Trimite SMS"],
  sendAgain: ["Send again anyway", "Trimite totuși din nou"],
  newMessage: ["New message", "Mesaj nou"],
  checkAgain: ["Check again", "Verifică din nou"],
};

/** @satisfies {Record<string, Words>} */
export const LABELS = {
  number: ["Phone number", "Număr de telefon"],
  message: ["Message", "Mesaj"],
};

/**
 * @param {Record<string, Words>} one
 * @param {Record<string, Words>} other
 */
function merged(one, other) {
  return { ...one, ...other };
}

/**
 * The language for an element: that of the nearest `lang`, Romanian or else English.
 *
 * @param {string | null | undefined} tag A language tag such as `ro-RO`; case makes no difference
 * @returns {Language}
 */
export function languageOf(tag) {
  return /^ro(-|$)/i.test(tag ?? "") ? "ro" : "en";
}

/**
 * The words in a language, with `{name}` replaced by its value and `{name:…|…}` by the form that
 * the language uses with this number. Values are put in as they are, once: braces in them stay.
 *
 * @param {Language} language
 * @param {Words} words
 * @param {Values} [values]
 */
export function say(language, words, values = {}) {
  return words[language === "ro" ? 1 : 0].replace(
    /\{(\w+)(?::([^}]*))?\}/g,
    (_, /** @type {string} */ name, /** @type {string | undefined} */ forms) =>
      forms === undefined
        ? String(values[name] ?? "")
        : pluralForm(language, Number(values[name]), forms.split("|")),
  );
}

/**
 * @param {Language} language
 * @param {number} count
 * @param {readonly string[]} forms English: one, other. Romanian: one, few, other
 */
function pluralForm(language, count, forms) {
  const rule = new Intl.PluralRules(language).select(count);
  return forms.at(["one", "few"].indexOf(rule)) ?? "";
}
