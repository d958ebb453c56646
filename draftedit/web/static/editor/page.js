// Puts a fresh page in place of the one shown, without loading it: what differs is
// changed, and what changed is shown.

import { merge } from "./merge.js";

const arrivals = [];
const keepers = [];
const partings = [];

/** Call `act(bodies)` whenever rows of these bodies of the table have come. */
export const onArrival = (act) => arrivals.push(act);

/** Let `keeps(old, fresh)` say which elements a merge leaves alone. */
export const onMerge = (keeps) => keepers.push(keeps);

/** Call `act()` before the cells of the table become those of other columns or rows. */
export const onParting = (act) => partings.push(act);

export const table = (page = document) => page.querySelector("table.rows[data-table]");

export const row = (id) => document.getElementById(`row-${id}`);

// Which rows a page is about: with others one goes there, and merges no two lists.
const place = (page, url) => {
  const rows = table(page);
  const asked = new URL(url).searchParams;
  return rows && [rows.dataset.table, rows.dataset.parent, asked.get("q") ?? "", asked.get("filter") ?? ""].join("\n");
};

const heads = (rows) => [...rows.tHead.rows[0].cells].map((head) => head.textContent).join("\n");

/** Tell whether an answer is about rows of the table that is shown. */
export const isOfTable = ({ page, url }) => bodyOf({ page }) !== null && place(page, url) === place(document, location.href);

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

/** The address that shows the rows of `body` again, and no column less. */
export const address = (body) => {
  const url = new URL(body.dataset.here, location.href);
  if (body.dataset.columns) url.searchParams.set("columns", body.dataset.columns);
  return url.pathname + url.search;
};

/** The page of rows that an answer has; null: none were found. */
export const bodyOf = ({ page }) => table(page)?.tBodies[0] ?? null;

// Over all bodies at once: a row that goes from one into the next is not a changed one.
const mergeBodies = (parts) => {
  const rows = () => [...parts.keys()].flatMap((body) => [...body.rows]);
  const before = new Map(rows().map((each) => [each.id, (each.classList.remove("shown"), looks(each))]));
  for (const [body, fresh] of parts) merge(body, fresh, keep);
  return rows().filter((each) => before.get(each.id) !== looks(each));
};

const arrived = (bodies) => arrivals.forEach((act) => act(bodies));

/** Put fresh rows in place, and leave the rest of the page as it stands. */
export const extend = (parts) => {
  mergeBodies(parts);
  arrived([...parts.keys()]);
};

// The one body of a page that shows some rows alone: it has some of them, if any does.
const alone = (fresh) => {
  const bodies = [...table().tBodies];
  const known = [...fresh.rows].map((each) => row(each.id.slice("row-".length))?.parentNode);
  const kept = bodies.find((body) => known.includes(body)) ?? bodies[0];
  bodies.filter((body) => body !== kept).forEach((body) => body.remove());
  return new Map([[kept, fresh]]);
};

/**
 * Make this page like the fresh one; return the rows that changed. `parts` says which
 * bodies of the table are to be like which; without it the fresh page's rows are all.
 */
export const arrive = ({ page, url }, parts = null) => {
  const fresh = bodyOf({ page });
  const mine = table();
  const isHere = parts !== null || (mine && isOfTable({ page, url }));
  if (mine && !(isHere && heads(mine) === heads(table(page)))) partings.forEach((act) => act());
  document.title = page.title;
  if (!parts) history.replaceState(null, "", url);
  const merged = isHere ? (parts ?? alone(fresh)) : new Map();
  const changed = mergeBodies(merged);
  const many = isHere && mine.tBodies.length > 1;
  if (isHere) for (let more = mine.tBodies.length; more > 1; more -= 1) fresh.after(fresh.cloneNode(false));
  const apart = (old, now) => {
    // The rows are merged by themselves, and the way to more leads on from the last.
    if (isHere && old.nodeName === "TBODY" && old.parentNode === mine) return true;
    if (many && old.matches(".pager")) return true;
    return keep(old, now);
  };
  merge(document.getElementById("content"), page.getElementById("content"), apart);
  arrived([...merged.keys()]);
  return changed;
};
