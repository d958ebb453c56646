// Editing a cell: it begins, is stored or given up.

import { control } from "./controls.js";
import { editLinks } from "./chips.js";
import { cover, shownIn, uncover, valueIn } from "./covers.js";
import { address, table } from "./page.js";
import * as pending from "./pending.js";
import { add, sign, tellOf } from "./queue.js";
import { focus, isOpenTo, nameOf, templateOf } from "./sheet.js";

/** The controls of the cells that are edited or refused. */
const open = new WeakMap();

/** The control that stands in a cell, if there is one. */
export const opened = (cell) => {
  const used = open.get(cell);
  return used && cell.contains(used.element) ? used : undefined;
};

export const begin = (cell, state, typed = null) => {
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
  if (opened(cell)) opened(cell).element.focus();
  else {
    const { element: used } = begin(cell, "editing", typed ?? item?.typed ?? null);
    used.focus();
    if (typed === null) used.select?.();
  }
};

const bodyOf = (cell) => cell.closest("tbody");

const endLinks = (cell) => {
  uncover(cell);
  tellOf(nameOf(cell));
};

/** Store what stands in the cell that is edited, if it is anything new. */
export const store = (cell) => {
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
  delete cell.dataset.state;
  add(item);
};

export const giveUp = (cell) => {
  pending.stopTyping();
  const item = pending.ofCell(nameOf(cell));
  if (item) pending.drop(item);
  uncover(cell);
  sign();
};

export const toggle = (cell) => {
  const used = begin(cell, "editing").element;
  used.value = used.value === "true" ? "false" : "true";
  store(cell);
  focus(cell);
};

export const isSwitch = (cell) => {
  const options = templateOf(cell)?.content.querySelectorAll("select option") ?? [];
  return [...options].map((one) => one.value).filter(Boolean).join() === "true,false";
};

/** Tell whether text may be typed over a cell. */
export const takesText = (cell) => {
  if (!isOpenTo(cell)) return false;
  const template = templateOf(cell);
  return !template.dataset.link && template.content.querySelector("select") === null;
};

export const clear = (cell) => {
  if (!takesText(cell) || !("optional" in templateOf(cell).dataset)) return;
  begin(cell, "editing", "");
  store(cell);
  focus(cell);
};
