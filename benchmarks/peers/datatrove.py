"""datatrove: the first step of its MinHash pipeline, words by spaCy, signatures by numpy."""

from importlib.metadata import version
from tempfile import TemporaryDirectory
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature

from benchmarks.speed.clock import seconds_per_pass
from benchmarks.speed.reading import first_texts, size_of


def signatures(file: str, megabytes: float) -> dict[str, Any]:
    """Compute signatures with 16 buckets of 8 hashes: 128 slots, as for the other peers."""
    texts = first_texts(file, megabytes)
    documents = [Document(text=text, id=str(n)) for n, text in enumerate(texts.to_pylist())]
    with TemporaryDirectory() as folder:
        config = MinhashConfig(n_grams=5, num_buckets=16, hashes_per_bucket=8)
        step = MinhashDedupSignature(folder, config)
        step.get_shingles("its tokeniser is loaded with the first text")

        def work() -> None:
            for _ in step.run(iter(documents)) or ():
                pass

        seconds = seconds_per_pass(work)
    return {
        "seconds": seconds,
        "bytes": size_of(texts),
        "texts": len(documents),
        "version": version("datatrove"),
    }
