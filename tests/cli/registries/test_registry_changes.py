"""What `provenance registry` says when it changes a registry, and that damage is noticed."""

import json
import re
import shutil

import pyarrow.parquet as pq
import pytest

from provenance.registry.build.registry_builder import create_registry
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.files.verified_segments import file_states, remember_verified
from provenance.registry.sorting.duckdb_engine import BuildLimits
from tests.registry.conftest import batch_of, some_rows

TEXTS = [
    "fog lay over the harbour until the first ferry came in at noon",
    "my neighbour has taught his parrot to imitate the old doorbell",
    "nobody told the gardener that moles had eaten every tulip bulb",
    "seven violins and a broken gramophone went under the hammer today",
    "she keeps her late uncle's maps of the marshes in a biscuit tin",
    "the night bus takes forty minutes and smells of oranges and rain",
]
UNMERGED = BuildLimits(segment_bytes=2000, merged_tokens=0)


@pytest.fixture(scope="module")
def segmented(tmp_path_factory):
    path, rows = tmp_path_factory.mktemp("segmented"), some_rows(200, longest=60)
    create_registry(
        path / "r", [batch_of(rows[at : at + 50]) for at in range(0, 200, 50)], limits=UNMERGED
    )
    return path


@pytest.fixture
def folder(segmented, tmp_path):
    """A folder with a registry of several segments."""
    return shutil.copytree(segmented, tmp_path, dirs_exist_ok=True)


def segments(path):
    return len(json.loads((path / "registry.json").read_text())["segments"])


def test_compacting_says_what_it_did_and_finds_nothing_more_to_do(provenance, folder):
    before = segments(folder / "r")
    done = provenance("registry", "compact", "r", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert before > 1
    assert done.stdout.startswith(f"{before} segments, ")
    assert "now 1 segment, " in done.stdout
    assert segments(folder / "r") == 1
    again = provenance("registry", "compact", "r", cwd=folder)
    assert again.stdout.startswith("Nothing to merge: 1 segment, ")
    assert provenance("registry", "verify", "r", cwd=folder).returncode == 0


def test_a_damaged_segment_is_not_compacted(provenance, folder):
    spoil(folder / "r")
    before = sorted(path.name for path in (folder / "r").iterdir())
    done = provenance("registry", "compact", "r", cwd=folder)
    assert done.returncode == 2
    assert "tokens.npy was altered" in done.stderr
    assert sorted(path.name for path in (folder / "r").iterdir()) == before


@pytest.mark.parametrize("command", ["check", "trace", "clean", "diff", "calibrate"])
def test_damage_below_the_file_system_is_found_on_request(provenance, folder, command):
    spoil(folder / "r")
    (folder / "c.jsonl").write_text(json.dumps({"text": "a quiet page about nothing at all"}))
    arguments = {
        "trace": ["a quiet page"],
        "clean": ["c.jsonl", "-o", "clean"],
        "diff": ["c.jsonl", "c.jsonl"],
        "calibrate": ["c.jsonl", "--plants", "1", "-q"],
    }.get(command, ["c.jsonl", "-q"])
    unnoticed = provenance(command, *arguments, "--registry", "r", cwd=folder)
    assert "was altered" not in unnoticed.stderr
    shutil.rmtree(folder / "clean", ignore_errors=True)
    noticed = provenance(command, *arguments, "--registry", "r", "--verify", cwd=folder)
    assert noticed.returncode == 2
    assert "tokens.npy was altered" in noticed.stderr


def spoil(path):
    """Flip a bit, as a failing disk would: no time of the file says so."""
    mapped = map_registry(path).segments
    tokens = mapped[0].files["tokens.npy"].path
    content = bytearray(tokens.read_bytes())
    content[-1] ^= 1
    tokens.write_bytes(content)
    for segment in map_registry(path).segments:
        remember_verified(segment, file_states(segment))


def dump(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)))


@pytest.fixture(scope="module")
def six_posts(provenance, tmp_path_factory):
    path = tmp_path_factory.mktemp("six")
    rows = [
        {
            "id": f"p{number}",
            "text": text,
            "author": ("ann", "bob")[number % 2],
            "created_at": f"202{number}-05-01",
        }
        for number, text in enumerate(TEXTS)
    ]
    dump(path / "posts.jsonl", rows)
    dump(path / "pages.jsonl", [{"text": row["text"]} for row in rows])
    built = provenance("registry", "build", "r", "--source", "x", "posts.jsonl", cwd=path)
    assert built.returncode == 0, built.stderr
    return path


@pytest.fixture
def harbour(six_posts, tmp_path):
    """A folder with a dump of six posts, and a registry of it."""
    return shutil.copytree(six_posts, tmp_path, dirs_exist_ok=True)


