"""Checks of a dataset of several files that say how many parts they read."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.locate import locations
from provenance.pipeline.scan import corpus_scan
from provenance.pipeline.settings import Settings
from provenance.report.formats.rendering import render


class World:
    """A dataset of several files, and checks of it that say how many parts they read."""

    def __init__(self, folder: Path, registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data, self.cache, self.registry = folder / "data", folder / "cache", registry
        self.data.mkdir()
        self.read, self.located = 0, 0
        first, second = corpus_scan.read_part, locations.whole_text_evidence

        def read_part(*arguments, **named):
            self.read += 1
            return first(*arguments, **named)

        def gathered(*arguments):
            self.located += 1
            return second(*arguments)

        monkeypatch.setattr(corpus_scan, "read_part", read_part)
        monkeypatch.setattr(locations, "whole_text_evidence", gathered)

    def write(self, shard: int, texts: list[str], rows: int = 1000) -> None:
        table = pa.table({"id": [f"{shard}-{row}" for row in range(len(texts))], "text": texts})
        pq.write_table(table, self.data / f"{shard}.parquet", row_group_size=rows)

    def checked(self, *, cached: bool = True, registry: str = "", **settings) -> Report:
        self.read = self.located = 0
        policy = settings.pop("policy", Policy())
        return check(
            [str(self.data)],
            replace(policy, registries=(registry or self.registry,)),
            Settings(threads=2, cache=self.cache if cached else None, **settings),
        )


def content(made: Report) -> tuple[str, list[dict]]:
    timeless = replace(made, result=replace(made.result, created=datetime(2026, 1, 1, tzinfo=UTC)))
    return render("json", timeless), made.findings.to_pylist()


def shard(posts, pages, number: int) -> list[str]:
    own = pages[number * 10 : number * 10 + 10]
    return [
        f"{page} {posts[number * 7 + row]['text']}. {page[:90]}" for row, page in enumerate(own)
    ]
