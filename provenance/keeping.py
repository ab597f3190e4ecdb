"""What takes long to make is kept as Python keeps compiled modules: beside its source, if it may.

Who could write something else there could as well write other modules of ours.
"""

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import get_ident

_MARK = hashlib.sha256().digest_size
"""Bytes before what was made, by which it is known."""


def keep(path: Path, made_of: bytes, made: bytes) -> None:
    """Keep what was made of something, unless Python was told to keep nothing of the kind.

    Parameters
    ----------
    path : Path
        Where; its folder is made where it is absent. Where nothing may be written, nothing is kept.
    made_of : bytes
        All that tells what is made.
    made : bytes
        What was made.
    """
    if sys.dont_write_bytecode:
        return
    # Beside its place, so that it moves in by one rename.
    place = path.with_suffix(f".{os.getpid()}-{get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            file.write(_mark(made_of, made) + made)
        place.replace(path)
    except OSError:
        with suppress(OSError):
            place.unlink()


def kept(path: Path, made_of: bytes) -> bytes | None:
    """Give what was made of something, as it was; None where nothing else than that is kept."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    made = content[_MARK:]
    return made if content[:_MARK] == _mark(made_of, made) else None


def _mark(made_of: bytes, made: bytes) -> bytes:
    return hashlib.sha256(len(made_of).to_bytes(8, "little") + made_of + made).digest()
