// One finding: its row in the table, and the details that open below it.

const SVG = "http://www.w3.org/2000/svg";

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
const quotation = (work) => (work === null ? "quotation" : `quotation, also in ${work}`);
const excuse = (waiver) => (waiver.startsWith("disputed: ") ? "disputed" : "waived");
const notes = (row) =>
  [
    of.evidence(row) === "content" ? null : evidenceOf(row),
    of.origin(row) === "quotation" ? quotation(of.work(row)) : null,
    of.origin(row) === "undecided" ? "origin undecided" : null,
    of.contested(row) ? "contested" : null,
    of.waiver(row) && excuse(of.waiver(row)),
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

const inCorpus = (row) => {
  const span = `characters ${number(of.start(row))}–${number(of.end(row))}`;
  const line = `, row ${number(of.row(row))}, `;
  const place = [id(of.file(row)), line, id(of.field(row)), `, ${span}`];
  return side("In the corpus", place, of.excerpt(row), "The document’s text was not kept.");
};
const inItem = (row) => {
  const item = of.item(row);
  const place = item === null ? ["no single item"] : ["item ", id(item)];
  place.push(`, ${of.date(row) ?? "no date"}`);
  if (of.from(row) !== null) place.push(`, characters ${number(of.from(row))}–${number(of.to(row))}`);
  const absent =
    item === null
      ? "This evidence identifies the source, not a single item."
      : "The registry keeps no text of this item.";
  const address = of.link(row) ? link(of.link(row), id(of.url(row))) : of.url(row);
  return side(
    foreign(nameOf(of.source(row))),
    place,
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
  others.flatMap(([source, item, percent], at) => [
    at ? ", " : null,
    foreign(nameOf(source)),
    ...(item === null ? [] : [" (", id(item), ")"]),
    percent < 100 ? `, ${percent} % of the words` : null,
  ]);
const doubts = (row) => [
  of.gap(row) === null
    ? null
    : pair("Continues", `The passage began in the finding before. Between them are ${count(of.gap(row), "character")} that are not counted.`),
  (of.copies(row) ?? 0) > 1
    ? pair("Repeated", `Words of this item are in ${count(of.copies(row), "document")} of the corpus.`)
    : null,
  of.whose(row) === null ? null : pair("Whose words", foreign(of.whose(row))),
  of.contested(row)
    ? pair("Contested", "No gate counts it: a permitted source or a background registry contains the same words, or it is unclear whose they are.")
    : null,
  of.others(row).length ? pair("Also found in", ...holders(of.others(row))) : null,
  of.waiver(row) === null
    ? null
    : pair(excuse(of.waiver(row)) === "waived" ? "Waived" : "Disputed", foreign(of.waiver(row)), ". ", foreign(waivers.get(of.waiver(row)) ?? "")),
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
