"""A folder of what takes long to make: compiled kernels, parsed rules, compiled templates.

Some of it is run as it lies there. So the folder, and each file in it, must belong to this user or
to root, and nobody else may be able to write it; anything else is not read, but made again. What
was damaged is made again, too: each file begins with a digest of its content.

The folder is `$NUMBA_CACHE_DIR/provenance` where that is set. Else it is the first of these that
can be used: beside Python's compiled modules of this package, in the user's cache folder, and
below `$PROVENANCE_CACHE`.
"""

import hashlib
import logging
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from threading import Event

import platformdirs

DIGEST_SIZE = hashlib.sha256().digest_size
"""Bytes before the content, by which it is verified."""

_FRESH, _OLD = 24 * 3600.0, 30 * 24 * 3600.0
"""Seconds: how exactly we note when a file was used, and when one that nobody used is removed."""

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH

_LOG = logging.getLogger("provenance")
_told = Event()


def keep(name: str, made_of: bytes, made: bytes) -> str | None:
    """Keep what was made of something; whole, or not at all.

    Parameters
    ----------
    name : str
        Of the file.
    made_of : bytes
        All that decides what is made.
    made : bytes
        What was made.

    Returns
    -------
    str or None
        Why it could not be kept anywhere.
    """
    reasons = []
    for folder in _folders():
        reason = _refusal(folder) or _write(folder / name, _mark(made_of, made) + made)
        if reason is None:
            _remove_old(folder)
            return None
        reasons.append(f"{folder}: {reason}")
    return "; ".join(reasons) or _NOWHERE


def kept(name: str, made_of: bytes) -> bytes | None:
    """Return what was made of something, as it was; None where nothing else than that is kept."""
    for folder in _folders():
        content = _read(folder / name) if _is_trusted(folder) else None
        if content is not None:
            made = content[DIGEST_SIZE:]
            if content[:DIGEST_SIZE] == _mark(made_of, made):
                return made
    return None


def is_kept(prefix: str) -> bool:
    """Return whether there is a file whose name begins so, whatever is in it."""
    return any(
        entry.startswith(prefix)
        for folder in _folders()
        if _is_trusted(folder)
        for entry in _entries(folder)
    )


def nowhere() -> str | None:
    """Return why nothing can be kept, or None where something can."""
    reasons = []
    for folder in _folders():
        reason = _refusal(folder)
        if reason is None:
            return None
        reasons.append(f"{folder}: {reason}")
    return "; ".join(reasons) or _NOWHERE


def tell_once(reason: str) -> None:
    """Tell, the first time in a process, that compiled code cannot be kept, and what to do."""
    if not _told.is_set():
        _told.set()
        _LOG.warning(
            "Compiled code cannot be kept, so each run compiles anew (%s). "
            "Try: set NUMBA_CACHE_DIR to a folder that only you can write.",
            reason,
        )


_NOWHERE = "this user has no cache folder"


def _folders() -> Iterator[Path]:
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(named) / "provenance"
        return
    if not sys.dont_write_bytecode and (beside := _beside()) is not None:
        yield beside
    own = Path(platformdirs.user_cache_dir("provenance"))
    if own.is_absolute():  # else this user has no home
        yield own / "made"
    if named := os.environ.get("PROVENANCE_CACHE"):
        yield Path(named) / "made"


@cache
def _beside() -> Path | None:
    try:
        return Path(cache_from_source(__file__)).parent / "made"
    except RuntimeError:  # Python keeps no compiled modules
        return None


def _is_trusted(folder: Path) -> bool:
    try:
        found = folder.stat()
    except OSError:
        return False
    return _distrust(found) is None


def _distrust(found: os.stat_result) -> str | None:
    """Return why a file or folder may have been written by somebody else."""
    if found.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user"
    if found.st_mode & _OTHERS_MAY_WRITE:
        return "others can write it"
    return None


def _refusal(folder: Path) -> str | None:
    """Return why nothing can be kept in a folder, which is made where it is absent."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.stat()
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(found.st_mode):
        return "it is no folder"
    if (reason := _distrust(found)) is not None:
        return reason
    return None if os.access(folder, os.W_OK | os.X_OK) else "it cannot be written"


def _write(path: Path, content: bytes) -> str | None:
    """Write a file in the place of what may be there; return why that failed.

    What is cut short by a crash is no more than damaged: nothing is written aside and renamed,
    which would leave files that nobody asks for.
    """
    try:
        path.unlink(missing_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None  # another process is just writing the same
    except OSError as error:
        return error.strerror or str(error)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        return error.strerror or str(error)
    return None


def _read(path: Path) -> bytes | None:
    """Read a file that nobody else can have written; None where there is no such file."""
    try:
        # A pipe of that name must not make us wait.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    found = os.fstat(number)
    if not stat.S_ISREG(found.st_mode) or _distrust(found) is not None:
        os.close(number)
        return None
    with os.fdopen(number, "rb") as file:
        if time.time() - found.st_mtime > _FRESH:
            with suppress(OSError):  # root's, perhaps
                os.utime(number)
        try:
            return file.read()
        except OSError:
            return None


@cache
def _remove_old(folder: Path) -> None:
    """Remove what nobody used for long; once a process."""
    until = time.time() - _OLD
    for name in _entries(folder):
        with suppress(OSError):
            if (folder / name).stat().st_mtime < until:
                (folder / name).unlink()


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _mark(made_of: bytes, made: bytes) -> bytes:
    return hashlib.sha256(len(made_of).to_bytes(8, "little") + made_of + made).digest()
