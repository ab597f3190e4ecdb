"""What a disk may hold after the power failed, worked out from what was synced until then.

Two disks are modelled. One keeps names in order (a journal) but loses the bytes of every file that
was not synced. The other keeps nothing at all that was not synced: neither bytes, nor names, each
of which is synced by its folder.
"""

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any

from tests.faults.interruptions.killed_writers import is_step

DISKS = ("journal", "strict")


class Disk:
    """Remembers what of a folder is on the disk.

    Parameters
    ----------
    root : Path
        All that is in it at first is there to stay.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._bytes: dict[int, bytes] = {}
        self._names: dict[int, dict[str, int]] = {}
        self._modes: dict[int, int] = {}
        for path in (root, *root.rglob("*")):
            descriptor = os.open(path, os.O_RDONLY)
            self.note(descriptor)
            os.close(descriptor)

    def note(self, descriptor: int) -> None:
        """Note that something was synced; it is kept open, so that no other gets its number."""
        kept = os.dup(descriptor)
        facts = os.fstat(kept)
        if stat.S_ISDIR(facts.st_mode):
            with os.scandir(kept) as entries:
                found = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
            self._names[facts.st_ino] = {name: one.st_ino for name, one in found.items()}
            self._modes.update({one.st_ino: one.st_mode for one in found.values()})
        else:
            self._bytes[facts.st_ino] = os.pread(kept, facts.st_size, 0)

    def dump(self, disk: str, target: Path) -> None:
        """Write down what would be found if the power failed now."""
        target.mkdir(parents=True)
        if disk == "strict":
            self._dump_synced(self.root.stat().st_ino, target)
            return
        for folder, _, names in os.walk(self.root):
            there = target / Path(folder).relative_to(self.root)
            there.mkdir(exist_ok=True)
            for name in names:
                with suppress(FileNotFoundError):  # threads may be removing it
                    number = Path(folder, name).stat().st_ino
                    (there / name).write_bytes(self._bytes.get(number, b""))

    def _dump_synced(self, folder: int, target: Path) -> None:
        for name, number in self._names.get(folder, {}).items():
            if stat.S_ISDIR(self._modes[number]):
                (target / name).mkdir()
                self._dump_synced(number, target / name)
            else:
                (target / name).write_bytes(self._bytes.get(number, b""))


def lose_power(root: Path, dumps: Path, write: Callable[[], None]) -> None:
    """Run a writer, and dump before each of its steps, and at the end, what would be left.

    Parameters
    ----------
    root : Path
        Where it writes.
    dumps : Path
        Gets a folder of each of `DISKS`, and in these one a step, by number.
    write : callable
        The writer.
    """
    disk, guard, steps, synced, is_on = Disk(root), RLock(), [0], os.fsync, [True]

    def dump() -> None:
        with guard:
            is_on[0] = False
            for kind in DISKS:
                disk.dump(kind, dumps / kind / f"{steps[0]:04}")
            steps[0] += 1
            is_on[0] = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if is_step(event, arguments):
            with guard:
                if is_on[0]:
                    dump()

    def fsync(descriptor: int) -> None:
        with guard:
            dump()
            synced(descriptor)
            disk.note(descriptor)

    sys.addaudithook(hook)
    os.fsync = fsync
    write()
    dump()
    is_on[0] = False
