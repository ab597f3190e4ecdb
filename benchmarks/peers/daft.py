"""daft: native MinHash expression in Rust, which splits at spaces."""

from importlib.metadata import version
from typing import Any

import daft
import pyarrow as pa
from daft.functions import minhash

from benchmarks.speed.clock import seconds_per_pass
from benchmarks.speed.reading import first_texts, size_of


def signatures(file: str, megabytes: float) -> dict[str, Any]:
    """Compute signatures with the fastest of its hash functions."""
    texts = first_texts(file, megabytes)
    frame = daft.from_arrow(pa.table({"text": texts})).collect()
    expression = minhash(
        daft.col("text"), num_hashes=128, ngram_size=5, seed=1, hash_function="xxhash3_64"
    )

    def work() -> None:
        frame.select(expression.alias("signature")).collect()

    work()  # the first query starts its engine
    seconds = seconds_per_pass(work)
    return {
        "seconds": seconds,
        "bytes": size_of(texts),
        "texts": len(texts),
        "version": version("daft"),
    }
