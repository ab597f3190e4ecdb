"""What building is timed on is what it is said to be."""

import io
import json

import pyarrow.parquet as pq
import zstandard

from benchmarks.building import lines, parquet, posts


def test_both_dumps_hold_the_same_posts(tmp_path):
    table = posts(50, 17)
    with zstandard.open(lines(tmp_path / "posts.jsonl.zst", table), "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in io.StringIO(file.read())]
    assert rows == table.to_pylist() == pq.read_table(parquet(tmp_path / "p", table)).to_pylist()
    assert len({row["text"] for row in rows}) == 50
