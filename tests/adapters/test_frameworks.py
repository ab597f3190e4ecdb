"""The frameworks themselves call their adapters; skipped where one is not installed."""

import importlib.util
import json
import os
import pickle
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HELD = [f"p{number}" for number in range(0, 40, 4)]

DATATROVE = """
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from provenance.adapters.datatrove import MatchAnnotator, MatchFilter

def main():
    matcher = pickle.load(open("matcher", "rb"))
    steps = [
        ParquetReader("rows"),
        MatchAnnotator(matcher, batch_size=7),
        MatchFilter(matcher, min_share=0.9, exclusion_writer=ParquetWriter("whole")),
        MatchFilter(matcher, batch_size=1, exclusion_writer=ParquetWriter("quoting")),
        MatchFilter(matcher, verdicts=["permitted"], exclusion_writer=ParquetWriter("never")),
        ParquetWriter("kept"),
    ]
    LocalPipelineExecutor(steps, tasks=2, workers=2, logging_dir="logs").run()
    found = {}
    for name in ("whole", "quoting", "kept"):
        tables = [pq.read_table(path) for path in glob.glob(f"{name}/*.parquet")]
        found[name] = sorted((row for table in tables for row in table.to_pylist()),
                             key=lambda row: int(row["id"]))
    assert not glob.glob("never/*")
    metadata = found["quoting"][0]["metadata"]["provenance_matches"]
    print(json.dumps({"ids": {name: [row["id"] for row in rows] for name, rows in found.items()},
                      "match": metadata[0]}))
"""

RAY = """
import ray
from provenance.adapters.ray import AnnotateBatches

def main():
    ray.init(num_cpus=3, include_dashboard=False, logging_level="ERROR")
    matcher = pickle.load(open("matcher", "rb"))
    rows = ray.data.read_parquet("rows").map_batches(
        AnnotateBatches, fn_constructor_args=[matcher], batch_format="pyarrow", batch_size=7,
        compute=ray.data.ActorPoolStrategy(size=1),
    )
    found = rows.filter(lambda row: row["provenance_verdict"] == "forbidden").take_all()
    found.sort(key=lambda row: int(row["id"]))
    print(json.dumps([match["item"] for row in found for match in row["provenance_matches"]]))
"""

SPARK = """
from pyspark.sql import SparkSession
from provenance.adapters.spark import annotate_batches, output_schema

def main():
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 7).getOrCreate()
    matcher = pickle.load(open("matcher", "rb"))
    rows = session.read.parquet("rows")
    rows = rows.mapInArrow(annotate_batches(matcher), output_schema(rows.schema))
    found = rows.filter("provenance_verdict = 'forbidden'").collect()
    found.sort(key=lambda row: int(row.id))
    print(json.dumps([match.item for row in found for match in row.provenance_matches]))
"""

SCRIPT = """
import glob, json, pickle
import pyarrow.parquet as pq
{body}
if __name__ == "__main__":
    main()
"""


@pytest.fixture
def run(tmp_path, matcher, rows):
    """Run a script in a folder with rows and a pickled matcher; give what its last line says."""

    def run(framework, body):
        if importlib.util.find_spec(framework) is None:
            pytest.skip(f"{framework} is not installed: pip install {framework}")
        (tmp_path / "rows").mkdir()
        ids = [str(number) for number in range(len(rows))]
        pq.write_table(pa.table({"id": ids, "text": rows}), tmp_path / "rows" / "0.parquet")
        (tmp_path / "matcher").write_bytes(pickle.dumps(matcher))
        (tmp_path / "script.py").write_text(SCRIPT.format(body=body))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "script.py"],
            cwd=tmp_path,
            env={**os.environ, "PYSPARK_PYTHON": sys.executable},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_datatrove_annotates_and_filters(run):
    found = run("datatrove", DATATROVE)
    every_fourth = [str(number) for number in range(0, 40, 4)]
    assert found["ids"]["whole"] == ["8"]
    assert found["ids"]["quoting"] == [name for name in every_fourth if name != "8"]
    assert found["ids"]["kept"] == [str(n) for n in range(40) if n % 4]
    assert found["match"]["item"] == "p0"
    assert found["match"]["verdict"] == "forbidden"
    assert found["match"]["created_at"] == "2023-04-05T06:07:08+00:00"


def test_ray_annotates_batches(run):
    assert run("ray", RAY) == HELD


@pytest.mark.long
def test_spark_annotates_batches(run):
    assert run("pyspark", SPARK) == HELD
