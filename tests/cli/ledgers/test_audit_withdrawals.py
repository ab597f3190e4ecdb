"""`provenance audit`: items that were withdrawn stay answerable, under any address of theirs."""

import json
import re
import shutil

import pytest

from tests.cli.commandline import provenance


def ok(folder, *arguments, code=0):
    done = provenance(*arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def write(path, rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def text_of(number):
    return " ".join(f"word{number}{letter}{letter}" for letter in "abcdefghijklmnop")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Posts of two people in a dataset; those of one were withdrawn after the check."""
    folder = tmp_path_factory.mktemp("case")
    (folder / "provenance.toml").write_text("[check]\ncommon_background = false\n")
    posts = [
        {
            "id": f"{100 + number}",
            "text": text_of(number),
            "author": ("jane", "sam")[number % 2],
            "url": f"https://twitter.com/{('jane', 'sam')[number % 2]}/status/{100 + number}",
            "created_at": "2022-03-01T00:00:00Z",
        }
        for number in range(8)
    ]
    write(folder / "posts.jsonl", posts)
    write(folder / "pages.jsonl", [{"id": f"p{n}", "text": text_of(n)} for n in range(6)])
    ok(folder, "registry", "build", "r", "--source", "x", "posts.jsonl", "-q")
    # A gate may fail: here only the findings matter.
    provenance("check", "pages.jsonl", "--registry", "r", "-o", "report", "-q", cwd=folder)
    shutil.copytree(folder / "r", folder / "before")
    ok(folder, "registry", "remove", "r", "--author", "jane", "--on", "2023-05-02")
    return folder


def audit(folder, *arguments, registry="r"):
    options = ("--report", "report", "--registry", registry, "--format", "json")
    return json.loads(ok(folder, "audit", *arguments, *options))


def lines(document, point=6):
    statements = document["sections"][point - 1]["statements"]
    return [(each["standing"], each["text"]) for each in statements]


def said(document, point=6):
    return "\n".join(text for _, text in lines(document, point))


JANES = "Of what was asked about, 4 items recorded as withdrawn, on 2023-05-02: 100, 102, 104, 106."


def test_an_author_s_question_finds_what_was_withdrawn(case):
    document = audit(case, "--author", "jane")
    assert JANES in said(document)
    assert "pages.jsonl: 3 items found of those recorded as withdrawn." in said(document)
    assert document["datasets"][0]["items"] == 3
    other = audit(case, "--author", "sam")
    assert "Of what was asked about" not in said(other)
    assert "None of the items found is recorded as withdrawn; 4 withdrawals on record." in said(
        other
    )


@pytest.mark.parametrize("name", ["Jane", "@jane", "u/JANE", " jane ", "\u200bjane"])
def test_an_author_is_found_however_the_name_is_written(case, name):
    assert JANES in said(audit(case, "--author", name))


def test_the_address_of_an_author_is_not_taken_for_a_name(case):
    done = provenance(
        *("audit", "--author", "https://x.com/@jane?s=20"),
        *("--report", "report", "--registry", "r"),
        cwd=case,
    )
    assert done.returncode == 2
    assert "is an address, not the name of an author" in done.stderr
    assert "give the name that the source has for the author: @jane" in done.stderr


def test_a_name_on_two_sources_is_not_taken_for_one_person(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    post = {
        "id": "t3_1",
        "text": "We rowed over before the fog came in",
        "author": "Sam",
        "created_utc": 1650000000,
    }
    write(folder / "others.jsonl", [post])
    ok(folder, "registry", "build", "other", "--source", "reddit", "others.jsonl", "-q")
    options = ("--report", "report", "--registry", "r", "--registry", "other")
    done = provenance("audit", "--author", "sam", *options, cwd=folder)
    assert done.returncode == 2
    assert "sam is an author of reddit and x, who may be different people" in done.stderr
    assert "provenance audit reddit --author sam" in done.stderr
    ok(folder, "audit", "x", "--author", "sam", *options)


def test_a_withdrawal_that_was_taken_back_does_not_count(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    policy = "[check]\ncommon_background = false\n[ledger]\npath = 'l'\n"
    (folder / "provenance.toml").write_text(policy)
    (folder / "ids.txt").write_text("100\n102\n")
    remove = ("registry", "remove", "before", "--ids", "ids.txt", "--on", "2023-05-01")
    ok(folder, *remove)
    assert "on 2023-05-01: 100, 102." in said(audit(folder, "x", registry="before"))
    (folder / "ids.txt").write_text("102\n")
    ok(folder, "registry", "restore", "before", "--ids", "ids.txt")
    document = audit(folder, "x", registry="before")
    assert "1 item recorded as withdrawn, on 2023-05-01: 100." in said(document)
    assert "withdrawals of 1 item were taken back: 102. Recorded by writer" in said(document)
    assert "withdrawal taken back at x" in ok(folder, "ledger", "show")
    # Withdrawn once more, it is; and declared as taken back, it is not.
    add = ("ledger", "add", "withdrawal", "ids.txt", "--source", "x")
    ok(folder, *add)
    assert "2 items recorded as withdrawn" in said(audit(folder, "x", registry="before"))
    (folder / "ids.txt").write_text("102\n")
    ok(folder, "ledger", "add", "withdrawal", "ids.txt", "--restored")
    assert "1 item recorded as withdrawn" in said(audit(folder, "x", registry="before"))
    # What a registry withholds is withdrawn, whatever is recorded.
    assert "4 items recorded as withdrawn" in said(audit(folder, "x"))


def test_a_withdrawal_before_publication_is_a_contradiction(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    (folder / "ids.txt").write_text("1500000000000000000\n")  # of 2022-03-05
    for day, count in (("2022-03-05", 0), ("2022-03-04", 1)):
        add = ("ledger", "add", "withdrawal", "ids.txt", "--source", "x", "--ledger", "l")
        ok(folder, *add, "--on", day)
        shown = ok(folder, "ledger", "verify", "--ledger", "l", code=count)
        assert shown.count("withdrawn on 2022-03-04, was published on 2022-03-05") == count


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (["twitter"], "100, 102, 104, 106"),
        (["--domain", "x.com"], "100, 102, 104, 106"),
        (["--domain", "mobile.twitter.com"], "100, 102, 104, 106"),
        (["--item", "102"], "102"),
        (["--item", "https://x.com/i/web/status/102?s=20"], "102"),
        (["--author", "jane", "--item", "twitter.com/jane/status/104"], "104"),
    ],
)
def test_withdrawn_items_are_found_by_what_is_asked(case, query, ids):
    document = audit(case, *query)
    assert f"recorded as withdrawn, on 2023-05-02: {ids}." in said(document)
    assert document["found"]


def test_other_domains_and_items_have_no_withdrawals(case):
    for query in (["--domain", "example.com"], ["--item", "101"], ["reddit"]):
        assert "Of what was asked about" not in said(audit(case, *query))


@pytest.mark.parametrize(
    "address",
    [
        "https://x.com/jane/status/101",
        "https://twitter.com/i/status/101",
        "https://mobile.twitter.com/sam/statuses/101?t=1",
        "https://web.archive.org/web/2022/https://twitter.com/sam/status/101",
        "<https://x.com/sam/status/101>.",
        "https://x.com/sam/status/101…",
        "https%3A%2F%2Fx.com%2Fsam%2Fstatus%2F101",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fx.com%2Fsam%2Fstatus%2F101&h=AT0",
    ],
)
def test_an_item_is_found_by_any_form_of_its_address(case, tmp_path, address):
    plain = audit(case, "--item", "101")
    document = audit(case, "--item", address)
    assert document["found"]
    assert document["datasets"] == plain["datasets"]
    folder = shutil.copytree(case, tmp_path / "own")
    (folder / "works.txt").write_text(f"{address}\nhttps://x.com/a/status/999\n")
    ok(folder, "audit", "--works", "works.txt", "--report", "report", "-o", "answer", "-q")
    rows = [line.split(",") for line in (folder / "answer" / "works.csv").read_text().split("\n")]
    assert [row[1:3] for row in rows[1:3]] == [["yes", "yes"], ["no", "not searched for"]]


def test_a_list_of_works_tells_withdrawn_items(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    (folder / "works.txt").write_text("101\n102\n999\n")
    registry = ("--registry", "r", "--report", "report")
    ok(folder, "audit", "--works", "works.txt", *registry, "-o", "answer", "-q")
    rows = [line.split(",") for line in (folder / "answer" / "works.csv").read_text().split("\n")]
    assert [row[:2] for row in rows[1:4]] == [["101", "yes"], ["102", "withdrawn"], ["999", "no"]]


def test_a_short_link_is_not_said_to_be_of_no_item(case):
    document = audit(case, "--item", "https://t.co/AbCdE")
    [(standing, text)] = [each for each in lines(document, 1) if "short link" in each[1]]
    assert standing == "cannot be known"
    assert "what is on another one: https://t.co/AbCdE. The address to which it leads" in text
    assert "short link" not in said(audit(case, "--item", "https://x.com/sam/status/999"), 1)


def test_a_name_that_was_not_understood_is_not_said_to_be_unknown_only(case):
    document = audit(case, "--item", "sams-tweet")
    [(standing, text)] = [each for each in lines(document, 1) if "Neither an address" in each[1]]
    assert standing == "cannot be known"
    assert "had: sams-tweet. Whether it was written as its source writes it" in text
    for name in ("101", "https://x.com/sam/status/999"):
        assert "Neither an address" not in said(audit(case, "--item", name), 1)


def test_items_are_removed_by_addresses_as_people_paste_them(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    (folder / "gone.txt").write_text("<https://x.com/sam/status/101>,\n(x.com/i/status/103).\n")
    ok(folder, "registry", "remove", "before", "--ids", "gone.txt", "-q")
    withdrawn = ok(folder, "registry", "show", "before", "--withdrawn").splitlines()[1:]
    assert {line.split(",")[0] for line in withdrawn} == {"101", "103"}


def test_domains_of_one_site_are_one_question(case):
    first, second = (audit(case, "--domain", each) for each in ("x.com", "<https://twitter.com>"))
    assert first["datasets"] == second["datasets"]
    assert first["datasets"][0]["items"] == 6
    assert lines(first) == lines(second)


def test_withdrawals_without_names_are_not_said_to_be_of_nobody(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    for path in (folder / "r").glob("withdrawn-names-*"):
        path.unlink()
    document = audit(folder, "--author", "sam")
    assert "None of the items found" not in said(document)
    assert (
        "declared",
        (
            "4 withdrawals on record without what would tell whether this is of what "
            "was asked about: its source, author, address or words."
        ),
    ) in lines(document)
    unknown = [text for standing, text in lines(document) if standing == "cannot be known"]
    assert any("were withdrawn cannot be known" in text for text in unknown)
    assert not any(character.isdigit() for text in unknown for character in text)
    # By its source nothing is open.
    assert "cannot be known." not in said(audit(folder, "x"))


def test_a_withdrawal_without_source_is_not_assigned(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    (folder / "ids.txt").write_text("elsewhere-1\n")
    ok(folder, "ledger", "add", "withdrawal", "ids.txt", "--ledger", "l")
    options = ("--report", "report", "--registry", "before", "--format", "json", "--ledger", "l")
    document = json.loads(ok(folder, "audit", "x", *options))
    assert "None of the items found" not in said(document)
    assert "1 withdrawal on record without" in said(document)


def test_lines_on_withdrawals_say_who_recorded_them_and_how_long_after(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    no_record = "The day is from a registry, which does not say who recorded it, or when."
    for_all = said(audit(folder, "x"))
    assert for_all.count(no_record) == 2  # of the dataset, and of what was asked about
    (folder / "ids.txt").write_text("100\n102\n")
    add = ("ledger", "add", "withdrawal", "ids.txt", "--source", "x", "--ledger", "l")
    ok(folder, *add, "--on", "2023-05-01")
    document = audit(folder, "x", "--ledger", "l")
    found = [text for standing, text in lines(document) if standing == "declared"]
    assert len(found) == 2
    for text in found:
        assert re.search(r"Recorded by writer \w+ on \d{4}-\d\d-\d\d, [\d,]+ days after", text), (
            text
        )
    assert "The day of 1 of them is from a registry" in found[0]
    assert "The day of 2 of them is from a registry" in found[1]


def test_a_registry_that_is_gone_may_have_had_withdrawals(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    shutil.rmtree(folder / "r")
    document = json.loads(ok(folder, "audit", "x", "--report", "report", "--format", "json"))
    assert "None of the items found" not in said(document)
    assert "were withdrawn cannot be known: the registry r is not here." in said(document)


def test_what_the_owner_of_a_pulled_registry_withdrew_is_found(case, tmp_path):
    folder = shutil.copytree(case, tmp_path / "own")
    shutil.rmtree(folder / "r")
    ok(folder, "registry", "push", "before", "shared", "-q")
    ok(folder, "registry", "pull", "shared", "-o", "r", "-q")
    options = ("--author", "jane", "--on", "2023-05-02", "--purge")
    ok(folder, "registry", "remove", "before", *options)
    ok(folder, "registry", "push", "before", "shared", "-q")
    assert not [*(folder / "shared").glob("withdrawn-names-*")]
    for _ in range(2):
        ok(folder, "registry", "pull", "shared", "-o", "r", "-q")
        assert JANES in said(audit(folder, "--author", "jane"))
    document = audit(folder, "--item", "https://x.com/jane/status/102")
    assert "recorded as withdrawn, on 2023-05-02: 102." in said(document)
    assert "Of what was asked about" not in said(audit(folder, "--author", "sam"))
    (folder / "ids.txt").write_text("100\n102\n104\n106\n")
    ok(folder, "registry", "restore", "before", "--ids", "ids.txt")
    ok(folder, "registry", "push", "before", "shared", "-q")
    ok(folder, "registry", "pull", "shared", "-o", "r", "-q")
    assert not [*(folder / "r").glob("withdrawn-names-*")]


def test_a_withdrawn_item_that_was_not_found_is_not_passed_over(case):
    document = audit(case, "--author", "jane")
    assert any(
        standing == "cannot be known"
        and "the rest of what was asked about was not searched" in text
        for standing, text in lines(document, 4)
    )
    document = audit(case, "--author", "jane", registry="before")
    assert not any("the rest of what was asked about" in text for _, text in lines(document, 4))


def test_of_a_domain_that_the_rules_know_addresses_are_measured(case):
    document = audit(case, "--domain", "reddit.com")
    said = ("measured", "pages.jsonl: no document has an address of its own on reddit.com.")
    assert said in lines(document, 4)
    text = "pages.jsonl: whether documents have an address of their own on pier.example: a check"
    document = audit(case, "--domain", "pier.example")
    assert any(s == "cannot be known" and t.startswith(text) for s, t in lines(document, 4))


def test_documents_with_an_address_are_counted_beside_copies(case, tmp_path):
    shutil.copytree(case / "before", tmp_path / "r")
    (tmp_path / "provenance.toml").write_text("[check]\ncommon_background = false\n")
    rows = [
        {"id": "copy", "text": text_of(0), "url": "https://x.com/jane/status/100"},
        {"id": "other", "text": text_of(50), "url": "https://x.com/jane/status/900"},
    ]
    write(tmp_path / "pages.jsonl", rows)
    provenance("check", "pages.jsonl", "--registry", "r", "-o", "report", "-q", cwd=tmp_path)
    text = "1 document, beside those all of whose words are copies, whose own address"
    assert any(text in said for _, said in lines(audit(tmp_path, "x"), 4))
