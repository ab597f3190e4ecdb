"""Spark: a function for `DataFrame.mapInArrow` that annotates batches, and its output schema."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa

from provenance.pipeline.matching.annotations import ANNOTATIONS
from provenance.pipeline.python_api.matcher import Matcher

_SPARK_TYPES = {
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.string(): "string",
    pa.bool_(): "boolean",
    pa.timestamp("s", "UTC"): "timestamp",
}
_TIMESTAMP = pa.timestamp("us", "UTC")


def annotate_batches(
    matcher: Matcher, column: str = "text"
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return a function that adds the columns of `Matcher.annotate` to batches.

    ``df.mapInArrow(annotate_batches(matcher), output_schema(df.schema))``

    Parameters
    ----------
    matcher : Matcher
        The matcher; every worker opens its registries once.
    column : str
        Name of the column with the text.
    """

    def annotate(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            annotated = matcher.annotate(batch, column)
            schema = pa.schema([*annotated.schema][: len(batch.schema)] + _arrow_fields())
            yield from annotated.cast(schema).combine_chunks().to_batches()

    return annotate


def output_schema(schema: Any) -> str:
    """Return the schema of annotated batches, as `mapInArrow` takes it.

    Parameters
    ----------
    schema : pyspark.sql.types.StructType
        Schema of the data frame.
    """
    columns = [(field.name, field.dataType.simpleString()) for field in schema.fields]
    columns += [(field.name, _spark_type(field.type)) for field in ANNOTATIONS]
    return ", ".join(f"`{name.replace('`', '``')}` {kind}" for name, kind in columns)


def _spark_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"array<{_spark_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{','.join(f'`{part.name}`:{_spark_type(part.type)}' for part in kind)}>"
    return _SPARK_TYPES[kind]


def _arrow_fields() -> list[pa.Field]:
    """Return the annotations with times in microseconds, the only ones that Spark knows."""
    matches, *others = ANNOTATIONS
    fields = [
        part.with_type(_TIMESTAMP) if pa.types.is_timestamp(part.type) else part
        for part in matches.type.value_type
    ]
    return [matches.with_type(pa.list_(pa.struct(fields))), *others]