def items_found(provenance, folder):
    """Give the items that a check finds."""
    done = provenance("check", "pages.jsonl", "--registry", "r", "-o", "o", "-q", cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    found = pq.read_table(folder / "o" / "findings.parquet")["item"].to_pylist()
    shutil.rmtree(folder / "o")
    return found


def test_removing_says_what_is_gone_and_stays_so(provenance, harbour):
    (harbour / "ids.txt").write_text("p1\np2\nnone\n")
    asked = ("registry", "remove", "r", "--ids", "ids.txt")
    done = provenance(*asked, "--reason", "asked", cwd=harbour)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Withdrew 2 items; 4 remain. They are not matched any more")
    assert done.stdout.splitlines()[1:3] == [
        "Not in the registry: 1 id; name them and their --source alone to keep them out, too.",
        "Removed from the disk, with 1 segment rewritten.",
    ]
    assert items_found(provenance, harbour) == ["p0", "p3", "p4", "p5"]
    added = provenance("registry", "add", "r", "--source", "x", "posts.jsonl", cwd=harbour)
    assert re.search(r"2 of posts\.jsonl: withdrawn on \d{4}-\d\d-\d\d\n", added.stdout)
    assert "2 tombstones of withdrawn items, which stay out" in added.stdout
    assert added.stdout.startswith("Kept 4 items: ")
    assert re.search(r"^Skipped 2 records: 2 withdrawn on \d", added.stdout, re.MULTILINE)
    again = provenance(*asked, "--source", "x", cwd=harbour)
    assert "No item that counts meets the conditions." in again.stdout
    assert "2 ids had been withdrawn before." in again.stdout
    assert "Not in the registry: 1 id; they are kept out, too." in again.stdout


@pytest.mark.parametrize(
    ("conditions", "left"),
    [
        (["--author", "ann"], "p1 p3 p5"),
        (["--before", "2022"], "p2 p3 p4 p5"),
        (["--before", "2022-05-02", "--author", "bob"], "p0 p2 p3 p4 p5"),
        (["--source", "reddit"], "p0 p1 p2 p3 p4 p5"),
        (["--source", "x", "--author", "bob"], "p0 p2 p4"),
    ],
)
def test_conditions_must_all_hold(provenance, harbour, conditions, left):
    done = provenance("registry", "remove", "r", *conditions, "-q", cwd=harbour)
    assert (done.returncode, done.stdout) == (0, "")
    assert items_found(provenance, harbour) == left.split()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing says which items are withdrawn"),
        (["--before", "soon"], "--before: 'soon'"),
        (["--ids", "none.txt"], "none.txt: there is no such file"),
    ],
)
def test_nothing_is_removed_by_mistake(provenance, harbour, arguments, message):
    done = provenance("registry", "remove", "r", *arguments, cwd=harbour)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(items_found(provenance, harbour)) == 6


def test_purging_clears_what_checks_have_stored(provenance, harbour, monkeypatch):
    monkeypatch.setenv("PROVENANCE_CACHE", str(harbour / "cache"))
    defaults = BuildLimits.__init__.__defaults__
    monkeypatch.setattr(BuildLimits.__init__, "__defaults__", (*defaults[:-1], 0))
    assert BuildLimits().rewritten_bytes == 0
    items_found(provenance, harbour)
    assert not cached(provenance, harbour).startswith("0 entries")
    kept = provenance("registry", "remove", "r", "--author", "ann", cwd=harbour)
    assert re.search(r"Still on disk: 3 items in a segment of .*, until \d{4}-", kept.stdout)
    shown = provenance("registry", "show", "r", cwd=harbour)
    assert re.search(r"withdrawn, still on disk: 3 items in a segment of .*, until", shown.stdout)
    done = provenance("registry", "remove", "r", "--purge", cwd=harbour)
    assert done.returncode == 0, done.stderr
    assert "Removed from the disk, with 1 segment rewritten." in done.stdout
    assert "Cleared: the result cache and r.tasks." in done.stdout
    assert "Out of reach, for you to see to:" in done.stdout
    assert cached(provenance, harbour).startswith("0 entries")


def cached(provenance, folder):
    return provenance("cache", "show", cwd=folder).stdout.partition(": ")[2]


def test_restored_items_can_be_added_again(provenance, harbour):
    (harbour / "ids.csv").write_text("id,why\np1,asked\np2,asked\n")
    provenance("registry", "remove", "r", "--author", "bob", cwd=harbour)
    done = provenance("registry", "restore", "r", "--ids", "ids.csv", cwd=harbour)
    assert done.stdout.startswith("Lifted 1 tombstone. To bring the items back, add their dumps.")
    again = provenance("registry", "restore", "r", "--ids", "ids.csv", cwd=harbour)
    assert again.stdout == "None of these ids has a tombstone.\n"
    assert items_found(provenance, harbour) == ["p0", "p2", "p4"]
    provenance("registry", "add", "r", "--source", "x", "posts.jsonl", "-q", cwd=harbour)
    assert items_found(provenance, harbour) == ["p0", "p1", "p2", "p4"]


