// Cells that are edited in place: arrows go from cell to cell, Enter edits and stores,
// Escape leaves.

import { shownIn, uncoverAll } from "./covers.js";
import { begin, clear, edit, giveUp, isSwitch, opened, store, takesText, toggle } from "./editing.js";
import { overlay } from "./overlays.js";
import { onArrival, onParting, table } from "./page.js";
import * as pending from "./pending.js";
import { onSettled } from "./queue.js";
import { CELLS, cellCalled, focus, following, go, isOpenTo, MOVES, nameOf, templateOfHead } from "./sheet.js";

const INSIDE = "a, button, input, select, textarea, summary, label";

const ACTS = {
  Enter: (cell) => edit(cell),
  F2: (cell) => edit(cell),
  " ": (cell) => isSwitch(cell) && isOpenTo(cell) && toggle(cell),
  Delete: (cell) => clear(cell),
  Backspace: (cell) => clear(cell),
};

const onKeyOnCell = (event, cell) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isMove = event.key in MOVES;
  if (isMove) go(cell, event.key);
  else if (ACTS[event.key]) ACTS[event.key](cell);
  else if (event.key.length === 1 && takesText(cell)) edit(cell, "");
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
    else if (opened(cell)?.element === event.target) onKeyInControl(event, cell);
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
    if (cell && opened(cell)?.element === event.target) pending.type(nameOf(cell), event.target.value);
  });
  document.addEventListener("change", (event) => {
    const cell = cellOf(event.target);
    // By arrows one goes through the choices, and has not chosen before Enter or Tab.
    if (!byPointer || !cell || opened(cell)?.element !== event.target || !event.target.matches("select")) return;
    store(cell);
    focus(cell);
  });
  document.addEventListener("focusout", (event) => {
    const cell = cellOf(event.target);
    if (cell?.dataset.state !== "editing" || opened(cell)?.element !== event.target) return;
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
    if (!cell || cell !== document.activeElement || !takesText(cell)) return;
    event.preventDefault();
    begin(cell, "editing", event.clipboardData.getData("text/plain").replace(/\r?\n$/, ""));
    store(cell);
    focus(cell);
  });
};

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
  resume();
};

// Where a reload, or another column, has cut off the typing it goes on.
const resume = () => {
  const typing = pending.typed();
  const cell = typing && cellCalled(typing.cell);
  if (!cell || opened(cell)) return;
  focus(cell);
  edit(cell, typing.typed);
};

export const startCells = () => {
  pending.restore();
  onArrival(prepare);
  onParting(uncoverAll);
  onSettled(overlay);
  listen();
  prepare();
};
