// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) press the editor's Undo and Redo buttons, Ctrl+S
// goes on to review and save; Cmd on a Mac. Everything works without this file; inside a
// text field the browser's own undo is meant.
const typing = (element) =>
  element.isContentEditable ||
  element.matches("textarea, select, input:not([type=checkbox], [type=radio])");

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  const review = document.querySelector("a[data-review]");
  if (key === "s" && review) {
    event.preventDefault();
    document.activeElement.blur(); // what is being typed counts, too
    review.click();
  }
  if (typing(event.target)) return;
  const redo = key === "y" || (key === "z" && event.shiftKey);
  if (key !== "z" && !redo) return;
  const which = redo ? "button[data-redo]" : "button[data-undo]";
  const button = document.querySelector(which);
  if (!button) return;
  event.preventDefault();
  // The editor in place takes it, and knows what is under way: see editor/verbs.js.
  const isFree = document.dispatchEvent(new CustomEvent("draftedit:turn", { cancelable: true, detail: which }));
  if (isFree && !button.disabled) button.click();
});

// Who types a value of their own into a conflict has chosen it.
document.addEventListener("input", (event) => {
  const radio = event.target.closest(".own")?.querySelector("input[type=radio]");
  if (radio && event.target.name !== radio.name) radio.checked = true;
});
