"use strict";
// Access to the findings data. It is untrusted: strings are only ever inserted as text, never
// parsed as HTML.

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("findings-data").textContent);
const every = data.columns.id.map((_, row) => row);

// `of.source(7)` is the source of the eighth finding.
const of = Object.fromEntries(
  Object.entries(data.columns).map(([name, column]) => [
    name,
    Array.isArray(column) ? (row) => column[row] : (row) => column.names[column.numbers[row]],
  ]),
);
const sources = new Map(data.sources.map(([id, name, anchor]) => [id, { name, anchor }]));
const waivers = new Map(data.waivers);
const glosses = new Map(data.evidence);
const nameOf = (source) => sources.get(source)?.name ?? source;

const number = new Intl.NumberFormat("en").format;
const count = (amount, noun) => `${number(amount)} ${noun}${amount === 1 ? "" : "s"}`;

// Search ignores case and accents, as the check itself does.
const folded = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
const texts = [];
const textOf = (row) => {
  if (texts[row] === undefined) {
    const names = [of.document, of.file, of.source, of.item, of.url, of.waiver].map((f) => f(row));
    const excerpts = [of.excerpt(row), of.held(row)].map((all) => all?.slice(1).join(""));
    texts[row] = folded([...names, nameOf(of.source(row)), ...excerpts].join("\n"));
  }
  return texts[row];
};
// Prepared in slices, so that the first key press is not delayed.
const SLICE = 8; // milliseconds
const prepareSearch = (row) => {
  const end = performance.now() + SLICE;
  let next = row;
  while (next < every.length && performance.now() < end) textOf(next++);
  if (next < every.length) setTimeout(prepareSearch, 0, next);
};

// Sort order: the rank of each row by each column, computed once. Tied rows share a rank.
const STRICTNESS = ["permitted", "restricted", "unknown", "forbidden"];
const inWords = new Intl.Collator("en", { numeric: true }).compare;
const inNumbers = (one, other) => one - other;
const inTime = (one, other) => Number(one > other) - Number(one < other);
const ORDERS = {
  verdict: [(row) => STRICTNESS.indexOf(of.verdict(row)), inNumbers],
  document: [of.document, inWords],
  source: [(row) => nameOf(of.source(row)), inWords],
  date: [(row) => of.date(row) ?? "", inTime],
  tokens: [of.tokens, inNumbers],
  strength: [of.strength, inNumbers],
};
const places = new Map();
const placesBy = (column) => {
  if (!places.has(column)) {
    const [value, compare] = ORDERS[column];
    const values = every.map(value);
    const ordered = [...every].sort((a, b) => compare(values[a], values[b]));
    const place = new Uint32Array(every.length);
    ordered.forEach((row, at) => {
      const ties = at > 0 && compare(values[row], values[ordered[at - 1]]) === 0;
      place[row] = ties ? place[ordered[at - 1]] : at;
    });
    places.set(column, place);
  }
  return places.get(column);
};

// One finding: its row in the table, and the details that open below it.

