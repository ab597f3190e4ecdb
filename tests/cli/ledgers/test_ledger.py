"""`provenance ledger`, and the commands that write to a ledger."""

import json
from datetime import UTC, datetime
from hashlib import sha256

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
    ok(folder, *add, "dataset", "posts@2", "--source", "x", "--collected", "2022-06..2022-12")
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


def test_a_source_that_the_rules_call_otherwise_is_resolved_and_noted(folder):
    for call in (("access", "twitter"), ("dataset", "posts@2", "--source", "twitter")):
        done = provenance("ledger", "add", *call, cwd=folder)
        assert done.returncode == 0
        assert "Note: 'twitter' is 'x' in the rules: that name is used" in done.stderr
    access, dataset = exported(folder)
    assert (access["facts"]["source"], dataset["facts"]["sources"]) == ("x", ["x"])
    another = ("ledger", "add", "access", "x", "--calls", "3")
    assert "Note" not in provenance(*another, cwd=folder).stderr


def test_damage_ends_with_exit_code_one(folder):
    ok(folder, "ledger", "add", "dataset", "posts@1")
    [path] = (folder / "kept" / "records").rglob("*.json")
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":2'))
    done = provenance("ledger", "verify", cwd=folder)
    assert done.returncode == 1
    assert "the record was changed" in done.stdout
    assert provenance("ledger", "show", cwd=folder).returncode == 2


def add(folder, *arguments, code=0):
    """Record something, and return the digest of the record."""
    return ok(folder, "ledger", "add", *arguments, code=code).split()[2]


def test_a_ledger_with_files_and_without_records_is_not_intact(folder):
    add(folder, "access", "x", "--calls", "3")
    for record in (folder / "kept" / "records").rglob("*.json"):
        record.unlink()
    done = provenance("ledger", "verify", cwd=folder)
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "is NOT intact" in said
    assert "there is no record, but 1 file: all records were removed, or" in said


def test_a_correction_counts_instead(folder):
    wrong = add(folder, "access", "x", "--application", "Lanterns", "--calls", "51000")
    add(folder, "access", "x", "--application", "Quilt", "--calls", "7")
    lanterns = ("access", "x", "--application", "Lanterns")
    right = add(folder, *lanterns, "--calls", "5100", "--corrects", wrong[:10])
    shown = " ".join(ok(folder, "ledger", "show").split())
    assert f"corrected: record {right[:12]} counts instead" in shown
    assert f"corrects record {wrong[:12]}" in shown
    assert "3 records, 1 of them corrected" in shown
    assert "2 records of access in force: 5,107 calls (stated by 2)" in shown
    documents = {each["digest"]: each for each in exported(folder)}
    assert documents[wrong]["corrected_by"] == right
    assert documents[right]["corrects"] == wrong
    assert documents[right]["corrected_by"] is None
    answer = " ".join(ok(folder, "audit", "x", "--ledger", "kept").split())
    assert "5,107 calls" in answer
    assert "51,000" not in answer
    assert f"this answer uses record {right[:12]} instead of it" in answer
    done = provenance("ledger", "add", *lanterns, "--corrects", wrong[:10], cwd=folder)
    assert done.returncode == 2
    assert f"--corrects {right[:12]}" in done.stderr
    assert len(exported(folder)) == 3


def test_calls_that_may_be_the_same_are_a_range_and_equal_records_are_noted(folder):
    named = ("ledger", "add", "access", "x", "--application")
    ok(folder, *named, "Lanterns", "--when", "2022", "--calls", "51000")
    done = provenance(*named, "lanterns", "--when", "2022-03", "--calls", "4000", cwd=folder)
    assert done.stderr == ""
    again = provenance(*named, "Lanterns", "--when", "2022", "--calls", "51000", cwd=folder)
    assert "says the same." in again.stderr
    shown = " ".join(ok(folder, "ledger", "show").split())
    said = "51,000 to 106,000 calls (stated by 3, 3 of which may count the same calls)"
    assert said in shown
    answer = ok(folder, "audit", "x", "--format", "markdown")
    assert "1 application had access to X (Twitter): Lanterns (also lanterns)." in answer
    assert "51,000 to 106,000 calls made in all, as stated by 3 of 3 records of access," in answer


