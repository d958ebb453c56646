// Gives rows another place: with Alt and an arrow, or dragged by the handle, among the
// rows that are shown or onto another parent in the tree.

import { renew, showAlone } from "./bodies.js";
import { focus } from "./sheet.js";
import { isBusy } from "./line.js";
import { address, onArrival, row, show, table } from "./page.js";
import { reason, whenStored } from "./queue.js";
import { get, newKey, post, version } from "./server.js";
import { say, text, warn } from "./signs.js";
import { isLost } from "./verbs.js";

const LINES = "table.rows[data-moves] tbody > tr";
const TYPED = "textarea, select, input:not([type=checkbox])";
const FIRST = ""; // what a form says instead of a row to stand after
const LAST = "~last";
const TRIES = 3; // against other windows of the same draft

/** Whether rows have places among each other, or only a parent. */
const isOrdered = () => table().dataset.moves === "order";

const idOf = (line) => line.id.slice("row-".length);
const bodyOf = (line) => line.closest("tbody");
const isGone = (line) => line.classList.contains("gone");

// Of rows that are deleted nothing stands before or after: they are stepped over.
const there = (id) => {
  const line = row(id);
  return line && !isGone(line) ? line : null;
};

// --- where rows stand ------------------------------------------------------------------

const isNarrowed = (body) => {
  const asked = new URL(body.dataset.here, location.href).searchParams;
  return Boolean(asked.get("q") || asked.get("filter"));
};

/** The rows of a page in their order, and whether others stand before or behind them. */
const orderIn = (mine) => {
  const bodies = [...mine.tBodies];
  const narrowed = isNarrowed(bodies[0]);
  return {
    lines: [...mine.querySelectorAll("tbody > tr")].filter((line) => !isGone(line)),
    before: narrowed || "begun" in bodies[0].dataset,
    behind: narrowed || "next" in bodies.at(-1).dataset,
  };
};

/** The address of the page that has a row in its middle, with all that stand around it. */
const around = (line) => {
  const url = new URL(address(bodyOf(line)), location.href);
  ["q", "filter", "after"].forEach((name) => url.searchParams.delete(name));
  url.searchParams.set("around", idOf(line));
  return url.pathname + url.search;
};

// After which row another one stands when it has gone one place up or down. Null: it
// cannot; undefined: the page does not show it.
const STEPS = {
  ArrowUp: ({ lines, before }, at) => lines[at - 2] ?? (before ? undefined : at > 0 ? FIRST : null),
  ArrowDown: ({ lines, behind }, at) => lines[at + 1] ?? (behind ? undefined : null),
};

const placeOf = ({ lines }, id) => lines.findIndex((line) => idOf(line) === id);

const step = (order, id, key) => {
  const at = placeOf(order, id);
  return at < 0 ? undefined : STEPS[key](order, at);
};

/** After which row others come to stand that are put before the first one shown. */
const beforeFirst = (order, first, ids) => {
  const earlier = order.lines.slice(0, Math.max(0, placeOf(order, first)));
  return earlier.findLast((line) => !ids.includes(idOf(line))) ?? (order.before ? undefined : FIRST);
};

// --- moving them -------------------------------------------------------------------------

// What was sent last and not answered: said again, it has the same key and is done once.
let unanswered = null;

const send = async ({ ids, after, parent, back }) => {
  const whom = ids.length > 1 ? [["op", "several"], ["each", "move"]] : [["op", "move"]];
  const fields = [
    ...whom,
    ["table", table().dataset.table],
    ...ids.map((id) => ["id", id]),
    ...(parent ? [["parent", parent]] : []),
    ["after", typeof after === "string" ? after : idOf(after)],
    ["back", back],
    ["version", version()],
  ];
  const said = JSON.stringify(fields);
  const key = unanswered?.said === said ? unanswered.key : newKey();
  const answer = await post(document.getElementById("rows-form").getAttribute("action"), [...fields, ["key", key]]);
  unanswered = answer.is === "away" ? { said, key } : null;
  return answer;
};

const told = (name, line) => text(name).replace("#", () => line.dataset.told);