const BEFORE = 1; // bits of an excerpt's first piece: something was cut off there
const AFTER = 2;
const SVG = "http://www.w3.org/2000/svg";

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
const badge = (verdict) => {
  const icon = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  icon.setAttribute("class", "icon");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${verdict}`);
  icon.append(use);
  return make("span", { class: `badge ${verdict}` }, icon, verdict);
};
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

// Closed row --------------------------------------------------------------------------------------

const MOST = 240; // characters of matched words in a closed row
const WORD = /[\p{L}\p{N}]/u; // a gap between matches that contains letters or digits is shown as an ellipsis
const matchedWords = (row) => {
  const [, ...pieces] = of.excerpt(row) ?? of.held(row) ?? [0];
  const between = (piece) => (WORD.test(piece) ? " … " : piece);
  const words = pieces
    .slice(1, pieces.length - (pieces.length % 2)) // from the first that matched to the last
    .map((piece, at) => (at % 2 ? between(piece) : piece))
    .join("");
  return words ? make("span", { class: "said", dir: "auto" }, words.slice(0, MOST)) : null;
};
const evidenceOf = (row) =>
  [of.evidence(row), glosses.get(of.evidence(row))].filter(Boolean).join(", ");
const notes = (row) =>
  [
    of.evidence(row) === "content" ? null : evidenceOf(row),
    of.contested(row) ? "contested" : null,
    of.waiver(row) === null ? null : "waived",
    of.state(row) === "new" ? "new" : null,
  ]
    .filter(Boolean)
    .join(", ");
const cell = (label, name, ...children) =>
  make("td", { role: "cell", "data-label": label, class: name }, ...children);
const entry = (row) => {
  const anchor = of.id(row);
  const opener = make(
    "button",
    { type: "button", class: "opener", "aria-expanded": "false" },
    id(of.document(row)),
  );
  const measured = of.bits(row) > 0;
  return make(
    "tr",
    { role: "row", class: "entry", id: anchor, "data-row": row },
    cell("Verdict", "c-verdict", badge(of.verdict(row))),
    make("th", { role: "rowheader", scope: "row", class: "c-document" }, opener),
    cell("Source", "c-source", foreign(nameOf(of.source(row)))),
    cell(
      "Matched words",
      "c-said",
      matchedWords(row),
      notes(row) ? make("span", { class: "place" }, notes(row)) : null,
    ),
    cell("Item’s date", "c-date dates", of.date(row) ?? "no date"),
    cell("Words", "c-tokens number", measured ? number(of.tokens(row)) : "–"),
    cell("Strength", "c-strength number", measured ? of.strength(row).toFixed(0) : "–"),
  );
};

// Open row ------------------------------------------------------------------------------------

const side = (title, place, excerpt, absent, ...below) =>
  make(
    "figure",
    {},
    make("figcaption", {}, title, make("span", { class: "place" }, ...place)),
    excerpt ? passage(excerpt) : make("p", { class: "absent" }, absent),
    ...below,
  );
const inCorpus = (row) => {
  const span = `characters ${number(of.start(row))}–${number(of.end(row))}`;
  const line = `, row ${number(of.row(row))}, `;
  const place = [id(of.file(row)), line, id(of.field(row)), `, ${span}`];
  return side("In the corpus", place, of.excerpt(row), "The document’s text was not kept.");
};
const inItem = (row) => {
  const item = of.item(row);
  const place = item === null ? ["no single item"] : ["item ", id(item)];
  const absent =
    item === null
      ? "This evidence identifies the source, not a single item."
      : "The registry keeps no text of this item.";
  const address = of.link(row) ? link(of.link(row), id(of.url(row))) : of.url(row);
  return side(
    foreign(nameOf(of.source(row))),
    [...place, `, ${of.date(row) ?? "no date"}`],
    of.held(row),
    absent,
    address ? make("p", { class: "meta" }, address) : null,
  );
};

const pair = (name, ...children) =>
  make("div", {}, make("dt", {}, name), make("dd", {}, ...children));
const why = (row) => {
  const ruling = data.rulings[of.ruling(row)];
  const anchor = sources.get(of.source(row))?.anchor;
  const more = anchor ? link(`#${anchor}`, "All of its terms") : null;
  const name = `Why it is ${of.verdict(row)}`;
  if (!ruling) return [pair(name, "This report has no ruling on it. ", more)];
  const basis = ruling.gloss ? `${ruling.basis}, ${ruling.gloss}` : ruling.basis;
  const reason = make("p", {}, ...alternating(ruling.why.split("`"), "code"));
  return [
    pair(name, reason, make("p", {}, `Basis: ${basis}. `, more)),
    ruling.terms ? pair("The terms", ...clause(ruling.terms)) : null,
    ruling.agreement ? pair("Agreement", foreign(ruling.agreement)) : null,
  ];
};
const clause = (terms) => [
  make("strong", {}, foreign(terms.clause ? `${terms.document}, ${terms.clause}` : terms.document)),
  `, in force ${terms.period}. `,
  foreign(terms.says),
  " ",
  terms.link ? link(terms.link, id(terms.link)) : null,
];
const howSure = (row) => {
  const declared = of.declared(row);
  const evidence = [
    `Evidence: ${evidenceOf(row)}`,
    ...(declared === null ? ["."] : [": ", make("q", {}, foreign(declared)), "."]),
  ];
  if (!of.bits(row)) return pair("How certain it is", ...evidence);
  const [matched, whole] = [of.tokens(row), of.whole(row)];
  const part = whole === null || whole < matched ? "" : ` of the item’s ${number(whole)}`;
  const words =
    matched === whole
      ? `The whole item, ${count(whole, "word")}, is in the document`
      : `${number(matched)}${part} words are in the document`;
  const information = `${words}; together they carry ${number(Math.round(of.bits(row)))} bits of information.`;
  return pair(
    `How certain it is: strength ${of.strength(row).toFixed(1)}`,
    make("p", {}, of.chance(row)),
    make("p", {}, `${information} `, ...evidence),
  );
};
const holders = (others) =>
  others.flatMap(([source, item], at) => [
    at ? ", " : null,
    foreign(nameOf(source)),
    ...(item === null ? [] : [" (", id(item), ")"]),
  ]);
