/**
 * Words of the view `message`. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const title = ["Message", "Mesaj"];
export const named = ["Message {id}", "Mesajul {id}"];
export const incomplete = [
  "A message is named by its client and its id.",
  "Un mesaj este identificat prin client și id.",
];
export const incompleteNext = ["Search for the id above.", "Căutați id-ul mai sus."];
export const searchIt = ["Search for this id", "Caută acest id"];
export const life = ["What happened", "Ce s-a întâmplat"];
export const zone = ["Times are those of {zone}.", "Orele sunt cele din {zone}."];
export const facts = ["The message", "Mesajul"];
export const text = ["Text, as the phone shows it", "Textul, așa cum apare pe telefon"];
export const cut = ["Cut", "Scurtat"];
export const cutFrom = [
  "from {n} {n:character|characters}",
  "de la {n} {n:caracter|caractere|de caractere}",
];
export const allToNumber = ["all to this number", "toate către acest număr"];
export const allOfClient = ["all of this client", "toate ale acestui client"];
export const tries = ["Tries", "Încercări"];
export const onUnconfirmed = ["If unconfirmed", "Dacă rămâne neconfirmat"];
export const hold = [
  "never try again: rather not at all than twice",
  "fără altă încercare: mai bine deloc decât de două ori",
];
export const resend = [
  "try once more: rather twice than not at all",
  "încă o încercare: mai bine de două ori decât deloc",
];
export const sendAt = ["Not before", "Nu înainte de"];
export const validUntil = ["Not after", "Nu după"];
export const stored = ["Stored", "Primit"];
export const metadata = ["Metadata", "Metadate"];