/** Put what is fresh in place; who was in a row that had to be made anew is in it again. */
const keepingFocus = async (arrive, id) => {
  const column = document.activeElement.closest("tr > *")?.cellIndex;
  await arrive();
  if (document.activeElement !== document.body) return;
  const cell = column === undefined ? null : row(id)?.cells[column];
  if (cell) focus(cell);
  else document.getElementById("content").focus({ preventScroll: true });
};

/** Do what `plan()` wishes, on the page as it is when it is done; null: nothing. */
const move = async (plan) => {
  for (let tries = 1; ; tries += 1) {
    const wish = await plan();
    if (!wish) return;
    say(text("storing"));
    const answer = await send(wish);
    if (isLost(answer)) return;
    if (answer.status === 412 && tries < TRIES) {
      // Changed in another window: moved from where it stands by now.
      const fresh = await get(address(wish.body));
      if (isLost(fresh)) return;
      await keepingFocus(() => showAlone(fresh), wish.ids[0]);
    } else if (answer.is === "refused") {
      warn(reason(answer));
      return;
    } else {
      const shows = () => Boolean(wish.parent) || wish.ids.every(row);
      await keepingFocus(() => renew(wish.bodies, answer, shows), wish.ids[0]);
      show(wish.ids.map(row).filter(Boolean));
      say(wish.said);
      return;
    }
  }
};

const saidOf = (after) => (after === FIRST ? text("movedFirst") : told("movedAfter", after));

/** What is to be done, and in which bodies of the table; none: `back` leads elsewhere. */
const wishFor = (ids, after, { back, parent, said } = {}) => {
  const body = bodyOf(row(ids[0]));
  // What stands before all that is shown is in no body: then the row comes into the first.
  const into = parent ? body : after.isConnected ? bodyOf(after) : table().tBodies[0];
  const bodies = back ? [] : [...new Set([...ids.map((id) => bodyOf(row(id))), into])];
  return { ids, after, parent, body, bodies, back: back ?? address(body), said: said ?? saidOf(after) };
};

/**
 * Find in the order that is shown, or else around a row, what `look(order)` looks for:
 * `{after, isFar}`, or null where that could not be found out.
 */
const found = async (line, look) => {
  const seen = look(orderIn(table()));
  if (seen !== undefined) return { after: seen, isFar: false };
  const answer = await get(around(line));
  if (isLost(answer)) return null;
  const mine = table(answer.page);
  const after = mine ? look(orderIn(mine)) : undefined;
  if (after !== undefined) return { after, isFar: true };
  warn(text("unseen"));
  return null;
};

/** Plan the way of a row one place up or down. */
const stepOf = (id, key) => async () => {
  const line = there(id);
  if (!line) {
    warn(text("gone"));
    return null;
  }
  const place = await found(line, (order) => step(order, id, key));
  if (!place) return null;
  if (place.after === null) {
    say(text(key === "ArrowUp" ? "isFirst" : "isLast"));
    return null;
  }
  // Where it leaves the page that is shown one goes with it.
  const follows = place.isFar && !isNarrowed(bodyOf(line));
  return wishFor([id], place.after, follows ? { back: around(line) } : {});
};

/** Plan the way of rows after another one; null: before the first one shown. */
const dropOf = (dragged, last, first) => async () => {
  const ids = dragged.filter(there);
  const line = there(last ?? first);
  if (!ids.length || !line) {
    warn(text("gone"));
    return null;
  }
  const place = last ? { after: line } : await found(line, (order) => beforeFirst(order, first, ids));
  return place && wishFor(ids, place.after);
};

/** Plan the way of rows to the end of those of another parent. */
const parentOf = (dragged, { id, told: called }) => () => {
  const ids = dragged.filter(there);
  const said = text(isOrdered() ? "movedTo" : "movedAway").replace("#", () => called);
  if (ids.length) return wishFor(ids, LAST, { parent: id, said });
  warn(text("gone"));
  return null;
};

// --- by the keyboard -----------------------------------------------------------------------

