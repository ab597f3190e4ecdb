"""Whatever is wrong with the cache, a check comes out as without it."""

import os
import random
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from provenance.model import Skipped
from provenance.run import entries, memory
from provenance.run.declared import DECLARED
from provenance.run.evidence import SPANS
from tests.faults.killing import Writers, long, writers
from tests.run.conftest import pages, posts, registry, write_lines  # noqa: F401 (fixtures)
from tests.run.test_memory import World, content, shard

SHARDS = 3


@pytest.fixture
def world(tmp_path, registry, posts, pages, monkeypatch) -> World:  # noqa: F811
    made = World(tmp_path, registry, monkeypatch)
    for number in range(SHARDS):
        made.write(number, shard(posts, pages, number))
    return made


@pytest.fixture
def fresh(world):
    """What a check without a cache gives; and one that fills the cache."""
    made = content(world.checked(cached=False))
    assert len(made[1]) >= 20
    assert content(world.checked()) == made
    return made


def files_of(world: World) -> list[Path]:
    return sorted(path for path in world.cache.rglob("??/*") if path.is_file())


def name_of(path: Path) -> str:
    return path.parent.name + path.name


def test_entries_and_their_folders_are_the_user_s_alone(world, fresh) -> None:
    assert len(files_of(world)) == 2 * SHARDS
    for path in world.cache.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert stat.S_IMODE(world.cache.stat().st_mode) == 0o700
    assert [path for path in world.cache.iterdir() if not path.is_dir()] == []


def test_no_flipped_bit_is_believed(tmp_path) -> None:
    kept = memory.Memory(tmp_path, "")
    name = kept.name("x")
    kept.keep(name, [b"some", b"thing"])
    path = tmp_path / name[:2] / name[2:]
    whole = path.read_bytes()
    found = kept.find(name)
    assert found is not None
    assert found.tobytes() == b"something"
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert kept.find(name) is None
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert kept.find(name) is None
    path.write_bytes(whole + b"\0")
    assert kept.find(name) is None


@pytest.mark.parametrize("turns", [12, *long([(300,)])])
def test_flipped_bits_in_entries_change_no_outcome(world, fresh, turns) -> None:
    dice = random.Random(time.time_ns())
    for _ in range(turns):
        path = dice.choice(files_of(world))
        flipped = bytearray(path.read_bytes())
        for _ in range(dice.choice((1, 1, 20))):
            flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
        path.write_bytes(flipped)
        assert content(world.checked()) == fresh
        assert world.read + world.located == 1
    world.checked()
    assert (world.read, world.located) == (0, 0)


def test_an_entry_in_the_place_of_another_is_not_believed(world, fresh) -> None:
    kept = {path: path.read_bytes() for path in files_of(world)}
    for path, other in zip(kept, [*kept][1:] + [*kept][:1], strict=True):
        path.write_bytes(kept[other])
    assert content(world.checked()) == fresh
    assert (world.read, world.located) == (SHARDS, SHARDS)


def put_folder(path: Path) -> None:
    (path / "deep").mkdir(parents=True)
    (path / "deep" / "file").touch()


def put_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 << 30)


OTHERS = {
    "a folder": put_folder,
    "a pipe": os.mkfifo,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "50 GB of zeros": put_sparse,
    "an empty file": Path.touch,
    "an unreadable file": lambda path: path.touch(0o000),
}


@pytest.mark.parametrize("other", sorted(OTHERS))
def test_other_things_in_the_place_of_entries_are_replaced(world, fresh, other) -> None:
    for path in files_of(world):
        path.unlink()
        OTHERS[other](path)
    assert content(world.checked()) == fresh
    assert (world.read, world.located) == (SHARDS, SHARDS)
    assert content(world.checked()) == fresh
    assert (world.read, world.located) == (0, 0)


def test_a_link_to_a_whole_entry_is_no_entry(world, fresh) -> None:
    for path in files_of(world):
        moved = path.rename(world.data.parent / name_of(path))
        path.symlink_to(moved)
    assert content(world.checked()) == fresh
    assert (world.read, world.located) == (SHARDS, SHARDS)


@pytest.mark.parametrize("other", ["a folder", "a pipe", "a link to nowhere"])
def test_what_stands_in_the_place_of_entries_is_cleared_and_forgotten(
    world, fresh, other, monkeypatch
) -> None:
    for path in files_of(world):
        path.unlink()
        OTHERS[other](path)
    monkeypatch.setattr(memory, "MOST", 0)
    assert content(world.checked()) == fresh
    OTHERS[other](world.cache / "ab") if other != "a folder" else put_folder(
        world.cache / "ab" / "c"
    )
    monkeypatch.setenv("PROVENANCE_CACHE", str(world.cache))
    memory.clear_memory()
    assert memory.remembered().entries == 0


@pytest.mark.parametrize("other", ["a pipe", "a link to nowhere", "an empty file"])
def test_other_things_in_the_place_of_folders_change_no_outcome(world, fresh, other) -> None:
    for folder in {path.parent for path in files_of(world)}:
        shutil.rmtree(folder)
        OTHERS[other](folder)
    for _ in range(2):
        assert content(world.checked()) == fresh


@pytest.fixture(scope="module")
def child(registry) -> Iterator[Writers]:  # noqa: F811
    """A process that checks: what crashes there does not end these tests."""
    with writers("tests.faults.writing", registry) as started:
        yield started


