/**
 * Words of the view of the clients. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const title = ["Clients", "Clienți"];
export const month = ["Month (UTC)", "Luna (UTC)"];
export const client = ["Client", "Client"];
export const keys = ["Keys", "Chei"];
export const taken = ["Messages in the month", "Mesaje în lună"];
export const resent = ["Sent a second time", "Trimise a doua oară"];
export const today = ["Today, of the daily limit", "Azi, din limita zilnică"];
export const todayOf = ["{count} of {limit}", "{count} din {limit}"];
export const noLimit = ["{count}, no limit", "{count}, fără limită"];
export const operator = ["operator", "operator"];
export const none = [
  "No client is known. make client makes one.",
  "Niciun client cunoscut. make client creează unul.",
];
export const incomplete = [
  "Counts are kept for 400 days: a part of this month's is gone.",
  "Cifrele se păstrează 400 de zile: o parte din cele ale acestei luni s-a șters.",
];
export const unlisted = [
  "Clients can be absent here until make client LIST=1 was run once.",
  "Aici pot lipsi clienți până când rulați o dată make client LIST=1.",
];
