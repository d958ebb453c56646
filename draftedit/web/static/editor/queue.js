// Sends what was typed, one after the other, each for the version that the one before
// has made; tries again where there was no answer, and never sends anything twice.

import { inTurn } from "./line.js";
import { get, newKey, post, version } from "./server.js";
import * as pending from "./pending.js";
import { settle as putInPlace, showAlone } from "./bodies.js";
import { row } from "./page.js";
import { calm, onAgain, say, text, warn } from "./signs.js";

const PAUSES = [1, 2, 4, 8, 15]; // seconds between tries
const TRIES = 5; // against others who change the same draft

const settled = [];
let running = null;
let failures = 0;
let isStrange = false; // signed out, or signed in again: the page's token is of no use
let timer = 0;

/** Call `act(item)` whenever a cell is stored, refused or waits again. */
export const onSettled = (act) => settled.push(act);

const tell = (item) => settled.forEach((act) => act(item));

/** Have shown again what a cell waits for. */
export const tellOf = (cell) => pending.all().filter((item) => item.cell === cell).forEach(tell);

const bodyOf = (item) => row(item.row)?.closest("tbody") ?? null;

/** What a page says of why it was refused, of one field first. */
export const reason = ({ page }, field = "") => {
  const found =
    page.getElementById(`f-${field}-error`) ??
    page.querySelector(".errors li") ??
    page.querySelector("main .notice.bad p") ??
    page.querySelector("main h1");
  return found?.textContent.replace("▲", "").replace(/\s+/g, " ").trim() || text("refused");
};

const send = (item) => {
  // The same again has the same key and the same version: it is done once.
  if (!item.key) pending.change(item, { key: newKey(), version: version() });
  const fields = { ...item.fields, back: item.back, version: item.version, key: item.key };
  return post(document.getElementById("rows-form").getAttribute("action"), fields);
};

const refuse = (item, why, state = "wrong", now = undefined) => {
  pending.change(item, { state, reason: why, key: null, now });
  tell(item);
};

const store = async (item, answer) => {
  pending.drop(item);
  const body = bodyOf(item);
  if (body) await putInPlace(answer, body);
  tell(item);
};

// The draft has another version than the one that was sent: it was changed in another
// window. Where the cell is as it was, the same is said again; else it is asked about.
const overtake = async (item, valueOf) => {
  const answer = await get(item.back);
  if (answer.is !== "done") return answer;
  await showAlone(answer); // whatever else is shown may have changed, too
  const now = valueOf(item);
  const tries = (item.tries ?? 0) + 1;
  if (now === null) refuse(item, text("gone"));
  else if (now !== item.before || tries > TRIES) refuse(item, text("torn"), "torn", now);
  else pending.change(item, { key: null, tries });
  return answer;
};

const later = (answer) => {
  const pause = answer.wait ?? PAUSES[Math.min(failures, PAUSES.length - 1)];
  failures += 1;
  clearTimeout(timer);
  timer = setTimeout(start, pause * 1000);
  warn(text(answer.status === 429 ? "throttled" : "away"), { again: true });
};

const signIn = () => {
  isStrange = true;
  warn(text("signedOut"), { again: true, link: { href: text("signIn"), text: text("signInText"), target: "_blank" } });
};

// The page again, for the token of who is signed in now.
const getToKnow = async () => {
  const answer = await get(location.href);
  if (answer.is !== "done") return answer.is === "away" ? later(answer) : signIn();
  await showAlone(answer);
  isStrange = false;
};

// Refused before it was read: with a token of another session, for one.
const isAtTheDoor = ({ is, status }) => is === "refused" && (status === 400 || status === 403);

// Returns whether to go on with the next one.
const settle = async (item, answer, valueOf) => {
  if (isAtTheDoor(answer) && !item.knocked) {
    pending.change(item, { knocked: true, key: null });
    isStrange = true;
    return true;
  }
  if (answer.is === "refused" && answer.status === 412) answer = await overtake(item, valueOf);
  else if (answer.is === "done") await store(item, answer);
  else if (answer.is === "refused") refuse(item, reason(answer, item.field));
  if (answer.is === "away") later(answer);
  else if (answer.is === "elsewhere") signIn();
  else return true;
  return false;
};

/** Show how it stands: stored, or what is not. */
export const sign = () => {
  const refused = pending.refused();
  if (pending.waiting().length) say(text("storing"));
  else if (refused.length) {
    const far = refused.find((item) => !row(item.row));
    warn(text("notStored").replace("#", refused.length), { link: far && { href: far.back, text: text("there") } });
  } else {
    calm();
    say(text("stored"));
  }
};

let valueOf = () => null;

/** Know how to read what a cell holds now; null: it is nowhere. */
export const readWith = (read) => {
  valueOf = read;
};

// What is sent is what waits by the time that it is its turn.
const next = async () => {
  if (isStrange) await getToKnow();
  if (isStrange) return false;
  const item = pending.waiting()[0];
  return !item || settle(item, await send(item), valueOf);
};

const run = async () => {
  if (pending.all().length) sign();
  while (pending.waiting().length) {
    if (!(await inTurn(next))) return;
    failures = 0;
    sign();
  }
};

export const start = () => {
  clearTimeout(timer);
  running ??= run().finally(() => (running = null));
  return running;
};

/** Put in what is to be stored, and begin. */
export const add = (item) => {
  pending.put({ ...item, state: "waiting", key: null, tries: 0, knocked: false });
  tell(item);
  start();
};

export const isStored = () => !pending.waiting().length;

/** Do `act()` in its turn, once all is stored; what is not stored says so itself. */
export const whenStored = async (act) => {
  if (!isStored()) await start();
  if (!isStored()) return;
  const taken = inTurn(() => {
    sign();
    return act();
  });
  await taken.catch((error) => {
    console.error(error);
    warn(text("notDone"));
  });
};

onAgain(start);
addEventListener("online", start);
addEventListener("beforeunload", (event) => {
  // The tab keeps it over a reload, but not when it is closed.
  if (pending.waiting().length) event.preventDefault();
});
