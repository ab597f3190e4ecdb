"""Texts of each row, in the chosen columns or, where these have none, in others.

The columns of a table are chosen by its first rows. Later rows may differ: a column that repeats
another in the first rows is read wherever it does not, and a row without text in the chosen columns
is searched under other names.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Flags
from provenance.read.columns.column_choice import ColumnChoice, split_by_group, without_headings
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.columns.prose_detection import repeats_text
from provenance.read.columns.string_arrays import null_where, to_flags


def find_texts(batch: pa.RecordBatch, columns: ColumnChoice) -> TextLeaves:
    """Return the texts of some rows.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The rows, with the columns in `columns`.
    columns : ColumnChoice
        The chosen columns.

    Returns
    -------
    TextLeaves
        Of each row the texts in `columns.texts`, then those added by `columns.repeated` and
        `columns.fallback`.
    """
    chosen = _leaves_at(batch, columns.texts)
    if not (columns.repeated or columns.fallback):
        return TextLeaves.merged([*chosen.values()])
    read = chosen | _not_repeated(batch, _leaves_at(batch, columns.repeated), chosen)
    silent = np.ones(len(batch), bool)
    for path in without_headings([*read]):
        silent &= ~_rows_with_text(read[path], len(batch))
    spare = _fallback_texts(batch, columns.fallback, silent)
    return TextLeaves.merged([*read.values(), *spare])


def _not_repeated(
    batch: pa.RecordBatch, columns: dict[str, TextLeaves], chosen: dict[str, TextLeaves]
) -> dict[str, TextLeaves]:
    """Return `columns` in the rows where they repeat neither `chosen` nor a column before them."""
    found: dict[str, TextLeaves] = {}
    others = [_join(leaves, batch) for leaves in chosen.values()] if columns else []
    for path, leaves in columns.items():
        texts = _join(leaves, batch)
        new = to_flags(texts.is_valid())
        for other in others:
            new &= ~to_flags(pc.fill_null(pc.equal(texts, other), fill_value=False))
        rows = np.flatnonzero(new)
        beside = [other.take(pa.array(rows)).to_pylist() for other in others]
        for place, text in enumerate(texts.take(pa.array(rows)).to_pylist()):
            new[rows[place]] = not any(repeats_text(text, told[place] or "") for told in beside)
        if new.any():
            found[path] = leaves.of_rows(new)
            others.append(null_where(pa.array(~new), texts))
    return found


def _fallback_texts(batch: pa.RecordBatch, spare: Sequence[str], silent: Flags) -> list[TextLeaves]:
    """Return the texts of `fallback` in silent rows, each row's in the first group that has any."""
    found: list[TextLeaves] = []
    groups, others = split_by_group(spare)
    for group in groups:
        leaves = TextLeaves.merged([*_leaves_at(batch, group).values()])
        here = silent & _rows_with_text(leaves, len(batch))
        found.append(leaves.of_rows(here))
        silent = silent & ~here
    if others and silent.any():
        columns = {p: leaves.of_rows(silent) for p, leaves in _leaves_at(batch, others).items()}
        found += _not_repeated(batch, columns, {}).values()
    return found


def _leaves_at(batch: pa.RecordBatch, paths: Sequence[str]) -> dict[str, TextLeaves]:
    return {path: TextLeaves.of({path: column_at(batch, path)}) for path in paths}


def _join(leaves: TextLeaves, batch: pa.RecordBatch) -> pa.Array:
    return leaves.joined(len(batch), " ")


def _rows_with_text(leaves: TextLeaves, rows: int) -> Flags:
    """Return a mask of the rows with a text that is not blank."""
    found = np.zeros(rows, bool)
    found[leaves.readable().rows] = True
    return found
