// Says, quietly, that all is stored; loudly, what is not. Texts come with the page.

const texts = document.getElementById("editor-texts").dataset;
const quiet = document.getElementById("stored");
const loud = document.getElementById("not-stored");

export const text = (name) => texts[name] ?? "";

/** Say something that needs no answer; a screen reader says it, too. */
export const say = (what) => {
  quiet.textContent = what;
};

export const calm = () => {
  loud.hidden = true;
  loud.querySelector("p").textContent = "";
};

/** Say what is wrong, with a button or a link to mend it. */
export const warn = (what, { again = false, link = null } = {}) => {
  say("");
  const line = loud.querySelector("p");
  if (line.textContent !== what) line.textContent = what; // or it is read out again
  loud.querySelector("button").hidden = !again;
  const way = loud.querySelector("a");
  way.hidden = !link;
  if (link) Object.assign(way, { href: link.href, textContent: link.text, target: link.target ?? "" });
  loud.hidden = false;
};

export const onAgain = (act) => loud.querySelector("button").addEventListener("click", act);
