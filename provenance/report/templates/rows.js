// Access to the findings data.

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
