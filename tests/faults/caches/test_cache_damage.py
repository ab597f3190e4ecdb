"""Whatever is wrong with the cache, a check comes out as without it."""

import os
import random
import shutil
import stat
import time
from pathlib import Path

import pytest

from provenance.pipeline.caching import result_cache
from tests.faults.caches.conftest import SHARDS, files_of, name_of
from tests.faults.interruptions.killed_writers import long
from tests.pipeline.cached_checks import content
from tests.pipeline.conftest import pages, posts, registry, write_lines  # noqa: F401 (fixtures)


def test_entries_and_their_folders_are_the_user_s_alone(world, fresh) -> None:
    assert len(files_of(world)) == 2 * SHARDS
    for path in world.cache.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert stat.S_IMODE(world.cache.stat().st_mode) == 0o700
    assert [path for path in world.cache.iterdir() if not path.is_dir()] == []


def test_no_flipped_bit_is_believed(tmp_path) -> None:
    kept = result_cache.ResultCache(tmp_path, "")
    name = kept.key("x")
    kept.store(name, [b"some", b"thing"])
    path = tmp_path / name[:2] / name[2:]
    whole = path.read_bytes()
    found = kept.load(name)
    assert found is not None
    assert found.tobytes() == b"something"
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert kept.load(name) is None
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert kept.load(name) is None
    path.write_bytes(whole + b"\0")
    assert kept.load(name) is None


@pytest.mark.parametrize("turns", [6, *long([(300,)])])
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
    monkeypatch.setattr(result_cache, "MAX_CACHE_BYTES", 0)
    assert content(world.checked()) == fresh
    unused = next(path for n in range(256) if not (path := world.cache / f"{n:02x}").exists())
    OTHERS[other](unused) if other != "a folder" else put_folder(unused / "c")
    monkeypatch.setenv("PROVENANCE_CACHE", str(world.cache))
    result_cache.clear_cache()
    assert result_cache.cache_usage().entries == 0


@pytest.mark.parametrize("other", ["a pipe", "a link to nowhere", "an empty file"])
def test_other_things_in_the_place_of_folders_change_no_outcome(world, fresh, other) -> None:
    for folder in {path.parent for path in files_of(world)}:
        shutil.rmtree(folder)
        OTHERS[other](folder)
    for _ in range(2):
        assert content(world.checked()) == fresh
