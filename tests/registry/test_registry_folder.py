"""One process writes at a time, and one rename makes the change."""

import errno
import fcntl
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from provenance.errors import RegistryError, RegistryExists
from provenance.model.content.chance import ChanceModel
from provenance.registry import registry_folder
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.chance_model import replace_chance_model
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.verification import verify_files


def test_two_cannot_build_in_one_place(items, posts, tmp_path):
    with registry_folder.staged_registry(tmp_path / "r"):
        with pytest.raises(RegistryError, match="another process is writing") as caught:
            create_registry(tmp_path / "r", [items(posts(3))])
        assert "wait" in caught.value.remedy
    assert create_registry(tmp_path / "r", [items(posts(3))]).items == 3


def test_who_adds_waits_for_who_changes_the_registry(items, posts, tmp_path):
    built = create_registry(tmp_path / "r", [items(posts(3))])
    with ThreadPoolExecutor() as pool:
        with registry_folder.staged_change(tmp_path / "r"):
            adding = [
                pool.submit(extend_registry, tmp_path / "r", [items(posts(3, seed=seed))])
                for seed in (1, 2)
            ]
            with pytest.raises(TimeoutError):
                adding[0].result(timeout=0.3)
            assert verify_files(tmp_path / "r") == built
        assert sorted(done.result().items for done in adding) == [6, 9]
    assert verify_files(tmp_path / "r").items == 9


def test_a_lock_file_without_its_owner_locks_nothing(items, posts, tmp_path):
    (tmp_path / ".r.lock").touch()
    create_registry(tmp_path / "r", [items(posts(3))])
    (tmp_path / "r" / ".lock").touch()
    extend_registry(tmp_path / "r", [items(posts(3, seed=1))])
    assert [p.name for p in tmp_path.iterdir()] == ["r"]


def test_a_place_that_is_taken_meanwhile_is_left_alone(items, posts, tmp_path):
    def slow():
        yield items(posts(3))
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / "mine").touch()

    with pytest.raises(RegistryExists):
        create_registry(tmp_path / "r", slow())
    assert [p.name for p in tmp_path.rglob("*")] == ["r", "mine"]


def test_what_a_killed_run_left_is_cleaned(items, posts, tmp_path):
    (tmp_path / ".r.building" / "parts").mkdir(parents=True)
    built = create_registry(tmp_path / "r", [items(posts(3))])
    assert [p.name for p in tmp_path.iterdir()] == ["r"]
    for name in (".building", "segment-0000000000000000"):
        (tmp_path / "r" / name / "deep").mkdir(parents=True)
    (tmp_path / "r" / "statuses-0000000000000000.parquet").touch()
    assert extend_registry(tmp_path / "r", [items(posts(3))]) == built
    assert sorted(p.name for p in (tmp_path / "r").iterdir()) == [
        "registry.json",
        built.segments[0].folder,
    ]


def test_a_registry_holds_what_its_manifest_names_and_nothing_else(segmented, items, posts):
    has_statuses = []
    for work in (
        lambda: extend_registry(segmented, [items(posts(40, seed=1))]),
        lambda: extend_registry(
            segmented,
            [items(row | {"text": "edited"} for row in posts(5, seed=1))],
            limits=BuildLimits(merged_tokens=0),
        ),
        lambda: compact_registry(segmented),
    ):
        manifest = work()
        named = {segment.folder for segment in manifest.segments} | {"registry.json"}
        has_statuses.append(manifest.statuses is not None)
        named |= {table.name for table in (manifest.statuses, manifest.additions) if table}
        assert {path.name for path in segmented.iterdir()} == named
    assert has_statuses == [False, True, False]


def test_a_file_system_without_locks_is_not_taken_for_another_process(
    items, posts, tmp_path, monkeypatch
):
    def no_locks(descriptor, operation):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(RegistryError, match="No locks available"):
        create_registry(tmp_path / "r", [items(posts(3))])


def test_all_that_a_registry_consists_of_is_brought_to_the_disk(
    items, posts, tmp_path, monkeypatch
):
    synced, real = set(), os.fsync

    def noted(descriptor):
        synced.add(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    for work in (
        lambda folder: create_registry(folder, [items(posts(3))]),
        lambda folder: extend_registry(folder, [items(posts(3, seed=1))]),
        lambda folder: extend_registry(
            folder,
            [items(row | {"text": "edited"} for row in posts(1, seed=1))],
            limits=BuildLimits(merged_tokens=0),
        ),
        compact_registry,
        lambda folder: replace_chance_model(folder, ChanceModel(0.5, 1e-9, 7)),
    ):
        work(tmp_path / "r")
        everything = (tmp_path / "r", *(tmp_path / "r").rglob("*"))
        assert {path.stat().st_ino for path in everything} <= synced


@pytest.mark.parametrize("name", ["r", "deep/er/r"])
def test_a_folder_that_cannot_be_made_is_an_error_of_ours(items, posts, tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(RegistryError, match="cannot be written"):
        create_registry(tmp_path / "file" / name, [items(posts(3))])
