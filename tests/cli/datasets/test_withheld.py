"""A check says which withdrawn or opted-out things a dataset still has."""

import json

import pyarrow.parquet as pq
import pytest

from tests.cli.registry_commands import run, write

POSTS = [
    {"id": "1234567", "text": "fog lay over the harbour until the first ferry came in at noon"},
    {"id": "7654321", "text": "my neighbour has taught his parrot to imitate the old doorbell"},
]
PAGES = {
    "address": {"url": "https://x.com/ann/status/7654321", "text": "words that nobody posted"},
    "text": {"text": "My neighbour has taught his parrot to imitate the old doorbell!"},
    "owner": {"url": "https://github.com/Carol/tools/blob/main/a.py", "text": "print(a + b)"},
    "other owner": {"url": "https://github.com/carolyn/tools", "text": "print(a - b)"},
    "subdomain": {"url": "https://blog.a.example/sea", "text": "a page on tides and moons"},
    "none": {"text": "a page on nothing at all that anybody would want to have back"},
}


@pytest.fixture
def folder(tmp_path, provenance):
    write(tmp_path / "posts.jsonl", POSTS)
    write(tmp_path / "pages.jsonl", [{"id": name} | page for name, page in PAGES.items()])
    run(provenance, tmp_path, "build", "r", "--source", "x", "posts.jsonl")
    (tmp_path / "ids.txt").write_text("7654321\n")
    words = ["--ids", "ids.txt", "--keep-fingerprints", "2999", "--key", "secret"]
    run(provenance, tmp_path, "remove", "r", "--source", "x", *words, "--reason", "request")
    (tmp_path / "list.txt").write_text("# a form\nhttps://github.com/carol/\na.example\n")
    made = run(provenance, tmp_path, "opt-out", "outs", "list.txt", "--reason", "form")
    assert made.stdout.startswith("Added 2 opt-outs.")
    return tmp_path