def test_what_was_recorded_while_it_lasted_was_not_before_it(folder):
    this_year = datetime.now(UTC).year
    add(folder, "access", "x", "--when", str(this_year), "--calls", "3")
    add(folder, "access", "reddit", "--when", str(this_year - 1), "--calls", "3")
    answer = ok(folder, "audit", "x", "--format", "markdown")
    assert ", within the time of the event." in answer
    assert "before the event" not in answer
    assert "after the event." in ok(folder, "audit", "reddit", "--format", "markdown")


def test_what_a_correction_leaves_out_is_noted_and_told(folder):
    office = ("--recipient", "Harbour Office=government")
    wrong = add(folder, "dataset", "posts@1", "--source", "x", "--route", "api", *office)
    named = ("ledger", "add", "dataset", "posts@1", "--source", "x", "--route", "crawl")
    done = provenance(*named, "--corrects", wrong, cwd=folder)
    assert "Note: the corrected record states recipients, and this one does not" in done.stderr
    answer = ok(folder, "audit", "x", "--format", "markdown")
    assert "It states otherwise: route. It no longer states: recipients. Recorded in" in answer
    assert "Harbour Office" not in answer


def test_what_was_made_from_a_destroyed_dataset_is_told(folder):
    add(folder, "dataset", "posts@1", "--source", "x")
    add(folder, "dataset", "posts@2", "--made-from", "posts@1")
    add(folder, "dataset", "posts@3", "--made-from", "posts@1")
    add(folder, "use", "posts@1", "--model", "rank-1")
    add(folder, "destruction", "posts@1", "--on", "2023-01-01", "--copies-left", "none")
    add(folder, "destruction", "posts@3", "--on", "2023-01-01", "--copies-left", "none")
    answer = ok(folder, "audit", "x", "--format", "markdown").replace("`", "")
    said = "No record says whether what was made from posts@1 was destroyed, too: posts@2, rank-1."
    assert said in answer
    assert "made from posts@3 was destroyed" not in answer


def test_contradictions_end_verify_with_exit_code_one_and_stand_in_the_audit(folder):
    add(folder, "dataset", "posts@1", "--source", "x", "--route", "api")
    destroyed = add(folder, "destruction", "posts@1", "--on", "2023-03-01", "--copies-left", "none")
    ok(folder, "ledger", "verify")
    use = add(folder, "use", "posts@1", "--application", "Lanterns", "--when", "2024")
    done = provenance("ledger", "verify", cwd=folder)
    sentence = "posts@1 was destroyed on 2023-03-01 (copies left: none), but Lanterns used it from"
    assert done.returncode == 1
    assert "kept is intact" in done.stdout
    assert sentence in " ".join(done.stdout.split())
    assert f"records: {destroyed[:12]}, {use[:12]}" in done.stdout
    assert "1 contradiction between records" in done.stderr
    answer = " ".join(ok(folder, "audit", "x", "--ledger", "kept").split())
    assert f"The records contradict each other: {sentence}" in answer
    assert sentence not in ok(folder, "audit", "reddit", "--ledger", "kept")
    add(folder, "use", "posts@1", "--application", "Lanterns", "--when", "2022", "--corrects", use)
    ok(folder, "ledger", "verify")


def test_the_digest_of_an_audit_proves_later_that_all_is_there(folder):
    add(folder, "access", "x", "--calls", "7")
    last = add(folder, "access", "x", "--calls", "8")
    answer = " ".join(ok(folder, "audit", "x", "--ledger", "kept").split())
    digest = answer.split("2 records, digest ")[1][:64]
    add(folder, "access", "x", "--calls", "9")
    proven = " ".join(ok(folder, "ledger", "verify", "--since", digest).split())
    assert "2 records of that time there, unchanged; 1 record added since" in proven
    for path in (folder / "kept" / "records").rglob("*.json"):
        if last in path.name:
            path.unlink()
    done = provenance("ledger", "verify", "--since", digest, cwd=folder)
    assert done.returncode == 1
    assert "NOT all that it covers is there" in " ".join(done.stdout.split())
    assert f"not proven: that all of {digest} is there" in done.stderr
    assert provenance("ledger", "verify", "--since", "12", cwd=folder).returncode == 2


