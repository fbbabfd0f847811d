// Runs sms.js as a page would: with a sessionStorage, and a fetch that knows where the page is.
// Prints what is shown. With `answers` the gateway is a list of these, and what it was asked is printed too.
const [module, origin, number, text, answers] = process.argv.slice(2);
const stored = new Map();
globalThis.sessionStorage = {
  getItem: (name) => stored.get(name) ?? null,
  setItem: (name, value) => stored.set(name, value),
  removeItem: (name) => stored.delete(name),
};
const asked = [];
const list = answers && JSON.parse(answers);
const overTheNetwork = globalThis.fetch;
globalThis.fetch = async (url, options) => {
  if (!list) {
    return overTheNetwork(new URL(url, origin), { ...options, headers: { ...options.headers, origin } });
  }
  const { headers: given, body, redirect } = options;
  asked.push({ url, token: given?.authorization, body: body && JSON.parse(body), redirect });
  const next = list.shift();
  if (!next) throw new TypeError("fetch failed");
  const [status, content, headers] = next;
  return new Response(JSON.stringify(content), { status, headers });
};
const { send } = await import(module);
const shown = [];
await send(number, text, (status) => shown.push(status)).catch((error) => shown.push(error.message));
console.log(JSON.stringify({ shown, asked, kept: stored.size }));
