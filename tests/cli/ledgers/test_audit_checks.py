"""What several checks of a dataset found is joined; what was not searched for is not absent."""

import csv
import json
import re
import shutil
from io import StringIO

import jsonschema
import pyarrow.parquet as pq
import pytest

from provenance import audit as audit_in_python
from provenance.errors import InputError
from provenance.signing import create_key
from tests.cli.commandline import provenance
from tests.cli.ledgers.audits import ask, lines, ok, page, said, sentence, write
from tests.schemas import load_schema

POSTS = 12
POLICY = '[ledger]\npath = "ledger"\n[check]\ncommon_background = false\n'
SITE = "https://x.com"
_NAMES = re.compile(r"[\w-]+@\d+|\d{4}-\d{2}|[\w/.-]*\.jsonl|post-\d+|record \w+")


def post(number):
    author = "ada" if number % 2 else "bo"
    return {
        "id": f"post-{number}",
        "text": sentence(f"post {number}"),
        "url": f"https://chirp.example/{author}/{number}",
        "author": author,
    }


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A dataset with six posts in 40 pages, three that only link, and one without any."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / "provenance.toml").write_text(POLICY)
    posts = [post(number) for number in range(POSTS)]
    write(folder / "posts.jsonl", posts)
    write(folder / "few.jsonl", posts[6:])
    links = [{**page(200 + n), "url": f"{SITE}/ada/status/{n}"} for n in range(3)]
    pages = [page(n, posts[n]["text"]) for n in range(6)] + [page(n) for n in range(100, 131)]
    write(folder / "pages.jsonl", pages + links)
    write(folder / "novels.jsonl", [page(n) for n in range(500, 530)])
    ok(folder, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    ok(folder, "registry", "build", "few", "--source", "x", "few.jsonl", "-q")
    return folder


@pytest.fixture
def place(case, tmp_path):
    shutil.copytree(case, tmp_path / "case")
    return tmp_path / "case"


def check(place, name="pages", registry="reg", *options):
    done = ("check", f"{name}.jsonl", "--registry", registry, "-q", *options, "--exit-zero")
    ok(place, *done)


def remove(place, *ids, registry="reg"):
    (place / "gone.txt").write_text("\n".join(ids) + "\n")
    words = ("registry", "remove", registry, "--source", "x", "--ids", "gone.txt", "-q")
    ok(place, *words, "--reason", "deleted")


def counts(document, name="pages.jsonl"):
    [found] = [each for each in document["datasets"] if each["dataset"] == name]
    return found


LATER_CHECKS = {
    "smaller": [("few",)],
    "sample": [("reg", "--sample", "5%")],
    "both": [("few", "--sample", "10%"), ("reg", "--sample", "5%"), ("few",)],
}


@pytest.mark.parametrize("later", LATER_CHECKS)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_lesser_check_replaces_no_fuller_one(place, later, is_first):
    full = [("reg",)]
    for registry, *options in (
        full + LATER_CHECKS[later] if is_first else LATER_CHECKS[later] + full
    ):
        check(place, "pages", registry, *options)
    document = ask(place, "x")
    jsonschema.validate(document, load_schema("report/audit/audit"))
    found = counts(document)
    assert (found["items"], found["documents"], found["passages"]) == (6, 6, 6)
    assert found["tokens"] == 6 * 16
    assert found["addresses"] == 3
    used = said(document, 1, "measured").count("pages.jsonl: used: the check of")
    assert used == 1 + len(LATER_CHECKS[later])
    assert f"joins what {used} checks found" in said(document, 4, "measured")
    assert "nothing was found" not in said(document, 4)


def test_what_was_withdrawn_after_a_check_stays_found(place):
    check(place)
    remove(place, "post-1", "post-2")
    check(place)
    check(place, "novels")
    document = ask(place, "x")
    assert counts(document)["items"] == 6
    assert counts(document)["withdrawn"] == 2
    assert "pages.jsonl: 2 items found of those recorded as withdrawn" in said(document, 6)
    for question in (("--item", "post-1"), ("x", "--item", "post-2")):
        answer = ask(place, *question)
        assert counts(answer)["items"] == 1
        # The novels were checked with the registry of today alone.
        unknown = said(answer, 4, "cannot be known")
        assert "novels.jsonl: what was asked about was not searched for" in unknown
        assert "novels" not in said(answer, 4, "measured")


def test_absence_is_measured_where_the_item_was_searched_for_in_the_whole_dataset(place):
    check(place, "novels")
    check(place, "pages", "few")
    check(place, "pages", "reg", "--sample", "50%")
    document = ask(place, "--item", "post-3")
    assert "novels.jsonl: nothing was found. Searched for: 12 items of" in said(
        document, 4, "measured"
    )
    if not counts(document)["items"]:
        assert "pages.jsonl: what was asked about was not searched for" in said(
            document, 4, "cannot be known"
        )
    document = ask(place, "--item", "post-9")
    assert "pages.jsonl: nothing was found." in said(document, 4, "measured")


def add(place, *numbers, changed=""):
    rows = [{**post(n), "text": sentence(f"post {n}{changed}")} for n in numbers]
    write(place / "more.jsonl", rows)
    ok(place, "registry", "add", "reg", "--source", "x", "more.jsonl", "-q")


def absent(place, item, name="novels"):
    """Return whether an answer says that an item was searched for in a dataset, and not found."""
    document = ask(place, "--item", item)
    measured = said(document, 4, "measured")
    if f"{name}.jsonl: nothing was found." in measured:
        return True
    assert name not in measured, item
    unknown = said(document, 4, "cannot be known")
    assert "it is not known to have been in a registry with which" in unknown
    return False


def test_a_registry_proves_what_was_searched_for_through_all_of_its_life(place):
    check(place, "novels")
    remove(place, "post-5")
    assert absent(place, "post-5")  # withdrawn since, by the ledger
    assert absent(place, "post-6")
    add(place, 50)
    assert absent(place, "post-6")
    assert not absent(place, "post-50")
    remove(place, "post-7")
    add(place, 51, 52)
    ok(place, "registry", "compact", "reg", "-q")
    assert absent(place, "post-6")
    assert not absent(place, "post-50")
    assert not absent(place, "post-51")
    check(place, "pages")
    (place / "domains.txt").write_text("quay.example\n")
    ok(place, "registry", "opt-out", "reg", "domains.txt", "-q")
    add(place, 53)
    for item in ("post-6", "post-50", "post-51"):
        assert absent(place, item, "pages")
        assert absent(place, item) == (item == "post-6")
    assert not absent(place, "post-53", "pages")
    ok(place, "registry", "verify", "reg")


def test_what_was_withdrawn_between_two_additions_was_searched_for_until_then(place):
    check(place, "novels")
    remove(place, "post-5")
    add(place, 50)
    assert absent(place, "post-5")
    check(place, "novels", "few")
    add(place, 5)  # stays out
    assert absent(place, "post-5")


def test_what_was_withdrawn_after_an_addition_was_searched_for_before_that(place):
    check(place, "novels")
    add(place, 50)
    remove(place, "post-5", "post-50")
    assert absent(place, "post-5")
    assert not absent(place, "post-50")  # it was added after the check
    check(place, "pages")
    add(place, 51)
    remove(place, "post-51")
    for name in ("novels", "pages"):
        assert absent(place, "post-6", name)
        assert not absent(place, "post-51", name)
    add(place, 6, changed=", edited since")
    remove(place, "post-6")
    assert not absent(place, "post-6")  # its first words were searched for


def test_another_day_of_a_withdrawal_moves_no_search(place):
    remove(place, "post-5")
    check(place, "novels")
    again = ("--ids", "gone.txt", "--source", "x", "--on", "2020-01-01", "-q")
    ok(place, "registry", "remove", "reg", *again)
    assert not absent(place, "post-5")


def test_an_item_whose_text_has_changed_was_not_searched_for(place):
    check(place, "novels")
    add(place, 6, changed=", edited since")
    assert not absent(place, "post-6")
    assert absent(place, "post-7")
    add(place, 7)  # the same text again
    assert absent(place, "post-7")


def test_an_item_that_came_again_after_it_was_withdrawn_was_not_there_between(place):
    remove(place, "post-8")
    check(place, "novels")
    ok(place, "registry", "restore", "reg", "--ids", "gone.txt", "--source", "x", "-q")
    add(place, 8)
    assert not absent(place, "post-8")
    assert absent(place, "post-9")


def test_an_author_and_a_domain_are_absent_only_where_their_items_were_searched_for(place):
    check(place, "novels")
    for question in (("--author", "ada"), ("--domain", "chirp.example")):
        measured = said(ask(place, *question), 4, "measured")
        assert "novels.jsonl: nothing was found." in measured
        assert re.search(r"Of what was asked about, \d+ items were searched for", measured)
    for question in (("--author", "eve"), ("--domain", "quay.example")):
        document = ask(place, *question)
        assert said(document, 4, "measured") == ""
        assert "was not searched for" in said(document, 4, "cannot be known")


def test_a_sample_alone_proves_no_absence(place):
    check(place, "novels", "reg", "--sample", "20%")
    for question in (("x",), ("--author", "ada"), ("--item", "post-3")):
        document = ask(place, *question)
        assert "nothing was found" not in said(document, 4)
        assert "not searched for" in said(document, 4, "cannot be known")
    assert "only a sample of" in said(ask(place, "x"), 4, "measured")


def test_items_that_only_a_sampled_check_had_are_told_apart_from_those_that_none_had(place):
    """Of the whole dataset, only another source was searched for."""
    write(place / "others.jsonl", [{"id": "t3_a", "text": sentence("another")}])
    ok(place, "registry", "build", "others", "--source", "reddit", "others.jsonl", "-q")
    check(place, "pages")
    check(place, "novels", "others")
    reason = said(ask(place, "--item", "post-3"), 4, "cannot be known")
    assert "of which no check of the dataset had items" in reason
    check(place, "novels", "reg", "--sample", "20%")
    reason = said(ask(place, "--item", "post-3"), 4, "cannot be known")
    assert "each check that had items of X (Twitter) read only a part of the dataset" in reason


def test_texts_without_words_are_a_gap_and_impossible_dates_are_none(place):
    write(place / "ids.jsonl", [{"text": " ".join(map(str, range(n, n + 40)))} for n in range(9)])
    ok(place, "check", "ids.jsonl", "--registry", "reg", "-q", "--allow-unread", "1", "--exit-zero")
    assert "ids.jsonl: not searched for as a whole" in said(ask(place, "x"), 4, "cannot be known")
    words = ("check", "novels.jsonl", "--registry", "reg", "-q", "--collected", "1999-01-01")
    ok(place, *words, "--exit-zero")
    assert "novels.jsonl: nothing was found." in said(ask(place, "x"), 4, "measured")


def test_works_are_answered_yes_no_or_not_searched_for(place):
    check(place)
    check(place, "novels", "few")
    ids = ["post-3", f"{post(8)['url']}", "post-9", "post-77", "post-5"]
    (place / "works.csv").write_text("\n".join(["id", *ids]) + "\n")
    remove(place, "post-5")
    ok(place, "audit", "--works", "works.csv", "-o", "out", "-q")
    rows = list(csv.DictReader(StringIO((place / "out" / "works.csv").read_text())))
    assert [row["found"] for row in rows] == ["yes", "no", "no", "not searched for", "yes"]
    assert [row["in_registries"] for row in rows] == ["yes", "yes", "yes", "no", "withdrawn"]


def test_a_work_that_some_datasets_were_searched_for_names_the_others(place):
    check(place)
    check(place, "novels", "reg", "--sample", "20%")
    (place / "works.csv").write_text("id\npost-9\npost-77\n")
    ok(place, "audit", "--works", "works.csv", "-o", "out", "-q")
    rows = list(csv.DictReader(StringIO((place / "out" / "works.csv").read_text())))
    assert [row["found"] for row in rows] == ["not where searched", "not searched for"]
    assert [row["not_searched"] for row in rows] == ["novels.jsonl", "novels.jsonl; pages.jsonl"]


def test_the_newest_ruling_on_a_passage_wins_and_nothing_vanishes(place):
    check(place)
    ok(place, "registry", "build", "quoted", "--source", "old-books", "few.jsonl", "-q")
    write(place / "books.jsonl", [{"id": "b", "text": post(0)["text"]}])
    ok(place, "registry", "build", "books", "--source", "old-books", "books.jsonl", "-q")
    check(place, "pages", "reg", "--background", "books")
    document = ask(place, "x")
    assert counts(document)["items"] == 5
    assert counts(document)["not_counted"] == 1
    assert "pages.jsonl: 1 further passage not counted" in said(document, 4)


def test_checks_that_are_not_used_are_named_with_the_reason(place):
    check(place)
    check(place, "novels")
    shown = ok(place, "ledger", "show", "--kind", "check")
    erased, damaged = re.findall(r"  check +([0-9a-f]{12})", shown) or [
        line.split()[3] for line in shown.splitlines() if "  check " in line
    ]
    [record] = (place / "ledger" / "records").rglob(f"*-{damaged}*.json")
    files = json.loads(record.read_text())["files"]
    [findings] = [each["name"] for each in files if each["role"] == "findings"]
    path = place / "ledger" / "files" / findings
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    ok(place, "ledger", "erase", erased, "--reason", "retention")
    unknown = said(ask(place, "x"), 1, "cannot be known")
    assert "is not used: its report was erased from the ledger, reason: retention" in unknown
    assert "is not used: its report is damaged: " in unknown
    letter = ok(place, "audit", "x", "--format", "letter")
    assert letter.count("is not used:") == 2


def test_two_contents_of_one_file_are_two_datasets(place):
    check(place)
    write(place / "pages.jsonl", [page(n) for n in range(700, 720)])
    check(place)
    document = ask(place, "x")
    names = [each["dataset"] for each in document["datasets"]]
    assert len(names) == len(set(names)) == 2
    assert all(re.fullmatch(r"pages\.jsonl \(digest [0-9a-f]{12}\)", name) for name in names)
    assert "a check of one is used for no other" in said(document, 1)


def test_copied_words_and_pages_that_link_are_counted_apart_everywhere(place):
    check(place)
    ok(place, "audit", "x", "-o", "out", "-q")
    document = json.loads((place / "out" / "audit.json").read_text())
    text = said(document, 4, "measured")
    assert "6 items with distinct ids" in text
    assert "whose words are in 6 documents of 40, 6 passages, 96 tokens" in text
    linked = "3 documents, beside those all of whose words are copies, whose own address"
    assert f"{linked}, or whose dataset card, names X (Twitter)" in text
    assert "9 documents" not in (place / "out" / "audit.md").read_text()
    letter = (place / "out" / "letter.md").read_text()
    assert linked in letter
    assert "In all datasets" not in letter
    rows = pq.read_table(place / "out" / "items.parquet").to_pylist()
    assert sorted(row["evidence"] for row in rows) == ["address"] * 3 + ["whole item"] * 6
    assert "Policies count copied words" in said(document, 9)
    # A signature of the earlier answer goes with it.
    (place / "out" / "signature.dsse.json").write_text("{}")
    (place / "out" / "notes.txt").write_text("ours")
    ok(place, "audit", "x", "-o", "out", "-q", "--withhold", "4")
    names = {path.name for path in (place / "out").iterdir()}
    assert names == {"audit.html", "audit.json", "audit.md", "letter.md", "notes.txt"}


def test_coverage_stands_in_the_letter_beside_every_result(place):
    check(place)
    check(place, "novels", "reg", "--sample", "20%")
    check(place, "novels", "few")
    document = ask(place, "x")
    letter = ok(place, "audit", "x", "--format", "letter")
    for each in (line for line in letter.splitlines() if "nothing was found" in line):
        assert "Searched for: " in each
    found = next(line for line in letter.splitlines() if "6 items with distinct ids" in line)
    assert "Searched for: 12 items" in found
    absent = next(line for line in letter.splitlines() if "novels.jsonl: nothing" in line)
    assert re.search(r"only a sample of \d of 30 documents was searched", absent)
    assert "--" not in letter
    assert "6 items; total unknown, by record" in said(document, 4)


def declare(place):
    add = ("ledger", "add")
    check(place, "pages", "reg", "-o", "report")
    own = ("--source", "x", "--route", "api", "--account", "app-17", "--agreement", "deal 5")
    ok(place, *add, "dataset", "pages@1", "--report", "report", *own, "--collected", "2022")
    ok(place, *add, "dataset", "posts@0", "--source", "x", "--recipient", "Quay Ltd=company")
    access = (*add, "access", "x", "--application")
    ok(place, *access, "Lanterns", "--account", "app-17", "--when", "2022", "--calls", "51000")
    ok(place, *access, "Kettle", "--route", "crawl", "--when", "2022-03-01")
    ok(place, *access, "Quilt", "--route", "purchase", "--items", "400", "--when", "2022-03-05")
    use = (*add, "use", "pages@1", "--application", "Orchard", "--when", "2023-03-01")
    ok(place, *use, "--model", "rank", "--recipient", "Harbour Office=government", "--note", "hush")
    ok(place, *add, "destruction", "posts@0", "--on", "2023-02-20", "--by", "storage team")


def test_who_did_what_is_said_apart_and_a_purchase_is_no_access(place):
    declare(place)
    declared = said(ask(place, "x"), 2, "declared")
    assert "2 applications had access to X (Twitter): Kettle, Lanterns." in declared
    assert "1 application purchased content of X (Twitter): Quilt." in declared
    used = "1 application used a dataset in which a check found content of X (Twitter) (pages@1)"
    assert f"{used}: Orchard." in declared
    assert "or used" not in declared
    text = said(ask(place, "x"), 3, "declared")
    assert "Quilt purchased content of X (Twitter): 2022-03-05; 400 items" in text
    assert "51,000 calls made in all, as stated by 1 of 2 records of access." in text
    assert "400 items purchased in all, as stated by 1 of 1 record of purchase." in text


def test_a_purchase_says_how_a_dataset_was_obtained(place):
    check(place, "pages", "reg", "-o", "report")
    add_dataset = ("ledger", "add", "dataset", "bought@1", "--report", "report")
    ok(place, *add_dataset, "--route", "purchase", "--agreement", "contract 7")
    obtained = said(ask(place, "x"), 3)
    assert "bought@1: purchased; under contract 7." in obtained
    assert "No record says by which access" not in obtained
    ok(place, "audit", "x", "-o", "answer", "-q")
    letter = (place / "answer" / "letter.md").read_text("utf-8").replace("`", "")
    assert "bought@1: purchased; under contract 7." in letter
    ok(place, "ledger", "add", "dataset", "mixed@1", "--made-from", "bought@1")
    obtained = said(ask(place, "x"), 3)
    assert "No record says by which access" not in obtained


def test_a_use_by_nobody_in_particular_and_a_dataset_that_was_not_checked_are_said(place):
    check(place, "pages", "reg", "-o", "report")
    ok(place, "ledger", "add", "dataset", "pages@1", "--report", "report")
    ok(place, "ledger", "add", "dataset", "mixed@1", "--made-from", "pages@1")
    ok(place, "ledger", "add", "use", "pages@1", "--application", "Lanterns", "--when", "2026-01")
    ok(place, "ledger", "add", "use", "mixed@1", "--model", "Glow", "--when", "2026-02")
    uses = said(ask(place, "x"), 2)
    assert "Which application used mixed@1 is not stated by 1 record of its use." in uses
    assert "as made from such a dataset, of which no usable check is on record: mixed@1." in uses
    assert "in which no check found" not in uses


def test_declared_lines_say_who_recorded_them_when_and_how_long_after(place):
    declare(place)
    document = ask(place, "x", "--received", "2023-05-18")
    for point in range(1, 10):
        for standing, text in lines(document, point):
            if standing == "declared" and "withdrawn" not in text and point > 1:
                assert re.search(r"Recorded (in \d+ records )?by writer [0-9a-f]{16} on ", text)
                assert "after the request was received." in text
    [line] = [text for _, text in lines(document, 7) if text.startswith("posts@0 was destroyed")]
    assert re.search(r", 1,[34]\d\d days after the event; after the request was received\.$", line)
    assert "of them after the request was received" in said(document, 1, "measured")
    document = ask(place, "x")
    assert "after the request" not in json.dumps(document["sections"])


def test_what_cannot_be_known_states_no_figure(place):
    declare(place)
    check(place, "novels", "reg", "--sample", "20%")
    ok(place, "ledger", "add", "dataset", "crawl@9")
    (place / "works.csv").write_text("id\npost-3\nnobody\n")
    questions = (("x",), ("--author", "eve"), ("--item", "post-3"), ("--domain", "quay.example"))
    for question in (*questions, ("nytimes",), ("--works", "works.csv")):
        document = ask(place, *question)
        for point in range(1, 12):
            text = _NAMES.sub("", said(document, point, "cannot be known"))
            assert not re.search(r"\d", text), text


def test_points_are_withheld_with_all_that_belongs_to_them(place):
    declare(place)
    remove(place, "post-1")
    for options in (("--withhold", "3,4,8"), ("--only", "1,2,5,6,7,9,10,11")):
        ok(place, "audit", "x", "-o", "out", "-q", *options)
        document = json.loads((place / "out" / "audit.json").read_text())
        jsonschema.validate(document, load_schema("report/audit/audit"))
        assert [each["number"] for each in document["sections"]] == [1, 2, 5, 6, 7, 9, 10, 11]
        assert document["withheld"] == [3, 4, 8]
        assert (document["found"], document["datasets"], document["files"]) == (None, [], [])
        names = sorted(path.name for path in (place / "out").iterdir())
        assert names == ["audit.html", "audit.json", "audit.md", "letter.md"]
        for name in names:
            text = (place / "out" / name).read_text()
            assert "51,000" not in text
            assert "Quay Ltd" not in text
            assert "items.parquet" not in text
            if name != "audit.json":
                assert "Withheld from this answer: points 3, 4, 8." in text
    ok(place, "audit", "x", "-o", "out", "-q", "--withhold", "6")
    rows = pq.read_table(place / "out" / "items.parquet").to_pylist()
    assert len(rows) == 9
    assert {row["withdrawn"] for row in rows} == {None}
    document = json.loads((place / "out" / "audit.json").read_text())
    assert document["datasets"][0]["withdrawn"] is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--only", "3", "--withhold", "4"), "both --only and --withhold"),
        (("--only", "12"), "'12', which is no point"),
        (("--withhold", "0"), "'0', which is no point"),
        (("--withhold", "two"), "'two', which is no point"),
        (("--only", "3,"), "'', which is no point"),
        (("--withhold", "1,2,3,4,5,6,7,8,9,10,11"), "every point would be withheld"),
    ],
)
def test_points_that_there_are_not_are_refused(place, options, words):
    check(place)
    done = provenance("audit", "x", *options, cwd=place)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Try:" in done.stderr


