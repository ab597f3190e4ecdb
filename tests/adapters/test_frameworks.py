"""The frameworks themselves call their adapters; skipped where one is not installed."""

import gzip
import importlib.util
import json
import os
import pickle
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.json import read_json

from provenance import Matcher
from provenance.adapters.datatrove import KEY
from provenance.pipeline.matching.annotations import count_matches
from tests.cli.commandline import provenance
from tests.docs.blocks import blocks

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


def run_script(script, folder):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script],
        cwd=folder,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def skip_without(framework):
    if importlib.util.find_spec(framework) is None:
        pytest.skip(f"{framework} is not installed: pip install {framework}")


@pytest.fixture
def run(tmp_path, matcher, rows):
    """Run a script in a folder with rows and a pickled matcher; give what its last line says."""

    def run(framework, body):
        skip_without(framework)
        (tmp_path / "rows").mkdir()
        ids = [str(number) for number in range(len(rows))]
        pq.write_table(pa.table({"id": ids, "text": rows}), tmp_path / "rows" / "0.parquet")
        (tmp_path / "matcher").write_bytes(pickle.dumps(matcher))
        (tmp_path / "script.py").write_text(SCRIPT.format(body=body))
        return json.loads(run_script("script.py", tmp_path).splitlines()[-1])

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


@pytest.mark.long
def test_ray_annotates_batches(run):
    assert run("ray", RAY) == HELD


@pytest.mark.long
def test_spark_annotates_batches(run):
    assert run("pyspark", SPARK) == HELD


@pytest.mark.parametrize("framework", ["datatrove", "ray", "pyspark"])
@pytest.mark.long
def test_what_the_page_shows_runs(framework, tmp_path, root):
    skip_without(framework)
    name = f"filter_{framework.removeprefix('py')}.py"
    [script] = [
        block.body
        for block in blocks((root / "docs" / "pipelines.md").read_text("utf-8"))
        if block.saved_as == name
    ]
    (tmp_path / name).write_text(script, "utf-8")
    for words in (
        ("sample",),
        ("registry", "build", "registries/x", "--source", "x", "sample/social.jsonl"),
    ):
        assert provenance(*words, cwd=tmp_path).returncode == 0
    run_script(name, tmp_path)
    matches = Matcher(tmp_path / "registries" / "x").annotate(
        read_json(tmp_path / "sample" / "pages.jsonl")
    )
    sizes = [count_matches(each, ["forbidden"]) for each in matches[KEY].to_pylist()]
    limits = (10, 0.01) if framework == "datatrove" else (1, 0)  # as the page has them
    forbidden = sum(
        tokens >= limits[0] and size >= limits[1] * len(text)
        for (tokens, size), text in zip(sizes, matches["text"].to_pylist(), strict=True)
    )
    assert forbidden > 50
    kept = [path for path in (tmp_path / "kept").rglob("*") if path.suffix in FORMATS]
    count = sum(FORMATS[path.suffix](path) for path in kept)
    assert count == len(matches) - forbidden


def count_lines(path):
    with gzip.open(path) as lines:
        return sum(1 for _ in lines)


FORMATS = {".parquet": lambda path: pq.read_metadata(path).num_rows, ".gz": count_lines}