def test_a_registry_without_items_is_shown_checked_and_added_to(provenance, harbour):
    provenance("registry", "remove", "r", "--source", "x", cwd=harbour)
    shown = provenance("registry", "show", "r", cwd=harbour)
    assert shown.stdout.startswith("r: 0 items\n")
    assert "it holds no item" in shown.stderr
    checked = provenance("check", "pages.jsonl", "--registry", "r", cwd=harbour)
    assert checked.returncode == 0, checked.stderr
    stated = " ".join(checked.stdout.split())
    assert "Registry r holds no item: no text was compared with any." in stated
    traced = provenance("trace", "over the harbour", "--registry", "r", cwd=harbour)
    assert traced.returncode == 0, traced.stderr
    dump(
        harbour / "more.jsonl",
        [{"id": "n", "text": "a heron stood in the shallow water all morning"}],
    )
    added = provenance("registry", "add", "r", "--source", "x", "more.jsonl", cwd=harbour)
    assert "\nr: 1 item\n" in added.stdout, added.stderr


def test_registries_are_merged_and_parted(provenance, harbour):
    dump(harbour / "qa.jsonl", [{"id": "q", "text": "why does the tide table list five tides"}])
    provenance("registry", "build", "qa", "--source", "qa", "qa.jsonl", "-q", cwd=harbour)
    done = provenance("registry", "merge", "r", "qa", "-o", "all", cwd=harbour)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("all: 7 items, 2 segments, ")
    assert "Segments: 2 shared by hard links, 0 copied, 0 written.\n" in done.stdout
    part = ("--source", "x", "--from", "2022", "--until", "2024-05-01")
    done = provenance("registry", "subset", "all", *part, "-o", "part", cwd=harbour)
    assert done.stdout.startswith("part: 2 items, 1 segment, "), done.stderr
    shown = provenance("registry", "show", "part", cwd=harbour)
    assert "2022-05-01 to 2023-05-01" in shown.stdout
    again = provenance("registry", "merge", "all", "part", "-o", "both", cwd=harbour)
    assert "2 items left out: another registry has them, too" in again.stdout
    assert provenance("registry", "verify", "both", cwd=harbour).returncode == 0


def test_merging_says_what_it_leaves_out(provenance, harbour):
    shutil.copytree(harbour / "r", harbour / "s")
    provenance("registry", "remove", "s", "--author", "ann", cwd=harbour)
    dump(harbour / "clean.jsonl", [{"text": "a page about nothing in particular " * 200}])
    provenance("registry", "fit", "s", "clean.jsonl", "-q", cwd=harbour)
    done = provenance("registry", "merge", "r", "s", "-o", "both", cwd=harbour)
    assert "3 items left out: withdrawn from another registry." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["subset", "r", "-o", "part"], "nothing says which items the subset has"),
        (["subset", "r", "--until", "soon", "-o", "part"], "--until: 'soon'"),
        (["subset", "r", "--source", "reddit", "-o", "part"], "r has no such item"),
        (["merge", "r", "none", "-o", "part"], "none is not a registry"),
    ],
)
def test_no_registry_is_made_by_mistake(provenance, harbour, arguments, message):
    done = provenance("registry", *arguments, cwd=harbour)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (harbour / "part").exists()


def test_some_items_are_shown_with_their_first_words(provenance, harbour):
    provenance("registry", "remove", "r", "--author", "bob", cwd=harbour)
    shown = provenance("registry", "show", "r", "--items", "2", cwd=harbour)
    assert shown.stdout.splitlines()[-4:] == [
        "  x  p0  2020-05-01  no address",
        f"    {TEXTS[0]}",
        "  x  p4  2024-05-01  no address",
        f"    {TEXTS[4]}",
    ]
    everything = provenance("registry", "show", "r", "--items", "99", cwd=harbour).stdout
    assert everything.count("no address") == 3


def test_items_without_texts_and_with_odd_ones_are_shown_on_one_line(provenance, tmp_path):
    rows = [{"id": "a\x1b[31m", "url": "https://x.example/1", "text": "one\ntwo " * 40}]
    dump(tmp_path / "a.jsonl", rows)
    for name, options in (("r", []), ("bare", ["--no-text"])):
        provenance(
            "registry", "build", name, "--source", "x", "a.jsonl", "-q", *options, cwd=tmp_path
        )
    shown = provenance("registry", "show", "r", "--items", "1", cwd=tmp_path).stdout
    assert shown.endswith(
        f"  x  a  no date  https://x.example/1\n    {('one two ' * 9).strip()}…\n"
    )
    bare = provenance("registry", "show", "bare", "--items", "1", cwd=tmp_path).stdout
    assert bare.endswith("    (the registry keeps no texts)\n")
