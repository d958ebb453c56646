// The table as a sheet: arrows go from cell to cell, Enter edits and stores, Escape
// leaves. What is being edited, waits or was refused lies over what the server sent.

import { control } from "./controls.js";
import { editLinks } from "./chips.js";
import { address, onArrival, onMerge, row as rowOf, table } from "./page.js";
import * as pending from "./pending.js";
import { add, onSettled, readWith, sign } from "./queue.js";
import { more } from "./scrolling.js";
import { text } from "./signs.js";

const CELLS = "th[scope=row], td[data-label]";
const INSIDE = "a, button, input, select, textarea, summary, label";

/** What the server sent for a cell that something lies over. */
const served = new WeakMap();
const open = new WeakMap();

const templateOfHead = (head) => {
  const name = head?.dataset.field;
  return name ? document.querySelector(`template[data-control="${CSS.escape(name)}"]`) : null;
};

const templateOf = (cell) => templateOfHead(table().tHead.rows[0].cells[cell.cellIndex]);

const isOpenTo = (cell) => !cell.parentElement.classList.contains("gone") && templateOf(cell) !== null;

const nameOf = (cell) => {
  const field = table().tHead.rows[0].cells[cell.cellIndex].dataset.field;
  return [table().dataset.table, cell.parentElement.id.slice("row-".length), field].join(" ");
};

const cellCalled = (name) => {
  const [of, id, field] = name.split(" ");
  const mine = table();
  if (mine?.dataset.table !== of) return null;
  const heads = [...mine.tHead.rows[0].cells];
  return rowOf(id)?.cells[heads.findIndex((head) => head.dataset.field === field)] ?? null;
};

// --- what a cell holds ---------------------------------------------------------------

const contents = (cell) => served.get(cell) ?? cell;

const shownIn = (cell) => contents(cell).querySelector(".value")?.textContent ?? "";

const valueIn = (cell) => contents(cell).dataset.typed ?? shownIn(cell);

readWith((item) => {
  const cell = cellCalled(item.cell);
  if (!cell) return null;
  return item.link ? item.before : valueIn(cell);
});

// --- what lies over it ---------------------------------------------------------------

const uncover = (cell) => {
  const sent = served.get(cell);
  if (!sent) return;
  const hadFocus = cell.contains(document.activeElement);
  served.delete(cell);
  open.delete(cell);
  delete cell.dataset.state;
  cell.replaceChildren(...sent.childNodes);
  if ("typed" in sent.dataset) cell.dataset.typed = sent.dataset.typed;
  else delete cell.dataset.typed;
  cell.className = sent.className;
  if (hadFocus) focus(cell);
};

const cover = (cell, state, ...nodes) => {
  if (!served.has(cell)) {
    const sent = cell.cloneNode(false);
    sent.append(...cell.childNodes);
    served.set(cell, sent);
  }
  cell.dataset.state = state;
  cell.replaceChildren(...nodes);
};

onMerge((old, fresh) => {
  if (!served.has(old)) return false;
  served.set(old, document.importNode(fresh, true));
  return true;
});

const element = (name, properties, ...nodes) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...nodes);
  return made;
};

const showWaiting = (cell, item) => {
  const sign = element("span", { className: "unseen", textContent: ` (${text("storing")})` });
  cover(cell, "waiting", element("span", { className: "value", textContent: item.shown || "–" }), sign);
};

const button = (label, act) => {
  const made = element("button", { type: "button", className: "small", textContent: text(label) });
  made.addEventListener("click", act);
  return made;
};

const leave = (cell, item) => {
  pending.drop(item);
  uncover(cell);
  sign();
};

const showRefused = (cell, item) => {
  const id = `why-${item.name.replaceAll(/[^\w-]/g, "_")}`;
  const why = element("span", { className: "why", id, textContent: item.reason });
  const acts = [button("leave", () => leave(cell, item))];
  if (item.state === "torn") {
    why.textContent = `${item.reason} ${item.now}`;
    acts.unshift(button("mine", () => add({ ...item, before: item.now })));
  }
  if (item.link) {
    const shown = element("span", { className: "value", textContent: item.shown });
    cover(cell, item.state, shown, why, element("span", { className: "acts" }, ...acts));
    return;
  }
  const used = begin(cell, item.state, item.typed);
  used.element.setAttribute("aria-invalid", "true");
  used.element.setAttribute("aria-describedby", id);
  cell.append(why, element("span", { className: "acts" }, ...acts));
};

/** Lay over the cells what is not stored yet; take away what is. */
const overlay = (item) => {
  const cell = cellCalled(item.cell);
  if (!cell) return;
  const now = pending.ofCell(item.cell);
  const hadFocus = cell.contains(document.activeElement);
  if (cell.dataset.state === "editing" && now?.state !== "wrong") return;
  if (!now) uncover(cell);
  else if (now.state === "waiting") showWaiting(cell, now);
  else if (cell.dataset.state !== now.state || !open.has(cell)) showRefused(cell, now);
  if (hadFocus && !cell.contains(document.activeElement)) focus(cell);
};

