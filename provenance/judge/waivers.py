"""Waivers: findings that somebody answers for, until a day."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fnmatch import translate
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from provenance.model import Waiver, WaiverOutcome

Column: TypeAlias = Sequence[str | None]
WAIVED = {
    "source": "source",
    "documents": "document",
    "item": "item",
    "dataset": "file",
    "rule": "terms",
}
"""The column of the findings that each cover of a waiver is held against."""
_GLOBS = ("documents", "dataset", "rule")
Mask = npt.NDArray[np.bool_]


def waive(
    waivers: Sequence[Waiver], today: date, findings: Mapping[str, Column]
) -> tuple[list[str | None], tuple[WaiverOutcome, ...]]:
    """Say which waiver excuses each finding.

    Parameters
    ----------
    waivers : sequence of Waiver
        The first that covers a finding, and has not expired, excuses it.
    today : date
        A waiver counts until the day before it expires.
    findings : mapping of str to sequences of str or None, all of one length
        The columns of the findings that `WAIVED` names.

    Returns
    -------
    waived : list of str or None
        Id of the waiver that excuses each finding; None where none does.
    outcomes : tuple of WaiverOutcome
        One a waiver, in their order, unused and expired ones too.
    """
    columns = {
        cover: pa.array(findings[name], pa.string()).dictionary_encode()
        for cover, name in WAIVED.items()
    }
    length = len(columns["source"])
    excused_by = np.full(length, -1, np.int64)
    outcomes = []
    for index, waiver in enumerate(waivers):
        covered = _covered(waiver, columns, length)
        expired = waiver.expires <= today
        if not expired:
            covered &= excused_by < 0
            excused_by[covered] = index
        outcomes.append(WaiverOutcome(waiver, expired, int(covered.sum())))
    # The last place, which -1 names, is no waiver.
    ids = [*(waiver.id for waiver in waivers), None]
    return [ids[index] for index in excused_by.tolist()], tuple(outcomes)


def _covered(waiver: Waiver, columns: Mapping[str, pa.DictionaryArray], length: int) -> Mask:
    covered = np.ones(length, np.bool_)
    for cover, column in columns.items():
        text = getattr(waiver, cover)
        if text is not None:
            pattern = translate(text) if cover in _GLOBS else re.escape(text)
            covered &= _holds(column, re.compile(pattern))
    return covered


def _holds(column: pa.DictionaryArray, pattern: re.Pattern[str]) -> Mask:
    # Distinct values are few beside a million findings. One more, False, stands for null.
    hits = [pattern.fullmatch(value) is not None for value in column.dictionary.to_pylist()]
    codes = column.indices.fill_null(len(hits)).to_numpy(zero_copy_only=False)
    covered: Mask = np.array([*hits, False])[codes]
    return covered
