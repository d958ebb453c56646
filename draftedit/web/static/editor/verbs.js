// Undo, redo and the verbs of single rows without loading the page again: what they
// changed is shown, scrolled to and said.

import { renew } from "./bodies.js";
import { row, show, table } from "./page.js";
import { isBusy } from "./line.js";
import { isStored, whenStored } from "./queue.js";
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

const bodyOf = (id) => row(id)?.closest("tbody");

const unique = (found) => [...new Set(found.filter(Boolean))];

// Which bodies of the table have rows that were changed; none: that is not known.
const changedBodies = (form, submitter, answer) => {
  if (form.matches("#rows-form")) {
    const ids = submitter.name === "each" ? new FormData(form).getAll("id") : [submitter.value];
    return unique(ids.map(bodyOf));
  }
  const asked = new URL(answer.url).searchParams;
  if (!asked.has("around") || asked.has("touched")) return [];
  const now = answer.page.getElementById(`row-${asked.get("around")}`);
  const beside = [now?.previousElementSibling, now?.nextElementSibling];
  return unique([row(asked.get("around")), ...beside.map((each) => each && document.getElementById(each.id))].map((each) => each?.closest("tbody")));
};

const afterwards = async (form, submitter, answer) => {
  const scrolled = table()?.closest(".scroll")?.scrollLeft;
  const id = new URL(answer.url).searchParams.get("around") ?? "";
  const touched = answer.is === "done" ? changedBodies(form, submitter, answer) : [];
  const shows = () => row(id) !== null || answer.page.getElementById(`row-${id}`) === null;
  const changed = await renew(touched, answer, shows);
  if (scrolled !== undefined && table()) table().closest(".scroll").scrollLeft = scrolled;
  if (answer.is !== "done") return;
  show(changed.length || !row(id) ? changed : [row(id)]);
  const told = answer.page.querySelector("main > .notice[role=status] > :last-child")?.textContent;
  say(told ?? submitter?.dataset.done ?? text("stored"));
  // A button that can do no more keeps no focus: the content has it then.
  if (document.activeElement === document.body) document.getElementById("content").focus({ preventScroll: true });
};

/** Say so where there is no answer, go where it leads away; return whether it is so. */
export const isLost = (answer) => {
  if (answer.is === "away") warn(text(answer.status === 429 ? "throttled" : "notDone"));
  else if (answer.is === "elsewhere") location.assign(answer.url);
  else return false;
  return true;
};

const act = async (form, submitter) => {
  say(text("storing"));
  const answer = await post(form.getAttribute("action"), fieldsOf(form, submitter));
  // Of a lost one the form still has its key: pressed again, the same is done once.
  if (!isLost(answer)) await afterwards(form, submitter, answer);
};

// The form that leaves now: it has waited, and is itself in the line.
let leaving = null;

const leaveBy = (form, submitter) => {
  const its = form.querySelector("input[name=version]");
  if (its) its.value = version();
  leaving = form;
  form.requestSubmit(submitter);
  leaving = null;
};

// Nothing waits, and nothing is under way: another version is not about to come.
const isSettled = () => isStored() && !isBusy();

export const startVerbs = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isOurs(form) || leadsAway(event.submitter)) return;
    event.preventDefault();
    whenStored(() => act(form, event.submitter));
  });
  // Whatever else leaves the page waits for what was typed: it is for the version after.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post" || event.target === leaving || isSettled()) return;
    event.preventDefault();
    whenStored(() => leaveBy(event.target, event.submitter));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-review]");
    if (!link || isSettled()) return;
    event.preventDefault();
    whenStored(() => location.assign(link.href));
  });
  // By keys one is faster than the answers: what can be undone is seen when it is its turn.
  document.addEventListener("draftedit:turn", (event) => {
    event.preventDefault();
    whenStored(() => {
      const button = document.querySelector(event.detail);
      return button.disabled ? null : act(button.form, button);
    });
  });
};
