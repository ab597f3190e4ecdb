"""`provenance audit`: the letter of April 2023, and one person's question."""

import csv
import importlib.util
import json
import re
import shlex
import shutil
from hashlib import sha256
from io import StringIO

import jsonschema
import pyarrow.parquet as pq
import pytest
from markdown_it import MarkdownIt

from provenance.model.records.audit import AUDIT_ITEMS
from provenance.pipeline.python_api.dataset_functions import clean as clean_dataset
from tests.cli.commandline import provenance
from tests.cli.ledgers.audits import ask, lines, ok, page, said, sentence, write
from tests.schemas import load_schema

HANDLES = ("lantern_keeper", "mossy_pier", "two_left_mittens")
POSTS = 24


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Eight applications, datasets and versions, one destroyed, posts withdrawn, a deadline."""
    folder = tmp_path_factory.mktemp("case")
    (folder / "provenance.toml").write_text(
        '[ledger]\npath = "ledger"\n[check]\ncommon_background = false\n'
    )
    posts = [
        {
            "id": f"post-{number}",
            "text": sentence(f"post {number}"),
            "url": f"https://chirp.example/{HANDLES[number % 3]}/status/{number}",
            "created_at": f"2022-{number % 12 + 1:02}-03T08:00:00Z",
            "author": HANDLES[number % 3],
        }
        for number in range(POSTS)
    ]
    # The same words under another id of the same owner.
    posts.append({**posts[0], "id": "post-0-again", "created_at": "2022-11-30T08:00:00Z"})
    write(folder / "posts.jsonl", posts)
    texts = [post["text"] for post in posts]
    first = [page(number, texts[number]) for number in range(12)]
    write(folder / "first.jsonl", first + [page(number) for number in range(100, 140)])
    second = [page(200 + number, texts[number]) for number in range(6, 18)]
    second += [page(300, texts[6]), page(301, " ".join(texts[20].split()[:11]))]
    write(folder / "second.jsonl", second + [page(number) for number in range(400, 440)])
    write(folder / "third.jsonl", [page(number) for number in range(500, 540)])
    ok(folder, "registry", "build", "reg", "--source", "chirp", "posts.jsonl", "-q")
    for name in ("first", "second", "third"):
        # No rule knows the source, so that nothing of it is allowed and nothing forbidden.
        ok(folder, "check", f"{name}.jsonl", "--registry", "reg", "-o", f"{name}-report", "-q")
    declare(folder)
    (folder / "gone.txt").write_text("post-1\npost-7\npost-23\n")
    remove = ("registry", "remove", "reg", "--source", "chirp", "--ids", "gone.txt", "-q")
    ok(folder, *remove, "--reason", "deleted by their authors")
    return folder


APPLICATIONS = (
    *("Harbour Pages", "Harbour Pages 2", "Lanterns", "Quilt Studio"),
    *("Ferry Adverts", "World Adverts", "Orchard Flows", "Kettle Games"),
)


def declare(folder):
    add = ("ledger", "add")
    sizes = (("posts@2022-11", "first"), ("posts@2023-01", "second"), ("novels@3", "third"))
    for name, report in sizes[:2]:
        options = ("--source", "chirp", "--route", "api", "--collected", "2022-06..2023-01")
        options += ("--account", "app-1781", "--report", f"{report}-report")
        ok(folder, *add, "dataset", name, *options)
    ok(folder, *add, "dataset", "novels@3", "--route", "own", "--report", "third-report")
    ok(folder, *add, "dataset", "posts@2021-06", "--source", "chirp", "--route", "api")
    ok(folder, *add, "dataset", "mix@4", "--made-from", "posts@2023-01")
    destroyed = ("--on", "2023-02-20", "--by", "storage team", "--copies-left", "none")
    ok(folder, *add, "destruction", "posts@2021-06", *destroyed, "--items", "1800")
    for number, name in enumerate(APPLICATIONS):
        access = ("--application", name, "--account", f"app-{1781 + number}", "--when", "2022")
        calls = ("--calls", str(1000 + number), "--items", str(20000 + number))
        ok(folder, *add, "access", "chirp", *access, *calls, "--agreement", "developer terms")
    use = (*add, "use", "posts@2023-01", "--application")
    ok(folder, *use, "Lanterns", "--purpose", "ranking", "--when", "2023-03", "--model", "rank-2")
    office = ("--recipient", "Harbour Office=government", "--recipient", "Quay Ltd=company")
    ok(folder, *use, "Harbour Pages", "--purpose", "summaries", "--when", "2023-04", *office)
    ok(folder, *add, "use", "mix@4", "--application", "Lanterns", "--model", "rank-3")


LETTER = (
    *("chirp", "--requester", "Chirp Inc.", "--reference", "C-17"),
    *("--received", "2023-05-18", "--due", "2023-06-07"),
)


@pytest.fixture(scope="module")
def answered(case):
    ok(case, "audit", *LETTER, "-o", "answer", "-q")
    return case / "answer"


@pytest.fixture(scope="module")
def document(answered):
    return json.loads((answered / "audit.json").read_text())


def test_the_answer_has_eleven_points_each_line_marked(document):
    jsonschema.validate(document, load_schema("report/audit/audit"))
    assert [section["number"] for section in document["sections"]] == list(range(1, 12))
    assert all(section["statements"] for section in document["sections"])
    standings = {s for n in range(1, 12) for s, _ in lines(document, n)}
    assert standings == {"measured", "declared", "cannot be known"}


def test_the_request_and_its_deadline(document):
    declared = said(document, 1, "declared")
    assert "Chirp Inc. asked about content of chirp, reference C-17." in declared
    assert "received on 2023-05-18" in declared
    assert "by 2023-06-07, 20 days after that" in declared
    measured = said(document, 1, "measured")
    assert "3 datasets searched" in measured
    assert "Searched for: 25 items, 2022-01-03 to 2022-12-03; total unknown." in measured
    assert "posts@2021-06 was not checked" in said(document, 1, "cannot be known")


def test_eight_applications_with_what_is_not_known_of_six(document):
    declared = said(document, 2, "declared")
    assert declared.startswith("8 applications had access to chirp: ")
    assert all(name in declared.splitlines()[0] for name in APPLICATIONS)
    assert "Lanterns used posts@2023-01 for ranking, 2023-03-01 to 2023-03-31" in declared
    assert "2 models made with these datasets: rank-2, rank-3." in declared
    found = "2 datasets in which checks found copied words of chirp: posts@2022-11, posts@2023-01."
    assert found in said(document, 2, "measured")
    recorded = "2 datasets recorded as having content of chirp, or as made from such a dataset"
    assert recorded in declared
    assert "of which no usable check is on record: mix@4, posts@2021-06." in declared
    used = "2 applications used a dataset in which a check found content of chirp (posts@2023-01)"
    assert f"{used}: Harbour Pages, Lanterns." in declared
    made = "or as made from such a dataset, and in which no check found content of chirp (mix@4)"
    assert f"{made}: Lanterns." in declared
    assert "mix@4 was made from posts@2023-01" in declared
    unknown = said(document, 2, "cannot be known")
    unexplained = [name for name in APPLICATIONS if f"what {name} used" in unknown]
    assert len(unexplained) == 6
    assert "posts@2022-11 was used for, if for anything" in unknown


def test_a_use_of_an_unknown_dataset_is_not_passed_over(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    add = ("ledger", "add", "use", "posts@2032", "--application", "Lanterns")
    ok(tmp_path, *add, "--ledger", "ledger")
    document = ask(tmp_path, "chirp", "--ledger", "ledger")
    assert "Lanterns used posts@2032; no record says what that is." in said(
        document, 2, "cannot be known"
    )


def test_access_is_declared_and_cannot_be_measured(document):
    declared = said(document, 3, "declared")
    assert declared.count("had access to chirp") == 8
    assert "8,028 calls made in all, as stated by 8 of 8 records of access." in declared
    assert "160,028 items retrieved in all" in declared
    assert (
        "posts@2023-01: obtained through an API; collected 2022-06-01 to 2023-01-31; account app"
        in declared
    )
    assert "cannot be measured in a dataset" in said(document, 3, "cannot be known")
    assert said(document, 3, "measured") == ""


def test_items_are_counted_by_the_ids_of_their_owner(document):
    by_name = {each["dataset"]: each for each in document["datasets"]}
    assert list(by_name) == ["novels@3", "posts@2022-11", "posts@2023-01"]
    first, second = by_name["posts@2022-11"], by_name["posts@2023-01"]
    assert (first["items"], first["items_with_copies"]) == (12, 13)
    assert first["documents"] == first["passages"] == 12
    # Post 6 is in two documents, and eleven words of post 20 are a passage of it.
    assert (second["items"], second["documents"]) == (13, 14)
    text = said(document, 4, "measured")
    assert "posts@2022-11: 13 items with distinct ids, 12 after de-duplication" in text
    assert "95 % interval of the documents" in text
    assert "In all datasets together: 19 items after de-duplication, by copied words" in text
    assert "novels@3: nothing was found. Searched for: 25 items" in text
    assert "fewer than five words" in text


def test_evidence_is_ordered_and_has_no_text(document, answered):
    measured = said(document, 5, "measured")
    assert "posts@2023-01: 12 items: the whole item" in measured
    assert "posts@2023-01: 1 item: a passage of the item" in measured
    assert measured.index("12 items: the whole") < measured.index("1 item: a passage")
    assert "in document page-0 (first.jsonl, row 0, text " in measured
    everything = b"".join(path.read_bytes() for path in answered.iterdir())
    for number in range(POSTS):
        assert " ".join(sentence(f"post {number}").split()[:3]).encode() not in everything
    table = pq.read_table(answered / "items.parquet")
    assert table["excerpt"].null_count == len(table)


def test_withdrawals_are_placed_in_time(document, answered):
    text = said(document, 6, "measured")
    assert "posts@2022-11: 2 items found of those recorded as withdrawn." in text
    # The days are those that people stated.
    text = said(document, 6, "declared")
    dates = "collected 2022-06-01 to 2023-01-31"
    assert (
        f"posts@2022-11: of these, 2 withdrawn: after collection; no use is dated ({dates})."
        in (text)
    )
    use = "first use 2023-03-01 at the earliest"
    assert f"posts@2023-01: of these, 1 withdrawn: after first use ({dates}; {use})." in text
    rows = pq.read_table(answered / "items.parquet").to_pylist()
    assert {row["item"] for row in rows if row["withdrawn"]} == {"post-1", "post-7"}


def test_of_two_days_of_a_withdrawal_the_earlier_counts(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    (tmp_path / "ids.txt").write_text("post-7\npost-9\n")
    add = ("ledger", "add", "withdrawal", "ids.txt", "--ledger", "ledger")
    ok(tmp_path, *add, "--source", "chirp", "--on", "2022-07-01")
    registry = ("--registry", str(case / "reg"))
    document = ask(tmp_path, "chirp", "--ledger", "ledger", *registry)
    text = said(document, 6, "declared")
    assert "posts@2023-01: of these, 2 withdrawn: during collection" in text
    assert "posts@2023-01: of these, 1 withdrawn: after" not in text


def test_what_was_destroyed_and_who_received(document):
    declared = said(document, 7, "declared")
    assert "posts@2021-06 was destroyed on 2023-02-20 by storage team. It had 1,800 items." in (
        declared
    )
    assert "No receipt of the destruction of posts@2021-06" in said(document, 7, "cannot be known")
    assert "Of these, government: Harbour Office." in said(document, 8, "declared")


def test_only_measures_on_datasets_with_the_content_are_told(document):
    text = said(document, 9)
    assert re.search(r"posts@2023-01: gate forbidden=0% passed in the check of [\d-]+: 0% of", text)
    assert "allowed" not in text
    undecided = r"not decided\. [\d.]+% of the tokens are of unknown status"
    assert re.search(
        rf"posts@2023-01: outcome of the check of [\d-]+, for all sources: {undecided}", text
    )
    assert "novels@3" not in text


def test_destructions_of_other_datasets_are_told_apart(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    for name in ("novels@3", "forgotten@1"):
        add = ("ledger", "add", "destruction", name, "--on", "2023-01-05")
        ok(tmp_path, *add, "--ledger", "ledger")
    document = ask(tmp_path, "chirp", "--ledger", "ledger")
    assert "novels@3" not in said(document, 7)
    assert "forgotten@1 was destroyed on 2023-01-05." in said(document, 7, "declared")
    assert "No record says whether forgotten@1, which was destroyed, had content" in said(
        document, 7, "cannot be known"
    )


def test_the_list_of_ids_is_the_one_that_is_named(document, answered):
    table = pq.read_table(answered / "items.parquet")
    assert table.schema.names == AUDIT_ITEMS.names
    [file] = document["files"]
    assert file["rows"] == len(table) == 25
    assert sha256((answered / "items.parquet").read_bytes()).hexdigest() == file["sha256"]
    assert file["sha256"] in said(document, 4)
    first = [row for row in table.to_pylist() if row["item"] == "post-0"]
    assert [row["same_words"] for row in first] == [["post-0-again"]]


def test_it_is_a_draft_until_a_name_is_stated(case, answered, document):
    assert document["status"] == "DRAFT FOR REVIEW BY COUNSEL"
    for name in ("audit.md", "audit.html", "letter.md"):
        assert "DRAFT FOR REVIEW BY COUNSEL" in (answered / name).read_text()
    ok(case, "audit", *LETTER, "-o", "signed", "-q", "--signed-by", "A. Counsel, advocate")
    for path in (case / "signed").iterdir():
        if path.suffix != ".parquet":
            assert "DRAFT" not in path.read_text(), path
            assert "A. Counsel, advocate" in path.read_text()
    stated = json.loads((case / "signed" / "audit.json").read_text())
    assert stated["status"] == "name stated"
    assert stated["request"]["stated_name"] == "A. Counsel, advocate"
    assert "signed_by" not in stated["request"]


def test_the_same_records_give_the_same_bytes(case, answered):
    ok(case, "audit", *LETTER, "-o", "again", "-q")
    names = sorted(path.name for path in answered.iterdir())
    assert names == ["audit.html", "audit.json", "audit.md", "items.parquet", "letter.md"]
    for name in names:
        assert (case / "again" / name).read_bytes() == (answered / name).read_bytes(), name


def test_a_pdf_is_the_same_twice_and_needs_its_library(case, tmp_path):
    assert provenance("audit", "chirp", "--pdf", cwd=case).returncode == 2
    command = ("audit", *LETTER, "--pdf", "-q", "-o")
    if importlib.util.find_spec("typst") is None:
        done = provenance(*command, str(tmp_path / "none"), cwd=case)
        assert (done.returncode, (tmp_path / "none").exists()) == (2, False)
        assert "corpus-provenance[pdf]" in done.stderr
        pytest.skip("typst, the extra `pdf`, is not installed")
    for name in ("one", "two"):
        ok(case, *command, str(tmp_path / name))
    first, second = ((tmp_path / name / "audit.pdf").read_bytes() for name in ("one", "two"))
    assert first == second
    assert first.startswith(b"%PDF")


def test_the_command_that_repeats_it_does(case, answered, document):
    [line] = [text for _, text in lines(document, 11) if text.startswith("The same ledger")]
    words = shlex.split(line.split("`")[1])
    assert words[0] == "provenance"
    ok(case, *words[1:], "-o", "repeated", "-q")
    repeated = json.loads((case / "repeated" / "audit.json").read_text())
    assert repeated["sections"] == document["sections"]


def test_names_are_shown_and_not_run(case, tmp_path):
    name = "<script>alert(1)</script> `[a](javascript:x) \x1b[31m"
    ok(case, "audit", "chirp", "--requester", name, "-o", str(tmp_path / "out"), "-q")
    html = (tmp_path / "out" / "audit.html").read_text()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    for file in ("audit.md", "letter.md", "audit.html", "audit.json"):
        assert "\x1b" not in (tmp_path / "out" / file).read_text()
    for file in ("audit.md", "letter.md"):
        rendered = MarkdownIt("commonmark").render((tmp_path / "out" / file).read_text())
        assert "<script" not in rendered
        assert "<a " not in rendered


def test_reports_alone_answer_with_less(case):
    (case / "elsewhere").mkdir(exist_ok=True)
    report = "../first-report"
    text = ok(case / "elsewhere", "audit", "chirp", "--report", report, "--format", "json")
    document = json.loads(text)
    assert [each["items"] for each in document["datasets"]] == [12]
    assert "There is no ledger" in said(document, 2, "cannot be known")
    assert document["files"] == []


def test_the_letter_is_short_and_the_terminal_narrow(case, answered):
    letter = (answered / "letter.md").read_text()
    for words in (
        "Chirp Inc.",
        "C\\-17",
        "2023-06-07",
        "8 applications",
        "13 items with distinct ids",
    ):
        assert words.replace("\\", "") in letter.replace("\\", ""), words
    for words in ("8,028 calls made in all", "160,028 items retrieved in all", "account app-1788"):
        assert words in letter
    assert "Harbour Office (government), Quay Ltd (company) received" in letter
    assert len(letter) < len((answered / "audit.md").read_text()) * 0.6
    assert all(len(line) <= 80 for line in ok(case, "audit", *LETTER).splitlines())


def test_a_line_that_is_cut_for_the_terminal_says_so(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    for number in range(9):
        name = f"crawl-{number}-{'z' * 500}"
        ok(tmp_path, "ledger", "add", "dataset", name, "--ledger", "ledger")
    text = ok(tmp_path, "audit", "chirp", "--ledger", "ledger")
    assert "Other datasets on record were never checked" in text
    assert "crawl-8" not in text
    assert "…" in text
    document = ask(tmp_path, "chirp", "--ledger", "ledger")
    assert "crawl-8" in said(document, 1, "cannot be known")


def test_an_access_that_names_no_dataset_is_mentioned_as_possible(case, tmp_path):
    report = ("--report", str(case / "first-report"))
    ok(tmp_path, "ledger", "add", "access", "chirp", "--calls", "7", "--ledger", "ledger")
    (tmp_path / "works.csv").write_text("id\npost-2\n")
    document = ask(tmp_path, "--works", "works.csv", *report, "--ledger", "ledger")
    assert (
        "No record says by which access this content was obtained; a record of access to chirp "
        "names no dataset."
    ) in said(document, 3, "cannot be known")


def test_one_person_asks_by_name(case):
    document = ask(case, "--author", "mossy_pier")
    ids = range(1, POSTS, 3)
    items = [n for n in ids if n < 12], [n for n in ids if 6 <= n < 18]
    counts = {each["dataset"]: each["items"] for each in document["datasets"]}
    assert counts["posts@2022-11"] == len(items[0])  # those withdrawn since included: 1 and 7
    assert counts["posts@2023-01"] == len(items[1])
    assert "6 items of mossy_pier are in the registries" in said(document, 1, "measured")
    withdrawn = "Of what was asked about, 2 items recorded as withdrawn, on "
    assert withdrawn in said(document, 6, "declared")
    nobody = ask(case, "--author", "no_such_person")
    assert nobody["found"] is False
    assert "none could be found" in said(nobody, 1, "cannot be known")
    assert said(nobody, 4, "measured") == said(nobody, 5, "measured") == ""
    assert "novels@3: what was asked about was not searched for, as far as is known" in (
        said(nobody, 4, "cannot be known")
    )


@pytest.mark.parametrize(
    "item", ["post-20", "https://www.chirp.example/two_left_mittens/status/20", "TEXT"]
)
def test_one_item_is_found_by_id_address_or_words(case, item):
    item = sentence("post 20") if item == "TEXT" else item
    document = ask(case, "--item", item)
    assert {each["dataset"]: each["items"] for each in document["datasets"]} == {
        "novels@3": 0,
        "posts@2022-11": 0,
        "posts@2023-01": 1,
    }
    assert "posts@2022-11: nothing was found. Searched for: 25 items" in said(document, 4)
    assert sentence("post 20") not in json.dumps(document)


def test_words_that_no_registry_has_could_not_be_found(case):
    document = ask(case, "--item", "these are words that nobody has ever posted on Chirp at all")
    assert document["found"] is False
    assert "none could be found by its words" in said(document, 1, "cannot be known")
    assert said(document, 4, "measured") == ""


@pytest.mark.parametrize("question", [("--domain", "chirp.example"), ("--works", "works.txt")])
def test_accesses_to_the_source_are_told_whatever_names_its_items(case, question):
    """None of the records of access names a dataset."""
    (case / "works.txt").write_text("post-3\npost-9\n")
    document = ask(case, *question)
    assert said(document, 2, "declared").startswith("8 applications had access to chirp: ")
    assert "had access to such content" not in said(document, 2)
    assert said(document, 3, "declared").count("had access to chirp") == 8


def test_accesses_to_a_domain_of_which_nothing_was_found_are_told(case):
    """The rules say whose domain it is."""
    add = ("ledger", "add", "access", "reddit", "--application", "Lanterns", "--when", "2022")
    ok(case, *add)
    assert "1 application had access to Reddit: Lanterns." in said(
        ask(case, "--domain", "old.reddit.com"), 2, "declared"
    )


def test_a_domain_is_asked_about_with_its_subdomains(case):
    counts = {
        each["dataset"]: each["items"]
        for each in ask(case, "--domain", "chirp.example")["datasets"]
    }
    assert counts == {"novels@3": 0, "posts@2022-11": 12, "posts@2023-01": 13}
    assert ask(case, "--domain", "hirp.example")["found"] is False


def test_documents_of_a_domain_are_counted_by_their_own_address(tmp_path):
    rows = [
        {"text": sentence("a"), "url": "https://www.quay.example/1"},
        {"text": sentence("b"), "url": "http://news.quay.example:80/2?x=1"},
        {"text": sentence("c"), "url": "https://notquay.example/3"},
        {"text": sentence("d"), "url": "https://u:p@QUAY.example./4"},
        {"text": sentence("e"), "url": None},
    ]
    write(tmp_path / "pages.jsonl", rows)
    question = ("--domain", "www.quay.example", "--corpus", "pages.jsonl")
    document = ask(tmp_path, *question)
    text = said(document, 4, "measured")
    assert "pages.jsonl: 3 documents of 5 with an address on www.quay.example" in text
    assert "4 documents with an address at all" in text
    assert "whether documents without an address are from" in said(document, 4, "cannot be known")
    assert document["found"] is True
    other = ask(tmp_path, "--domain", "pier.example", "--corpus", "pages.jsonl")
    assert "0 documents of 5 with an address on pier.example" in said(other, 4, "measured")
    assert other["found"] is False
    done = provenance("audit", "chirp", "--corpus", "pages.jsonl", cwd=tmp_path)
    assert "--corpus needs --domain" in done.stderr


def test_each_work_of_a_list_is_answered(case):
    rows = ["id,title", "post-3,A", "post-0-again,B", "post-22,C", "=cmd()|' /C calc'!A0,D"]
    (case / "works.csv").write_text("\n".join(rows) + "\n")
    ok(case, "audit", "--works", "works.csv", "-o", "works", "-q")
    table = list(csv.DictReader(StringIO((case / "works" / "works.csv").read_text())))
    assert [row["work"] for row in table[:3]] == ["post-3", "post-0-again", "post-22"]
    assert [row["found"] for row in table] == ["yes", "yes", "no", "not searched for"]
    assert [row["in_registries"] for row in table] == ["yes", "yes", "yes", "no"]
    assert table[0]["datasets"] == "posts@2022-11"
    assert table[3]["work"].startswith("'=")
    assert table[2]["datasets"] == ""


def test_a_source_that_was_not_searched_for_is_not_said_to_be_absent(case):
    document = ask(case, "nytimes")
    assert document["query"]["source_name"] == "The New York Times"
    assert "asked about content of The New York Times." in said(document, 1)
    assert said(document, 4, "measured") == ""
    unknown = said(document, 4, "cannot be known")
    assert "novels@3: not searched for: no check of it had items of The New York Times" in unknown
    assert said(document, 6, "measured") == ""
    assert "No registry that was searched, and no record, has the name nytimes" in said(document, 1)


def test_a_name_that_may_be_mistyped_is_pointed_out(case):
    done = provenance("audit", "twitter", "-o", "twitter", "-q", cwd=case)
    assert done.returncode == 0
    assert "'twitter' is 'x'" in done.stderr
    assert "Note" not in provenance("audit", "chirp", cwd=case).stderr


def test_excerpts_are_shown_only_on_request(case):
    words = " ".join(sentence("post 2").split()[:4])
    command = ("audit", "chirp", "--report", "first-report", "--format", "markdown")
    assert words not in ok(case, *command)
    assert words in ok(case, *command, "--excerpts").replace("\\", "")


def test_an_erased_check_is_said_to_be_erased(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    shown = ok(tmp_path, "ledger", "show", "--ledger", "ledger", "--kind", "check")
    digest = shown.split()[3]
    ok(tmp_path, "ledger", "erase", digest, "--reason", "request", "--ledger", "ledger")
    document = ask(tmp_path, "chirp", "--ledger", "ledger")
    unused = "A check is not used: its report was erased from the ledger, reason: request."
    assert unused in said(document, 1, "cannot be known")
    assert [each["dataset"] for each in document["datasets"]] == ["novels@3", "posts@2023-01"]


def test_an_erased_record_is_said_to_be_missing(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    shown = ok(tmp_path, "ledger", "show", "--ledger", "ledger", "--kind", "use")
    digest = next(line.split()[3] for line in shown.splitlines() if "  use " in line)
    ok(tmp_path, "ledger", "erase", digest, "--reason", "retention", "--ledger", "ledger")
    text = said(ask(tmp_path, "chirp", "--ledger", "ledger"), 1, "cannot be known")
    assert "A record of kind use was erased, reason: retention. What it said is missing" in text


def test_a_record_that_is_gone_is_not_passed_over(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    [record] = (tmp_path / "ledger" / "records").glob("*/00000009-*")
    record.unlink()
    done = provenance("audit", "chirp", "--ledger", "ledger", cwd=tmp_path)
    assert done.returncode == 2
    assert f"the record {record.stem[9:21]} is gone" in done.stderr
    assert "provenance ledger verify" in done.stderr


def test_datasets_that_no_check_read_are_named(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    ok(tmp_path, "ledger", "add", "dataset", "crawl@9", "--ledger", "ledger")
    ok(
        tmp_path,
        "ledger",
        "add",
        "destruction",
        "crawl@9",
        "--on",
        "2023",
        "--ledger",
        "ledger",
        code=2,
    )
    destroyed = ("destruction", "crawl@9", "--on", "2023-01-05")
    ok(tmp_path, "ledger", "add", *destroyed, "--ledger", "ledger")
    document = ask(tmp_path, "chirp", "--ledger", "ledger")
    text = said(document, 1, "cannot be known")
    assert "Other datasets on record were never checked" in text
    assert "crawl@9." in text
    assert "crawl@9 was destroyed on 2023-01-05." in said(document, 7)


def test_totals_that_nobody_stated_are_not_zero(case, tmp_path):
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    access = ("access", "pier", "--application", "Lanterns", "--calls", "7")
    ok(tmp_path, "ledger", "add", *access, "--ledger", "ledger")
    document = ask(tmp_path, "pier", "--ledger", "ledger")
    total = "7 calls made in all, as stated by 1 of 1 record of access."
    assert total in said(document, 3, "declared")
    assert "No record says how many items were retrieved" in said(document, 3, "cannot be known")


def test_a_check_for_other_sources_does_not_hide_an_earlier_one(case, tmp_path):
    for name in ("provenance.toml", "first.jsonl"):
        shutil.copy(case / name, tmp_path)
    shutil.copytree(case / "ledger", tmp_path / "ledger")
    write(tmp_path / "other.jsonl", [{"id": "o-1", "text": sentence("other")}])
    ok(tmp_path, "registry", "build", "other", "--source", "pier", "other.jsonl", "-q")
    ok(tmp_path, "check", "first.jsonl", "--registry", "other", "-q")
    registry = ("--registry", str(case / "reg"))
    document = ask(tmp_path, "--author", "two_left_mittens", *registry)
    counts = {each["dataset"]: each["items"] for each in document["datasets"]}
    assert counts["posts@2022-11"] == 4
    joined = re.search(r"posts@2022-11: this joins what 2 checks found.*\)", said(document, 4))
    assert "4 passages; record" in joined[0]
    assert ": 0 passages)" in joined[0]


def test_uses_of_a_dataset_with_addresses_of_a_domain_are_told(tmp_path):
    (tmp_path / "provenance.toml").write_text('[ledger]\npath = "ledger"\n')
    write(tmp_path / "posts.jsonl", [{"id": "p-1", "text": sentence("post")}])
    write(tmp_path / "pages.jsonl", [{"text": sentence("a"), "url": "https://quay.example/1"}])
    ok(tmp_path, "registry", "build", "reg", "--source", "chirp", "posts.jsonl", "-q")
    ok(tmp_path, "check", "pages.jsonl", "--registry", "reg", "-o", "report", "-q")
    ok(tmp_path, "ledger", "add", "dataset", "pages@1", "--report", "report")
    ok(tmp_path, "ledger", "add", "use", "pages@1", "--application", "Lanterns")
    document = ask(tmp_path, "--domain", "quay.example", "--corpus", "pages.jsonl")
    assert "Lanterns used pages@1" in said(document, 2, "declared")
    assert "pages.jsonl: 1 document: the address of the document itself" in said(document, 5)
    assert "nothing was found" not in said(document, 4, "measured")
    document = ask(tmp_path, "--domain", "quay.example")
    own = "pages@1: whether documents have an address of their own on quay.example"
    assert own in said(document, 4, "cannot be known")
    assert said(document, 5, "measured") == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing says what is asked about"),
        (("chirp", "--ledger", "nowhere"), "there is no ledger at nowhere"),
        (("chirp", "--report", "nowhere"), "nowhere"),
        (("--domain", "not a domain"), "is not a domain"),
        (("--works", "nowhere.csv"), "nowhere.csv"),
        (("chirp", "--due", "soon"), "'soon' is not a day"),
        (("chirp", "--due", "2023-05-17", "--received", "2023-05-18"), "before the request"),
        ((" ",), "the source that is asked about is empty"),
        (("chirp", "--author", " "), "the author that is asked about is empty"),
    ],
)
def test_mistakes_are_named_with_a_remedy(case, arguments, words):
    done = provenance("audit", *arguments, cwd=case)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert "Try:" in done.stderr


def test_without_anything_to_answer_from_it_says_so(tmp_path):
    done = provenance("audit", "chirp", cwd=tmp_path)
    assert done.returncode == 2
    assert "give --ledger DIR, --report DIR, or both" in done.stderr


def forget(case, folder, *question):
    ok(case, "audit", *question, "--forget-set", str(folder), "-q")
    return pq.read_table(folder / "forget.parquet")


def clean(case, output, *options):
    files = ("second.jsonl", "-o", str(output), "-q")
    ok(case, "clean", *files, *options)
    path = output / "second.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_forget_set_has_ids_files_and_offsets_and_no_text(case, tmp_path):
    rows = forget(case, tmp_path / "forget", "--author", "two_left_mittens").to_pylist()
    ids = {f"post-{number}" for number in (*range(2, 18, 3), 20)}
    assert {row["item"] for row in rows} == ids
    texts = {
        name: [json.loads(line)["text"] for line in (case / name).read_text().splitlines()]
        for name in ("first.jsonl", "second.jsonl")
    }
    for row in rows:
        words = texts[row["file"]][row["row"]][row["start"] : row["end"]]
        number = int(row["item"].removeprefix("post-"))
        assert words.strip(".") in sentence(f"post {number}"), row
    kept = b"".join(path.read_bytes() for path in (tmp_path / "forget").iterdir())
    assert b" ".join(sentence("post 2").encode().split()[:3]) not in kept
    manifest = json.loads((tmp_path / "forget" / "forget.json").read_text())
    assert manifest["rows"] == len(rows)
    assert manifest["query"]["author"] == "two_left_mittens"


def test_clean_removes_what_a_forget_set_lists_and_nothing_else(case, tmp_path):
    rows = forget(case, tmp_path / "forget", "--author", "two_left_mittens").to_pylist()
    mine = {row["document"] for row in rows if row["file"] == "second.jsonl"}
    assert len(mine) == 5
    before = [json.loads(line) for line in (case / "second.jsonl").read_text().splitlines()]
    registry = ("--registry", "reg")
    after = clean(case, tmp_path / "out", "--forget-set", str(tmp_path / "forget"), *registry)
    assert after == [row for row in before if row["id"] not in mine]
    receipt = json.loads((tmp_path / "out" / ".provenance" / "receipt.json").read_text())
    digest = sha256((tmp_path / "forget" / "forget.parquet").read_bytes()).hexdigest()
    assert receipt["cleaning"]["forget_set"] == digest
    assert receipt["documents"] == 5
    by_program = clean_dataset(
        case / "second.jsonl", tmp_path / "py", forget_set=tmp_path / "forget", no_cache=True
    )
    assert (by_program.documents, by_program.cleaning.forget_set) == (5, digest)
    with pytest.raises(ValueError, match="forget_set"):
        clean_dataset(case, "o", forget_set=tmp_path / "forget", verdict="unknown")
    redacted = clean(
        case, tmp_path / "red", "--forget-set", str(tmp_path / "forget"), "--redact", "[gone]"
    )
    assert len(redacted) == len(before)
    texts = "\n".join(row["text"] for row in redacted)
    for number in range(6, 18):
        assert (sentence(f"post {number}") in texts) is (number % 3 != 2), number


def test_items_that_registries_lack_by_now_are_forgotten(case, tmp_path):
    # Post 7 was withdrawn from the registry after the check.
    forget(case, tmp_path / "forget", "--item", "post-7")
    after = clean(case, tmp_path / "out", "--forget-set", str(tmp_path / "forget"))
    assert "page-207" not in {row["id"] for row in after}
    assert len(after) == 53


def test_a_forget_set_of_another_dataset_or_altered_is_refused(case, tmp_path):
    forget(case, tmp_path / "forget", "--item", "post-1")  # only in the first
    command = ("clean", "second.jsonl", "-o", str(tmp_path / "out"))
    done = provenance(*command, "--forget-set", str(tmp_path / "forget"), cwd=case)
    assert done.returncode == 2
    assert "has nothing of this dataset" in done.stderr
    path = tmp_path / "forget" / "forget.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    done = provenance(*command, "--forget-set", str(tmp_path / "forget"), cwd=case)
    assert "its digest differs" in done.stderr
    done = provenance(*command, "--forget-set", str(tmp_path / "none"), cwd=case)
    assert "there is no forget set" in done.stderr
    forbidden = (*command, "--forget-set", str(tmp_path / "none"), "--verdict", "unknown")
    assert provenance(*forbidden, cwd=case).returncode == 2
    assert not (tmp_path / "out").exists()


def test_every_example_names_what_it_answers_from(tmp_path):
    text = provenance("audit", "--help", cwd=tmp_path).stdout.replace("\\\n", " ")
    examples = [line for line in text.splitlines() if line.strip().startswith("provenance audit")]
    assert len(examples) > 5
    for each in examples:
        if shlex.split(each)[2] in {"sign", "verify", "sign|verify"}:
            continue  # of a folder that is there
        assert {"--ledger", "--report", "--corpus"} & set(shlex.split(each)), each


def test_a_registry_alone_is_nothing_to_answer_from(tmp_path):
    done = provenance("audit", "--author", "ada", "--registry", "reg", cwd=tmp_path)
    assert done.returncode == 2
    assert "--registry alone says what was published, not which dataset has it" in done.stderr
    done = provenance("audit", "--author", "ada", cwd=tmp_path)
    assert "Error: there is nothing to answer from" in done.stderr
    assert "--registry" not in done.stderr
