// Links as chips: taken away one by one, added by a part of their name. Each is a step
// of its own.

import { offer } from "./controls.js";
import { element } from "./element.js";
import { address, table } from "./page.js";
import { add } from "./queue.js";
import { text } from "./signs.js";

const chipsOf = (cell) =>
  [...cell.querySelectorAll(".chips li:not(.gone)")].map((chip) => ({
    id: chip.dataset.id,
    label: chip.querySelector(".value").textContent,
  }));

/** Edit the links in a cell; `sheet` lends what lies over cells, and takes it away. */
export const editLinks = (cell, template, sheet) => {
  const { label, choices, link, end } = template.dataset;
  const chips = chipsOf(cell);
  const row = cell.parentElement.id.slice("row-".length);
  let isDone = false; // what takes the panel away takes its focus, and that is no word
  const send = (what, shown, fields) => {
    isDone = true;
    const called = sheet.nameOf(cell);
    sheet.uncover(cell);
    add({
      name: `${called} ${what}`,
      cell: called,
      row,
      field: end,
      link,
      shown,
      typed: shown,
      before: null,
      back: address(sheet.bodyOf(cell)),
      fields: { table: link, form_table: table().dataset.table, form_id: row, ...fields },
    });
    sheet.focus(cell);
  };

  const list = element("ul", { className: "chips" });
  for (const chip of chips) {
    const away = element("button", { type: "button", className: "tool", textContent: "✕" });
    away.setAttribute("aria-label", `${text("takeAway")} ${chip.label}`);
    away.addEventListener("click", () => send(chip.id, `− ${chip.label}`, { op: "delete", id: chip.id }));
    list.append(element("li", {}, element("span", { className: "value", textContent: chip.label }), away));
  }
  const input = template.content.firstElementChild.cloneNode(true);
  input.setAttribute("aria-label", `${text("add")} ${label}`);
  input.placeholder = text("add");
  const { list: suggestions, known } = offer(input, choices);
  const commit = () => {
    const typed = input.value.trim();
    const key = known.get(typed) ?? null;
    const said = key === null ? { [`q.${end}`]: typed } : { [`v.${end}`]: String(key) };
    send(`+${typed}`, `+ ${typed}`, { op: "insert", parent: row, ...said });
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && input.value.trim()) commit();
    else if (event.key === "Escape" || event.key === "Enter") {
      isDone = true;
      sheet.end(cell);
      sheet.focus(cell);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const panel = element("div", { className: "links" }, ...(chips.length ? [list] : []), input, suggestions);
  panel.addEventListener("focusout", (event) => {
    if (isDone || !document.hasFocus() || cell.contains(event.relatedTarget)) return;
    if (input.value.trim()) commit();
    else sheet.end(cell);
  });
  sheet.cover(cell, "editing", panel);
  input.focus();
};
