/**
 * Gives the browser a text to save as a file. It is made in this page: no server has it.
 * @module
 */

/**
 * @param {string} name
 * @param {string} text
 */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to save it by then, also if it first asks where to.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
