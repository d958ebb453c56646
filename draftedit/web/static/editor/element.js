// Makes elements: no script writes HTML.

/** Make an element with properties and children. */
export const element = (name, properties, ...nodes) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...nodes);
  return made;
};
