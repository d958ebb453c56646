// Shows times as whoever reads them writes them: in the language of the browser and the
// zone of the machine. Without this file they are in UTC, and say so when pointed at.
const clock = new Intl.DateTimeFormat(navigator.languages, { timeStyle: "short" });
const both = new Intl.DateTimeFormat(navigator.languages, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(navigator.languages, { dateStyle: "full", timeStyle: "long" });

const show = (time) => {
  const moment = new Date(time.dateTime);
  if (!time.dateTime.includes("T") || Number.isNaN(moment.valueOf())) return;
  const today = moment.toDateString() === new Date().toDateString();
  time.textContent = (today ? clock : both).format(moment);
  time.title = exact.format(moment);
};

const showAll = (root) => root.querySelectorAll?.("time[datetime]").forEach(show);

showAll(document);
new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach((node) => {
    if (node.matches?.("time[datetime]")) show(node);
    else showAll(node);
  });
}).observe(document.body, { childList: true, subtree: true });
