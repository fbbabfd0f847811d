// A page's server: it has the API key, and mints a token for the person who is logged in.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { SMS_GATEWAY_URL: url, SMS_GATEWAY_API_KEY: key, PORT: port = "8080" } = process.env;
const page = readFileSync(new URL("page.html", import.meta.url), "utf8").replaceAll("SMS_GATEWAY_URL", url);

/** Yours to add: is this person logged in, and is this a number that they are to text? */
async function token(answer) {
  const asked = { phoneNumber: "+40721234567", origin: `http://127.0.0.1:${port}` };
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const body = JSON.stringify(asked);
  const minted = await fetch(`${url}/tokens`, { method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(35_000) });
  answer.writeHead(minted.status, { "content-type": "application/json" }).end(await minted.text());
}

createServer((request, answer) => {
  if (request.method !== "POST") answer.setHeader("content-type", "text/html; charset=utf-8").end(page);
  else token(answer).catch((error) => answer.writeHead(502).end(JSON.stringify({ detail: error.message })));
}).listen(port, "127.0.0.1");