def crafted_readings(world: World, path: Path) -> Iterator[entries.Reading]:
    """Give readings that nobody made, one after the other, of one that somebody did."""
    kept = memory.Memory(world.cache, "")
    reading = entries._decoded(kept.find(name_of(path)), 1)
    tables = {
        "candidates": reading.candidates[0],
        "lookalikes": reading.lookalikes[0],
        "passages": reading.passages,
    }
    for which, table in tables.items():
        for name in (one.name for one in fields(table)):
            array = getattr(table, name)
            if isinstance(array, int):
                changed = [-1, 0, 1, 1 << 64, 1 << 65]
            else:
                changed = list(spoilt(array))
            for value in changed:
                own = replace(table, **{name: value})
                listed = (own,) if which != "passages" else own
                yield replace(reading, **{which: listed})
    yield from crafted_beside(reading)


def crafted_beside(reading: entries.Reading) -> Iterator[entries.Reading]:
    """Change what is not in a table of arrays."""
    for array in spoilt(reading.documents):
        yield replace(reading, documents=array)
    for name in ("documents", "texts", "tokens", "bytes"):
        for value in (-1, 0, 1, 1 << 62, 1 << 80, 1.5, None):
            yield replace(reading, counts=replace(reading.counts, **{name: value}))
    for row in crafted_rows():
        yield replace(reading, declared=pa.Table.from_pylist([row], DECLARED))
    for skipped in (
        ("f", "r", 1, (0,)),
        ("f", "r", -1, ()),
        (None, "r", 1, ()),
        ("f", "r", 1, "x"),
    ):
        yield replace(reading, skipped=(Skipped(*skipped),))


def crafted_rows() -> Iterator[dict[str, object]]:
    whole = {
        "text": 0,
        "evidence": "link",
        "source": "x",
        "licence": None,
        "signals": [],
        "declared": "a",
    }
    for evidence, source in (("link", "x"), ("link", "nobody"), ("licence", "?"), ("signal", "s")):
        yield whole | {"evidence": evidence, "source": source}
        yield whole | {"evidence": evidence, "source": source, "licence": "nobody's"}
        yield whole | {"evidence": evidence, "source": source, "signals": ["s/t", "robots.txt/x"]}
    for name, value in (("text", -1), ("text", 1 << 40), ("evidence", "content"), ("source", "")):
        yield whole | {name: value}
    for name in whole:
        yield whole | {name: None}
    yield whole | {"signals": [None]}


def spoilt(array: np.ndarray) -> Iterator[np.ndarray]:
    """Change a value to the least, the greatest, and one beside it; or the length."""
    if array.dtype.kind == "f":
        limits = (np.nan, np.inf, -np.inf)
    else:
        limits = (np.iinfo(array.dtype).min, np.iinfo(array.dtype).max)
    for place in {0, array.shape[0] // 2, array.shape[0] - 1} if array.size else ():
        for value in limits:
            made = array.copy()
            made[place] = value
            yield made
        for step in (1, -1):
            made = array.copy()
            with np.errstate(over="ignore"):
                made[place] += array.dtype.type(1) * step if step > 0 else 0
                made[place] -= 0 if step > 0 else array.dtype.type(1)
            yield made
    yield array[:-1]
    yield np.concatenate([array, array[-1:]])
    yield array[:0]
    yield np.full((3, *array.shape[1:]), 1, array.dtype)


@pytest.mark.parametrize("part", [24, *long([(1,)])])
def test_crafted_readings_of_right_digests_crash_nothing(world, fresh, child, part) -> None:
    kept = memory.Memory(world.cache, "")
    path = next(p for p in files_of(world) if is_reading(kept, p))
    whole = path.read_bytes()
    given = str(world.data), str(world.cache), world.registry
    for place, reading in enumerate(crafted_readings(world, path)):
        if place % part:
            continue
        try:
            kept.keep(name_of(path), entries._encoded(reading))
        except (OverflowError, AttributeError):
            continue
        child.run("check_data", *given)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole)
    assert content(world.checked()) == fresh


def is_reading(kept: memory.Memory, path: Path) -> bool:
    try:
        entries._decoded(kept.find(name_of(path)), 1)
    except entries._UNUSABLE:
        return False
    return True


@pytest.mark.parametrize("part", [24, *long([(1,)])])
def test_crafted_tables_of_right_digests_crash_nothing(world, fresh, child, part) -> None:
    kept = memory.Memory(world.cache, "")
    path = next(p for p in files_of(world) if not is_reading(kept, p))
    whole = path.read_bytes()
    table = pa.ipc.open_file(pa.BufferReader(kept.find(name_of(path)))).read_all()
    given = str(world.data), str(world.cache), world.registry
    for place, made in enumerate(crafted_tables(table)):
        if place % part:
            continue
        entries.keep_table(kept, name_of(path), made)
        child.run("check_data", *given)
        path.write_bytes(whole)
    assert content(world.checked()) == fresh


def crafted_tables(table: pa.Table) -> Iterator[pa.Table]:
    for place, field in enumerate(SPANS):
        values = table[field.name].to_pylist()
        kind = field.type
        others = [None]
        if pa.types.is_integer(kind):
            others += [-1, 0, 1, 5, -(1 << 63), (1 << 63) - 1]
        elif pa.types.is_string(kind):
            others += ["", "x", "content", "link", "\x1b[2J", "n" * 10_000]
        elif pa.types.is_boolean(kind):
            others += [True, False]
        elif field.name == "signals":
            others += [["nobody/knows"], [None], [""]]
        else:
            others += [[[0, 1 << 30]], [[-5, 3]], [[5, 2]], [None], [[0, 1], [0, 1]]]
        for other in others:
            for row in (0, len(values) - 1):
                own = pa.array([*values[:row], other, *values[row + 1 :]], kind)
                yield table.set_column(place, field, own)
    yield table.slice(0, 0)
    yield table.slice(1)
    yield pa.concat_tables([table, table])
    yield table.drop_columns(["row"])