const doubts = (row) => [
  of.contested(row)
    ? pair("Contested", "No gate counts it: a permitted source or a background registry contains the same words.")
    : null,
  of.others(row).length ? pair("Also found in", ...holders(of.others(row))) : null,
  of.waiver(row) === null
    ? null
    : pair("Waived", foreign(of.waiver(row)), ". ", foreign(waivers.get(of.waiver(row)) ?? "")),
];
const opened = (row) =>
  make(
    "tr",
    { role: "row", class: "opened" },
    make(
      "td",
      { role: "cell", colspan: "7" },
      make("div", { class: "sides" }, inCorpus(row), inItem(row)),
      make("dl", { class: "pairs" }, ...why(row), howSure(row), ...doubts(row)),
      make("p", { class: "cite" }, link(`#${of.id(row)}`, "Link to this finding")),
    ),
  );

// The table of findings: search, filters, sorting, pages, and opening rows by mouse or keyboard.

const PAGE = 50;
const PATIENCE = 60; // milliseconds without a key, before a search begins
const STRONGEST_FIRST = ["verdict", "tokens", "strength"];

const state = { rows: every, sort: "verdict", descending: true, page: 0 };
const filters = [...document.querySelectorAll("select[data-column]")];
const headings = [...document.querySelectorAll("[data-sort]")];
const STANDINGS = {
  "": () => true,
  counted: (row) => !of.contested(row) && of.waiver(row) === null,
  contested: (row) => Boolean(of.contested(row)),
  waived: (row) => of.waiver(row) !== null,
  new: (row) => of.state(row) === "new",
};

// Selected rows and page ----------------------------------------------------------------------

const chosen = () => {
  const words = folded(byId("words").value).split(/\s+/).filter(Boolean);
  const only = filters.filter((each) => each.value !== "");
  const stands = STANDINGS[byId("only-standing").value];
  return every.filter(
    (row) =>
      stands(row) &&
      only.every((each) => of[each.dataset.column](row) === each.value) &&
      words.every((word) => textOf(row).includes(word)),
  );
};
const choose = () => {
  const place = placesBy(state.sort);
  const sign = state.descending ? -1 : 1;
  state.rows = chosen().sort((a, b) => sign * (place[a] - place[b]) || a - b);
  state.page = 0;
  show();
};
const tally = (first, shown) => {
  if (!shown) return "No finding matches. Search for fewer words, or select All.";
  const all = state.rows.length === every.length ? "" : ` of ${number(every.length)}`;
  const here = `, ${number(first + 1)} to ${number(first + shown)} here`;
  const part = state.rows.length > shown ? here : "";
  return `${number(state.rows.length)}${all} finding${every.length === 1 ? "" : "s"}${part}`;
};
const show = () => {
  const first = state.page * PAGE;
  const rows = state.rows.slice(first, first + PAGE);
  const pages = Math.max(Math.ceil(state.rows.length / PAGE), 1);
  byId("entries").replaceChildren(...rows.map(entry));
  byId("tally").textContent = tally(first, rows.length);
  byId("page").textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
  byId("previous").disabled = state.page === 0;
  byId("next").disabled = state.page + 1 === pages;
  byId("pages").hidden = pages === 1;
  byId("open-all").disabled = rows.length === 0;
};
const sortBy = (heading) => {
  const column = heading.dataset.sort;
  const again = column === state.sort;
  state.descending = again ? !state.descending : STRONGEST_FIRST.includes(column);
  state.sort = column;
  for (const each of headings) each.parentElement.removeAttribute("aria-sort");
  const direction = state.descending ? "descending" : "ascending";
  heading.parentElement.setAttribute("aria-sort", direction);
  choose();
};
const turn = (pages) => {
  state.page += pages;
  show();
  openers()[0].focus();
};

