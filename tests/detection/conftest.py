"""The whole pipeline in process: items in, documents in, findings out."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry
from provenance.pipeline.settings import Settings
from tests.detection.found import Found


class Detector(NamedTuple):
    """A registry that documents are checked against."""

    registry: Path
    folder: Path

    def find(self, documents: Sequence[str]) -> list[list[Found]]:
        """Give what is found in each document, in text order."""
        corpus = self.folder / "corpus.jsonl"
        _write(corpus, [{"id": str(row), "text": text} for row, text in enumerate(documents)])
        made = check([str(corpus)], Policy(registries=(str(self.registry),)), Settings(threads=1))
        found: list[list[Found]] = [[] for _ in documents]
        for row in sorted(made.findings.to_pylist(), key=lambda row: row["start"]):
            found[row["row"]].append(Found(row["item"], row["start"], row["end"]))
        return found


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="session")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Detector]:
    """Build a registry of items, each called by its number, of an author of its own.

    The items of `others` are of a second source; their numbers go on.
    """

    def build(items: Sequence[str], others: Sequence[str] = ()) -> Detector:
        folder = tmp_path_factory.mktemp("detection")
        dumps = []
        for name, texts, first in (("x", items, 0), ("reddit", others, len(items))):
            dumps.append(folder / f"{name}.jsonl")
            _write(
                dumps[-1],
                [
                    {"id": str(row), "author": f"author {row}", "text": text}
                    for row, text in enumerate(texts, first)
                ],
            )
        build_registry(folder / "registry", DumpSource([str(dumps[0])], "x"))
        if others:
            add_to_registry(folder / "registry", DumpSource([str(dumps[1])], "reddit"))
        return Detector(folder / "registry", folder)

    return build
