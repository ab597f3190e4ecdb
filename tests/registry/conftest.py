"""Items of our own making, and registries of them."""

import random
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from provenance.model.content.fingerprints import UInt32s
from provenance.model.content.registry_arrays import NO_ITEM
from provenance.model.content.tables import ITEMS, Items
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import Registry, open_registry

Row = dict[str, Any]

WORDS = [f"w{number}" for number in range(400)] + ["naïve", "東京", "it's", "&amp;", "😀"]

MARKS = ["a", "Z", "é", "東", "\0", "a\0", "", "\U0001f600", "\uffff"]
"""With which ids begin: their order is that of bytes."""


def batch_of(rows: Iterable[Row]) -> Items:
    return Items(pa.RecordBatch.from_pylist(list(rows), ITEMS))


def some_rows(count: int, seed: int = 0, longest: int = 30) -> list[Row]:
    """Posts of three sources: some long, some empty, some copies, some undated."""
    dice = random.Random(seed)
    rows: list[Row] = []
    for number in range(count):
        text = " ".join(dice.choices(WORDS, k=dice.choice((0, 2, 3, 4, 9, longest))))
        if rows and dice.random() < 0.1:
            text = dice.choice(rows)["text"]
        day = timedelta(days=dice.randrange(1000), seconds=dice.randrange(9))
        rows.append(
            {
                "source": dice.choice(("x", "reddit", "hackernews")),
                "item": f"{dice.choice(MARKS)}-{seed}-{number}",
                "text": text + dice.choice(("", " https://a.example/1", " 😀!", "…")),
                "url": dice.choice((None, f"https://a.example/{number}")),
                "created_at": dice.choice((None, datetime(2020, 1, 1, tzinfo=UTC) + day)),
                "author": dice.choice((None, f"Somebody-{number % 7}")),
                "language": dice.choice((None, "en")),
                "licence": dice.choice((None, "cc0-1.0")),
            }
        )
    return rows


@pytest.fixture(scope="session")
def items() -> Callable[[Iterable[Row]], Items]:
    """Make a batch of rows."""
    return batch_of


@pytest.fixture(scope="session")
def posts() -> Callable[..., list[Row]]:
    """Make rows."""
    return some_rows


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """The rows of `registry`."""
    return some_rows(1500, longest=150)


def parts_of(rows: list[Row], count: int, seed: int = 0) -> list[list[Row]]:
    """Deal rows out to parts, the earlier of which hold outdated versions of rows of later ones."""
    dice = random.Random(seed)
    shuffled = dice.sample(rows, len(rows))
    parts = [shuffled[number::count] for number in range(count)]
    for number, part in enumerate(parts[:-1]):
        later = [row for other in parts[number + 1 :] for row in other]
        for row in dice.sample(later, len(part) // 3):
            text = dice.choice((f"{row['text']} it said", dice.choice(rows)["text"], row["text"]))
            part.append(row | {"text": text, "created_at": dice.choice(rows)["created_at"]})
    return parts


def create_in_segments(folder: Path, parts: Iterable[Iterable[Row]], **options: Any) -> None:
    """Build a registry that has a segment for each part."""
    limits = BuildLimits(segment_bytes=1)
    create_registry(folder, map(batch_of, parts), limits=limits, **options)


def numbers_in_order(registry: Registry) -> UInt32s:
    """Give the numbers of the items that count, in the order of the items."""
    arrays = registry.arrays()
    numbers = np.flatnonzero(arrays.is_live).astype(np.uint32)
    return numbers[np.argsort(arrays.keys.of(numbers), kind="stable")]


def signatures_in_order(registry: Registry) -> tuple[UInt32s, UInt32s]:
    """Give the numbers of the items that have a signature, in their order, and the signatures."""
    arrays, tables = registry.arrays(), registry.signatures()
    items = np.concatenate([table.items for table in tables])
    signatures = np.concatenate([table.signatures for table in tables])
    if len(arrays.representatives):
        items = arrays.representatives[items]
        items, signatures = items[items != NO_ITEM], signatures[items != NO_ITEM]
    order = np.argsort(arrays.keys.of(items), kind="stable")
    return items[order], signatures[order]


@pytest.fixture(scope="session")
def small_registries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two small registries, to be copied."""
    path = tmp_path_factory.mktemp("small")
    create_registry(path / "one", [batch_of(some_rows(60, longest=150))])
    create_in_segments(path / "three", parts_of(some_rows(90, longest=150), 3))
    return path


@pytest.fixture
def folder(small_registries: Path, tmp_path: Path) -> Path:
    """A small registry, to be spoilt."""
    return Path(shutil.copytree(small_registries / "one", tmp_path / "r"))


@pytest.fixture
def segmented(small_registries: Path, tmp_path: Path) -> Path:
    """A small registry of three segments, in which items were replaced, to be spoilt."""
    return Path(shutil.copytree(small_registries / "three", tmp_path / "s"))


@pytest.fixture(scope="session", params=["one segment", "several segments"])
def registry(
    request: pytest.FixtureRequest, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> Registry:
    """A registry of `rows` to look at, never to be changed."""
    path = tmp_path_factory.mktemp("registries") / "posts"
    if request.param == "one segment":
        create_registry(path, [batch_of(rows)])
    else:
        create_in_segments(path, parts_of(rows, 4))
    return open_registry(path)


@pytest.fixture(scope="session")
def numbers(registry: Registry) -> UInt32s:
    """The numbers of `rows` in `registry`, in the order of the items."""
    return numbers_in_order(registry)
