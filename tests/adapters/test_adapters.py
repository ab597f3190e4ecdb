"""What frameworks call, called as they call it."""

import pickle
import subprocess
import sys
from types import SimpleNamespace

import datasets
import pyarrow as pa
import pytest

import provenance
from provenance.adapters.datasets import AnnotateRows
from provenance.adapters.ray import AnnotateBatches
from provenance.adapters.spark import annotate_batches, output_schema
from provenance.errors import ColumnMissing
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry

HELD = [f"p{number}" for number in range(0, 40, 4)]
MATCHES, VERDICT, WORDLESS = "provenance_matches", "provenance_verdict", "provenance_wordless"


def items(matches_of_rows):
    return [match["item"] for matches in matches_of_rows for match in matches]


def test_importing_them_imports_no_framework():
    names = ("datasets", "datatrove", "ray", "spark")
    code = (
        "import sys\n"
        + "".join(f"import provenance.adapters.{name}\n" for name in names)
        + "print(sorted({'datasets', 'datatrove', 'ray', 'pyspark'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ray_gets_its_batches_back_with_its_columns(matcher, rows):
    annotate = pickle.loads(pickle.dumps(AnnotateBatches(matcher, "body")))
    batch = pa.table({"body": pa.array(rows, pa.large_string()), "n": range(40)})
    annotated = annotate(batch)
    assert annotated.column_names == ["body", "n", MATCHES, VERDICT, WORDLESS]
    assert items(annotated[MATCHES].to_pylist()) == HELD
    assert annotated.filter(pa.compute.is_valid(annotated[VERDICT]))["n"].to_pylist() == [
        *range(0, 40, 4)
    ]
    assert annotate(batch.slice(0, 0)).schema.equals(annotated.schema)
    with pytest.raises(ColumnMissing, match="'body'"):
        annotate(batch.rename_columns(["text", "n"]))
    with pytest.raises(TypeError, match="Arrow format"):
        annotate({"body": rows})


def test_spark_gets_batches_of_the_schema_that_it_is_told(matcher, rows):
    kinds = {"id": "bigint", "odd`name": "array<string>", "text": "string"}
    fields = [
        SimpleNamespace(name=name, dataType=SimpleNamespace(simpleString=lambda kind=kind: kind))
        for name, kind in kinds.items()
    ]
    told = output_schema(SimpleNamespace(fields=fields))
    assert told.startswith("`id` bigint, `odd``name` array<string>, `text` string, ")
    assert "`start`:bigint,`end`:bigint,`source`:string" in told
    assert told.endswith(
        "`origin`:string>>, `provenance_verdict` string, `provenance_wordless` string"
    )

    batch = pa.record_batch({"id": range(40), "odd`name": [["a"]] * 40, "text": rows})
    empty = batch.slice(0, 0)
    annotate = annotate_batches(matcher)
    assert list(annotate(iter([]))) == []
    found = list(annotate(iter([batch.slice(0, 9), empty, batch.slice(9)])))
    assert all(isinstance(each, pa.RecordBatch) for each in found)
    table = pa.Table.from_batches(found)
    assert table.select(batch.schema.names).equals(pa.Table.from_batches([batch]))
    assert items(table[MATCHES].to_pylist()) == HELD
    # Spark has times in microseconds only.
    times = table.schema.field(MATCHES).type.value_type.field("created_at").type
    assert times == pa.timestamp("us", "UTC")
    assert table[MATCHES][0][0]["created_at"].as_py().isoformat() == "2023-04-05T06:07:08+00:00"


def test_spark_gets_the_error_that_names_the_column(matcher, rows):
    batch = pa.record_batch({"text": [*rows, None]})
    with pytest.raises(ColumnMissing, match="no column called 'body'"):
        list(annotate_batches(matcher, "body")(iter([batch])))
    [annotated] = annotate_batches(matcher)(iter([batch]))
    assert annotated[VERDICT].to_pylist()[-1] is None


@pytest.fixture
def cached(tmp_path, monkeypatch):
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "datasets")


def test_a_dataset_gets_its_columns(matcher, rows, cached):
    dataset = datasets.Dataset.from_dict({"text": [*rows, None], "n": [*range(41)]})
    annotated = dataset.with_format("arrow").map(AnnotateRows(matcher), batched=True, batch_size=7)
    annotated = annotated.with_format(None)
    assert annotated.column_names == ["text", "n", MATCHES, VERDICT, WORDLESS]
    assert annotated["text"][:] == dataset["text"][:]
    assert items(annotated[MATCHES][:]) == HELD
    kept = annotated.filter(lambda verdict: verdict != "forbidden", input_columns=VERDICT)
    assert kept["n"][:] == [number for number in range(41) if number % 4 or number == 40]


def test_rows_that_are_no_arrow_table_are_refused_with_the_way_out(matcher, rows, cached):
    dataset = datasets.Dataset.from_dict({"text": rows})
    with pytest.raises(TypeError, match="Arrow format"):
        dataset.map(AnnotateRows(matcher), batched=True)


def test_what_datasets_cached_is_not_taken_for_a_changed_registry(tmp_path, posts, cached):
    def dump(name, texts):
        pa.parquet.write_table(pa.table({"id": texts, "text": texts}), tmp_path / name)
        return DumpSource([str(tmp_path / name)], "x")

    build_registry(tmp_path / "reg", dump("a.parquet", posts[:5]))
    pa.parquet.write_table(pa.table({"text": posts[:10]}), tmp_path / "rows.parquet")

    def matched():
        rows = datasets.Dataset.from_parquet(str(tmp_path / "rows.parquet")).with_format("arrow")
        annotate = AnnotateRows(provenance.Matcher(tmp_path / "reg"))
        return items(rows.map(annotate, batched=True).with_format(None)[MATCHES][:])

    assert matched() == posts[:5]
    add_to_registry(tmp_path / "reg", dump("b.parquet", posts[5:]))
    assert matched() == posts[:10]
