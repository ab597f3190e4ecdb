"""Identifier of this installation: it stays the same after a restart."""

import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from secrets import token_hex

import platformdirs

from provenance.atomic_output import make_durable_folders, replace_file

FILE_NAME = "ledger-writer"
_ID = re.compile(r"[0-9a-f]{16}")


def installation_id() -> str:
    """Return what identifies this installation, in 16 hex digits.

    It is a random number in the state folder of the user. Where that cannot be written, as in some
    containers, each process has another one; records are chained all the same.
    """
    path = Path(platformdirs.user_state_dir("provenance")) / FILE_NAME
    return _stored_id(path) or _process_id()


def _stored_id(path: Path) -> str | None:
    """Return the number in a file, which is written if there is none; None if it cannot be."""
    if not path.is_absolute():  # a user without a home
        return None
    try:
        if not path.exists():
            make_durable_folders(path.parent)
            with suppress(FileExistsError), replace_file(path, exclusive=True) as stream:
                stream.write(f"{token_hex(8)}\n".encode())
        found = path.read_text("ascii").strip()
    except (OSError, ValueError):
        return None
    return found if _ID.fullmatch(found) else None


@cache
def _process_id() -> str:
    return token_hex(8)