// --- editing ---------------------------------------------------------------------------

const begin = (cell, state, typed = null) => {
  const template = templateOf(cell);
  const was = { value: valueIn(cell), shown: shownIn(cell) };
  const used = control(template, was);
  if (typed !== null) used.element.value = typed;
  cover(cell, state, used.element, ...(used.extra ? [used.extra] : []));
  open.set(cell, { ...used, was, name: template.dataset.control });
  return used;
};

/** Edit a cell; `typed` is what its text begins with, where a key has begun it. */
export const edit = (cell, typed = null) => {
  if (!isOpenTo(cell)) return;
  if (templateOf(cell).dataset.link) {
    editLinks(cell, templateOf(cell), { cover, uncover, focus, nameOf, bodyOf, end: endLinks });
    return;
  }
  const item = pending.ofCell(nameOf(cell));
  if (open.has(cell)) open.get(cell).element.focus();
  else {
    const { element: used } = begin(cell, "editing", typed ?? item?.typed ?? null);
    used.focus();
    if (typed === null) used.select?.();
  }
};

const bodyOf = (cell) => cell.closest("tbody");

const endLinks = (cell) => {
  uncover(cell);
  pending.all().filter((item) => item.cell === nameOf(cell)).forEach(overlay);
};

/** Store what stands in the cell that is edited, if it is anything new. */
const store = (cell) => {
  const { element: used, fields, shown, was, name } = open.get(cell);
  const called = nameOf(cell);
  const before = pending.ofCell(called);
  pending.stopTyping();
  const isLike = used.dataset.shown === undefined ? used.value === was.value : used.value === was.shown;
  if (isLike && (!before || before.state !== "waiting")) {
    if (before) pending.drop(before);
    uncover(cell);
    sign();
    return;
  }
  const id = cell.parentElement.id.slice("row-".length);
  const item = {
    name: called,
    cell: called,
    row: id,
    field: name,
    typed: used.value,
    shown: shown(),
    before: before?.state === "waiting" ? before.typed : was.value,
    back: address(bodyOf(cell)),
    fields: { op: "set", table: table().dataset.table, id, ...fields() },
  };
  open.delete(cell);
  delete cell.dataset.state;
  add(item);
};

const giveUp = (cell) => {
  pending.stopTyping();
  const item = pending.ofCell(nameOf(cell));
  if (item) pending.drop(item);
  uncover(cell);
  sign();
};

const toggle = (cell) => {
  const used = begin(cell, "editing").element;
  used.value = used.value === "true" ? "false" : "true";
  store(cell);
  focus(cell);
};

const isSwitch = (cell) => {
  const options = templateOf(cell)?.content.querySelectorAll("select option") ?? [];
  return [...options].map((one) => one.value).filter(Boolean).join() === "true,false";
};

// --- going from cell to cell -----------------------------------------------------------

const cellsOf = (line) => [...line.querySelectorAll(CELLS)].filter((cell) => cell.parentElement === line);

export const focus = (cell) => {
  if (!cell) return;
  table().querySelectorAll("[tabindex='0']").forEach((other) => (other.tabIndex = -1));
  cell.tabIndex = 0;
  cell.focus();
};

const lines = () => [...table().querySelectorAll("tbody > tr")];

const beside = (cell, down, right) => {
  const every = lines();
  const line = every[every.indexOf(cell.parentElement) + down];
  if (!line) return null;
  return cellsOf(line)[cellsOf(cell.parentElement).indexOf(cell) + right] ?? null;
};

// Tab goes through the cells that can be edited, row after row.
const following = (cell, step) => {
  const every = lines();
  const openTo = (line) => cellsOf(line).filter(isOpenTo);
  let at = every.indexOf(cell.parentElement);
  const here = openTo(every[at]);
  const next = here[here.indexOf(cell) + step];
  if (next) return next;
  for (at += step; every[at]; at += step) {
    const cells = openTo(every[at]);
    if (cells.length) return cells.at(step > 0 ? 0 : -1);
  }
  return null;
};

const MOVES = {
  ArrowUp: (cell) => beside(cell, -1, 0),
  ArrowDown: (cell) => beside(cell, 1, 0),
  ArrowLeft: (cell) => beside(cell, 0, -1),
  ArrowRight: (cell) => beside(cell, 0, 1),
  Home: (cell) => cellsOf(cell.parentElement)[0],
  End: (cell) => cellsOf(cell.parentElement).at(-1),
  PageUp: (cell) => beside(cell, -Math.min(10, lines().indexOf(cell.parentElement)), 0),
  PageDown: (cell) => beside(cell, Math.min(10, lines().length - 1 - lines().indexOf(cell.parentElement)), 0),
};

const DOWN = new Set(["ArrowDown", "PageDown"]);

const go = async (cell, key) => {
  const isLast = lines().at(-1) === cell.parentElement;
  focus(MOVES[key](cell) ?? cell);
  // Below the last row there may be more, which have to come first.
  if (isLast && DOWN.has(key) && (await more()) && document.activeElement === cell) focus(MOVES[key](cell) ?? cell);
};

