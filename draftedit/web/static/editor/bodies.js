// The bodies of the table: each is a page of its rows, and begins where the one before
// ends. What is fresh is put in place together with all that must change with it: so no
// row is lost or there twice, and all have the columns that the head says.

import { address, arrive, bodyOf, extend, isOfTable, table } from "./page.js";
import { get, version } from "./server.js";

let turn = Promise.resolve();

// Two that put rows in place at a time would not know of each other's.
const inTurn = (act) => (turn = turn.then(act, act));

export const bodies = () => [...(table()?.tBodies ?? [])];

// --- asking ------------------------------------------------------------------------------

const start = (where) => new URL(where, location.href).searchParams.get("after");

const withColumns = (where, columns) => {
  const url = new URL(where, location.href);
  if (columns) url.searchParams.set("columns", columns);
  return url.pathname + url.search;
};

const following = ({ page }) => page.querySelector(".pager a[rel=next]")?.getAttribute("href");

const versionOf = ({ page }) => page.querySelector("main input[name=version]")?.value;

/**
 * Ask for the rows at an address, going on from where a search has found nothing yet:
 * `{fresh, answer, at}`, without `fresh` at the end. Null: there was no answer.
 */
const ask = async (where, columns) => {
  for (let at = where; ; ) {
    const answer = await get(withColumns(at, columns));
    if (answer.is !== "done") return null;
    const fresh = bodyOf(answer);
    const next = following(answer);
    if (fresh || !next) return { fresh, answer, at };
    at = next;
  }
};

// --- bringing into line --------------------------------------------------------------------

// A part is a body, what it is to be like, or both; `answer` is the page of the latter.
const made = (part) => part.fresh ?? part.body;

const fits = (part, before, columns) =>
  made(part).dataset.columns === columns && (!before || start(before.dataset.next) === start(made(part).dataset.here));

/**
 * Ask again for the parts that do not begin where the one before ends, or have not all
 * columns; parts behind the last row are left out. Null: not all could be had.
 */
const align = async (parts, columns) => {
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    const before = index ? made(parts[index - 1]) : null;
    if (before && !before.dataset.next) return parts.slice(0, index);
    if (fits(part, before, columns)) continue;
    const found = await ask(before ? before.dataset.next : made(part).dataset.here, columns);
    if (!found || (!found.fresh && !before)) return null;
    if (before && found.fresh) before.dataset.next = found.at;
    else if (before) {
      delete before.dataset.next;
      return parts.slice(0, index);
    }
    Object.assign(part, found);
    if (found.fresh.dataset.columns === columns) continue;
    columns = found.fresh.dataset.columns;
    index = -1; // all are to have the column that has come
  }
  return parts;
};

// A page whose head has the columns that all have now.
const pageOf = (parts) => {
  const { columns } = made(parts[0]).dataset;
  return parts.find((part) => part.answer && part.fresh.dataset.columns === columns)?.answer;
};

// Make the table have these parts; return which of its bodies are to be like which.
const put = (parts) => {
  const kept = parts.map((part) => part.body);
  bodies().forEach((body) => kept.includes(body) || body.remove());
  for (const [index, part] of parts.entries()) {
    if (part.body) continue;
    part.body = document.importNode(part.fresh, false);
    parts[index - 1].body.after(part.body);
  }
  return new Map(parts.filter((part) => part.fresh).map((part) => [part.body, part.fresh]));
};

/** Put answers in place, by body; return the rows that changed, null if it cannot be. */
const settleAll = async (answers) => {
  const parts = bodies().map((body) => {
    const answer = answers.get(body);
    return answer ? { body, answer, fresh: bodyOf(answer) } : { body };
  });
  const asked = parts.filter((part) => part.answer);
  if (asked.some((part) => !part.fresh)) return null;
  const aligned = await align(parts, asked.at(-1).fresh.dataset.columns);
  const page = aligned && pageOf(aligned);
  return page ? arrive(page, put(aligned)) : null;
};

// --- what others ask for -------------------------------------------------------------------

/** Show the page of an answer, and of the table no other rows. */
export const showAlone = (answer) => inTurn(() => arrive(answer));

/** Put the fresh page of a body in place; return the rows that changed. */
export const settle = (answer, body) =>
  inTurn(async () => {
    if (!body.isConnected) return [];
    return (await settleAll(new Map([[body, answer]]))) ?? arrive(answer);
  });

/**
 * Ask again for the bodies whose rows an act has changed; return the rows that changed.
 * Where that does not show them, as `shows()` tells, the act's answer is shown alone.
 */
export const renew = (changed, answer, shows) =>
  inTurn(async () => {
    if (!changed.length || bodies().length < 2 || !isOfTable(answer)) return arrive(answer);
    const answers = new Map();
    for (const body of changed) {
      const again = body.isConnected ? await get(address(body)) : { is: "away" };
      // A version beyond is of another window: what that has changed is not known.
      if (again.is !== "done" || versionOf(again) !== versionOf(answer)) return arrive(answer);
      answers.set(body, again);
    }
    const rows = await settleAll(answers);
    return rows && shows() ? rows : arrive(answer);
  });

// A search reads so many rows at a time, and may have found none in the first ones.
const searchOn = async () => {
  const next = following({ page: document });
  const found = next ? await ask(next, "") : null;
  if (found) arrive(found.answer);
  return Boolean(found?.fresh);
};

/** Put the rows that follow below the last ones; return whether there were any. */
export const append = () =>
  inTurn(async () => {
    const last = bodies().at(-1);
    if (!last) return searchOn();
    if (!last.dataset.next) return false;
    const found = await ask(last.dataset.next, last.dataset.columns);
    if (!found) return false;
    if (!found.fresh) {
      delete last.dataset.next;
      extend(new Map());
      return false;
    }
    last.dataset.next = found.at;
    const parts = [...bodies().map((body) => ({ body })), { fresh: found.fresh }];
    const aligned = await align(parts, found.fresh.dataset.columns);
    if (!aligned) return false;
    const page = pageOf(aligned);
    if (!page) extend(put(aligned));
    else if (versionOf(page) !== version()) return false;
    else arrive(page, put(aligned));
    return true;
  });
