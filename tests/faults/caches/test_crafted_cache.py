"""Entries that nobody kept crash nothing, though their digests are right."""

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from provenance.model.content.tables import Skipped
from provenance.pipeline.caching import cache_entries, result_cache
from provenance.pipeline.locate.locations import SPANS
from provenance.pipeline.scan.reading_codec import decode_reading, encode_reading
from provenance.pipeline.scan.readings import Reading
from provenance.pipeline.scan.row_metadata import DECLARED_SCHEMA
from tests.faults.caches.conftest import files_of, name_of
from tests.faults.interruptions.killed_writers import Writers, long, writers
from tests.pipeline.cached_checks import content
from tests.pipeline.conftest import pages, posts, registry, write_lines  # noqa: F401 (fixtures)


@pytest.fixture(scope="module")
def child(registry) -> Iterator[Writers]:  # noqa: F811
    """A process that checks: what crashes there does not end these tests."""
    with writers("tests.faults.interruptions.killable_writes", registry) as started:
        yield started


def crafted_readings(cache: Path, path: Path) -> Iterator[Reading]:
    """Give readings that nobody made, one after the other, of one that somebody did."""
    kept = result_cache.ResultCache(cache, "")
    reading = decode_reading(kept.load(name_of(path)), 0, 1)
    tables = {
        "candidates": reading.candidates[0],
        "copies": reading.copies[0],
        "near_duplicates": reading.near_duplicates[0],
        "sample": reading.sample,
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
                listed = (own,) if which != "sample" else own
                yield replace(reading, **{which: listed})
    yield from crafted_beside(reading)


def crafted_beside(reading: Reading) -> Iterator[Reading]:
    """Change what is not in a table of arrays."""
    for array in spoilt(reading.documents):
        yield replace(reading, documents=array)
    for name in ("documents", "texts", "tokens", "bytes"):
        for value in (-1, 0, 1, 1 << 62, 1 << 80, 1.5, None):
            yield replace(reading, counts=replace(reading.counts, **{name: value}))
    for row in crafted_rows():
        yield replace(reading, declared=pa.Table.from_pylist([row], DECLARED_SCHEMA))
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


@pytest.mark.parametrize("part", [80, *long([(1,)])])
def test_crafted_readings_of_right_digests_crash_nothing(world, fresh, child, part) -> None:
    kept = result_cache.ResultCache(world.cache, "")
    path = next(p for p in files_of(world) if is_reading(kept, p))
    whole = path.read_bytes()
    given = str(world.data), str(world.cache), world.registry
    for place, reading in enumerate(crafted_readings(world.cache, path)):
        if place % part:
            continue
        try:
            kept.store(name_of(path), encode_reading(reading))
        except (OverflowError, AttributeError):
            continue
        child.run("check_data", *given)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole)
    assert content(world.checked()) == fresh


def is_reading(kept: result_cache.ResultCache, path: Path) -> bool:
    try:
        decode_reading(kept.load(name_of(path)), 0, 1)
    except Exception:
        return False
    return True


@pytest.mark.parametrize("part", [80, *long([(1,)])])
def test_crafted_tables_of_right_digests_crash_nothing(world, fresh, child, part) -> None:
    kept = result_cache.ResultCache(world.cache, "")
    path = next(p for p in files_of(world) if not is_reading(kept, p))
    whole = path.read_bytes()
    table = pa.ipc.open_file(pa.BufferReader(kept.load(name_of(path)))).read_all()
    given = str(world.data), str(world.cache), world.registry
    for place, made in enumerate(crafted_tables(table)):
        if place % part:
            continue
        cache_entries.store_table(kept, name_of(path), made)
        child.run("check_data", *given)
        path.write_bytes(whole)
    assert content(world.checked()) == fresh


LISTS: dict[str, list[list[object]]] = {
    "labels": [[{"column": "date", "value": "2024"}], [None], [{"column": None}]],
    "signals": [["nobody/knows"], [None], [""]],
}


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
        elif field.name in LISTS:
            others += LISTS[field.name]
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
