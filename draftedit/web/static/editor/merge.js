// Makes a part of the page like a fresh one from the server, and leaves alone what is
// alike: focus, scroll, ticks and open folds stay where they are.

// What scripts and users have added to what the server sent.
const OURS = new Set(["tabindex", "role", "draggable", "data-state", "aria-readonly", "open"]);

const mergeAttributes = (old, fresh) => {
  let changed = false;
  for (const { name } of [...old.attributes]) {
    if (fresh.hasAttribute(name) || OURS.has(name)) continue;
    old.removeAttribute(name);
    changed = true;
  }
  for (const { name, value } of fresh.attributes) {
    if (OURS.has(name) || old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    changed = true;
  }
  return changed;
};

// Not `.id`: in a form that is its field called "id".
const idOf = (node) => node.getAttribute?.("id") ?? "";

const isAlike = (old, fresh) =>
  old.nodeType === fresh.nodeType &&
  old.nodeName === fresh.nodeName &&
  idOf(old) === idOf(fresh) &&
  old.dateTime === fresh.dateTime; // another time is put in anew, for times.js to see it

// An element with an id is itself wherever it stands; others are told by their place.
const counterpart = (fresh, at, parent) => {
  if (idOf(fresh)) {
    const same = document.getElementById(idOf(fresh));
    return same?.parentNode === parent && same.nodeName === fresh.nodeName ? same : null;
  }
  return at && isAlike(at, fresh) ? at : null;
};

// Put one of the nodes behind `at` before it. Moving an element takes the focus from it
// and ends the typing in it: what has the focus stays, and what is between goes behind.
const bring = (same, at, parent) => {
  if (!same.contains(document.activeElement)) {
    parent.insertBefore(same, at);
    return;
  }
  const behind = same.nextSibling;
  while (at !== same) {
    const next = at.nextSibling;
    parent.insertBefore(at, behind);
    at = next;
  }
};

const mergeChildren = (old, fresh, keep) => {
  let changed = false;
  let at = old.firstChild;
  for (const child of fresh.childNodes) {
    const same = counterpart(child, at, old);
    if (!same) {
      old.insertBefore(document.importNode(child, true), at);
      changed = true;
    } else {
      if (same === at) at = at.nextSibling;
      else bring(same, at, old);
      changed = merge(same, child, keep) || changed;
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
    changed = true;
  }
  return changed;
};

/**
 * Make `old` like `fresh`; return whether anything was changed. `keep(old, fresh)` says
 * of which elements the caller takes care.
 */
export const merge = (old, fresh, keep = () => false) => {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data === fresh.data) return false;
    old.data = fresh.data;
    return true;
  }
  if (keep(old, fresh)) return false;
  // Times were put into the reader's own zone, see times.js.
  if (old.nodeName === "TIME") return false;
  const attributes = mergeAttributes(old, fresh);
  return mergeChildren(old, fresh, keep) || attributes;
};
