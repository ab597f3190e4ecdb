"""A build that was killed, or whose dump broke, continues from the segments that it finished."""

import pytest

from provenance.errors import CorruptFile
from provenance.model.content.tables import Items, Skipped
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.verification import verify_files
from tests.registry.conftest import parts_of

SEGMENTED = BuildLimits(segment_bytes=1, merged_tokens=0)


def skipping(items, number):
    return Items(items.batch, (Skipped("a.jsonl", "null text", 1, (number,)),))


@pytest.fixture
def batches(items, posts):
    """Batches of items, of which later ones replace some of earlier ones."""
    parts = parts_of(posts(120), 4)
    return [skipping(items(part), number) for number, part in enumerate(parts)]


def broken(batches):
    yield from batches
    raise CorruptFile("the dump ends early", remedy="fetch it again")


def inodes(path):
    return {place.name: place.stat().st_ino for place in path.glob("**/segment-*/items.parquet")}


def segments_in(path):
    return {place.name for place in path.glob("segment-*")}


@pytest.mark.parametrize("finished", [1, 2, 3])
def test_a_build_continues(batches, finished, tmp_path):
    whole = create_registry(tmp_path / "whole", batches, limits=SEGMENTED)
    with pytest.raises(CorruptFile):
        create_registry(
            tmp_path / "r", broken(batches[:finished]), limits=SEGMENTED, recipe="these"
        )
    assert not (tmp_path / "r").exists()
    done = segments_in(tmp_path / ".r.building")
    assert len(done) == finished
    files = {name: (tmp_path / ".r.building" / name / "items.parquet").stat() for name in done}
    heard = []
    made = create_registry(
        tmp_path / "r", batches, limits=SEGMENTED, recipe="these", progress=heard.append
    )
    assert heard == [len(one.batch) for one in batches]
    for name, file in files.items():
        assert (tmp_path / "r" / name / "items.parquet").stat().st_ino == file.st_ino
    assert made.digest == whole.digest
    assert (made.skipped, made.replaced) == (whole.skipped, whole.replaced)
    assert verify_files(tmp_path / "r") == made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r", "whole"]
    assert {path.name for path in (tmp_path / "r").iterdir()} == {
        "registry.json",
        made.statuses.name,
        *(segment.folder for segment in made.segments),
    }


@pytest.mark.parametrize("finished", [1, 3])
def test_an_addition_continues(batches, finished, items, posts, tmp_path):
    old = [*posts(120)[:40], *posts(10, seed=1)]
    before = create_registry(tmp_path / "r", [items(old)])
    create_registry(tmp_path / "whole", [items(old)])
    whole = extend_registry(tmp_path / "whole", batches, limits=SEGMENTED)
    with pytest.raises(CorruptFile):
        extend_registry(
            tmp_path / "r", broken(batches[:finished]), limits=SEGMENTED, recipe="these"
        )
    assert verify_files(tmp_path / "r") == before
    done = segments_in(tmp_path / "r" / ".building")
    made = extend_registry(tmp_path / "r", batches, limits=SEGMENTED, recipe="these")
    assert finished < 3 or done & segments_in(tmp_path / "r")  # not all were rewritten
    assert made.digest == whole.digest
    assert (made.items, made.skipped, made.replaced) == (130, whole.skipped, whole.replaced)
    assert verify_files(tmp_path / "r") == made
    assert not (tmp_path / "r" / ".building").exists()


@pytest.mark.parametrize("recipe", ["others", None])
def test_what_another_build_had_done_is_removed(batches, recipe, tmp_path):
    with pytest.raises(CorruptFile):
        create_registry(tmp_path / "r", broken(batches[:2]), limits=SEGMENTED, recipe="these")
    made = create_registry(tmp_path / "r", batches[2:], limits=SEGMENTED, recipe=recipe)
    assert made.digest == create_registry(tmp_path / "s", batches[2:], limits=SEGMENTED).digest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r", "s"]


def test_an_addition_to_what_has_changed_since_begins_anew(batches, items, posts, tmp_path):
    create_registry(tmp_path / "r", [items(posts(20, seed=1))])
    with pytest.raises(CorruptFile):
        extend_registry(tmp_path / "r", broken(batches[:2]), limits=SEGMENTED, recipe="these")
    extend_registry(tmp_path / "r", [items(posts(40, seed=1))], limits=SEGMENTED)
    made = extend_registry(tmp_path / "r", batches, limits=SEGMENTED, recipe="these")
    assert verify_files(tmp_path / "r") == made
    assert made.items == 160


def test_damaged_progress_is_begun_anew(batches, tmp_path):
    whole = create_registry(tmp_path / "whole", batches, limits=SEGMENTED).digest
    spoils = [
        lambda place: (place / "progress.json").write_text("{}"),
        lambda place: (place / "progress.json").write_bytes(b"\xff"),
        lambda place: next(place.glob("segment-*/tokens.npy")).unlink(),
        lambda place: next(place.glob("statuses-*")).unlink(),
    ]
    for number, spoil in enumerate(spoils):
        path = tmp_path / f"r{number}"
        with pytest.raises(CorruptFile):
            create_registry(path, broken(batches[:2]), limits=SEGMENTED, recipe="these")
        spoil(tmp_path / f".r{number}.building")
        assert create_registry(path, batches, limits=SEGMENTED, recipe="these").digest == whole
        assert verify_files(path).digest == whole
