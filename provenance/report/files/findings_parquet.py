"""findings.parquet: every finding, one row an exclusive span."""

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.model import FINDINGS, rows_at

NAME = "findings.parquet"

WORDS = ("excerpt", "excerpt_start", "item_excerpt", "marks", "item_marks")
"""Columns that hold words of others, or lead to them."""

_ORDER = ("file", "row", "field", "start", "end", "source", "item", "evidence")


def in_order(findings: pa.Table) -> pa.Table:
    """Sort findings as the file has them, so that equal checks give equal bytes.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.

    Returns
    -------
    pyarrow.Table
        By file, row, field and start; what ties there, by the rest of its identity.
    """
    if _is_in_order(findings):  # as readers give them, but for what was added to a part
        return findings.combine_chunks()
    order = pc.sort_indices(findings, [(column, "ascending") for column in _ORDER])
    return rows_at(findings, order)


def _is_in_order(findings: pa.Table) -> bool:
    """Whether no finding belongs before the one in front of it; no, where nulls would decide."""
    tied = np.ones(max(len(findings) - 1, 0), bool)
    for name in _ORDER:
        before, own = findings[name].slice(0, len(tied)), findings[name].slice(1)
        is_later, is_equal = (
            pc.fill_null(asked(before, own), fill_value=False).to_numpy()
            for asked in (pc.less, pc.equal)
        )
        if (tied & ~is_later & ~is_equal).any():
            return False
        tied &= is_equal
        if not tied.any():
            break
    return True


def write_findings(findings: pa.Table, path: Path) -> None:
    """Write the findings, sorted and compressed.

    Parameters
    ----------
    findings : pyarrow.Table
        Of schema `FINDINGS`.
    path : Path
        The file to make.
    """
    with pa.OSFile(os.fsencode(path), "wb") as sink:
        pq.write_table(in_order(findings), sink, compression="zstd")


def read_findings(source: BinaryIO | Path) -> pa.Table:
    """Read the findings back.

    Parameters
    ----------
    source : binary stream or Path
        As `write_findings` made it.

    Returns
    -------
    pyarrow.Table
        Of schema `FINDINGS`; a column that an older version did not know is null.

    Raises
    ------
    OSError or pyarrow.ArrowException
        If the file is absent, damaged, or of another schema.
    """
    # A name of its own for one file: a folder's name such as "source=x" must not become a column.
    findings = pq.ParquetFile(source).read()
    for field in FINDINGS:
        if field.nullable and field.name not in findings.column_names:
            findings = findings.append_column(field, pa.nulls(findings.num_rows, field.type))
    return findings.select(FINDINGS.names).cast(FINDINGS)
