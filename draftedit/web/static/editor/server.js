// Sends what a form would send, and tells what became of it.

const SECONDS = 20; // after which no answer is coming any more
const KEEPALIVE = 60_000; // bytes that a browser sends on after the page is gone

export const version = () => document.querySelector("main input[name=version]")?.value ?? "";
const token = () => document.querySelector("main input[name=csrf_token]")?.value ?? "";

/** A key under which a request may be sent again, and is done once. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(36)).join("");

const wait = (response) => Number(response.headers.get("Retry-After")) || undefined;

const isOfDraft = (url) => url.pathname === location.pathname || url.pathname.startsWith(`${location.pathname}/`);

const read = async (response) => {
  const url = new URL(response.url);
  if (response.status === 429 || response.status >= 500) return { is: "away", wait: wait(response), status: response.status };
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const answer = { status: response.status, page, url };
  if (response.status >= 400) return { is: response.status === 401 ? "elsewhere" : "refused", ...answer };
  return { is: isOfDraft(url) ? "done" : "elsewhere", ...answer };
};

// No answer is an answer, too: that the server is away. Whoever asked says so.
const ask = async (address, options) => {
  try {
    const signal = AbortSignal.timeout(SECONDS * 1000);
    return await read(await fetch(address, { credentials: "same-origin", signal, ...options }));
  } catch (error) {
    return { is: "away", error };
  }
};

export const get = (address) => ask(address, {});

/**
 * Post a form's fields. Answers `{is, status, page, url}`: `done` with the page one was
 * led to, `refused` with the page that says why, `elsewhere` (signed out), or `away`.
 */
export const post = (address, fields) => {
  const body = new URLSearchParams(fields);
  body.set("csrf_token", token());
  return ask(address, { method: "POST", body, keepalive: body.toString().length < KEEPALIVE });
};
