"""Texts of a row outside the columns that are read, found row by row.

The columns of a table are chosen by its first rows. Rows further down may differ: a column that
repeats another in the first rows is read wherever it does not, and a row without text in these
columns is searched under other names.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Flags
from provenance.read.columns.column_choice import Columns, bodies, in_groups
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.nested_texts import Leaves
from provenance.read.columns.prose_detection import says_again
from provenance.read.columns.string_arrays import flags_of


def texts_of(batch: pa.RecordBatch, columns: Columns) -> Leaves:
    """Find the texts of some rows.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        The rows, with the columns that `columns` names.
    columns : Columns
        Where the texts are.

    Returns
    -------
    Leaves
        Of each row the texts in `columns.texts`, then those that `columns.repeated` and
        `columns.spare` add.
    """
    chosen = _leaves_at(batch, columns.texts)
    if not (columns.repeated or columns.spare):
        return Leaves.merged([*chosen.values()])
    read = chosen | _not_repeated(batch, _leaves_at(batch, columns.repeated), chosen)
    silent = np.ones(len(batch), bool)
    for path in bodies([*read]):
        silent &= ~_speaking(read[path], len(batch))
    spare = _spare(batch, columns.spare, silent)
    return Leaves.merged([*read.values(), *spare])


def _not_repeated(
    batch: pa.RecordBatch, columns: dict[str, Leaves], chosen: dict[str, Leaves]
) -> dict[str, Leaves]:
    """Keep of columns the rows in which neither `chosen` nor one before says the same."""
    found: dict[str, Leaves] = {}
    others = [_joined(leaves, batch) for leaves in chosen.values()] if columns else []
    for path, leaves in columns.items():
        texts = _joined(leaves, batch)
        new = flags_of(texts.is_valid())
        for other in others:
            new &= ~flags_of(pc.fill_null(pc.equal(texts, other), fill_value=False))
        rows = np.flatnonzero(new)
        beside = [other.take(pa.array(rows)).to_pylist() for other in others]
        for place, text in enumerate(texts.take(pa.array(rows)).to_pylist()):
            new[rows[place]] = not any(says_again(text, told[place] or "") for told in beside)
        if new.any():
            found[path] = leaves.of_rows(new)
            others.append(pc.if_else(pa.array(new), texts, None))
    return found


def _spare(batch: pa.RecordBatch, spare: Sequence[str], silent: Flags) -> list[Leaves]:
    """Find the texts of `spare` in silent rows, each row's in the first group that has any."""
    found: list[Leaves] = []
    groups, others = in_groups(spare)
    for group in groups:
        leaves = Leaves.merged([*_leaves_at(batch, group).values()])
        here = silent & _speaking(leaves, len(batch))
        found.append(leaves.of_rows(here))
        silent = silent & ~here
    if others and silent.any():
        columns = {p: leaves.of_rows(silent) for p, leaves in _leaves_at(batch, others).items()}
        found += _not_repeated(batch, columns, {}).values()
    return found


def _leaves_at(batch: pa.RecordBatch, paths: Sequence[str]) -> dict[str, Leaves]:
    return {path: Leaves.of({path: column_at(batch, path)}) for path in paths}


def _joined(leaves: Leaves, batch: pa.RecordBatch) -> pa.Array:
    return leaves.joined(len(batch), " ")


def _speaking(leaves: Leaves, rows: int) -> Flags:
    """Find the rows in which any text is more than white space."""
    found = np.zeros(rows, bool)
    found[leaves.sound().rows] = True
    return found