def test_contradictions_are_withheld_with_the_points_they_are_of(place):
    declare(place)
    for day, person in (("2022-06-01", "ann"), ("2022-07-01", "bob")):
        ok(place, "ledger", "add", "destruction", "gone@1", "--on", day, "--by", person)
    ok(place, "ledger", "add", "dataset", "gone@1", "--source", "x", "--route", "api")

    def answered(*options):
        ok(place, "audit", "x", "-o", "out", "-q", *options)
        return [(place / "out" / name).read_text() for name in ("audit.md", "letter.md")]

    assert all("destroyed" in text and "bob" in text for text in answered())
    for text in answered("--withhold", "7"):
        assert "bob" not in text
        assert "was destroyed" not in text


def test_a_program_withholds_points_too(place):
    check(place, "pages", "reg", "-o", "report")
    answer = audit_in_python("x", reports=place / "report", withhold="4")
    assert (answer.found, answer.items) == (None, None)
    assert "Withheld from this answer: point 4." in answer.render("letter")
    with pytest.raises(InputError, match="no point of an answer"):
        audit_in_python("x", reports=place / "report", only="13")


@pytest.mark.parametrize("question", [("--author", "ada"), ("--item", "post-1")])
def test_one_person_is_answered_without_accounts_customers_and_contracts(place, question):
    declare(place)
    ok(place, "audit", *question, "-o", "out", "-q")
    for name in ("audit.md", "letter.md", "audit.html", "audit.json"):
        text = (place / "out" / name).read_text()
        for secret in ("app-17", "deal 5", "Quay Ltd", "Harbour Office", "51,000", "hush"):
            assert secret not in text, (name, secret)
        for other in ("Lanterns", "Kettle", "Quilt"):
            assert other not in text, (name, other)
        assert "Orchard" in text
    document = json.loads((place / "out" / "audit.json").read_text())
    assert "1 recipient of the kind government received rank." in said(document, 8, "declared")


