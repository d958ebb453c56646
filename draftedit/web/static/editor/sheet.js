// The table as a sheet: which cells there are, what they are called, and how one goes
// from one to the next.

import { row as rowOf, table } from "./page.js";
import { more } from "./scrolling.js";

export const CELLS = "th[scope=row], td[data-label]";

export const templateOfHead = (head) => {
  const name = head?.dataset.field;
  return name ? document.querySelector(`template[data-control="${CSS.escape(name)}"]`) : null;
};

export const templateOf = (cell) => templateOfHead(table().tHead.rows[0].cells[cell.cellIndex]);

export const isOpenTo = (cell) => !cell.parentElement.classList.contains("gone") && templateOf(cell) !== null;

/** What a cell is called wherever it stands: its table, its row, its column. */
export const nameOf = (cell) => {
  const field = table().tHead.rows[0].cells[cell.cellIndex].dataset.field;
  return [table().dataset.table, cell.parentElement.id.slice("row-".length), field].join("\n");
};

export const cellCalled = (name) => {
  const [of, id, field] = name.split("\n");
  const mine = table();
  if (mine?.dataset.table !== of) return null;
  const heads = [...mine.tHead.rows[0].cells];
  return rowOf(id)?.cells[heads.findIndex((head) => head.dataset.field === field)] ?? null;
};

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
export const following = (cell, step) => {
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

export const MOVES = {
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

export const go = async (cell, key) => {
  const isLast = lines().at(-1) === cell.parentElement;
  focus(MOVES[key](cell) ?? cell);
  // Below the last row there may be more, which have to come first.
  if (isLast && DOWN.has(key) && (await more()) && document.activeElement === cell) focus(MOVES[key](cell) ?? cell);
};
