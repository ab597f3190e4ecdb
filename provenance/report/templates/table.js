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
  quoted: (row) => of.origin(row) === "quotation",
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
