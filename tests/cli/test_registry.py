"""What `provenance registry` tells of what is, and is not, in a registry."""

import json
import re

import pytest

from provenance.read.dumps.layouts import LAYOUTS


def lines(path, rows):
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))


def text(number):
    return f"a lantern in the harbour swung over the cold quay all night, number {number}"


def test_skipped_and_merged_records_are_reported(provenance, tmp_path):
    rows = [{"id": f"i{n % 8}", "text": text(n), "date": "8/4/2016"} for n in range(10)]
    lines(tmp_path / "a.jsonl", [*rows, "no json", {"id": "n", "text": None}])
    built = provenance("registry", "build", "r", "--source", "x", "a.jsonl", cwd=tmp_path)
    shown = provenance("registry", "show", "r", cwd=tmp_path)
    assert (built.returncode, shown.returncode) == (0, 0), built.stderr + shown.stderr
    assert built.stdout == shown.stdout
    for told in (
        "2 records were replaced by later ones with the same id",
        "1 of a.jsonl: not valid JSON (row 10)",
        "1 of a.jsonl: null text (row 11)",
        "10 of a.jsonl: unreadable date, such as '8/4/2016': kept without a date",
        "unknown, 8 undated",
    ):
        assert told in shown.stdout


def test_dates_that_a_column_explains_are_read(provenance, tmp_path):
    days = ["8/4/2016", "8/14/2016"]
    lines(tmp_path / "a.jsonl", [{"text": text(n), "date": day} for n, day in enumerate(days)])
    built = provenance("registry", "build", "r", "--source", "x", "a.jsonl", cwd=tmp_path)
    assert "2016-08-04 to 2016-08-14" in built.stdout
    assert "undated" not in built.stdout


@pytest.mark.parametrize("options", [[], ["-q"]])
def test_a_registry_without_seeds_has_a_warning(provenance, tmp_path, options):
    lines(tmp_path / "a.jsonl", [{"text": "too short"}, {"text": "this too"}])
    built = provenance("registry", "build", "r", "--source", "x", "a.jsonl", *options, cwd=tmp_path)
    assert built.returncode == 0
    assert "Note: nothing can be found with this registry" in built.stderr
    assert "Note: nothing" in provenance("registry", "show", "r", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        (b'{"text": "caf\xe9"}\n' * 3, "dumps/a.jsonl: .*not valid UTF-8", "UTF-8"),
        (b"hello\nworld\n", "dumps/a.jsonl: .*not valid JSON", "JSON Lines"),
        (b'{"text": ""}\n{"text": null}\n', "1 in a.jsonl: empty text", "--text-column"),
        (b"", "no item", "dumps"),
    ],
)
def test_a_dump_without_an_item_says_why(provenance, tmp_path, content, message, remedy):
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "a.jsonl").write_bytes(content)
    done = provenance("registry", "build", "r", "--source", "x", "dumps/a.jsonl", cwd=tmp_path)
    first, second = done.stderr.splitlines()
    assert done.returncode == 2
    assert re.search(message, first), first
    assert remedy in second
    assert not (tmp_path / "r").exists()


def test_a_file_that_the_manifest_lists_is_missed(provenance, tmp_path):
    lines(tmp_path / "a.jsonl", [{"text": text(1)}])
    provenance("registry", "build", "r", "--source", "x", "a.jsonl", "-q", cwd=tmp_path)
    next((tmp_path / "r").rglob("texts.parquet")).unlink()
    done = provenance("registry", "show", "r", cwd=tmp_path)
    assert done.returncode == 2
    assert "texts.parquet cannot be read: No such file" in done.stderr


def test_a_plain_file_is_no_registry_to_add_to(provenance, tmp_path):
    lines(tmp_path / "a.jsonl", [{"text": text(1)}])
    done = provenance("registry", "build", "a.jsonl", "--source", "x", "a.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert "is a file, not a registry" in done.stderr
    assert "registry add" not in done.stderr


def test_the_coverage_of_a_source_is_declared_shown_and_reported(provenance, tmp_path):
    lines(tmp_path / "a.jsonl", [{"id": f"i{n}", "text": text(n)} for n in range(10)])
    asked = ("registry", "build", "r", "--source", "x", "a.jsonl")
    few = provenance(*asked, "--of", "9", cwd=tmp_path)
    assert few.returncode == 2
    assert "x is declared to have 9 items, but the registry has 10" in few.stderr
    built = provenance(*asked, "--of", "40", cwd=tmp_path)
    assert "25.00% of 40 items in total" in built.stdout
    lines(tmp_path / "c.jsonl", [{"text": "nothing of anybody's stands on this page"}])
    done = provenance("check", "c.jsonl", "--registry", "r", cwd=tmp_path)
    assert "10 items in the registry (25.0% of all)" in done.stdout
    assert "Absence of a match is not clearance" in done.stdout
    again = ("registry", "add", "r", "--source", "x", "a.jsonl", "--of", "100", "-q")
    assert provenance(*again, cwd=tmp_path).returncode == 0
    shown = provenance("registry", "show", "r", cwd=tmp_path)
    assert "10.00% of 100 items in total" in shown.stdout


def test_a_number_for_several_sources_is_refused(provenance, tmp_path):
    lines(tmp_path / "a.jsonl", [{"text": text(1), "source": "x"}])
    asked = ("registry", "build", "r", "--source-column", "source", "a.jsonl", "--of", "9")
    done = provenance(*asked, cwd=tmp_path)
    assert done.returncode == 2
    assert "--of needs a single source" in done.stderr
    assert "--source and --of" in done.stderr


@pytest.mark.parametrize("name", LAYOUTS)
def test_help_names_every_layout(provenance, tmp_path, name):
    told = provenance("registry", "build", "--help", cwd=tmp_path).stdout
    option = " ".join(told.partition("--layout")[2].partition("--text-column")[0].split())
    assert re.search(rf"\b{name}\b", option)
