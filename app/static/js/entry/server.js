// Talking to the server: the whole form goes, JSON comes back.
import { form } from "./cells.js";

const KEPT_ALIVE = 60000; // bytes that a browser still sends when the page is left

export class SignedOut extends Error {}

const asks = (body) => ({
  method: "POST",
  body,
  headers: { Accept: "application/json" },
  keepalive: String(body).length < KEPT_ALIVE,
});
const isJson = (response) => (response.headers.get("Content-Type") ?? "").includes("application/json");

// The answer as {status, ...its JSON}; rejects when there is no connection, or `SignedOut`.
export async function send(address, more = {}) {
  let response = await fetch(address, asks(filled(more)));
  if (response.status === 400) { // the token of a session that is over
    if (!await renewed()) throw new SignedOut();
    response = await fetch(address, asks(filled(more)));
  }
  if (response.redirected || !isJson(response)) throw response.status < 500 ? new SignedOut() : new TypeError();
  return { status: response.status, ...await response.json() };
}

function filled(more) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  return body;
}

// After signing in again the form needs the token of the new session; that of somebody else
// would save in their name what they have not typed.
async function renewed() {
  const response = await fetch(location.href);
  if (response.redirected) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (page.body.dataset.person !== document.body.dataset.person) return false;
  const token = page.querySelector("form.entry [name=csrf_token]")?.value;
  if (!token || token === form.elements.csrf_token.value) return false;
  form.elements.csrf_token.value = token;
  return true;
}
