"""Arrays of JSON objects that are too long to be read whole."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator

from provenance.errors import CorruptFile
from provenance.read import skips
from provenance.read.dumps.batches import Fault
from provenance.read.dumps.jsonlines import BOM, Object

_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def entries(pieces: Iterable[bytes], name: str) -> Iterator[tuple[int, Object | Fault]]:
    """Read the entries of the first array in a stream, each with its number.

    Parameters
    ----------
    pieces : iterable of bytes
        What stands before the first "[" is passed over.
    name : str
        The file's, for errors.

    Raises
    ------
    CorruptFile
        If the array is not closed, or is not JSON.
    """
    texts = _decoded(pieces)
    buffer, at, row = _opened(texts, name), 0, 0
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]
        if buffer.startswith("]", at):
            return
        try:
            entry, at = _DECODER.raw_decode(buffer, at)
            # A number may go on in the next piece.
            whole = at < len(buffer)
        except json.JSONDecodeError as error:
            if _is_damage(error, buffer):
                raise _corrupt(name, row, str(error)) from error
            whole = False
        except RecursionError as error:
            raise _corrupt(name, row, "nested too deeply") from error
        if whole:
            yield row, entry if isinstance(entry, dict) else Fault(row, skips.NOT_OBJECT)
            row += 1
            continue
        buffer, at = _longer(buffer[at:] if not whole and at < len(buffer) else "", texts), 0
        if not buffer:
            raise _corrupt(name, row, "the array is not closed")


def _decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    first = True
    for piece in pieces:
        yield decoder.decode(piece.removeprefix(BOM) if first else piece)
        first = False


def _opened(texts: Iterator[str], name: str) -> str:
    for text in texts:
        _, found, rest = text.partition("[")
        if found:
            return rest
    raise _corrupt(name, 0, "there is no array")


def _longer(rest: str, texts: Iterator[str]) -> str:
    """Read on until there is twice as much: an entry longer than many pieces is not tried often."""
    held, size = [rest], 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size > len(rest):
            break
    return "".join(held) if size else ""


def _is_damage(error: json.JSONDecodeError, buffer: str) -> bool:
    """Say whether more text would not help."""
    return error.pos < len(buffer) - 16 and not error.msg.startswith("Unterminated string")


def _corrupt(name: str, row: int, why: str) -> CorruptFile:
    return CorruptFile(
        f"{name}: damaged or cut short after {row:,} entries ({why})",
        remedy="fetch or write the file again.",
    )


def leading(head: bytes, most: int) -> list[Object]:
    """Return the first entries of an array of which only the head is there."""
    found = []
    try:
        for _, entry in entries([head], ""):
            if isinstance(entry, dict):
                found.append(entry)
            if len(found) == most:
                break
    except CorruptFile:
        pass
    return found