const onKey = (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !(event.key in STEPS)) return;
  const line = event.target.closest(LINES);
  if (!line || !isOrdered() || event.target.matches(TYPED)) return;
  event.preventDefault();
  // A key that is held down goes as fast as rows are moved, and stops when it is let go.
  if (event.repeat && isBusy()) return;
  whenStored(() => move(stepOf(idOf(line), event.key)));
};

// --- by dragging -------------------------------------------------------------------------

let dragged = null; // the rows, by their ids, while they are dragged
let marked = null;

const mark = (landing) => {
  if (marked?.element === landing?.element && marked?.sign === landing?.sign) return;
  marked?.element.classList.remove(marked.sign);
  landing?.element.classList.add(landing.sign);
  marked = landing;
};

const isPlaceOf = (after, ids) => {
  const order = orderIn(table()).lines.map(idOf);
  const rest = order.filter((id) => !ids.includes(id));
  const at = after ? rest.indexOf(idOf(after)) + 1 : 0;
  return order.join() === [...rest.slice(0, at), ...ids, ...rest.slice(at)].join();
};

/** Where rows would land in the table: behind the nearest that stays, or before all. */
const landingIn = (line, height) => {
  const lines = [...table().querySelectorAll("tbody > tr")];
  const { top, bottom } = line.getBoundingClientRect();
  const upTo = lines.indexOf(line) + (height > (top + bottom) / 2 ? 1 : 0);
  const after = lines.slice(0, upTo).findLast((one) => !isGone(one) && !dragged.includes(idOf(one)));
  if (isPlaceOf(after, dragged)) return null;
  if (after) return { element: after, sign: "lands-after", plan: (ids) => dropOf(ids, idOf(after)) };
  const first = orderIn(table()).lines.find((one) => !dragged.includes(idOf(one)));
  return { element: lines[0], sign: "lands-before", plan: (ids) => dropOf(ids, null, idOf(first)) };
};

const landingOf = ({ target, clientY }) => {
  const element = target instanceof Element ? target : target.parentElement;
  const branch = element.closest(".tree a.row[data-id]");
  if (branch) return { element: branch, sign: "takes", plan: (ids) => parentOf(ids, { ...branch.dataset }) };
  const line = element.closest(LINES);
  return line && isOrdered() ? landingIn(line, clientY) : null;
};

const onDragStart = (event) => {
  const line = event.target instanceof Element && event.target.closest("[data-handle]")?.closest(LINES);
  if (!line) return;
  const ticked = [...table().querySelectorAll("tbody .pick :checked")].map((box) => box.closest("tr"));
  dragged = (ticked.includes(line) ? ticked : [line]).map(idOf);
  const { left, top } = line.getBoundingClientRect();
  event.dataTransfer.clearData(); // the handle is a link, but that is not what is dragged
  event.dataTransfer.setData("text/plain", line.dataset.told);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setDragImage(line, event.clientX - left, event.clientY - top);
};

const onDragOver = (event) => {
  if (!dragged) return;
  dragged.forEach((id) => row(id)?.classList.add("dragged"));
  const landing = landingOf(event);
  mark(landing);
  if (!landing) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
};

const onDrop = (event) => {
  const landing = dragged && landingOf(event);
  if (!landing) return;
  event.preventDefault();
  const plan = landing.plan(dragged);
  onDragEnd();
  whenStored(() => move(plan));
};

const onDragEnd = () => {
  mark(null);
  dragged?.forEach((id) => row(id)?.classList.remove("dragged"));
  dragged = null;
};

// --- saying how ----------------------------------------------------------------------------

const prepare = () => {
  for (const handle of document.querySelectorAll(`${LINES} [data-handle]`)) {
    handle.title = text(isOrdered() ? "howToMove" : "howToMoveAway");
    if (isOrdered()) handle.setAttribute("aria-keyshortcuts", "Alt+ArrowUp Alt+ArrowDown");
  }
};

export const startMoving = () => {
  document.addEventListener("keydown", onKey);
  document.addEventListener("dragstart", onDragStart);
  document.addEventListener("dragover", onDragOver);
  document.addEventListener("drop", onDrop);
  document.addEventListener("dragend", onDragEnd);
  onArrival(prepare);
  prepare();
};
