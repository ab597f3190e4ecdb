"""What killed runs left is removed by the next one; what others are writing is not."""

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from provenance import atomic_output
from provenance.atomic_output import (
    PREFIX,
    remove_stale_temporaries,
    replace_file,
    temporary_folder,
)
from provenance.file_locks import host_id
from tests.faults.interruptions.killed_writers import long, writers

_WRITERS = (
    *("publish", "publish_keyed", "push_to", "pull_from"),
    *("save_report", "scan_a_shard", "build", "write_rendering"),
)

OTHER_HOST = "0123456789abcdef"
DAY = 86_400


def leftover(folder: Path, made_by: str, age: float = 0) -> Path:
    """A temporary that nobody writes any more."""
    path = folder / f"{PREFIX}{made_by}-0a1b2c"
    path.mkdir()
    (path / "half").write_text("half")
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_what_a_dead_process_left_on_this_host_goes(tmp_path) -> None:
    with writers("tests.faults.interruptions.killable_writes") as child:
        for step in (4, 9):
            child.run("save_report", str(tmp_path / "out"), "first", step=step)
        assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 1  # the second swept the first's
    remove_stale_temporaries(tmp_path)
    assert list(tmp_path.iterdir()) == []


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.fixture
def places(cleaning, tmp_path, monkeypatch):
    """Where writers find and leave things: what they are called with, by name."""
    _, data = cleaning
    registry = data.parent / "registry"
    (data.parent / "registry.key").write_text("0f" * 32 + "\n")
    os.chmod(data.parent / "registry.key", 0o600)
    root = tmp_path / "root"
    root.mkdir()
    out = str(root / "out")
    return {
        "publish": (root, str(registry), out),
        "publish_keyed": (root, str(registry), out),
        "push_to": (root, str(registry), out),
        "pull_from": (root, str(registry), out),
        "save_report": (root, out, "first"),
        "scan_a_shard": (root, str(data), out, str(registry), "1/2"),
        "build": (root, out, str(data.parent / "posts.jsonl")),
        "write_rendering": (root, out, "first"),
    }


@pytest.mark.parametrize("kills", [3, *long([(9,)])])
@pytest.mark.parametrize("writer", sorted({*_WRITERS}))
def test_the_next_run_removes_what_a_killed_one_left(child, places, writer, kills) -> None:
    root, *given = places[writer]
    steps = child.run(writer, *given)
    whole = _names(root)
    stride = max(1, len(steps) // kills)
    for step in sorted({1, 2, *range(3, len(steps), stride), len(steps) - 1, len(steps)}):
        shutil.rmtree(root)
        root.mkdir()
        child.run(writer, *given, step=step)
        child.run("again", writer, *given)
        assert _names(root) == whole, step


def test_what_a_living_process_writes_stays(tmp_path) -> None:
    with temporary_folder(tmp_path) as folder, replace_file(tmp_path / "file") as stream:
        os.utime(folder, (0, 0))
        remove_stale_temporaries(tmp_path)
        assert len(list(tmp_path.iterdir())) == 2
        stream.write(b"all")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("made_by", "age", "goes"),
    [
        (host_id, 0, True),
        (lambda: host_id()[:8] + OTHER_HOST[8:], 0, True),  # another container on this kernel
        (lambda: OTHER_HOST[:8] + host_id()[8:], 0, True),  # this host before it was started again
        (lambda: OTHER_HOST, DAY - 100, False),
        (lambda: OTHER_HOST, DAY + 100, True),
    ],
)
def test_of_another_host_s_only_what_nobody_touched_for_a_day_goes(
    tmp_path, made_by: Callable[[], str], age, goes
) -> None:
    path = leftover(tmp_path, made_by(), age)
    remove_stale_temporaries(tmp_path)
    assert path.exists() != goes


@pytest.fixture
def as_host(tmp_path, monkeypatch):
    """Name a host as one of the same host name does, with other ids."""

    def name(boot: str | None, machine: str | None) -> str:
        contents = {"/proc/sys/kernel/random/boot_id": boot, "/etc/machine-id": machine}

        def read_bytes(path: Path) -> bytes:
            content = contents[str(path)]
            if content is None:
                raise FileNotFoundError(path)
            return content.encode()

        with monkeypatch.context() as patch:
            patch.setattr(Path, "read_bytes", read_bytes)
            host_id.cache_clear()
            return host_id()

    yield name
    monkeypatch.undo()
    host_id.cache_clear()


@pytest.mark.parametrize(
    ("other", "own", "goes"),
    [
        (("boot a", "machine a"), ("boot b", "machine a"), True),
        (("boot a", "machine a"), ("boot b", "machine b"), False),
        (("boot a", ""), ("boot b", ""), False),
        (("boot a", None), ("boot a", None), True),
        ((None, "machine a"), (None, "machine b"), False),
        ((None, "machine a"), (None, "machine a"), True),
        ((None, None), (None, None), True),
    ],
)
def test_a_host_of_the_same_name_is_another_one_if_its_ids_are(
    tmp_path, as_host, other, own, goes
) -> None:
    path = leftover(tmp_path, as_host(*other))
    as_host(*own)
    remove_stale_temporaries(tmp_path)
    assert path.exists() != goes


@pytest.mark.parametrize(("age", "goes"), [(0, False), (DAY - 100, False), (DAY + 100, True)])
def test_where_nothing_can_be_locked_only_what_nobody_touched_for_a_day_goes(
    tmp_path, monkeypatch, age, goes
) -> None:
    def no_locks(descriptor, operation):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    path = leftover(tmp_path, host_id(), age)
    with temporary_folder(tmp_path) as folder:  # which can be written all the same
        assert folder.is_dir()
        assert path.exists() != goes
    assert not folder.exists()


def test_a_folder_that_is_being_written_is_touched_again_and_again(tmp_path, monkeypatch) -> None:
    class Hasty(Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(timeout and timeout / 180_000)

    monkeypatch.setattr(atomic_output, "Event", Hasty)
    with temporary_folder(tmp_path) as folder:
        os.utime(folder, (0, 0))
        for _ in range(200):
            if folder.stat().st_mtime > 0:
                break
            time.sleep(0.02)
        assert time.time() - folder.stat().st_mtime < 60


def test_pipes_and_links_of_such_names_neither_hang_nor_lead_elsewhere(tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    (tmp_path / f"{PREFIX}{host_id()}-link").symlink_to(elsewhere)
    os.mkfifo(tmp_path / f"{PREFIX}{host_id()}-pipe")
    leftover(tmp_path, host_id())
    remove_stale_temporaries(tmp_path)
    assert (elsewhere / "mine").read_text() == "mine"
    assert [path.name for path in tmp_path.glob(f"{PREFIX}*-0a1b2c")] == []


def test_files_of_other_names_stay_whatever_their_age(tmp_path) -> None:
    for name in (".out-abc", ".provenance", ".provenance-report", ".tmpx"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0))
    remove_stale_temporaries(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
