// What lies over cells: what is being edited, waits or was refused. Below it stays what
// the server has sent last.

import { onMerge, table } from "./page.js";
import { focus } from "./sheet.js";

/** What the server sent for a cell that something lies over. */
const served = new WeakMap();

const contents = (cell) => served.get(cell) ?? cell;

export const shownIn = (cell) => contents(cell).querySelector(".value")?.textContent ?? "";

export const valueIn = (cell) => contents(cell).dataset.typed ?? shownIn(cell);

export const uncover = (cell) => {
  const sent = served.get(cell);
  if (!sent) return;
  const hadFocus = cell.contains(document.activeElement);
  served.delete(cell);
  delete cell.dataset.state;
  cell.replaceChildren(...sent.childNodes);
  if ("typed" in sent.dataset) cell.dataset.typed = sent.dataset.typed;
  else delete cell.dataset.typed;
  cell.className = sent.className;
  if (hadFocus) focus(cell);
};

export const cover = (cell, state, ...nodes) => {
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

/** Take away what lies over any cell: the columns are no longer those of before. */
export const uncoverAll = () => table()?.querySelectorAll("[data-state]").forEach(uncover);
