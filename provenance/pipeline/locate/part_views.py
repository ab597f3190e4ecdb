"""Windows of a part in which findings are located: kept ones, or whole texts read again."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from provenance.errors import InputError
from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Unread
from provenance.pipeline.locate.whole_texts import WholeTextEvidence
from provenance.pipeline.scan.readings import Reading
from provenance.pipeline.scan.windows import TextWindows, whole_text_windows
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
    candidates: Candidates,
    wholes: Mapping[int, WholeTextEvidence],
    margin: int,
) -> Iterator[TextWindows]:
    """Yield windows that contain everything to be located in a part.

    Parameters
    ----------
    part : Part
        The part; read again where the kept windows do not suffice.
    reading : Reading
        Result of scanning it, or some of its texts.
    candidates : Candidates
        The passages to locate, sorted by text; texts are numbered from the reading's first.
    wholes : mapping of int to WholeTextEvidence
        The evidence about whole texts, by text.
    margin : int
        Tokens needed on both sides of a passage.

    Raises
    ------
    ChangedPartError
        If the part changed since it was scanned, or cannot be read as far as it was.
    """
    whole_texts = np.array(sorted(wholes), np.int64)
    windows = reading.windows
    if windows is not None and _windows_suffice(windows, candidates, whole_texts, margin):
        for window_group in windows:
            if _is_nonempty(window_group.text_slice(candidates.texts)) or _is_nonempty(
                window_group.text_slice(whole_texts)
            ):
                yield window_group
        return
    numbers = np.union1d(candidates.texts, whole_texts)
    for text_numbers, batch in _reread_texts(part, reading, numbers):
        reread_windows = whole_text_windows(batch, text_numbers, margin)
        _check_unchanged(part, reread_windows, candidates)
        yield reread_windows


def _is_nonempty(indices: slice) -> bool:
    return bool(indices.stop > indices.start)


def _windows_suffice(
    windows: Sequence[TextWindows], candidates: Candidates, whole_texts: Int64s, margin: int
) -> bool:
    """Return whether windows contain all of some passages and all of some texts."""
    passages = texts = 0
    for window_group in windows:
        if window_group.margin < margin:
            return False
        passages += int(
            (
                window_group.find_windows(candidates, window_group.text_slice(candidates.texts))
                >= 0
            ).sum()
        )
        texts += int(
            np.isin(
                whole_texts[window_group.text_slice(whole_texts)],
                window_group.numbers[window_group.whole],
            ).sum()
        )
    return passages == len(candidates) and texts == len(whole_texts)


def _reread_texts(
    part: Part, reading: Reading, numbers: Int64s
) -> Iterator[tuple[Int64s, pa.RecordBatch]]:
    """Yield the texts with the given numbers within the reading, batch by batch."""
    first = -reading.texts_before
    for batch in _reread_batches(part, reading):
        low, high = np.searchsorted(numbers, [first, first + len(batch)])
        if high > low:
            text_numbers = numbers[low:high]
            yield text_numbers, batch.take(pa.array(text_numbers - first))
        first += len(batch)
        if high == len(numbers):
            return
    raise _changed_error(part)


def _reread_batches(part: Part, reading: Reading) -> Iterator[pa.RecordBatch]:
    if reading.spool is not None:
        yield from reading.spool.batches()
        return
    for documents in part.batches():
        for unread in documents.unread:
            if unread not in reading.unread:
                raise ChangedPartError(unread)
        yield documents.batch


def _check_unchanged(part: Part, windows: TextWindows, candidates: Candidates) -> None:
    indices = windows.text_slice(candidates.texts)
    sizes = np.diff(windows.tokens.offsets)[
        np.searchsorted(windows.numbers, candidates.texts[indices])
    ]
    if (sizes != candidates.sizes[indices]).any():
        raise _changed_error(part)


def _changed_error(part: Part) -> ChangedPartError:
    others = f", or one of {len(part.names) - 1:,} files read with it did" if part.names else ""
    return ChangedPartError(Unread(part.file, f"{CHANGED}{others}", CHANGED_REMEDY))
