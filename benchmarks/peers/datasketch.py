"""datasketch: MinHash objects of shingles made in Python."""

from importlib.metadata import version
from typing import Any

from datasketch import MinHash

from benchmarks.peers.shingling import word_shingles
from benchmarks.speed.clock import seconds_per_pass
from benchmarks.speed.reading import first_texts, size_of


def signatures(file: str, megabytes: float) -> dict[str, Any]:
    """Compute signatures as in its documentation, with its own hash function."""
    texts = first_texts(file, megabytes)
    rows = texts.to_pylist()

    def work() -> None:
        MinHash.bulk(([one.encode() for one in word_shingles(text)] for text in rows), num_perm=128)

    seconds = seconds_per_pass(work)
    return {
        "seconds": seconds,
        "bytes": size_of(texts),
        "texts": len(rows),
        "version": version("datasketch"),
    }
