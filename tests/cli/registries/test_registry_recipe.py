"""`provenance registry show --recipe` prints a script that builds the same registry again."""

import hashlib
import json
import shlex
import shutil

import pytest

from tests.cli.registry_commands import run, write

POSTS = [
    {"id": "1", "text": "fog lay over the harbour until the first ferry came in at noon"},
    {"id": "2", "text": "my neighbour has taught his parrot to imitate the old doorbell"},
    {"id": "3", "text": "nobody told the gardener that moles had eaten every tulip bulb"},
    {"id": "4", "text": "seven violins and a broken gramophone went under the hammer today"},
    {"id": "5", "text": "she keeps her late uncle's maps of the marshes in a biscuit tin"},
]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "first dump.jsonl", POSTS[:2])
    (tmp_path / "later").mkdir()
    write(tmp_path / "later" / "b.jsonl", POSTS[2:3])
    write(tmp_path / "later" / "a.jsonl", POSTS[3:4])
    rows = [f"{post['id']}\t{post['text']}\n" for post in POSTS[4:]]
    (tmp_path / "odd.tsv").write_text("number\twords\n" + "".join(rows), "utf-8")
    return tmp_path


def test_the_recipe_builds_the_same_registry(provenance, folder):
    run(provenance, folder, "build", "r", "--source", "x", "--no-text", "first dump.jsonl")
    run(provenance, folder, "add", "r", "--source", "reddit", "--of", "9", "later")
    columns = ["--id-column", "number", "--text-column", "words"]
    run(provenance, folder, "add", "r", "--source", "x", *columns, "odd.tsv")
    (folder / "gone.txt").write_text("2\n")
    run(provenance, folder, "remove", "r", "--source", "x", "--ids", "gone.txt")
    before = manifest(folder / "r")
    script = replay(provenance, folder, "r")
    assert len(script) == 4
    after = manifest(folder / "r")
    assert (after["sources"], after["keeps_texts"]) == (before["sources"], False)
    compacted = run(provenance, folder, "compact", "r").stdout
    assert run(provenance, folder, "compact", "old").stdout.split()[-1] == compacted.split()[-1]


def test_the_recipe_follows_subsets_and_merges(provenance, folder):
    run(provenance, folder, "build", "all", "--source", "x", "first dump.jsonl", "later")
    (folder / "some.txt").write_text("1\n3\n")
    run(provenance, folder, "subset", "all", "--ids", "some.txt", "-o", "some")
    write(folder / "late.jsonl", POSTS[4:])
    run(provenance, folder, "build", "late", "--source", "x", "late.jsonl")
    run(provenance, folder, "merge", "some", "late", "-o", "r")
    shutil.rmtree(folder / "all")
    script = replay(provenance, folder, "r")
    assert [words[2] for words in script] == ["build", "subset", "build", "merge"]
    assert manifest(folder / "r")["items"] == 3


def test_items_are_withdrawn_again_for_their_reasons_on_their_days(provenance, folder):
    run(provenance, folder, "build", "r", "--source", "x", "first dump.jsonl", "later")
    reasons = ["--reason", "asked to"], [], ["--reason", "b", "--on", "2024-02-03"]
    for number, options in enumerate(reasons, 1):
        (folder / "gone.txt").write_text(str(number))
        run(provenance, folder, "remove", "r", "--source", "x", "--ids", "gone.txt", *options)
    before = run(provenance, folder, "show", "r", "--withdrawn").stdout
    shown = run(provenance, folder, "show", "r", "--recipe").stdout.splitlines()
    for line in shown:  # of comments, those that are commands
        words = shlex.split(line.removeprefix("# "))
        if words[:3] == ["provenance", "registry", "show"]:
            (folder / words[-1]).write_text(run(provenance, folder, *words[2:-2]).stdout)
    (folder / "r").rename(folder / "old")
    for line in shown:
        if not line.startswith("#"):
            run(provenance, folder, *shlex.split(line)[2:])
    assert run(provenance, folder, "show", "r", "--withdrawn").stdout == before
    assert "2024-02-03" in before
    assert [line.split(",")[4] for line in before.splitlines()[1:]] == ["asked to", "", "b"]


def test_a_lifted_withdrawal_is_noted(provenance, folder):
    run(provenance, folder, "build", "r", "--source", "x", "first dump.jsonl")
    (folder / "gone.txt").write_text("1")
    run(provenance, folder, "remove", "r", "--ids", "gone.txt")
    run(provenance, folder, "restore", "r", "--source", "x", "--ids", "gone.txt")
    run(provenance, folder, "subset", "r", "--source", "x", "-o", "some")
    for name in ("r", "some"):
        shown = run(provenance, folder, "show", name, "--recipe").stdout
        assert "# Withdrawals of x were lifted on " in shown
        assert [line.split()[2] for line in shown.splitlines() if line[0] != "#"] == (
            ["build"] if name == "r" else ["build", "subset"]
        )


def test_dumps_are_recorded_with_the_digests_that_sha256sum_prints(provenance, folder):
    run(provenance, folder, "build", "r", "--source", "x", "first dump.jsonl", "later")
    [step] = manifest(folder / "r")["steps"]
    one, several = step["dumps"]
    assert one["sha256"] == sha256((folder / "first dump.jsonl").read_bytes())
    lines = [
        f"{sha256((folder / 'later' / name).read_bytes())}  {name}\n"
        for name in ("a.jsonl", "b.jsonl")
    ]
    assert several["sha256"] == sha256("".join(lines).encode())
    assert (several["files"], several["layout"], several["version"]) == (2, "table", None)


def test_an_addition_that_changes_nothing_is_not_recorded(provenance, folder):
    run(provenance, folder, "build", "r", "--source", "x", "later")
    run(provenance, folder, "add", "r", "--source", "x", "later")
    assert len(manifest(folder / "r")["steps"]) == 1


def test_a_recipe_that_was_not_recorded_is_said_to_be_missing(provenance, folder):
    run(provenance, folder, "build", "r", "--source", "x", "later")
    path = folder / "r" / "registry.json"
    path.write_text(json.dumps(manifest(folder / "r") | {"steps": []}))
    assert (
        "Not all of its dumps are known" in run(provenance, folder, "show", "r", "--recipe").stdout
    )


@pytest.mark.parametrize(
    "options", [["--recipe", "--withdrawn"], ["--items", "1", "--recipe"], ["--source", "x"]]
)
def test_options_of_show_that_exclude_each_other(provenance, folder, options):
    run(provenance, folder, "build", "r", "--source", "x", "later")
    assert provenance("registry", "show", "r", *options, cwd=folder).returncode == 2


def replay(provenance, folder, name):
    """Move a registry to "old", and run the script that builds it again; return its commands."""
    shown = run(provenance, folder, "show", name, "--recipe").stdout
    script = [shlex.split(line) for line in shown.splitlines() if not line.startswith("#")]
    for source in ("x", "reddit"):
        listed = run(provenance, folder, "show", name, "--withdrawn", "--source", source).stdout
        (folder / f"withdrawn-{source}.csv").write_text(listed)
    (folder / name).rename(folder / "old")
    for words in script:
        assert words[0] == "provenance"
        run(provenance, folder, *words[2:])
    return script


def manifest(path):
    return json.loads((path / "registry.json").read_text("utf-8"))


def sha256(content):
    return hashlib.sha256(content).hexdigest()