def test_a_disputed_item_is_marked_wherever_it_is_counted(place):
    pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    owner = create_key(place / "owner")
    (place / "allowed").write_text(f"ada@chirp.example {owner.openssh}\n")
    disputes = '[disputes]\npath = "disputes.jsonl"\nallowed_signers = "allowed"\n'
    (place / "provenance.toml").write_text(POLICY + disputes)
    (place / "disputes.jsonl").touch()
    check(place, "pages", "reg", "-o", "report")
    words = (
        "feedback",
        "report",
        "--key",
        "owner",
        "--reason",
        "A customer's.",
        "--item",
        "post-2",
    )
    note = ok(place, *words, "--claim", "not-ours")
    (place / "disputes.jsonl").write_text(note)
    check(place, "pages", "reg", "-o", "second")
    ok(place, "audit", "x", "-o", "out", "-q")
    document = json.loads((place / "out" / "audit.json").read_text())
    assert counts(document)["items"] == 6
    assert counts(document)["disputed"] == 1
    marked = "DISPUTED: 1 item of these (16 tokens), by ada@chirp.example"
    assert marked in said(document, 4, "measured")
    assert "disputed)" in said(document, 5)
    assert marked in (place / "out" / "letter.md").read_text().replace("\\", "").replace("`", "")
    rows = pq.read_table(place / "out" / "items.parquet").to_pylist()
    assert [row["item"] for row in rows if row["disputed"]] == ["post-2"]


