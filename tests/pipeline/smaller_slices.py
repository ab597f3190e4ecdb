"""Scans of slices of few texts, and of texts of which too little is kept."""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from provenance.model.content.tables import Documents
from provenance.pipeline.scan import part_scan


def scan_in_slices(monkeypatch: pytest.MonkeyPatch, least_bytes: int) -> None:
    """Have parts scanned in slices that end once they have some bytes of text."""

    def split(documents: Documents) -> Iterator[pa.RecordBatch]:
        batch, first, size = documents.batch, 0, 0
        rows = [*batch.column("row").to_pylist(), None]
        for place, length in enumerate(pc.binary_length(batch.column("text")).to_pylist()):
            size += length
            if rows[place + 1] != rows[place] and (size >= least_bytes or rows[place + 1] is None):
                yield batch.slice(first, place + 1 - first)
                first, size = place + 1, 0

    monkeypatch.setattr(part_scan, "split_batch", split)


def read_texts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every text with findings read a second time: of each, too few words are kept."""
    cut_windows = part_scan.cut_windows

    def cut(*arguments: object) -> part_scan.TextWindows:
        return replace(cut_windows(*arguments), margin=-1)

    monkeypatch.setattr(part_scan, "cut_windows", cut)
