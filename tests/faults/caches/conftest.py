"""A dataset whose checks have left their results in a cache, and the files of that."""

from pathlib import Path

import pytest

from tests.pipeline.cached_checks import World, content, shard
from tests.pipeline.conftest import pages, posts, registry, write_lines  # noqa: F401 (fixtures)

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
