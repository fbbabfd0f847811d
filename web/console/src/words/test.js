/**
 * Words of the view that sends a test message. English, then Romanian, as in `words.js`; each word a constant, so that the
 * bundle has no name for it.
 * @module
 */

export const title = ["Test message", "Mesaj de probă"];
export const numberMissing = ["Enter a phone number.", "Introduceți un număr de telefon."];
export const show = ["See what the phone will show", "Vezi ce va arăta telefonul"];
export const shown = ["{number} will show", "{number} va arăta"];
export const room = ["{n} of {m} characters of one SMS.", "{n} din {m} caractere ale unui SMS."];
export const cut = ["This end would be missing: {text}", "Ar lipsi acest sfârșit: {text}"];
export const again = ["Try again", "Încearcă din nou"];
