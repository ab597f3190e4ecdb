"""findings.parquet: all findings, one row per exclusive span."""

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.model.content.row_selection import take_rows
from provenance.model.content.tables import FINDINGS
from provenance.model.results.baseline import FindingState

FILE_NAME = "findings.parquet"

EXCERPT_COLUMNS = ("excerpt", "excerpt_start", "item_excerpt", "marks", "item_marks")
"""Columns with excerpts, or positions in them."""

_ORDER = ("file", "row", "field", "start", "end", "source", "item", "evidence")


_ROW_GROUP_ROWS = 1 << 17


def sort_findings(findings: pa.Table) -> pa.Table:
    """Sort findings in the order of the file, so that equal checks give equal bytes.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.

    Returns
    -------
    pyarrow.Table
        By file, row, field and start; ties by end, source, item and evidence.
    """
    order = finding_order(findings)
    return findings if order is None else take_rows(findings, order)


def sort_new_first(findings: pa.Table) -> pa.Table:
    """Sort findings as `sort_findings`, those that are new since a baseline before the others."""
    ordered = sort_findings(findings)
    is_new = pc.fill_null(pc.equal(ordered["state"], FindingState.NEW), fill_value=False)
    return pa.concat_tables([ordered.filter(is_new), ordered.filter(pc.invert(is_new))])


def finding_order(findings: pa.Table) -> pa.Array | None:
    """Return the indices that sort findings; None if they are sorted."""
    if _is_in_order(findings):
        return None
    return pc.sort_indices(findings, [(column, "ascending") for column in _ORDER])


def _is_in_order(findings: pa.Table) -> bool:
    """Return whether findings are sorted; False if that depends on nulls."""
    is_tied = np.ones(max(len(findings) - 1, 0), bool)
    for name in _ORDER:
        before, after = findings[name].slice(0, len(is_tied)), findings[name].slice(1)
        is_later, is_equal = (
            pc.fill_null(compare(before, after), fill_value=False).to_numpy()
            for compare in (pc.less, pc.equal)
        )
        if (is_tied & ~is_later & ~is_equal).any():
            return False
        is_tied &= is_equal
        if not is_tied.any():
            break
    return True


def write_findings(findings: pa.Table, path: Path) -> None:
    """Write findings, sorted and compressed.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    path : Path
        The file to write.
    """
    ordered = sort_findings(findings)
    with (
        pa.OSFile(os.fsencode(path), "wb") as sink,
        pq.ParquetWriter(sink, ordered.schema, compression="zstd") as writer,
    ):
        for first in range(0, max(len(ordered), 1), _ROW_GROUP_ROWS):
            # In one chunk, because pages end where chunks do.
            writer.write_table(ordered.slice(first, _ROW_GROUP_ROWS).combine_chunks())


def read_findings(source: BinaryIO | Path) -> pa.Table:
    """Read findings.

    Parameters
    ----------
    source : binary stream or Path
        Written by `write_findings`.

    Returns
    -------
    pyarrow.Table
        Of schema `FINDINGS`; columns that an older version did not write are null.

    Raises
    ------
    OSError or pyarrow.ArrowException
        If the file is missing, damaged, or of another schema.
    """
    # ParquetFile, because read_table would turn a folder name such as "source=x" into a column.
    findings = pq.ParquetFile(source).read()
    for field in FINDINGS:
        if field.nullable and field.name not in findings.column_names:
            findings = findings.append_column(field, pa.nulls(findings.num_rows, field.type))
    return findings.select(FINDINGS.names).cast(FINDINGS)
