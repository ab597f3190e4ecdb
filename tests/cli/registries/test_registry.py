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
    summary, _, rest = built.stdout.partition("\n\n")
    assert rest == shown.stdout
    kept, skipped = summary.splitlines()
    assert kept == "Kept 10 items: all have id, none has date, url, author, language or licence."
    assert skipped == "Skipped 2 records: 1 not valid JSON, 1 null text."
    assert (
        "no item has a date, so the terms of any day may apply; no item has an address"
        in built.stderr
    )
    for told in (
        "replaced by later ones with the same id: 2 records",
        "1 of a.jsonl: not valid JSON (row 10)",
        "1 of a.jsonl: null text (row 11)",
        "10 of a.jsonl: unreadable date, such as '8/4/2016': kept without a date",
        "unknown, 8 undated",
    ):
        assert told in shown.stdout


def test_files_that_are_passed_over_are_no_records(provenance, tmp_path):
    (tmp_path / "dump").mkdir()
    lines(tmp_path / "dump" / "a.jsonl", [{"id": "1", "text": text(1)}, {"id": "n", "text": None}])
    (tmp_path / "dump" / "empty.jsonl").touch()
    (tmp_path / "dump" / "none.jsonl").touch()
    built = provenance("registry", "build", "r", "--source", "x", "dump", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    _, *left_out = built.stdout.partition("\n\n")[0].splitlines()
    assert left_out == [
        "Skipped 1 record: 1 null text.",
        "Passed over 2 files, listed below with the reason.",
    ]
    for name in ("empty", "none"):
        assert built.stdout.count(f"\n  {name}.jsonl: passed over: an empty file; ") == 1
    assert built.stdout.count("passed over: ") == 2


def test_many_items_that_replace_others_are_a_note(provenance, tmp_path):
    for name in ("posts", "comments"):
        lines(
            tmp_path / f"{name}.jsonl", [{"id": n, "text": f"{name} {text(n)}"} for n in range(8)]
        )
    built = provenance("registry", "build", "r", "--source", "x", ".", cwd=tmp_path)
    assert built.returncode == 0
    assert "Note: 8 of 16 items were replaced by later ones with the same id" in built.stderr
    alone = ("--source", "x", "posts.jsonl")
    assert "replaced" not in provenance("registry", "build", "s", *alone, cwd=tmp_path).stderr


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
    assert re.search(rf"\b{name}\b", option.replace("- ", "-"))


def test_a_dry_run_shows_layout_columns_and_items_and_writes_nothing(provenance, tmp_path):
    rows = [{"key": n, "said": text(n), "body": "other", "when": "2020-01-01"} for n in range(12)]
    lines(tmp_path / "a.jsonl", rows)
    options = ["--text-column", "said", "--id-column", "key", "--date-column", "when", "--dry-run"]
    done = provenance("registry", "build", "r", "--source", "x", "a.jsonl", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, columns, heading, *items = done.stdout.splitlines()
    assert first == "a.jsonl: layout table"
    assert heading == "  id | date | url | author | licence | text"
    assert columns == "  text from said, id from key, date from when"
    assert len(items) == 10
    assert items[3].startswith("  3 | 2020-01-01 00:00:00+00:00 | - | - | - | a lantern in")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("source", "is_noted"), [("x", True), ("reddit", False), ("lantern-club", False)]
)
def test_a_dump_in_the_layout_of_another_source_is_noted(provenance, tmp_path, source, is_noted):
    rows = [
        {
            "id": f"k{n}",
            "body": text(n),
            "author": "ann",
            "created_utc": 1_650_000_000,
            "subreddit": "lamps",
            "link_id": "t3_a",
            "parent_id": "t3_a",
            "permalink": f"/r/lamps/comments/a/x/k{n}/",
        }
        for n in range(3)
    ]
    lines(tmp_path / "a.jsonl", rows)
    done = provenance("registry", "build", "r", "--source", source, "a.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ("in a layout of the source 'reddit'" in done.stderr) is is_noted


def test_a_column_of_texts_that_is_not_read_is_named(provenance, tmp_path):
    rows = [{"id": n, "text": text(n), "response": f"So it is, {text(n + 99)}!"} for n in range(9)]
    for name in "ab":
        lines(tmp_path / f"{name}.jsonl", rows)
    build = ("registry", "build", "r", "--source", "x", "a.jsonl", "b.jsonl")
    said = "texts in the column 'response' are not read; to read them, add --text-column 'text' "
    previewed = provenance(*build, "--dry-run", cwd=tmp_path)
    assert previewed.stdout.count(f"  {said}") == 2
    built = provenance(*build, cwd=tmp_path)
    assert f"Note: {said}--text-column 'response' (in 2 files)" in built.stderr
    assert f"  a.jsonl: {said}" in built.stdout
    assert "Skipped" not in built.stdout


def test_a_dry_run_counts_skipped_rows_once_for_each_reason(provenance, tmp_path):
    chat = "31/12/2020, 21:15 - Ann: <Media omitted>\n" * 45_000
    (tmp_path / "_chat.txt").write_text(f"{chat}31/12/2020, 21:16 - Ann: {text(1)}\n", "utf-8")
    done = provenance(
        "registry", "build", "r", "--source", "chat", "_chat.txt", "--dry-run", cwd=tmp_path
    )
    skipped = [line for line in done.stdout.splitlines() if "skipped" in line]
    assert skipped == ["  skipped 45,000: empty text"]


def test_a_dry_run_names_what_cannot_be_read(provenance, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    done = provenance("registry", "build", "r", "--source", "x", "a.pdf", "--dry-run", cwd=tmp_path)
    assert done.returncode == 2
    assert "not read: a.pdf: this is a PDF document" in done.stdout


def test_a_dry_run_without_any_item_fails_as_the_build_does(provenance, tmp_path):
    lines(tmp_path / "a.jsonl", [{"text": None}])
    build = ["registry", "build", "r", "--source", "x", "a.jsonl"]
    for call in (build, [*build, "--dry-run"]):
        done = provenance(*call, cwd=tmp_path)
        assert done.returncode == 2
        assert "Error: the dumps hold no item that could be read" in done.stderr


def test_an_address_is_no_folder_for_a_registry(provenance, tmp_path):
    lines(tmp_path / "a.jsonl", [{"text": text(1)}])
    for command in (["build", "s3://bucket/r", "--source", "x", "a.jsonl"], ["show", "s3://b/r"]):
        done = provenance("registry", *command, cwd=tmp_path)
        assert done.returncode == 2
        assert "a registry is a folder on this machine" in done.stderr
        assert "`registry push`" in done.stderr
    assert not (tmp_path / "s3:").exists()


def test_two_text_columns_are_joined(provenance, tmp_path):
    lines(tmp_path / "a.jsonl", [{"head": "a headline", "body": text(n)} for n in range(2)])
    options = ["--text-column", "head", "--text-column", "body", "--dry-run"]
    done = provenance("registry", "build", "r", "--source", "x", "a.jsonl", *options, cwd=tmp_path)
    assert "text from head + body" in done.stdout
    assert "a headline a lantern" in done.stdout
    both = [*options, "--template", "{head}"]
    done = provenance("registry", "build", "r", "--source", "x", "a.jsonl", *both, cwd=tmp_path)
    assert done.returncode == 2
    assert "either --template or --text-column" in done.stderr


def test_a_background_needs_no_rule(provenance, world, tmp_path):
    dump = str(world / "posts.jsonl")
    built = provenance("registry", "build", "b", "--source", "background", dump, "-q", cwd=tmp_path)
    assert built.returncode == 0
    assert "the rules have no source" not in built.stderr
    other = provenance("registry", "build", "o", "--source", "backdrop", dump, "-q", cwd=tmp_path)
    assert "the rules have no source 'backdrop'" in other.stderr


def test_the_law_of_chance_is_shown_on_request(provenance, world):
    assert "lambda" not in provenance("registry", "show", "reg", cwd=world).stdout
    assert "lambda" in provenance("registry", "show", "reg", "--verbose", cwd=world).stdout


def test_what_a_dump_says_was_deleted_is_withdrawn_counted_and_recorded(provenance, tmp_path):
    (tmp_path / "provenance.toml").write_text('[ledger]\npath = "ledger"\n')
    date = "Wed Oct 19 20:07:25 +0000 2022"
    posts = [{"created_at": date, "id_str": str(n), "text": text(n)} for n in range(3)]
    deleted = [{"delete": {"status": {"id_str": native}}} for native in ("0", "77")]
    lines(tmp_path / "stream.jsonl", [deleted[0], *posts])
    lines(tmp_path / "deletions.jsonl", deleted)
    built = provenance("registry", "build", "r", "--source", "x", "stream.jsonl", cwd=tmp_path)
    assert "Deletion records name 1 id: withdrew 1 item." in built.stdout, built.stderr
    added = provenance("registry", "add", "r", "--source", "x", "deletions.jsonl", cwd=tmp_path)
    assert (
        "Deletion records name 2 ids: withdrew 0 items, 1 withdrawn before, 1 not in the "
        "registry, and kept out of it." in added.stdout
    )
    shown = provenance("registry", "show", "r", "--withdrawn", cwd=tmp_path)
    assert shown.stdout.count("the dump says: deleted") == 2
    listed = provenance("ledger", "export", cwd=tmp_path)
    assert listed.stdout.count('"kind": "withdrawal"') == 2
