"""Windows of a part in which findings are located: kept ones, or whole texts read again."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from provenance.errors import InputError
from provenance.match.candidates.candidate_table import Candidates
from provenance.model import Int64s, Unread
from provenance.pipeline.locate.whole_texts import WholeTextEvidence
from provenance.pipeline.locate.windows import TextWindows, whole_text_windows
from provenance.pipeline.scan.readings import Reading
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import CHANGED, CHANGED_REMEDY


class ChangedPartError(InputError):
    """A part changed between the first and the second reading.

    Parameters
    ----------
    unread : Unread
        The file and the reason.
    """

    def __init__(self, unread: Unread) -> None:
        super().__init__(f"{unread.file}: {unread.reason}", remedy=unread.remedy)
        self.unread = unread


def part_windows(
    part: Part,
    reading: Reading,
    claimed: Candidates,
    wholes: Mapping[int, WholeTextEvidence],
    margin: int,
) -> Iterator[TextWindows]:
    """Yield windows that contain everything to be located in a part.

    Parameters
    ----------
    part : Part
        The part; read again where the kept windows do not suffice.
    reading : Reading
        Result of scanning it.
    claimed : Candidates
        The passages to locate, sorted by text; texts are numbered from the part's first.
    wholes : mapping of int to WholeTextEvidence
        The evidence about whole texts, by text.
    margin : int
        Tokens needed on both sides of a passage.

    Raises
    ------
    ChangedPartError
        If the part changed since it was scanned, or cannot be read as far as it was.
    """
    whole = np.array(sorted(wholes), np.int64)
    kept = reading.windows
    if kept is not None and _windows_suffice(kept, claimed, whole, margin):
        for one in kept:
            if _is_nonempty(one.text_slice(claimed.texts)) or _is_nonempty(one.text_slice(whole)):
                yield one
        return
    numbers = np.union1d(claimed.texts, whole)
    for own, batch in _reread_texts(part, reading, numbers):
        seen = whole_text_windows(batch, own, margin)
        _check_unchanged(part, seen, claimed)
        yield seen


def _is_nonempty(own: slice) -> bool:
    return bool(own.stop > own.start)


def _windows_suffice(
    kept: Sequence[TextWindows], claimed: Candidates, whole: Int64s, margin: int
) -> bool:
    """Return whether windows contain all of some passages and all of some texts."""
    passages = texts = 0
    for one in kept:
        if one.margin < margin:
            return False
        passages += int((one.find_windows(claimed, one.text_slice(claimed.texts)) >= 0).sum())
        texts += int(np.isin(whole[one.text_slice(whole)], one.numbers[one.whole]).sum())
    return passages == len(claimed) and texts == len(whole)


def _reread_texts(
    part: Part, reading: Reading, numbers: Int64s
) -> Iterator[tuple[Int64s, pa.RecordBatch]]:
    """Yield the texts with the given numbers within the part, batch by batch."""
    first = 0
    for batch in _reread_batches(part, reading):
        low, high = np.searchsorted(numbers, [first, first + len(batch)])
        if high > low:
            chosen = numbers[low:high]
            yield chosen, batch.take(pa.array(chosen - first))
        first += len(batch)
        if high == len(numbers):
            return
    raise _changed_error(part)


def _reread_batches(part: Part, reading: Reading) -> Iterator[pa.RecordBatch]:
    if reading.spool is not None:
        yield from reading.spool.batches()
        return
    for documents in part.batches():
        for one in documents.unread:
            if one not in reading.unread:
                raise ChangedPartError(one)
        yield documents.batch


def _check_unchanged(part: Part, seen: TextWindows, claimed: Candidates) -> None:
    own = seen.text_slice(claimed.texts)
    sizes = np.diff(seen.tokens.offsets)[np.searchsorted(seen.numbers, claimed.texts[own])]
    if (sizes != claimed.sizes[own]).any():
        raise _changed_error(part)


def _changed_error(part: Part) -> ChangedPartError:
    others = f", or one of {len(part.names) - 1:,} files read with it did" if part.names else ""
    return ChangedPartError(Unread(part.file, f"{CHANGED}{others}", CHANGED_REMEDY))
