"""JSON Lines, damaged ones included: a bad line is a fault, and no reason to stop."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from provenance.read import skips
from provenance.read.dumps.batches import Fault

BOM = b"\xef\xbb\xbf"

Object = dict[str, Any]


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a stream of bytes into blocks of whole lines."""
    held: list[bytes] = []
    first = True
    for piece in pieces:
        begun = piece.removeprefix(BOM) if first else piece
        first = False
        end = begun.rfind(b"\n") + 1
        held.append(begun[:end] if end else begun)
        if end:
            yield b"".join(held)
            held = [begun[end:]]
    if any(held):
        yield b"".join(held)


def objects(pieces: Iterable[bytes]) -> Iterator[tuple[int, Object | Fault]]:
    """Read every line that is not blank, with its number among them."""
    row = 0
    for block in blocks(pieces):
        for found in parsed(block, row):
            yield row, found
            row += 1


def parsed(block: bytes, row: int) -> Iterator[Object | Fault]:
    """Read the lines of a block, of which the first that is not blank has number `row`."""
    for line in block.split(b"\n"):
        if line and not line.isspace():
            found = parse(line)
            yield Fault(row, found) if isinstance(found, str) else found
            row += 1


def parse(line: bytes) -> Object | str:
    """Read one line, or say what is wrong with it."""
    try:
        found = json.loads(line.decode())
    except UnicodeDecodeError:
        return skips.NOT_UTF8
    except (ValueError, RecursionError):
        return skips.NOT_JSON
    return found if isinstance(found, dict) else skips.NOT_OBJECT
