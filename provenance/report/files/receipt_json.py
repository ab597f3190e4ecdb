"""receipt.json: what was taken out of a corpus, and why; beside it a table of every removal."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model import RECEIPT_SCHEMA, Receipt
from provenance.report.files.json_encoding import plain
from provenance.report.sanitize import json_text

FOLDER = ".provenance"
"""Within the cleaned corpus; what begins with a dot is no data to any reader."""

NAME, REMOVALS_NAME = "receipt.json", "removed.parquet"


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """Lay a receipt out as receipt.json has it: `receipt.schema.json` describes it."""
    told = plain(receipt)
    tool = {"name": "provenance", "version": told.pop("tool")}
    return {"schema": RECEIPT_SCHEMA, "tool": tool, **told, "removals": REMOVALS_NAME}


def write_receipt(receipt: Receipt, removals: pa.Table, folder: Path) -> None:
    """Write a receipt into the folder of a cleaned corpus that is not yet in its place.

    Parameters
    ----------
    receipt : Receipt
        What was done.
    removals : pyarrow.Table
        Of schema `REMOVALS`.
    folder : Path
        Of the cleaned corpus.
    """
    place = folder / FOLDER
    place.mkdir()
    order = [(name, "ascending") for name in ("round", "file", "row", "field", "start")]
    pq.write_table(removals.sort_by(order), place / REMOVALS_NAME, compression="zstd")
    text = json_text(receipt_document(receipt), indent=2)
    (place / NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def receipt_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) that every receipt.json follows."""
    text = files("provenance.report").joinpath("receipt.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
