"""The recipe of a registry: the commands that added its items, and the dumps that they read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DumpRecord:
    """A dump as it was read.

    Parameters
    ----------
    address : str
        Path or address, as given.
    layout : str
        Layouts of its files, separated by commas; empty if none could be read.
    files : int
        Number of files.
    bytes : int
        Their size as stored.
    sha256 : str or None
        Of local files: the SHA-256 of the only one; of several, that of the lines that `sha256sum`
        prints for them, in order of their names. None if a file could not be read again.
    version : str or None
        Of files at an address: what their file system has instead, such as an ETag; of checkouts:
        the commit. Of several, the SHA-256 of lines as above.
    """

    address: str
    layout: str
    files: int
    bytes: int
    sha256: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class BuildStep:
    """A command that changed which items a registry has, or took some out of another one.

    Parameters
    ----------
    command : str
        "build", "add", "subset" or "restore".
    options : tuple of str
        Its options as words of a command line.
    dumps : tuple of DumpRecord
        The dumps, in the order given.
    ended : datetime
        When it ended.
    tool : str
        Version of `provenance`.
    dated_by_id : int
        Number of items that were read whose dates are those of their ids, as no dump states one.
    base : tuple of BuildStep
        Of a subset: the steps of the registry that it was taken from.
    """

    command: str
    options: tuple[str, ...]
    dumps: tuple[DumpRecord, ...]
    ended: datetime
    tool: str
    base: "tuple[BuildStep, ...]" = ()
    dated_by_id: int = 0


def merge_steps(steps: Iterable[BuildStep]) -> tuple[BuildStep, ...]:
    """Return the steps of several registries in order of time, each once."""
    return tuple(sorted(set(steps), key=lambda step: (step.ended, repr(step))))
