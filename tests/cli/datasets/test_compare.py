"""`provenance fingerprint` and `provenance compare`, as their user meets them."""

import json

import pytest


@pytest.fixture
def data(tmp_path):
    words = [f"word{number}" for number in range(2000)]
    pages = [" ".join(words[first : first + 200]) for first in range(0, 2000, 200)]
    for name, chosen in (("a", pages), ("half", pages[:5]), ("tenth", [*pages[:1], "x " * 100])):
        rows = [json.dumps({"text": text}) for text in chosen]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_datasets_are_compared_and_ranked(provenance, data):
    done = provenance("compare", "a.jsonl", "tenth.jsonl", "half.jsonl", cwd=data)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "A is a.jsonl: 10 documents, 2,000 words, 1,930 distinct runs"
    assert lines[3].split() == [
        "half.jsonl",
        "50.0%",
        "(exact)",
        "100%",
        "(exact)",
        "50.0%",
        "(exact)",
    ]
    assert lines[4].startswith("tenth.jsonl")
    assert all(len(line) <= 80 for line in lines)


def test_long_paths_are_shown_by_their_ends(provenance, data):
    folder = data / "a-folder-with-a-long-name"
    folder.mkdir()
    for name in ("half", "tenth"):
        (folder / f"{name}.jsonl").write_bytes((data / f"{name}.jsonl").read_bytes())
    paths = [f"{folder.name}/{name}.jsonl" for name in ("half", "tenth")]
    lines = provenance("compare", "a.jsonl", *paths, cwd=data).stdout.splitlines()
    assert "/half.jsonl" in lines[3]
    assert "/tenth.jsonl" in lines[4]


def test_sketches_stand_for_datasets(provenance, data):
    for name in ("a", "half"):
        arguments = ("fingerprint", f"{name}.jsonl", "-o", f"{name}.sketch", "--scaled", "2")
        done = provenance(*arguments, cwd=data)
        assert done.returncode == 0
        assert "(one in 2)" in done.stdout
    stored = provenance("compare", "a.sketch", "half.sketch", "--format", "json", cwd=data)
    overlap = json.loads(stored.stdout)["overlaps"][0]
    assert overlap["contained"]["low"] < 0.5 < overlap["contained"]["high"]
    assert overlap["contains"]["value"] == 1
    fresh = provenance("compare", "a.jsonl", "half.sketch", "--format", "json", cwd=data)
    assert json.loads(fresh.stdout)["overlaps"][0] == overlap


def test_sketches_of_shards_are_merged(provenance, data):
    for name in ("half", "tenth"):
        provenance("fingerprint", f"{name}.jsonl", "-o", f"{name}.sketch", cwd=data)
    for number, order in enumerate((("half", "tenth"), ("tenth", "half"))):
        inputs = [f"{name}.sketch" for name in order]
        assert not provenance("fingerprint", *inputs, "-o", f"{number}.sketch", cwd=data).returncode
    assert (data / "0.sketch").read_bytes() == (data / "1.sketch").read_bytes()


def test_a_file_that_cannot_be_read_makes_the_outcome_incomplete(provenance, data):
    (data / "folder").mkdir()
    (data / "a.jsonl").rename(data / "folder" / "a.jsonl")
    (data / "folder" / "b.jsonl").write_text('{"text": "cut')
    done = provenance("fingerprint", "folder", "-o", "f.sketch", cwd=data)
    assert done.returncode == 2
    assert "Not read: b.jsonl" in done.stderr
    assert "--allow-unread 1" in done.stderr
    assert not (data / "f.sketch").exists()
    accepted = provenance(
        "fingerprint", "folder", "-o", "f.sketch", "--allow-unread", "1", cwd=data
    )
    assert accepted.returncode == 0
    compared = provenance("compare", "folder", "half.jsonl", cwd=data)
    assert compared.returncode == 2
    assert "the comparison is incomplete" in compared.stderr
    later = provenance("compare", "f.sketch", "half.jsonl", cwd=data)
    assert later.returncode == 0
    assert "f.sketch was sketched although 1 file could not be read" in later.stdout


def test_texts_that_are_too_short_are_told(provenance, data):
    (data / "short.jsonl").write_text('{"text": "only three words"}\n' * 4)
    done = provenance("compare", "short.jsonl", "a.jsonl", cwd=data)
    assert "unknown" in done.stdout.splitlines()[3]
    assert "100% of the words of short.jsonl are in texts of fewer than 8 words" in " ".join(
        done.stdout.split()
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "a.jsonl", "no.sketch"), "no.sketch cannot be read"),
        (("compare", "cut.sketch", "a.jsonl"), "cut.sketch is damaged or cut short"),
        (("fingerprint", "a.jsonl", "-o", "a.parquet"), "not the name of a sketch file"),
        (("fingerprint", "a.jsonl", "-o", "s3://bucket/a.sketch"), "not to an address"),
        (("check", "cut.sketch", "--declared-only"), "this is a sketch of a dataset"),
    ],
)
def test_mistakes_are_named(provenance, data, arguments, message):
    (data / "cut.sketch").write_bytes(b"PAR1....")
    done = provenance(*arguments, cwd=data)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Try:" in done.stderr
