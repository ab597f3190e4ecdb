"""Corpora made on the spot."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.read.corpus.corpora import open_corpus


@dataclass(frozen=True)
class Heard:
    """Everything that came out of a corpus."""

    rows: list[dict[str, object]]
    skipped: dict[str, tuple[int, tuple[int, ...]]]

    @property
    def texts(self) -> list[object]:
        return [row["text"] for row in self.rows]

    @property
    def places(self) -> list[tuple[object, object, object]]:
        return [(row["row"], row["field"], row["text"]) for row in self.rows]


def hear(path: Path | str, **options: object) -> Heard:
    rows: list[dict[str, object]] = []
    skipped: dict[str, tuple[int, tuple[int, ...]]] = {}
    for part in open_corpus([str(path)], **options).parts:
        for documents in part.read():
            documents.batch.validate(full=True)
            rows += documents.batch.to_pylist()
            for one in documents.skipped:
                count, first = skipped.get(one.reason, (0, ()))
                skipped[one.reason] = (count + one.count, first + one.rows)
    return Heard(rows, skipped)


@pytest.fixture(name="hear", scope="session")
def fixture_hear() -> Callable[..., Heard]:
    return hear
