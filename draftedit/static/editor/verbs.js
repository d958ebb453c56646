// Undo, redo and the verbs of single rows without loading the page again: what they
// changed is shown, scrolled to and said.

import { arrive, row, show, table } from "./page.js";
import { idle, isStored } from "./queue.js";
import { post, version } from "./server.js";
import { say, text, warn } from "./signs.js";

const isOurs = (form) => form.matches(".verbs form:has([data-undo], [data-redo]), .journal form, #rows-form");

const fieldsOf = (form, submitter) => {
  const data = new FormData(form, submitter);
  data.delete("csrf_token");
  data.set("version", version());
  return data;
};

const leadsAway = (submitter) => submitter?.value === "choose";

const changedRows = (answer, changed) => {
  const around = row(new URL(answer.url).searchParams.get("around") ?? "");
  return changed.length || !around ? changed : [around];
};

const afterwards = (answer, submitter) => {
  const scrolled = table()?.closest(".scroll")?.scrollLeft;
  const changed = arrive(answer);
  if (scrolled !== undefined && table()) table().closest(".scroll").scrollLeft = scrolled;
  if (answer.is !== "done") return;
  show(changedRows(answer, changed));
  say(submitter?.dataset.done ?? text("stored"));
  // A button that can do no more keeps no focus: the content has it then.
  if (document.activeElement === document.body) document.getElementById("content").focus({ preventScroll: true });
};

const act = async (form, submitter) => {
  if (!(await idle())) return; // what is not stored says so itself
  say(text("storing"));
  const answer = await post(form.getAttribute("action"), fieldsOf(form, submitter));
  if (answer.is === "away") {
    // The form still has its key: pressed again, the same is done once.
    warn(text(answer.status === 429 ? "throttled" : "notDone"));
  } else if (answer.is === "elsewhere") location.assign(answer.url);
  else afterwards(answer, submitter);
};

const leaveBy = async (form, submitter) => {
  if (!(await idle())) return;
  const its = form.querySelector("input[name=version]");
  if (its) its.value = version();
  form.requestSubmit(submitter);
};

export const startVerbs = () => {
  // One after the other: each is for the version that the one before has made.
  let running = Promise.resolve();
  const next = (take) => {
    running = running.then(take).catch((error) => {
      console.error(error);
      warn(text("notDone"));
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isOurs(form) || leadsAway(event.submitter)) return;
    event.preventDefault();
    next(() => act(form, event.submitter));
  });
  // Whatever else leaves the page waits for what was typed: it is for the version after.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post" || isStored()) return;
    event.preventDefault();
    next(() => leaveBy(event.target, event.submitter));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-review]");
    if (!link || isStored()) return;
    event.preventDefault();
    next(async () => (await idle()) && location.assign(link.href));
  });
  // By keys one is faster than the answers: what can be undone is seen when it is its turn.
  document.addEventListener("draftedit:turn", (event) => {
    event.preventDefault();
    next(() => {
      const button = document.querySelector(event.detail);
      return button.disabled ? null : act(button.form, button);
    });
  });
};