def test_files_that_were_renamed_between_checks_are_counted_once(place):
    """The digest of a dataset is of its contents, so that a renamed copy is the same dataset."""
    check(place)
    shutil.copy(place / "pages.jsonl", place / "again.jsonl")
    check(place, "again")
    (place / "deep" / "er").mkdir(parents=True)
    shutil.copy(place / "pages.jsonl", place / "deep" / "er")
    ok(place, "check", "deep", "--registry", "reg", "-q", "--exit-zero")
    [found] = ask(place, "x")["datasets"]
    assert (found["items"], found["documents"], found["passages"]) == (6, 6, 6)
    assert (found["tokens"], found["addresses"]) == (6 * 16, 3)


def test_a_forget_set_removes_what_it_lists_from_files_that_were_renamed(place):
    check(place)
    (place / "deep" / "er").mkdir(parents=True)
    shutil.copy(place / "novels.jsonl", place / "deep" / "pages.jsonl")
    shutil.copy(place / "pages.jsonl", place / "deep" / "er" / "new.jsonl")
    ok(place, "check", "deep", "--registry", "reg", "-q", "--exit-zero")
    ok(place, "audit", "x", "--forget-set", "forget", "-q")
    shutil.copytree(place / "deep", place / "moved")
    (place / "moved" / "er" / "new.jsonl").rename(place / "moved" / "other.jsonl")
    for number, corpus in enumerate(("pages.jsonl", "deep", "moved")):
        ok(place, "clean", corpus, "--forget-set", "forget", "-o", f"clean-{number}", "-q")
        left = "".join(each.read_text() for each in (place / f"clean-{number}").rglob("*.jsonl"))
        assert not any(post(number)["text"] in left for number in range(6)), corpus
        assert f"{SITE}/ada/status" not in left, corpus


def test_a_second_record_of_a_dataset_unties_it_from_no_check(place):
    check(place, "pages", "reg", "-o", "report")
    add = ("ledger", "add", "dataset", "posts@1", "--source", "x")
    ok(place, *add, "--route", "own", "--report", "report")
    ok(place, *add, "--route", "api")
    ok(place, "ledger", "add", "destruction", "posts@1", "--on", "2023-02-01", "--by", "storage")
    document = ask(place, "x")
    assert "1 dataset in which checks found copied words of X (Twitter): posts@1." in said(
        document, 2, "measured"
    )
    assert "and no copied words" not in said(document, 2)
    assert "no check of it is on record" not in said(document, 10)


def test_an_earlier_state_of_a_dataset_is_not_said_to_have_addresses_alone(place):
    for name in ("pages", "novels"):
        check(place, name, "reg", "-o", f"report-{name}")
        report = ("--report", f"report-{name}")
        ok(place, "ledger", "add", "dataset", "posts@1", "--source", "x", "--route", "own", *report)
    assert "and no copied words" not in said(ask(place, "x"), 2)
