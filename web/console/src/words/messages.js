/**
 * Words of the view `messages`. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const title = ["Messages", "Mesaje"];
export const filters = ["Filters", "Filtre"];
export const any = ["Any", "Oricare"];
export const time = ["Time", "Perioada"];
export const since = ["From", "De la"];
export const until = ["To", "Până la"];
export const apply = ["Show", "Arată"];
export const remove = ["Remove the filter:", "Elimină filtrul:"];
export const start = ["Which messages do you look for?", "Ce mesaje căutați?"];
export const startNext = [
  "Search for a number or an id above, name a client, or choose a status:",
  "Căutați mai sus un număr sau un id, numiți un client sau alegeți o stare:",
];
export const needsMore = [
  "The gateway lists {status} messages of one client or to one number only. Name a client, or search for the number.",
  "Gateway-ul listează mesajele cu starea „{status}” doar pentru un client sau un număr. Numiți un client sau căutați numărul.",
];
export const none = ["No message fits these filters.", "Niciun mesaj nu corespunde filtrelor."];
export const noneNext = [
  "Remove a filter, or choose a longer time.",
  "Eliminați un filtru sau alegeți o perioadă mai lungă.",
];
export const noNumber = [
  "No message has gone to this number.",
  "Niciun mesaj nu a fost trimis la acest număr.",
];
export const asId = ["Search for it as an id", "Caută-l ca id"];
export const noId = [
  "No client has a message with this id.",
  "Niciun client nu are un mesaj cu acest id.",
];
export const noIdNext = [
  "Check each of its characters; capital letters count.",
  "Verificați fiecare caracter; majusculele contează.",
];