def reasons(provenance, folder, *words):
    """What a check states of each document."""
    done = provenance(
        "check", "pages.jsonl", *words, "--exit-zero", "--no-cache", "-o", "out", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    listed = provenance("report", "out", "--format", "jsonl", cwd=folder)
    findings = [json.loads(line) for line in listed.stdout.splitlines()]
    return {each["document"]: each["declared"] for each in findings if each["declared"]}


def test_all_that_is_withheld_is_named(provenance, folder):
    found = reasons(
        provenance, folder, "--registry", "r", "--registry", "outs", "--withdrawn-key", "secret"
    )
    assert {*found} == {"address", "text", "owner", "subdomain"}
    assert found["address"].startswith("item 7654321 of x, withdrawn 20")
    assert found["text"].startswith("the text of an item of x, withdrawn 20")
    assert found["text"].endswith(": request")
    assert "(github.com/carol): form" in found["owner"]
    assert "(a.example): form" in found["subdomain"]


def findings(folder):
    return pq.read_table(folder / "out" / "findings.parquet").to_pylist()


def observations(folder):
    result = json.loads((folder / "out" / "result.json").read_text("utf-8"))
    return [tuple(each.values()) for each in result["observations"]]


def test_withheld_documents_can_be_forbidden(provenance, folder):
    words = ["pages.jsonl", "--registry", "r", "--registry", "outs", "--no-cache", "-o", "out"]
    reported = provenance("check", *words, "--actor", "scraper", cwd=folder)
    assert reported.returncode == 0, reported.stdout
    forbidden = provenance(
        "check", *words, "--actor", "scraper", "--withdrawn", "forbid", cwd=folder
    )
    assert forbidden.returncode == 1, forbidden.stdout
    verdicts = {each["document"]: each["verdict"] for each in findings(folder)}
    assert verdicts == dict.fromkeys(["address", "owner", "subdomain"], "forbidden") | {
        "other owner": verdicts["other owner"]
    }
    assert verdicts["other owner"] != "forbidden"
    assert observations(folder) == [
        ("withdrawn", None, None, 1, 4),
        ("opted-out", None, None, 2, 9),
    ]


def test_all_findings_of_a_withheld_document_are_forbidden(provenance, folder):
    text = f"{POSTS[0]['text']} and then some words that nobody has posted anywhere"
    write(folder / "pages.jsonl", [{"id": "quoting", "text": text, "url": "https://a.example/1"}])
    words = ["--registry", "r", "--registry", "outs", "--actor", "scraper"]
    reasons(provenance, folder, *words)
    before = {each["evidence"]: each for each in findings(folder)}
    assert before["content"]["verdict"] != "forbidden"
    assert before["content"]["withheld"].startswith("opted out")
    reasons(provenance, folder, *words, "--withdrawn", "forbid")
    assert {each["verdict"] for each in findings(folder)} == {"forbidden"}


def test_marked_items_are_reported_apart(provenance, folder):
    (folder / "planted.txt").write_text("1234567\nunknown\n")
    marked = run(provenance, folder, "mark", "r", "--ids", "planted.txt", "--note", "canary")
    assert marked.stdout.startswith("Not in the registry: 1 id.\nMarked 1 item.\n")
    run(provenance, folder, "compact", "r")
    write(folder / "pages.jsonl", [{"id": "taken", "text": f"Seen: {POSTS[0]['text']}"}])
    done = provenance("check", "pages.jsonl", "--registry", "r", "-o", "out", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "1 document has item 1234567 of X (Twitter), which its owner planted" in flat(done)
    [finding] = findings(folder)
    assert (finding["item"], finding["marked"]) == ("1234567", True)
    [observation] = observations(folder)
    assert observation[:4] == ("marked-item", "x", "1234567", 1)
    result = json.loads((folder / "out" / "result.json").read_text("utf-8"))
    assert {share["tokens"]["any"] for share in result["shares"]} == {0}
    undone = run(provenance, folder, "mark", "r", "--ids", "planted.txt", "--undo")
    assert "Unmarked 1 item." in undone.stdout
    again = provenance("check", "pages.jsonl", "--registry", "r", cwd=folder)
    assert again.returncode == 1
    assert "planted" not in again.stdout


def test_a_declared_licence_that_the_source_contradicts_is_observed(provenance, folder):
    page = {"id": "copy", "text": POSTS[0]["text"], "license": "mit"}
    write(folder / "pages.jsonl", [page, page | {"id": "honest", "license": "own terms"}])
    done = provenance("check", "pages.jsonl", "--registry", "r", "-o", "out", cwd=folder)
    assert "1 document declares the licence mit, but has content of X (Twitter)" in flat(done)
    assert {each["row_licence"] for each in findings(folder)} == {"mit", "own terms"}
    [observation] = observations(folder)
    assert observation[:4] == ("contradicted-licence", "x", "mit", 1)
    page = (folder / "out" / "report.html").read_text("utf-8")
    assert "1 document declares the licence mit" in page
    shown = provenance("report", "out", "--format", "markdown", cwd=folder).stdout
    assert "### Observed beside the shares" in shown


def flat(done):
    return " ".join(done.stdout.split())


def test_texts_are_found_with_the_key_only(provenance, folder):
    assert {*reasons(provenance, folder, "--registry", "r")} == {"address"}


def test_a_registry_of_opt_outs_alone_can_be_checked_against(provenance, folder):
    assert {*reasons(provenance, folder, "--registry", "outs")} == {"owner", "subdomain"}
    result = json.loads((folder / "out" / "result.json").read_text("utf-8"))
    [registry] = result["registries"]
    assert (registry["items"], registry["opt_outs"], registry["withdrawn"]) == (0, 2, 0)
    assert run(provenance, folder, "show", "outs").stdout.startswith("outs: 2 opt-outs, no items\n")


def test_another_key_is_an_error_only_if_it_is_none(provenance, folder):
    (folder / "short").write_text("few")
    done = provenance(
        *("check", "pages.jsonl", "--registry", "r", "--withdrawn-key", "short"), cwd=folder
    )
    assert done.returncode == 2
    assert "short is no key" in done.stderr


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--keep-fingerprints", "2999"], "fingerprints need a key"),
        (["--keep-fingerprints", "2999", "--key", "r/key"], "inside the registry"),
        (["--keep-fingerprints", "2001", "--key", "secret"], "2001 is past"),
        (["--key", "secret"], "of no use without fingerprints"),
    ],
)
def test_fingerprints_are_not_kept_by_mistake(provenance, folder, words, fault):
    done = provenance("registry", "remove", "r", "--ids", "ids.txt", *words, cwd=folder)
    assert done.returncode == 2
    assert fault in done.stderr


