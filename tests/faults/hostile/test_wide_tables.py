"""Tables of thousands of columns take time in proportion to their columns."""

import csv
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.read.corpus.corpora import open_corpus

ROWS = 40
FEW, MANY = 150, 600
Columns = dict[str, list[str]]


def _columns(count: int) -> Columns:
    dice = random.Random(count)
    words = ["".join(dice.choices("abcdefghij", k=6)) for _ in range(5000)]
    return {
        f"column_{n}": [" ".join(dice.choices(words, k=8)) for _ in range(ROWS)]
        for n in range(count)
    }


def _lines(columns: Columns, path: Path) -> None:
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _cells(columns: Columns, path: Path) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([list(columns), *zip(*columns.values(), strict=True)])


def _arrow(columns: Columns, path: Path) -> None:
    table = pa.table(columns)
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


WRITERS: dict[str, Callable[[Columns, Path], None]] = {
    "parquet": lambda columns, path: pq.write_table(pa.table(columns), path),
    "arrow": _arrow,
    "jsonl": _lines,
    "csv": _cells,
}


def _seconds(path: Path, columns: int) -> float:
    """Read a table to its end; the best of four times."""
    times = []
    for _ in range(4):
        begun = time.process_time()
        parts = open_corpus([str(path)]).parts
        texts = sum(len(one.batch) for part in parts for one in part.batches())
        times.append(time.process_time() - begun)
        assert texts == ROWS * columns
    return min(times)


@pytest.mark.parametrize("form", WRITERS)
def test_four_times_the_columns_take_about_four_times_as_long(form, tmp_path):
    few, many = tmp_path / f"few.{form}", tmp_path / f"many.{form}"
    for path, count in ((few, FEW), (many, MANY)):
        WRITERS[form](_columns(count), path)
    assert _seconds(many, MANY) < 9 * _seconds(few, FEW)  # 16 times, were it their square
