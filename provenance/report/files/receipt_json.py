"""receipt.json: what was removed from a corpus and why; and removed.parquet with every removal."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model.json_encoding import to_json_value
from provenance.model.records.receipt import RECEIPT_SCHEMA, Receipt
from provenance.report.sanitize import dump_json

FOLDER = ".provenance"
"""Folder in the cleaned corpus; readers ignore names that begin with a dot."""

FILE_NAME, REMOVALS_FILE_NAME = "receipt.json", "removed.parquet"


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as the document of receipt.json, valid against `receipt.schema.json`."""
    document = to_json_value(receipt)
    tool = {"name": "provenance", "version": document.pop("tool")}
    return {"schema": RECEIPT_SCHEMA, "tool": tool, **document, "removals": REMOVALS_FILE_NAME}


def write_receipt(receipt: Receipt, removals: pa.Table, folder: Path) -> None:
    """Write a receipt into the folder of a cleaned corpus, before that is moved into place.

    Parameters
    ----------
    receipt : Receipt
        The receipt.
    removals : pyarrow.Table
        Of schema `REMOVALS`.
    folder : Path
        Folder of the cleaned corpus.
    """
    place = folder / FOLDER
    place.mkdir()
    order = [(name, "ascending") for name in ("round", "file", "row", "field", "start")]
    pq.write_table(removals.sort_by(order), place / REMOVALS_FILE_NAME, compression="zstd")
    text = dump_json(receipt_document(receipt), indent=2)
    (place / FILE_NAME).write_text(text + "\n", encoding="utf-8", newline="\n")
