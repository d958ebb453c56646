// Shows in the cells what is not stored yet: what waits, and what was refused, with the
// reason and the ways to go on.

import { cover, uncover, valueIn } from "./covers.js";
import { begin, opened } from "./editing.js";
import { element } from "./element.js";
import * as pending from "./pending.js";
import { add, readWith, sign } from "./queue.js";
import { cellCalled, focus } from "./sheet.js";
import { text } from "./signs.js";

readWith((item) => {
  const cell = cellCalled(item.cell);
  if (!cell) return null;
  return item.link ? item.before : valueIn(cell);
});

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
export const overlay = (item) => {
  const cell = cellCalled(item.cell);
  if (!cell) return;
  const now = pending.ofCell(item.cell);
  const hadFocus = cell.contains(document.activeElement);
  if (cell.dataset.state === "editing" && now?.state !== "wrong") return;
  if (!now) uncover(cell);
  else if (now.state === "waiting") showWaiting(cell, now);
  else if (cell.dataset.state !== now.state || !opened(cell)) showRefused(cell, now);
  if (hadFocus && !cell.contains(document.activeElement)) focus(cell);
};
