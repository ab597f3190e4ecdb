// Elements of a page. Data are untrusted: strings are only ever inserted as text, never parsed as
// HTML.

const byId = (id) => document.getElementById(id);

const number = new Intl.NumberFormat("en").format;
const count = (amount, noun) => `${number(amount)} ${noun}${amount === 1 ? "" : "s"}`;

const BEFORE = 1; // bits of an excerpt's first piece: something was cut off there
const AFTER = 2;

const make = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};
// Foreign text keeps its own writing direction and does not change that of the page.
const foreign = (text) => make("bdi", {}, text);
const id = (text) =>
  make("bdi", {}, ...text.split(/(?<=[/_#])/).flatMap((part) => [part, make("wbr", {})]));
const link = (address, ...text) =>
  make("a", { href: address, rel: "noopener noreferrer nofollow" }, ...text);
const alternating = (pieces, tag) =>
  pieces.map((piece, at) => (at % 2 ? make(tag, {}, piece) : piece));
const cut = (sign) => make("span", { class: "cut" }, sign);
const passage = ([ends, ...pieces]) =>
  make(
    "p",
    { class: "passage", dir: "auto" },
    ends & BEFORE ? cut("… ") : null,
    ...alternating(pieces, "mark"),
    ends & AFTER ? cut(" …") : null,
  );
const side = (title, place, excerpt, absent, ...below) =>
  make(
    "figure",
    {},
    make("figcaption", {}, title, make("span", { class: "place" }, ...place)),
    excerpt ? passage(excerpt) : make("p", { class: "absent" }, absent),
    ...below,
  );
