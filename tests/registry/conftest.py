"""Items of our own making, and registries of them."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from provenance.model import ITEMS, Items
from provenance.registry.build.registry_builder import create_registry
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small registry, to be spoilt."""
    create_registry(tmp_path / "r", [batch_of(some_rows(60, longest=150))])
    return tmp_path / "r"


@pytest.fixture(scope="session")
def registry(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A registry to look at, never to be changed."""
    path = tmp_path_factory.mktemp("registries") / "posts"
    create_registry(path, [batch_of(rows)])
    return open_registry(path)
