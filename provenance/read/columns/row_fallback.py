"""Texts of each row, in the chosen columns or, where these have none, in others.

The columns of a table are chosen by its first rows. Later rows may differ: a column that repeats
another in the first rows is read wherever it does not, a row without text in the chosen columns is
searched under other names, and a passage is read whatever its column held before.
"""

from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags
from provenance.read.columns.column_choice import ColumnChoice, split_by_group, without_headings
from provenance.read.columns.column_paths import column_at
from provenance.read.columns.json_structures import structure_leaves
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.columns.prose_detection import is_structure, repeats_text
from provenance.read.columns.string_arrays import is_textual, null_where, to_flags


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
        Of each row the texts in `columns.texts`, then those added by `columns.repeated`,
        `columns.fallback` and `columns.occasional`.
    """
    chosen_leaves = _leaves_at(batch, columns.texts, columns.structures)
    if not (columns.repeated or columns.fallback or columns.occasional):
        return TextLeaves.merge([*chosen_leaves.values()])
    leaves = chosen_leaves | _without_repetitions(
        batch, _leaves_at(batch, columns.repeated, columns.structures), chosen_leaves
    )
    silent = np.ones(len(batch), bool)
    for path in without_headings([*leaves]):
        silent &= ~_rows_with_text(leaves[path], len(batch))
    spare = _fallback_texts(batch, columns, silent)
    found = [*leaves.values(), *spare]
    if passages := _occasional_passages(batch, columns):
        others = leaves | {"": TextLeaves.merge(spare)}
        found += _without_repetitions(batch, passages, others).values()
    return TextLeaves.merge(found)


def _occasional_passages(batch: pa.RecordBatch, columns: ColumnChoice) -> dict[str, TextLeaves]:
    passages = {
        path: leaves.passages()
        for path, leaves in _leaves_at(batch, columns.occasional, columns.structures).items()
    }
    return {path: _unstructured(leaves) for path, leaves in passages.items() if len(leaves.rows)}


def _unstructured(leaves: TextLeaves) -> TextLeaves:
    is_plain = (not is_structure(text) for text in leaves.texts.to_pylist())
    return leaves.filter(np.fromiter(is_plain, bool, len(leaves.rows)))


def _without_repetitions(
    batch: pa.RecordBatch, columns: dict[str, TextLeaves], chosen_leaves: dict[str, TextLeaves]
) -> dict[str, TextLeaves]:
    """Return `columns` where they repeat neither `chosen_leaves` nor a column before them."""
    new_leaves: dict[str, TextLeaves] = {}
    others = [_join(leaves, batch) for leaves in chosen_leaves.values()] if columns else []
    for path, leaves in columns.items():
        texts = _join(leaves, batch)
        new = to_flags(texts.is_valid())
        for other in others:
            new &= ~to_flags(pc.fill_null(pc.equal(texts, other), fill_value=False))
        rows = np.flatnonzero(new)
        other_texts = [other.take(pa.array(rows)).to_pylist() for other in others]
        for place, text in enumerate(texts.take(pa.array(rows)).to_pylist()):
            new[rows[place]] = not any(
                repeats_text(text, other_text[place] or "") for other_text in other_texts
            )
        if new.any():
            new_leaves[path] = leaves.of_rows(new)
            others.append(null_where(pa.array(~new), texts))
    return new_leaves


def _fallback_texts(
    batch: pa.RecordBatch, columns: ColumnChoice, silent: Flags
) -> list[TextLeaves]:
    """Return the texts of `fallback` in silent rows, each row's in the first group that has any."""
    fallback_leaves: list[TextLeaves] = []
    groups, others = split_by_group(columns.fallback)
    for group in groups:
        leaves = TextLeaves.merge([*_leaves_at(batch, group, columns.structures).values()])
        has_text = silent & _rows_with_text(leaves, len(batch))
        fallback_leaves.append(leaves.of_rows(has_text))
        silent = silent & ~has_text
    if others and silent.any():
        found = _leaves_at(batch, others, columns.structures)
        found = {path: leaves.of_rows(silent) for path, leaves in found.items()}
        fallback_leaves += _without_repetitions(batch, found, {}).values()
    return fallback_leaves


def _leaves_at(
    batch: pa.RecordBatch, paths: Sequence[str], structures: Collection[str]
) -> dict[str, TextLeaves]:
    columns = {path: column_at(batch, path) for path in paths}
    return {
        path: structure_leaves(path, column)
        if path in structures and is_textual(column.type)
        else TextLeaves.of({path: column})
        for path, column in columns.items()
    }


def _join(leaves: TextLeaves, batch: pa.RecordBatch) -> pa.Array:
    return leaves.join_rows(len(batch), " ")


def _rows_with_text(leaves: TextLeaves, rows: int) -> Flags:
    """Return a mask of the rows with a text that is not blank."""
    has_text = np.zeros(rows, bool)
    has_text[leaves.readable().rows] = True
    return has_text