@pytest.mark.parametrize("entry", ["no address", "blog.*.example"])
def test_a_line_that_is_no_address_is_named(provenance, folder, entry):
    (folder / "bad.csv").write_text(f"domain\na.example\n{entry}\n")
    done = provenance("registry", "opt-out", "outs", "bad.csv", cwd=folder)
    assert done.returncode == 2
    assert f"bad.csv: {entry!r} is neither a domain nor an address" in done.stderr


def test_wildcards_for_what_an_entry_covers_anyhow_are_read(provenance, folder):
    (folder / "list.txt").write_text("*.a.example\nhttps://b.example/blog/*\n")
    run(provenance, folder, "opt-out", "wild", "list.txt")
    addresses = ["https://www.a.example/1", "https://b.example/blog/2", "https://b.example/3"]
    rows = [{"id": each, "url": each, "text": "A page of some keeper."} for each in addresses]
    write(folder / "pages.jsonl", rows)
    provenance("check", "pages.jsonl", "--registry", "wild", "-o", "out", cwd=folder)
    assert [each["document"] for each in findings(folder)] == addresses[:2]


@pytest.mark.parametrize(
    ("entry", "covered", "others"),
    [
        (
            "twitter.com/jane",
            [
                "x.com/jane/status/1",
                "mobile.twitter.com/jane?s=20",
                "https://twitter.com/Jane#top",
                "https://web.archive.org/web/2022/https://twitter.com/jane/status/1",
            ],
            ["x.com/janet/status/1", "x.com/i/status/1", "x.com"],
        ),
        (
            "https://mobile.twitter.com/jane/status/20?s=20",
            ["x.com/i/web/status/20", "https://twitter.com/jane/statuses/20/photo/1"],
            ["x.com/jane/status/21", "x.com/jane"],
        ),
        ("*.twitter.com", ["x.com/sam", "api.x.com/a", "m.twitter.com"], ["t.co/a", "xx.com"]),
        ("old.reddit.com/r/quiet/*", ["reddit.com/r/quiet/comments/ab1/t/"], ["redd.it/ab1"]),
        ("redd.it/ab1", ["https://old.reddit.com/r/quiet/comments/ab1/t/?a=1"], ["redd.it/ab2"]),
        ("tumblr.com/jane", ["jane.tumblr.com/post/12"], ["tumblr.com/sam/12"]),
        ("youtube.com", ["https://youtu.be/abcdefghijk"], ["youtube.example"]),
        (
            "stackoverflow.com/questions/4",
            ["stackoverflow.com/q/4/7", "stackoverflow.com/questions/4/title?a=1"],
            ["stackoverflow.com/q/44", "superuser.com/q/4"],
        ),
        ("jane.substack.com", ["open.substack.com/pub/jane/p/tea"], ["sam.substack.com/p/tea"]),
        (
            "a.example/p?id=1",
            ["a.example/p?page=2&id=1", "a.example:8080/p?id=1#2"],
            ["a.example/p", "a.example/p?id=12"],
        ),
    ],
)
def test_an_opt_out_covers_every_form_of_an_address(provenance, folder, entry, covered, others):
    (folder / "forms.txt").write_text(entry)
    run(provenance, folder, "opt-out", "forms", "forms.txt")
    rows = [{"id": each, "url": each, "text": "nobody owns this"} for each in covered + others]
    write(folder / "pages.jsonl", rows)
    assert set(reasons(provenance, folder, "--registry", "forms")) == {*covered}


def test_the_posts_that_stack_exchange_invented_are_marked_by_themselves(provenance, tmp_path):
    row = '<row Id="{}" PostTypeId="{}" {} CreationDate="2025-03-01T00:00:00.000" Body="{}" />'
    bodies = [f"&lt;p&gt;{post['text']}&lt;/p&gt;" for post in POSTS]
    rows = [
        row.format(1000000001, 1, 'Title="On fog"', bodies[0]),
        row.format(7, 2, 'ParentId="1000000001"', bodies[1]),
    ]
    text = f"<?xml version='1.0' encoding='utf-8'?>\n<posts>\n{chr(10).join(rows)}\n</posts>\n"
    (tmp_path / "Posts.xml").write_text(text, "utf-8")
    for command in ("build", "add"):
        run(provenance, tmp_path, command, "r", "--source", "stackexchange", "Posts.xml")
        shown = run(provenance, tmp_path, "show", "r").stdout
        assert "1 marked item, which counts in no share" in shown