const ACTS = {
  Enter: (cell) => edit(cell),
  F2: (cell) => edit(cell),
  " ": (cell) => isSwitch(cell) && isOpenTo(cell) && toggle(cell),
  Delete: (cell) => clear(cell),
  Backspace: (cell) => clear(cell),
};

const takesText = (cell) => isOpenTo(cell) && templateOf(cell).content.querySelector("select") === null;

const clear = (cell) => {
  if (!takesText(cell) || templateOf(cell).dataset.link || !("optional" in templateOf(cell).dataset)) return;
  begin(cell, "editing", "");
  store(cell);
  focus(cell);
};

const onKeyOnCell = (event, cell) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isMove = event.key in MOVES;
  if (isMove) go(cell, event.key);
  else if (ACTS[event.key]) ACTS[event.key](cell);
  else if (event.key.length === 1 && takesText(cell) && !templateOf(cell).dataset.link) edit(cell, "");
  else return;
  // The letter itself then goes into the control that has just been opened.
  if (isMove || ACTS[event.key]) event.preventDefault();
};

const onKeyInControl = (event, cell) => {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    giveUp(cell);
    focus(cell);
  } else if (event.key === "Enter" && !event.shiftKey) {
    store(cell);
    focus(cell);
  } else if (event.key === "Tab") {
    const next = following(cell, event.shiftKey ? -1 : 1);
    store(cell);
    focus(next ?? cell);
  } else return;
  event.preventDefault();
};

const cellOf = (target) => (target instanceof Element ? target.closest(`table.rows[data-table] :is(${CELLS})`) : null);

const listen = () => {
  let byPointer = false;
  document.addEventListener("keydown", (event) => {
    byPointer = false;
    const cell = cellOf(event.target);
    if (!cell || event.defaultPrevented) return;
    if (event.target === cell) onKeyOnCell(event, cell);
    else if (open.get(cell)?.element === event.target) onKeyInControl(event, cell);
  });
  document.addEventListener("pointerdown", () => (byPointer = true));
  document.addEventListener("click", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.target.closest(INSIDE) || !getSelection().isCollapsed) return;
    focus(cell);
    edit(cell);
  });
  document.addEventListener("input", (event) => {
    const cell = cellOf(event.target);
    if (cell && open.get(cell)?.element === event.target) pending.type(nameOf(cell), event.target.value);
  });
  document.addEventListener("change", (event) => {
    const cell = cellOf(event.target);
    // By arrows one goes through the choices, and has not chosen before Enter or Tab.
    if (!byPointer || !cell || open.get(cell)?.element !== event.target || !event.target.matches("select")) return;
    store(cell);
    focus(cell);
  });
  document.addEventListener("focusout", (event) => {
    const cell = cellOf(event.target);
    if (cell?.dataset.state !== "editing" || open.get(cell)?.element !== event.target) return;
    if (document.hasFocus() && !cell.contains(event.relatedTarget)) store(cell);
  });
  document.addEventListener("copy", (event) => {
    const cell = cellOf(document.activeElement);
    if (cell !== document.activeElement || !getSelection().isCollapsed) return;
    event.clipboardData.setData("text/plain", shownIn(cell));
    event.preventDefault();
  });
  document.addEventListener("paste", (event) => {
    const cell = cellOf(document.activeElement);
    if (!cell || cell !== document.activeElement || !takesText(cell) || templateOf(cell).dataset.link) return;
    event.preventDefault();
    begin(cell, "editing", event.clipboardData.getData("text/plain").replace(/\r?\n$/, ""));
    store(cell);
    focus(cell);
  });
};

// --- making the table a sheet ------------------------------------------------------------

const prepare = (bodies = []) => {
  const mine = table();
  if (!mine) return;
  mine.setAttribute("role", "grid");
  const open = [...mine.tHead.rows[0].cells].map(templateOfHead);
  for (const body of bodies.length ? bodies : mine.tBodies) {
    for (const cell of body.querySelectorAll(CELLS)) {
      if (!cell.hasAttribute("tabindex")) cell.tabIndex = -1;
      const isReadOnly = open[cell.cellIndex] === null || cell.parentElement.classList.contains("gone");
      if (isReadOnly) cell.setAttribute("aria-readonly", "true");
      else cell.removeAttribute("aria-readonly");
    }
  }
  if (!mine.querySelector("tbody [tabindex='0']")) {
    const first = mine.querySelector(`tbody :is(${CELLS})`);
    if (first) first.tabIndex = 0;
  }
  pending.all().forEach(overlay);
};

/** Go on editing where a reload has cut it off. */
const resume = (typing) => {
  const cell = typing && cellCalled(typing.cell);
  if (!cell) return;
  focus(cell);
  edit(cell, typing.typed);
};

export const startCells = () => {
  if (!table()) return;
  const typing = pending.restore();
  onArrival(prepare);
  onSettled(overlay);
  listen();
  prepare();
  resume(typing);
};
