"""Cache of derived files on disk: compiled kernels, parsed rules, compiled templates.

Some entries are executed. So the folder and each file in it must belong to this user or to root
and must not be writable by others; anything else is ignored. Each file starts with a digest of its
content, so that damaged files are ignored too.

The folder is `$NUMBA_CACHE_DIR/provenance` if that variable is set. Otherwise it is the first
usable one of: `made/` next to this package's compiled Python modules, in the user's cache folder,
and in `$PROVENANCE_CACHE`.
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
"""Bytes of the digest before the content."""

_REFRESH_SECONDS, _MAX_AGE_SECONDS = 24 * 3600.0, 30 * 24 * 3600.0
"""Precision of the time of last use, and the age at which unused files are removed."""

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH

_LOG = logging.getLogger("provenance")
_warned = Event()


def store_entry(name: str, inputs: bytes, content: bytes) -> str | None:
    """Store a derived file in the first usable folder.

    Parameters
    ----------
    name : str
        Name of the file.
    inputs : bytes
        Everything that the content depends on.
    content : bytes
        The content.

    Returns
    -------
    str or None
        Why no folder could store it; None if one did.
    """
    reasons = []
    for folder in _candidate_folders():
        reason = _unusable_reason(folder) or _write(
            folder / name, _entry_header(inputs, content) + content
        )
        if reason is None:
            _remove_unused(folder)
            return None
        reasons.append(f"{folder}: {reason}")
    return "; ".join(reasons) or _UNAVAILABLE


def load_entry(name: str, inputs: bytes) -> bytes | None:
    """Return the content stored under a name for the same inputs; None where there is none."""
    for folder in _candidate_folders():
        content = _read_trusted(folder / name) if _is_trusted(folder) else None
        if content is not None:
            payload = content[DIGEST_SIZE:]
            if content[:DIGEST_SIZE] == _entry_header(inputs, payload):
                return payload
    return None


def remove_entry(name: str) -> None:
    """Remove a derived file from all folders."""
    for folder in _candidate_folders():
        with suppress(OSError):
            (folder / name).unlink()


def has_entry(prefix: str) -> bool:
    """Return whether there is a file with this prefix, valid or not."""
    return any(
        entry.startswith(prefix)
        for folder in _candidate_folders()
        if _is_trusted(folder)
        for entry in _list_entries(folder)
    )


def unavailable_reason() -> str | None:
    """Return why no folder can be used, or None where one can."""
    reasons = []
    for folder in _candidate_folders():
        reason = _unusable_reason(folder)
        if reason is None:
            return None
        reasons.append(f"{folder}: {reason}")
    return "; ".join(reasons) or _UNAVAILABLE


def warn_once(reason: str) -> None:
    """Warn, once per process, that compiled code cannot be cached."""
    if not _warned.is_set():
        _warned.set()
        _LOG.warning(
            "Compiled code cannot be cached, so each run compiles it again (%s). "
            "Try: set NUMBA_CACHE_DIR to a folder that only you can write to.",
            reason,
        )


_UNAVAILABLE = "this user has no cache folder"


def _candidate_folders() -> Iterator[Path]:
    if configured := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(configured) / "provenance"
        return
    if not sys.dont_write_bytecode and (package_folder := _package_folder()) is not None:
        yield package_folder
    user_folder = Path(platformdirs.user_cache_dir("provenance"))
    if user_folder.is_absolute():  # relative if the user has no home
        yield user_folder / "made"
    if configured := os.environ.get("PROVENANCE_CACHE"):
        yield Path(configured) / "made"


@cache
def _package_folder() -> Path | None:
    try:
        return Path(cache_from_source(__file__)).parent / "made"
    except RuntimeError:  # Python has no bytecode cache
        return None


def _is_trusted(folder: Path) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return False
    return _distrust_reason(status) is None


def _distrust_reason(status: os.stat_result) -> str | None:
    """Return why another user may have written a file or folder; None if not."""
    if status.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user"
    if status.st_mode & _WRITABLE_BY_OTHERS:
        return "others can write to it"
    return None


def _unusable_reason(folder: Path) -> str | None:
    """Return why a folder cannot be used, creating it if absent; None if it can."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.stat()
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(status.st_mode):
        return "it is not a folder"
    if (reason := _distrust_reason(status)) is not None:
        return reason
    return None if os.access(folder, os.W_OK | os.X_OK) else "it cannot be written"


def _write(path: Path, content: bytes) -> str | None:
    """Write a file; return why that failed, or None.

    A crash leaves at most a damaged file, which is ignored. Renaming a temporary file would leave
    files behind that are never removed.
    """
    try:
        path.unlink(missing_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None  # another process is writing the same content
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


def _read_trusted(path: Path) -> bytes | None:
    """Read a trusted file; None where there is none."""
    try:
        # Do not block on a pipe of that name.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    status = os.fstat(number)
    if not stat.S_ISREG(status.st_mode) or _distrust_reason(status) is not None:
        os.close(number)
        return None
    with os.fdopen(number, "rb") as file:
        if time.time() - status.st_mtime > _REFRESH_SECONDS:
            with suppress(OSError):  # may belong to root
                os.utime(number)
        try:
            return file.read()
        except OSError:
            return None


@cache
def _remove_unused(folder: Path) -> None:
    """Remove files that were not used for `_MAX_AGE_SECONDS`; once per process."""
    oldest_use = time.time() - _MAX_AGE_SECONDS
    for name in _list_entries(folder):
        with suppress(OSError):
            if (folder / name).stat().st_mtime < oldest_use:
                (folder / name).unlink()


def _list_entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _entry_header(inputs: bytes, content: bytes) -> bytes:
    return hashlib.sha256(len(inputs).to_bytes(8, "little") + inputs + content).digest()
