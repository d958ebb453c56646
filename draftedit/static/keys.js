// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) press the editor's Undo and Redo buttons.
// Everything works without this file; inside a text field the browser's own undo is meant.
const typing = (element) =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  const redo = key === "y" || (key === "z" && event.shiftKey);
  if (key !== "z" && !redo) return;
  const button = document.querySelector(redo ? "button[data-redo]" : "button[data-undo]");
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
});

// Who types a value of their own into a conflict has chosen it.
document.addEventListener("input", (event) => {
  const radio = event.target.closest(".own")?.querySelector("input[type=radio]");
  if (radio && event.target.name !== radio.name) radio.checked = true;
});
