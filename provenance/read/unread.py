"""What cannot be read, as an entry of a result."""

from provenance.errors import InputError
from provenance.model import Unread
from provenance.read.files import offset_of


def unread_of(
    name: str, error: InputError, row: int | None = None, offset: int | None = None
) -> Unread:
    """Say that a file cannot be read.

    Parameters
    ----------
    name : str
        The file's name, as in `DOCUMENTS`.
    error : InputError
        Why.
    row, offset : int or None
        The first row that was not read, and its byte on disk, as far as they are known.
    """
    # Errors name the path that the user can open, which ends in the file's name.
    _, named, reason = error.message.partition(f"{name.rstrip('/')}: ")
    offset = offset_of(error.__cause__) if offset is None else offset
    return Unread(name, reason if named else error.message, error.remedy, row, offset)
