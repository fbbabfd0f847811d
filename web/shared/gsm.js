/**
 * @file The GSM 7-bit alphabet (3GPP TS 23.038), and what a phone shows in the place of other
 * characters. Made from the gateway's own table by `make docs`; never change it by hand.
 */

export const MAX_SEPTETS = 160;
/** Characters that take two septets. */
export const EXTENSION = "[\\]^{|}~€";
/** What is shown as it is, besides the printable ASCII characters. */
export const ALPHABET = "\n¡£¤¥§¿ΓΔΘΛΞΠΣΦΨΩ€";
/**
 * What is shown, and the characters it is shown for, where neither Unicode's decomposition
 * (`é` is `e` and a mark) nor the full-width forms tell.
 *
 * @type {readonly (readonly [shown: string, characters: string])[]}
 */
export const SHOWN_AS = [
  ["", "\u00ad\u200b\u200c\u200d\u200e\u202a\u202c\u2060\u2066\u2068\u2069\ufe0e\ufe0f\ufeff"],
  ["\n", "\u000b\u000c\u0085\u2028\u2029"],
  [
    " ",
    "\u0009\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f",
  ],
  ['"', "«»“”„‟″"],
  ["'", "`´ʻʼ‘’‚‛′‹›"],
  ["'n", "ŉ"],
  ["*", "•"],
  ["-", "‐‑‒–—―⁃−"],
  [".", "··․‧"],
  ["..", "‥"],
  ["...", "…"],
  ["/", "⁄"],
  [";", ";"],
  ["Ae", "Æ"],
  ["D", "ÐĐ"],
  ["H", "Ħ"],
  ["IJ", "Ĳ"],
  ["L", "ĿŁ"],
  ["Ng", "Ŋ"],
  ["O", "Ø"],
  ["Oe", "Œ"],
  ["T", "Ŧ"],
  ["Th", "Þ"],
  ["ae", "æ"],
  ["d", "ðđ"],
  ["fi", "ﬁ"],
  ["fl", "ﬂ"],
  ["h", "ħ"],
  ["i", "ı"],
  ["ij", "ĳ"],
  ["l", "ŀł"],
  ["ng", "ŋ"],
  ["o", "ø"],
  ["oe", "œ"],
  ["q", "ĸ"],
  ["s", "ſ"],
  ["ss", "ß"],
  ["t", "ŧ"],
  ["th", "þ"],
  ["x", "×"],
  ["Ω", "Ω"],
];
