// Labelling the findings of a sample: one at a time, kept in this browser, saved as a file.

const data = JSON.parse(byId("review-data").textContent);
const answers = [...document.querySelectorAll("[data-label]")];
const names = answers.map((each) => each.dataset.label);
const labels = new Map(Object.entries(data.labels));
const last = data.findings.length - 1;
let at = 0;

// Answers in this browser. Other pages may write there, so that they are checked as they are read.

const STORE = `provenance review ${data.sample.findings} ${data.sample.seed} ${data.sample.scope}`;
const isLabel = (each) =>
  names.includes(each?.label) &&
  typeof each.labeller === "string" &&
  /^\d{4}-\d\d-\d\d$/.test(each.date);
const restore = () => {
  const kept = JSON.parse(localStorage.getItem(STORE)) ?? {};
  if (typeof kept.labeller === "string") byId("labeller").value = kept.labeller;
  for (const [finding, label] of Object.entries(kept.labels ?? {}))
    if (isLabel(label)) labels.set(finding, label);
};
const keep = () => {
  const kept = { labeller: byId("labeller").value, labels: Object.fromEntries(labels) };
  localStorage.setItem(STORE, JSON.stringify(kept));
};
const tryTo = (use) => {
  try {
    use();
  } catch {
    byId("unkept").hidden = false; // no storage, no space in it, or not what was put there
  }
};

// The finding, and what was answered ------------------------------------------------------------

const labelOf = (place) => labels.get(data.findings[place].finding);
const labelled = () => data.findings.filter((each) => labels.has(each.finding));
const unlabelledFrom = (start) => {
  const places = [...data.findings.keys()];
  return [...places.slice(start), ...places.slice(0, start)].find((place) => !labelOf(place));
};
const inDocument = (found) => {
  const row = `, row ${number(found.row)}, `;
  return side(
    "In the dataset",
    [id(found.document), make("br", {}), id(found.file), row, id(found.field)],
    found.excerpt,
    "The document’s text was not kept.",
  );
};
const inItem = (found) => {
  const address = found.link ? link(found.link, id(found.url)) : found.url;
  return side(
    make("span", {}, "In an item of ", foreign(found.source)),
    [found.item === null ? "no single item" : id(found.item), make("br", {}), found.date ?? "no date"],
    found.held,
    "The registry keeps no text of this item.",
    address ? make("p", { class: "meta" }, address) : null,
  );
};
const tally = () => {
  const given = labelled();
  const skipped = given.filter((each) => labels.get(each.finding).label === "skip").length;
  byId("progress").value = given.length;
  const answered = `${number(given.length)} of ${count(data.findings.length, "finding")} answered`;
  byId("tally").textContent = skipped ? `${answered}, ${number(skipped)} of them skipped` : answered;
  byId("save").disabled = !given.length;
};
const show = (place) => {
  at = place;
  const found = data.findings[at];
  const given = labelOf(at);
  byId("number").replaceChildren(
    `Finding ${number(at + 1)} of ${number(data.findings.length)}`,
    make("span", { class: "gloss" }, `${found.words} in common`),
  );
  byId("texts").replaceChildren(inDocument(found), inItem(found));
  for (const each of answers)
    each.setAttribute("aria-pressed", String(each.dataset.label === given?.label));
  byId("previous").disabled = at === 0;
  byId("next").disabled = at === last;
  tally();
};
const say = (...words) => byId("said").replaceChildren(...words);
const turn = (by) => {
  const place = Math.min(Math.max(at + by, 0), last);
  const given = labelOf(place);
  showNext(place);
  say(...(given ? [`Answer: ${given.label}, by `, foreign(given.labeller), `, ${given.date}.`] : []));
};
const showNext = (place) => {
  show(place);
  const { top, bottom } = byId("finding").getBoundingClientRect();
  const room = document.querySelector(".answers").getBoundingClientRect().top;
  if (top < 0 || bottom > room) byId("finding").scrollIntoView({ behavior: "instant" });
};
const answer = (label) => {
  const labeller = byId("labeller").value.trim();
  byId("labeller").setAttribute("aria-invalid", String(!labeller));
  if (!labeller) {
    say("Type your name first: it is written beside each of your answers.");
    byId("labeller").focus();
    return;
  }
  const date = new Date().toISOString().slice(0, 10); // UTC
  labels.set(data.findings[at].finding, { label, labeller, date });
  tryTo(keep);
  const answered = `Finding ${number(at + 1)}: ${label}.`;
  const next = unlabelledFrom(at + 1);
  showNext(next ?? at);
  say(next === undefined ? `${answered} All findings are answered: save the labels.` : answered);
};

// The file --------------------------------------------------------------------------------------

// Only ASCII, so that no tool on the way reads it otherwise.
const lineOf = (value) =>
  JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
const file = () => {
  const lines = labelled().map(({ finding }) => ({ finding, ...labels.get(finding) }));
  return [data.sample, ...lines].map((each) => `${lineOf(each)}\n`).join("");
};
const save = () => {
  const address = URL.createObjectURL(new Blob([file()], { type: "application/jsonl" }));
  make("a", { href: address, download: "labels.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may still be asking where
  const { seed, draws, scope } = data.sample;
  const command = `provenance review REPORT --scope ${scope} --seed ${seed} --sample ${draws} --labels labels.jsonl`;
  say("Saved as labels.jsonl. To add it to the review: ", make("code", {}, command));
};

// Keys. They can be turned off, since speech input types letters unintentionally.

const press = (event) => {
  const isTyped = event.target.matches("input:not([type=checkbox])");
  if (isTyped || event.ctrlKey || event.metaKey || event.altKey || !byId("keys").checked) return;
  const chosen = answers.find((each) => each.dataset.key === event.key.toLowerCase());
  if (event.repeat) return; // a key held down is one answer
  if (chosen) answer(chosen.dataset.label);
  else if (event.key === "ArrowLeft") turn(-1);
  else if (event.key === "ArrowRight") turn(1);
  else return;
  event.preventDefault();
};

// Start -----------------------------------------------------------------------------------------

tryTo(restore);
byId("criteria").open = !labelled().length;
for (const each of answers) each.addEventListener("click", () => answer(each.dataset.label));
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
byId("save").addEventListener("click", save);
byId("labeller").addEventListener("input", () => tryTo(keep));
addEventListener("keydown", press);
byId("desk").hidden = false;
show(unlabelledFrom(0) ?? 0);
