// What a cell is edited with: a copy of its column's control, filled with its value.

const LONG = 120; // characters that fit into one line
const PAUSE = 150; // milliseconds after the last key until choices are asked for

let count = 0;

const choicesFor = async (address, typed) => {
  const url = new URL(address, location.href);
  if (typed) url.searchParams.set("q", typed);
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).items : [];
};

/** Offer beside a text field what its text may mean; return what is known by now. */
export const offer = (input, address) => {
  const list = document.createElement("datalist");
  list.id = `choices-${(count += 1)}`;
  input.setAttribute("list", list.id);
  const known = new Map();
  let timer = 0;
  const look = async () => {
    // Without an answer there are no suggestions; what is typed is looked for all the same.
    const found = await choicesFor(address, input.value === input.dataset.shown ? "" : input.value).catch(() => []);
    list.replaceChildren(
      ...found.map(({ id, label }) => {
        known.set(label, known.has(label) && known.get(label) !== id[0] ? null : id[0]);
        return new Option(label, label);
      }),
    );
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  look();
  return { list, known };
};

const asArea = (input) => {
  const area = document.createElement("textarea");
  area.rows = 3;
  area.setAttribute("aria-label", input.getAttribute("aria-label"));
  return area;
};

/**
 * Make the control of a cell: `{element, extra, fields(), shown()}`. `fields` are what
 * its value is sent as, `shown` is how it is spelled until the server has spelled it.
 */
export const control = (template, { value, shown }) => {
  const { kind, control: name, choices } = template.dataset;
  const optional = "optional" in template.dataset;
  let element = template.content.firstElementChild.cloneNode(true);
  if (element.matches("input") && kind !== "find" && (value.includes("\n") || value.length > LONG)) element = asArea(element);
  const fields = (text) => ({ [`v.${name}`]: text, ...(optional && !text && { [`null.${name}`]: "1" }) });
  if (kind === "find") {
    element.value = element.dataset.shown = shown;
    const { list, known } = offer(element, choices);
    const chosen = () => {
      const text = element.value.trim();
      const key = text === shown ? value : known.get(text);
      return !text || (key ?? null) !== null ? fields(text && String(key)) : { [`q.${name}`]: text };
    };
    return { element, extra: list, fields: chosen, shown: () => element.value };
  }
  element.value = value;
  const isSelect = element.matches("select");
  if (isSelect && element.value !== value) element.add(new Option(value, value, true, true));
  return {
    element,
    extra: null,
    fields: () => fields(element.value),
    shown: () => (isSelect ? element.selectedOptions[0].text : element.value),
  };
};
