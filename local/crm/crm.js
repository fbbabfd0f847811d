// The page of a CRM that knows nothing of SMS but <click-to-sms>. It holds no API key: its own
// server mints a token for the contact that is open.

const ROMANIAN = {
  contacts: "Contacte",
  mobile: "Mobil",
  simulated: "Simulatorul face din el",
  free: "Alt număr",
  sent: "Trimise din această pagină",
  none: "Nimic încă.",
};

const language = new URLSearchParams(location.search).get("lang") === "ro" ? "ro" : "en";
const find = (selector) => document.querySelector(selector);

/** A new element with a text. */
function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** The time of day. */
function clock() {
  return new Date().toLocaleTimeString(language === "ro" ? "ro" : "en-GB", { timeStyle: "short" });
}

/** Asks this page's own server for a token: for the contact, or for any number. */
function tokenFor(contact) {
  return async ({ signal }) => {
    const answer = await fetch("sms-token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ contact }),
      signal,
    });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    return answer.json();
  };
}

/** The component, for a contact's number or for any. */
function clickToSms(contact, phoneNumber) {
  const sms = document.createElement("click-to-sms");
  sms.setAttribute("endpoint", document.body.dataset.api);
  sms.dataset.to = contact ? contacts[contact].name : find("#free h2").textContent;
  if (phoneNumber) {
    sms.setAttribute("phone", phoneNumber);
    sms.setAttribute("phone-fixed", "");
  }
  sms.getToken = tokenFor(contact);
  return sms;
}

function show(contact) {
  const { name, phoneNumber, simulated } = contacts[contact];
  find("#card .name").textContent = name;
  find("#card .number").textContent = phoneNumber;
  find("#card .simulated").textContent = simulated;
  find("#fixed").replaceChildren(clickToSms(contact, phoneNumber));
  for (const link of document.querySelectorAll("#contacts a"))
    link.setAttribute("aria-current", String(link.hash === `#${contact}`));
}

/** One line for each message; the component's events say what happens to it. */
document.addEventListener("c2s-status", ({ target, detail }) => {
  find("#none").hidden = true;
  const id = `message-${detail.messageId}`;
  const line = document.getElementById(id) ?? element("li");
  line.id = id;
  const time = element("time", clock());
  line.replaceChildren(time, element("span", target.dataset.to), element("code", detail.status));
  find("#log").prepend(line);
});

document.addEventListener("c2s-error", ({ target, detail }) => {
  find("#none").hidden = true;
  const line = element("li");
  const time = element("time", clock());
  line.append(time, element("span", target.dataset.to), element("code", detail.code));
  find("#log").prepend(line);
});

document.documentElement.lang = language;
if (language === "ro")
  for (const place of document.querySelectorAll("[data-text]"))
    place.textContent = ROMANIAN[place.dataset.text];

const contacts = await (await fetch("contacts")).json();
for (const [id, { name, phoneNumber }] of Object.entries(contacts)) {
  const link = element("a", name);
  link.href = `#${id}`;
  link.append(element("small", phoneNumber));
  const line = element("li");
  line.append(link);
  find("#contacts ul").append(line);
}
const chosen = () =>
  Object.hasOwn(contacts, location.hash.slice(1)) ? location.hash.slice(1) : "ana";
addEventListener("hashchange", () => show(chosen()));
show(chosen());
find("#any").replaceChildren(clickToSms(null));
