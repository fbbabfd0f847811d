/**
 * Words of the view `now`. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const title = ["Now", "Acum"];
export const asOf = ["as of {time}", "la ora {time}"];
export const pause = ["Pause", "Pauză"];
export const goOn = ["Go on", "Continuă"];
export const provider = ["Way to Voipit", "Legătura cu Voipit"];
export const waiting = ["Waiting", "În așteptare"];
export const oldest = ["the oldest for {time}", "cel mai vechi de {time}"];
export const noneWaits = [
  "Every message has had its turn.",
  "Niciun mesaj nu își așteaptă rândul.",
];
export const showWaiting = ["Show what waits", "Arată ce așteaptă"];
export const attention = ["Needs attention", "Necesită atenție"];
export const attentionDay = [
  "failed, unconfirmed or without a report, last 24 hours",
  "eșuate, neconfirmate sau fără raport, în ultimele 24 de ore",
];
export const noAttention = ["Nothing in the last 24 hours.", "Nimic în ultimele 24 de ore."];
export const showAttention = ["Show what needs attention", "Arată ce necesită atenție"];
export const trouble = ["Recent trouble", "Probleme recente"];
export const noTrouble = [
  "No message failed, is unconfirmed or lacks a report in the last 24 hours.",
  "În ultimele 24 de ore niciun mesaj nu a eșuat, nu este neconfirmat și nu este fără raport.",
];