// Opening and closing ------------------------------------------------------------------------------

const openers = () => [...byId("entries").querySelectorAll(".opener")];
const openerOf = (line) =>
  (line.matches(".opened") ? line.previousElementSibling : line).querySelector(".opener");
const isOpen = (opener) => opener.getAttribute("aria-expanded") === "true";
const setOpen = (opener, open) => {
  if (open === isOpen(opener)) return;
  const line = opener.closest("tr");
  opener.setAttribute("aria-expanded", open);
  line.classList.toggle("is-open", open);
  if (open) line.after(opened(Number(line.dataset.row)));
  else line.nextElementSibling.remove();
};
const toggle = (opener) => {
  setOpen(opener, !isOpen(opener));
  if (!isOpen(opener)) return;
  try {
    history.replaceState(null, "", `#${opener.closest("tr").id}`);
  } catch {
    // A page in a frame may have no address of its own.
  }
};
const locate = () => {
  const row = data.columns.id.indexOf(location.hash.slice(1));
  if (row < 0) return;
  if (!state.rows.includes(row)) {
    for (const each of [byId("words"), byId("only-standing"), ...filters]) each.value = "";
    choose();
  }
  state.page = Math.floor(state.rows.indexOf(row) / PAGE);
  show();
  const line = byId(of.id(row));
  setOpen(openerOf(line), true);
  openerOf(line).focus({ preventScroll: true });
  line.scrollIntoView({ behavior: "instant" });
};

// No letter keys: speech input types letters unintentionally.

const step = (from, by) => {
  const all = openers();
  const to = Math.min(Math.max(all.indexOf(from) + by, 0), all.length - 1);
  all[to]?.focus();
};
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const press = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const line = event.target.closest("#entries tr");
  const opener = line && openerOf(line);
  if (event.key === "ArrowDown" && event.target === byId("words")) step(null, 1);
  else if (opener && event.key in STEPS) step(opener, STEPS[event.key]);
  else if (opener && event.key === "Escape") {
    const next = isOpen(opener) ? opener : byId("words");
    setOpen(opener, false);
    next.focus();
  } else return;
  event.preventDefault();
};

// Start ----------------------------------------------------------------------------------------

for (const each of filters) {
  const { column } = each.dataset;
  for (const name of data.columns[column].names)
    each.append(make("option", { value: name }, column === "source" ? nameOf(name) : name));
  each.addEventListener("change", choose);
}
byId("only-standing").addEventListener("change", choose);
let waiting;
byId("words").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(choose, PATIENCE);
});
byId("words").addEventListener("focus", () => prepareSearch(0), { once: true });
for (const each of headings) each.addEventListener("click", () => sortBy(each));
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
byId("open-all").addEventListener("click", () => openers().forEach((each) => setOpen(each, true)));
byId("entries").addEventListener("click", (event) => {
  const line = event.target.closest(".entry");
  // A click that ends a text selection does not open the row.
  if (line && getSelection().isCollapsed) toggle(openerOf(line));
});
byId("explorer").addEventListener("keydown", press);
addEventListener("hashchange", locate);
byId("strongest").remove();
byId("explorer").hidden = false;
show();
// After loading, the browser scrolls to the fragment itself and moves the focus.
addEventListener("load", locate);
