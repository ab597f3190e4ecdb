"""Rulings on tables of findings; each distinct ruling is computed once."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.rulings import UNDATED, Judge, Judgement
from provenance.model.content.fingerprints import Int64s

Column: TypeAlias = pa.Array | pa.ChunkedArray


@dataclass(frozen=True, slots=True)
class Judgements:
    """Rulings on many findings.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        For each finding, the index in `distinct`.
    distinct : tuple of Judgement
        In order of source, licence and date.
    """

    codes: Int64s
    distinct: tuple[Judgement, ...]


def rule_all(judge: Judge, subjects: Column, dates: Column, licences: Column) -> Judgements:
    """Return the rulings on many findings.

    Parameters
    ----------
    judge : Judge
        Makes the rulings.
    subjects, licences : Arrow arrays of str
        Source and declared licence of each finding.
    dates : Arrow array of dates or timestamps
        Dates of publication; null is unknown.
    """
    subject_codes, names = _encode(subjects)
    licence_codes, declared = _encode(licences)
    days = pc.cast(_combine(dates), pa.date32()).cast(pa.int32())
    is_dated = days.is_valid().to_numpy(zero_copy_only=False)
    ordinals = days.fill_null(0).to_numpy(zero_copy_only=False)
    codes = np.zeros(len(subject_codes), np.int64)
    distinct: list[Judgement] = []
    pairs = subject_codes * len(declared) + licence_codes
    order = np.argsort(pairs, kind="stable")
    first = np.flatnonzero(np.diff(pairs[order], prepend=-1))
    for rows in np.split(order, first[1:]) if len(order) else []:
        pair = pairs[rows[0]].item()
        subject, licence = names[pair // len(declared)], declared[pair % len(declared)]
        turns = np.array(judge.turning_days(subject, licence), "datetime64[D]").astype(np.int64)
        stretch_numbers = np.searchsorted(turns, ordinals[rows], side="right")
        stretches = np.where(is_dated[rows], stretch_numbers, UNDATED)
        distinct_stretches = np.flatnonzero(np.bincount(stretches - UNDATED)) + UNDATED
        codes[rows] = len(distinct) + np.searchsorted(distinct_stretches, stretches)
        distinct += [judge.rule_stretch(subject, licence, s) for s in distinct_stretches.tolist()]
    return Judgements(codes, tuple(distinct))


def _combine(column: Column) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _encode(column: Column) -> tuple[Int64s, list[str | None]]:
    encoded = _combine(column).dictionary_encode()
    values = encoded.dictionary.to_pylist()
    # One more code represents null.
    codes = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), [*values, None]
