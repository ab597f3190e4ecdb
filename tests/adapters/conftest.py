"""A registry of a few posts, and rows that hold some of them."""

from pathlib import Path

import pytest

import provenance
from provenance.pipeline.building.registries import DumpSource, build_registry
from tests.pipeline.conftest import Writer


@pytest.fixture(scope="session")
def posts() -> list[str]:
    writer = Writer(5)
    return [writer.sentence(14) for _ in range(60)]


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory, posts: list[str]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("adapters")
    names = [f"p{number}" for number in range(len(posts))]
    dates = ["2023-04-05T06:07:08Z"] * len(posts)
    table = pa.table({"id": names, "text": posts, "created_at": dates})
    pq.write_table(table, folder / "posts.parquet")
    build_registry(folder / "reg", DumpSource([str(folder / "posts.parquet")], "x"))
    return folder / "reg"


@pytest.fixture(scope="session")
def matcher(registry: Path) -> provenance.Matcher:
    return provenance.Matcher(registry)


@pytest.fixture(scope="session")
def rows(posts: list[str]) -> list[str]:
    """Texts of which every fourth holds a post, and one is that post."""
    writer = Writer(6)
    texts = [writer.page(3) for _ in range(40)]
    for number in range(0, 40, 4):
        texts[number] = f"{texts[number]} {posts[number]}. {writer.page(1)}"
    texts[8] = posts[8]
    return texts
