"""rensa: signatures in Rust of shingles made in Python."""

from importlib.metadata import version
from typing import Any

from rensa import RMinHash

from benchmarks.peers.shingling import word_shingles
from benchmarks.speed.clock import seconds_per_pass
from benchmarks.speed.reading import first_texts, size_of


def signatures(file: str, megabytes: float) -> dict[str, Any]:
    """Compute signatures with its fastest function: all texts at once, as one matrix."""
    texts = first_texts(file, megabytes)
    rows = texts.to_pylist()

    def work() -> None:
        RMinHash.digest_matrix_from_token_sets([word_shingles(text) for text in rows], 128, 42)

    seconds = seconds_per_pass(work)
    return {
        "seconds": seconds,
        "bytes": size_of(texts),
        "texts": len(rows),
        "version": version("rensa"),
    }
