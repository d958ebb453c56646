// Puts a fresh page in place of the one shown, without loading it: what differs is
// changed, and what changed is shown.

import { merge } from "./merge.js";

const arrivals = [];
const keepers = [];

/** Call `act()` whenever the page has been made like a fresh one. */
export const onArrival = (act) => arrivals.push(act);

/** Let `keeps(old, fresh)` say which elements a merge leaves alone. */
export const onMerge = (keeps) => keepers.push(keeps);

export const table = (page = document) => page.querySelector("table.rows[data-table]");

export const row = (id) => document.getElementById(`row-${id}`);

// Which rows a page is about: with others one goes there, and merges no two lists.
const place = (page, url) => {
  const rows = table(page);
  const asked = new URL(url).searchParams;
  return rows && [rows.dataset.table, rows.dataset.parent, asked.get("q") ?? "", asked.get("filter") ?? ""].join("\n");
};

const keep = (old, fresh) => old.hasAttribute("data-ours") || keepers.some((keeps) => keeps(old, fresh));

/** Make rows flash, and the first of them be in sight. */
export const show = (rows) => {
  rows.at(0)?.scrollIntoView({ block: "nearest" });
  for (const each of rows) {
    each.classList.remove("shown");
    void each.offsetWidth; // begins the animation anew
    each.classList.add("shown");
  }
};

// What one sees of a row; the addresses in it differ with where they lead back to.
const looks = (each) => `${each.className} ${each.textContent}`;

const mergeBody = (body, fresh) => {
  const before = new Map([...body.rows].map((each) => [each.id, (each.classList.remove("shown"), looks(each))]));
  merge(body, fresh, keep);
  return [...body.rows].filter((each) => before.get(each.id) !== looks(each));
};

/** The address that shows the rows of `body` again, and no column less. */
export const address = (body) => {
  const url = new URL(body.dataset.here, location.href);
  if (body.dataset.columns) url.searchParams.set("columns", body.dataset.columns);
  return url.pathname + url.search;
};

/**
 * Make this page like the fresh one; return the rows that changed. `body` is the part
 * of the table that the fresh page has, if it is known; else all of the table.
 */
export const arrive = ({ page, url }, body = null) => {
  const fresh = table(page)?.tBodies[0];
  const mine = table();
  const isHere = fresh && mine && (body || place(page, url) === place(document, location.href));
  const bodies = isHere && (body ? [body] : [...mine.tBodies]);
  let changed = [];
  const around = (old, now) => {
    if (!isHere || old.nodeName !== "TBODY" || old.parentNode !== mine) return keep(old, now);
    return true; // the rows are merged by themselves, see below
  };
  document.title = page.title;
  if (!body) history.replaceState(null, "", url);
  if (isHere) {
    const others = [...mine.tBodies].filter((each) => !bodies.includes(each));
    changed = mergeBody(bodies[0], fresh);
    if (!body) [...mine.tBodies].slice(1).forEach((each) => each.remove());
    others.forEach((each) => fresh.after(each.cloneNode(false)));
  }
  merge(document.getElementById("content"), page.getElementById("content"), around);
  arrivals.forEach((act) => act());
  return changed;
};
