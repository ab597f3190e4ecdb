"""A corpus that is cleaned by a process which may be killed, and what is then there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.pipeline.building.registries import DumpSource, build_registry
from tests.faults.interruptions.killed_writers import Writers, writers
from tests.pipeline.conftest import Writer


@pytest.fixture(scope="session")
def cleaning(tmp_path_factory) -> Iterator[tuple[Writers, Path]]:
    folder, posts = tmp_path_factory.mktemp("corpus"), Writer(1)
    said = [{"id": f"p{number}", "text": posts.sentence(20)} for number in range(50)]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, said)))
    build_registry(folder / "registry", DumpSource([str(folder / "posts.jsonl")], "x"))
    (folder / "data").mkdir()
    for number in range(3):
        rows = [{"text": f"{posts.page()} {said[number * 7 + row]['text']}"} for row in range(2)]
        rows.append({"text": posts.page()})
        (folder / "data" / f"{number}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with writers("tests.faults.interruptions.killable_writes", str(folder / "registry")) as started:
        yield started, folder / "data"


@pytest.fixture(scope="session")
def child(cleaning: tuple[Writers, Path]) -> Writers:
    """A process whose writers may be killed."""
    return cleaning[0]
