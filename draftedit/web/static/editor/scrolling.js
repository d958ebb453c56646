// Where the end of the table comes near, the rows that follow are put below. The link to
// them stays: it leads on from the last row, and is all there is without this file.

import { append, bodies } from "./bodies.js";
import { onArrival } from "./page.js";
import * as pending from "./pending.js";
import { say, text } from "./signs.js";

const NEAR = "800px"; // about a screen before the end is in sight

const link = () => document.querySelector(".pager a[rel=next]");

const load = async () => {
  const came = await append();
  const count = bodies().reduce((sum, body) => sum + body.rows.length, 0);
  if (came && !pending.waiting().length) say(text("rowsShown").replace("#", count));
  return came;
};

let loading = null;

/** Load the rows that follow, once at a time; return whether there were any. */
export const more = () => {
  loading ??= load().finally(() => (loading = null));
  return loading;
};

let watched = null;

// Observed anew, it tells anew whether the end is near. Where nothing came it is not
// asked again before the end has been out of sight.
const observer = new IntersectionObserver(
  async (entries) => {
    if (!entries.at(-1).isIntersecting || !(await more()) || !watched) return;
    observer.unobserve(watched);
    observer.observe(watched);
  },
  { rootMargin: NEAR },
);

const leadOn = () => {
  const next = link();
  const where = bodies().at(-1)?.dataset.next;
  if (next && bodies().length) {
    next.hidden = !where;
    if (where) next.setAttribute("href", where);
  }
  if (next === watched) return;
  if (watched) observer.unobserve(watched);
  watched = next;
  if (next) observer.observe(next);
};

export const startScrolling = () => {
  onArrival(leadOn);
  leadOn();
};