@pytest.mark.parametrize("role", ["result", "findings", "removals", "items"])
def test_a_file_of_a_record_that_cannot_be_read_is_named_by_audits(folder, role):
    """Its digest is right: it was crafted, or another version wrote it."""
    ok(folder, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    ok(folder, "check", "pages.jsonl", "--registry", "reg", "-o", "report", "-q", code=1)
    if role == "removals":
        ok(folder, "clean", "pages.jsonl", "--result", "report", "-o", "clean", "-q")
    if role == "items":
        (folder / "ids.txt").write_text("p0\n")
        ok(folder, "ledger", "add", "withdrawal", "ids.txt", "--source", "x")
    path = max((folder / "kept" / "records").rglob("*.json"), key=lambda path: path.name)
    record = json.loads(path.read_bytes())
    [file] = [each for each in record["files"] if each["role"] == role]
    ending = file["name"].rpartition(".")[2]
    for content in (b"{}", b"PAR1 and no more PAR1", b""):
        file["name"] = f"{sha256(content).hexdigest()}.{ending}"
        (folder / "kept" / "files" / file["name"]).write_bytes(content)
        text = json.dumps(record).encode()
        path.unlink()
        path = path.with_name(f"{record['number']:08}-{sha256(text).hexdigest()}.json")
        path.write_bytes(text)
        done = provenance("audit", "x", cwd=folder)
        assert "cannot be read" in " ".join((done.stdout + done.stderr).split())
        assert "itself failed" not in done.stderr


def test_no_reader_leaves_out_a_record_that_is_gone(folder):
    gone = add(folder, "access", "x", "--calls", "7")
    add(folder, "access", "x", "--calls", "8")
    for path in (folder / "kept" / "records").rglob(f"*{gone}*"):
        path.unlink()
    for command in (("ledger", "show"), ("ledger", "export"), ("audit", "x")):
        done = provenance(*command, cwd=folder)
        assert done.returncode == 2
        assert f"the record {gone[:12]} is gone" in done.stderr
    add(folder, "access", "x", "--calls", "9")


def test_a_dataset_is_counted_by_its_corrected_name(folder):
    ok(folder, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    ok(folder, "check", "pages.jsonl", "--registry", "reg", "-o", "report", "-q", code=1)
    wrong = add(folder, "dataset", "posts@2022-9", "--source", "x")
    named = ("dataset", "posts@2022-09", "--source", "x", "--report", "report")
    add(folder, *named, "--corrects", wrong)
    answer = " ".join(ok(folder, "audit", "x", "--ledger", "kept").split())
    assert "posts@2022-9 " not in answer
    assert "was not checked" not in answer


def test_what_was_recorded_of_a_dataset_follows_its_corrected_name(folder):
    ok(folder, "registry", "build", "reg", "--source", "x", "posts.jsonl", "-q")
    ok(folder, "check", "pages.jsonl", "--registry", "reg", "-o", "report", "-q", code=1)
    wrong = add(folder, "dataset", "posts@1", "--source", "x", "--report", "report")
    office = ("--recipient", "Harbour Office=government")
    add(folder, "use", "posts@1", "--application", "Lanterns", "--model", "rank-1", *office)
    add(folder, "destruction", "posts@1", "--on", "2023-01-01", "--copies-left", "none")
    add(folder, "dataset", "posts@2", "--source", "x", "--corrects", wrong)
    answer = ok(folder, "audit", "x", "--format", "markdown").replace("`", "")
    for line in (
        "in which a check found content of X (Twitter) (posts@2): Lanterns.",
        "1 model made with these datasets: rank-1.",
        "Harbour Office (government) received rank-1.",
        "posts@2 was destroyed on 2023-01-01.",
        "posts@2 was destroyed on 2023-01-01 (copies left: none), but checked on",
        "instead of it, and what other records say of posts@1 as said of posts@2.",
    ):
        assert line in answer, line
    assert "posts@2 was destroyed" in ok(folder, "ledger", "verify", code=1)


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
        (("add", "dataset", "a", "--collected", "2999-01-01"), "--collected: 2999-01-01 is in the"),
        (("add", "dataset", "a", "--collected", "2022..2999"), "2999-12-31 is in the future"),
        (("add", "use", "a", "--when", "2999"), "--when: 2999-01-01 is in the future; today is"),
        (("add", "access", "x", "--when", "2999-01"), "--when: 2999-01-01 is in the future"),
        (("add", "destruction", "a", "--on", "2999-01-01"), "--on: 2999-01-01 is in the future"),
        (("add", "withdrawal", "ids", "--on", "2999-01-01"), "--on: 2999-01-01 is in the future"),
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
