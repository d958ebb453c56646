// What was typed and is not stored yet, cell by cell. It outlives a reload: a tab keeps
// it until the server has it, or until whoever typed it takes it back.

const PLACE = `draftedit ${location.pathname}`;
const items = new Map();

/** `{cell, typed}`: what stands in the cell that is being edited. */
let typing = null;

// A full or forbidden store must not stop the editing: the page itself still has it.
const keep = () => {
  try {
    if (items.size || typing) sessionStorage.setItem(PLACE, JSON.stringify({ items: [...items.values()], typing }));
    else sessionStorage.removeItem(PLACE);
  } catch (error) {
    console.warn("draftedit: what is not stored yet would not outlive a reload", error);
  }
};

export const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  kept?.items.forEach((item) => items.set(item.name, item));
  typing = kept?.typing ?? null;
};

export const put = (item) => {
  items.delete(item.name); // the last one said is the last one sent
  items.set(item.name, item);
  keep();
};

export const change = (item, values) => {
  Object.assign(item, values);
  keep();
};

export const drop = (item) => {
  if (items.get(item.name) === item) items.delete(item.name);
  keep();
};

export const type = (cell, typed) => {
  typing = { cell, typed };
  keep();
};

export const typed = () => typing;

export const stopTyping = () => {
  typing = null;
  keep();
};

export const all = () => [...items.values()];
export const ofCell = (cell) => all().find((item) => item.cell === cell);
export const waiting = () => all().filter((item) => item.state === "waiting");
export const refused = () => all().filter((item) => item.state === "wrong" || item.state === "torn");
