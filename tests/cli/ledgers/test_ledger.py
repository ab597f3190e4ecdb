"""`provenance ledger`, and the commands that write to a ledger."""

import json

import pytest

from tests.cli.commandline import provenance

POLICY = '[ledger]\npath = "kept"\n[check]\ncommon_background = false\n'
POSTS = [
    "The lamplighter of Quill Street keeps a tally of moths in a green ledger by the stairs.",
    "Nobody on the night ferry would admit to having hidden eleven umbrellas in the boiler room.",
    "My grandmother insists that the harbour clock runs backwards whenever herring are cheap.",
    "We counted forty copper buttons in the soup and still could not find the missing teaspoon.",
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "provenance.toml").write_text(POLICY)
    posts = [{"id": f"p{number}", "text": text} for number, text in enumerate(POSTS)]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, posts)))
    other = [{"id": f"o{number}", "text": f"Page {number} is all our own."} for number in range(5)]
    pages = [{"id": "d1", "text": POSTS[0]}, {"id": "d2", "text": POSTS[1]}, *other]
    (tmp_path / "pages.jsonl").write_text("\n".join(map(json.dumps, pages)))
    return tmp_path


def ok(folder, *arguments, code=0):
    done = provenance(*arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def exported(folder):
    return [json.loads(line) for line in ok(folder, "ledger", "export").splitlines()]


def test_check_clean_and_remove_write_to_the_ledger_of_the_policy(folder):
    ok(folder, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    ok(folder, "check", "pages.jsonl", "--registry", "reg", "-o", "report", "-q", code=1)
    ok(folder, "clean", "pages.jsonl", "--result", "report", "-o", "clean", "-q")
    (folder / "ids.txt").write_text("p0\np3\n")
    remove = ("registry", "remove", "reg", "--source", "x", "--ids", "ids.txt", "-q")
    ok(folder, *remove, "--reason", "deleted")
    ok(folder, *remove)  # nothing new
    check, clean, withdrawal = exported(folder)
    result = json.loads((folder / "report" / "result.json").read_text())
    assert check["facts"]["digest"] == result["corpus"]["digest"]
    assert {file["role"]: file["rows"] for file in check["files"]} == {
        "facts": None,
        "result": None,
        "findings": 2,
    }
    assert clean["facts"]["before"] == result["corpus"]["digest"]
    assert {file["role"]: file["rows"] for file in clean["files"]}["removals"] == 2
    assert withdrawal["facts"]["source"] == "x"
    assert withdrawal["facts"]["reason"] == "deleted"
    assert [file["rows"] for file in withdrawal["files"]] == [None, 2]
    kept = b"".join(p.read_bytes() for p in (folder / "kept").rglob("*") if p.is_file())
    assert b"lamplighter" not in kept
    assert ok(folder, "ledger", "verify").startswith("kept is intact: 3 records of 1 writer")


def test_a_check_can_be_recorded_later(folder):
    ok(folder, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    ok(folder, "check", "pages.jsonl", "--registry", "reg", "-o", "report", "-q", code=1)
    ok(folder, "ledger", "add", "check", "report", "--ledger", "later")
    recorded = ok(folder, "ledger", "export", "--ledger", "later")
    at_once = ok(folder, "ledger", "export")
    files = [json.loads(text)["files"] for text in (recorded, at_once)]
    assert [[file["role"] for file in each] for each in files] == [
        ["facts", "result", "findings"]
    ] * 2
    audits = [
        ok(folder, "audit", "x", "--ledger", name, "--format", "json") for name in ("later", "kept")
    ]
    found = [json.loads(text)["datasets"] for text in audits]
    assert found[0] == found[1]
    assert found[0][0]["items"] == 2


def test_a_ledger_that_cannot_be_written_stops_a_check_before_it_starts(folder):
    (folder / "kept").write_text("a file")
    ok(folder, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    done = provenance("check", "pages.jsonl", "--registry", "reg", "-o", "report", cwd=folder)
    assert done.returncode == 2
    assert "the ledger kept" in done.stderr
    assert not (folder / "report").exists()


def test_what_people_add_is_shown(folder):
    add = ("ledger", "add")
    ok(folder, *add, "dataset", "posts@2", "--source", "x", "--collected", "2022-06..2023-01")
    ok(folder, *add, "access", "x", "--application", "Lanterns", "--when", "2022", "--calls", "51")
    use = ("use", "posts@2", "--recipient", "Harbour Office=government", "--model", "m1")
    ok(folder, *add, *use, "--model-file", "posts.jsonl")
    ok(folder, *add, "destruction", "posts@1", "--on", "2023-03-01", "--receipt", "pages.jsonl")
    (folder / "ids.txt").write_text("p0\n")
    ok(folder, *add, "withdrawal", "ids.txt", "--source", "x", "--on", "2023-05-02")
    shown = " ".join(ok(folder, "ledger", "show").split())
    for words in (
        "posts@2; content of x; collected 2022-06-01 to 2022-12-31",
        "x; application Lanterns; 2022-01-01 to 2022-12-31; 51 calls",
        "model m1",
        "received by Harbour Office (government)",
        "posts@1 destroyed on 2023-03-01; receipt ",
        "items: 1 row",
        "5 records",
    ):
        assert words in shown, shown
    assert all(len(line) <= 80 for line in ok(folder, "ledger", "show").splitlines())
    uses = ok(folder, "ledger", "show", "--kind", "use")
    assert "posts@1" not in uses
    digest = uses.split()[3]
    assert json.loads(ok(folder, "ledger", "show", digest))["facts"]["model"] == "m1"
    ok(folder, "ledger", "erase", digest, "--reason", "request", "--note", "by phone")
    assert "The facts of this record were erased." in ok(folder, "ledger", "show")
    verified = ok(folder, "ledger", "verify")
    assert "reason: request" in verified
    assert all(len(line) <= 80 for line in verified.splitlines())


def test_a_source_that_the_rules_call_otherwise_is_noted(folder):
    for call in (("access", "twitter"), ("dataset", "posts@2", "--source", "twitter")):
        done = provenance("ledger", "add", *call, cwd=folder)
        assert done.returncode == 0
        assert "Note: in the rules 'twitter' is 'x': use that" in done.stderr
    assert "Note" not in provenance("ledger", "add", "access", "x", cwd=folder).stderr


def test_damage_ends_with_exit_code_one(folder):
    ok(folder, "ledger", "add", "dataset", "posts@1")
    [path] = (folder / "kept" / "records").rglob("*.json")
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":2'))
    done = provenance("ledger", "verify", cwd=folder)
    assert done.returncode == 1
    assert "the record was changed" in done.stdout
    assert provenance("ledger", "show", cwd=folder).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "--ledger", "nowhere"), "there is no ledger at nowhere"),
        (("add", "use", "a", "--recipient", "Somebody"), "is not NAME=KIND"),
        (("add", "use", "a", "--when", "soon"), "'soon' is not a day"),
        (("add", "destruction", "a", "--on", "2023"), "is not a day"),
        (("add", "dataset", "a", "--report", "nothing"), "nothing"),
        (("add", "dataset", " "), "the name of the record is empty"),
        (("add", "use", " "), "the dataset of the record is empty"),
        (("add", "access", " ", "--calls", "3"), "the source of the record is empty"),
    ],
)
def test_mistakes_are_named_with_a_remedy(folder, arguments, words):
    done = provenance("ledger", *arguments, cwd=folder)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Try:" in done.stderr


def test_without_a_policy_the_ledger_must_be_named(tmp_path):
    done = provenance("ledger", "show", cwd=tmp_path)
    assert done.returncode == 2
    assert "--ledger DIR" in done.stderr
