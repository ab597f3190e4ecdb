"""What is seen of a part where something was found: what was kept, or whole texts, read again."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from provenance.errors import InputError
from provenance.match.candidates.candidate_table import Candidates
from provenance.model import Int64s, Unread
from provenance.pipeline.locate.whole_texts import Whole
from provenance.pipeline.locate.windows import Windows, whole_texts
from provenance.pipeline.scan.readings import Reading
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import CHANGED, CHANGED_REMEDY


class Lost(InputError):
    """A part cannot be read a second time as it was the first time.

    Parameters
    ----------
    unread : Unread
        What of it, and why.
    """

    def __init__(self, unread: Unread) -> None:
        super().__init__(f"{unread.file}: {unread.reason}", remedy=unread.remedy)
        self.unread = unread


def views(
    part: Part,
    reading: Reading,
    claimed: Candidates,
    wholes: Mapping[int, Whole],
    margin: int,
) -> Iterator[Windows]:
    """Give windows that show all that is to be located in a part.

    Parameters
    ----------
    part : Part
        It is read again where not all of that was kept.
    reading : Reading
        What it brought.
    claimed : Candidates
        The passages to locate, sorted by text; texts are counted from the part's first.
    wholes : mapping of int to Whole
        The evidence about whole texts, by text.
    margin : int
        Tokens on both sides of a passage that are asked for.

    Raises
    ------
    Lost
        If the part changed since it was read, or cannot be read again as far as it was.
    """
    whole = np.array(sorted(wholes), np.int64)
    kept = reading.windows
    if kept is not None and _show_all(kept, claimed, whole, margin):
        for one in kept:
            if _are_any(one.among(claimed.texts)) or _are_any(one.among(whole)):
                yield one
        return
    numbers = np.union1d(claimed.texts, whole)
    for own, batch in _read_again(part, reading, numbers):
        seen = whole_texts(batch, own, margin)
        _check_unchanged(part, seen, claimed)
        yield seen


def _are_any(own: slice) -> bool:
    return bool(own.stop > own.start)


def _show_all(kept: Sequence[Windows], claimed: Candidates, whole: Int64s, margin: int) -> bool:
    """Whether windows show all of some passages, and all of some texts."""
    passages = texts = 0
    for one in kept:
        if one.margin < margin:
            return False
        passages += int((one.rows_of(claimed, one.among(claimed.texts)) >= 0).sum())
        texts += int(np.isin(whole[one.among(whole)], one.numbers[one.whole]).sum())
    return passages == len(claimed) and texts == len(whole)


def _read_again(
    part: Part, reading: Reading, numbers: Int64s
) -> Iterator[tuple[Int64s, pa.RecordBatch]]:
    """Give texts, batch by batch, with their numbers within the part."""
    first = 0
    for batch in _batches_again(part, reading):
        low, high = np.searchsorted(numbers, [first, first + len(batch)])
        if high > low:
            chosen = numbers[low:high]
            yield chosen, batch.take(pa.array(chosen - first))
        first += len(batch)
        if high == len(numbers):
            return
    raise _changed(part)


def _batches_again(part: Part, reading: Reading) -> Iterator[pa.RecordBatch]:
    if reading.kept is not None:
        yield from reading.kept.batches()
        return
    for documents in part.batches():
        for one in documents.unread:
            if one not in reading.unread:
                raise Lost(one)
        yield documents.batch


def _check_unchanged(part: Part, seen: Windows, claimed: Candidates) -> None:
    own = seen.among(claimed.texts)
    sizes = np.diff(seen.tokens.offsets)[np.searchsorted(seen.numbers, claimed.texts[own])]
    if (sizes != claimed.sizes[own]).any():
        raise _changed(part)


def _changed(part: Part) -> Lost:
    others = f", or one of {len(part.names) - 1:,} files read with it did" if part.names else ""
    return Lost(Unread(part.file, f"{CHANGED}{others}", CHANGED_REMEDY))
