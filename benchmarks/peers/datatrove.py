"""datatrove: the first step of its MinHash pipeline, and its filter of n-grams; words by spaCy."""

import json
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontFilter, NGramsDecontIndexer
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


def search(corpus: str, posts: str) -> dict[str, Any]:
    """Search a corpus of posts for n-grams of posts, as for decontamination.

    Its indexer computes the hashes for it, but is not run: it reads tasks with another package.

    Parameters
    ----------
    corpus, posts : str
        JSON Lines, with `text` and `question`.
    """
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        step = NGramsDecontFilter(folder)
        hashes = {
            value
            for row in _rows(posts)
            for value in NGramsDecontIndexer.compute_hashes(step, row["question"])
        }
        array = np.array(list(hashes), dtype=step.config.hash_config.np_descr)
        array.tofile(Path(folder, "posts.index.hashes"))
        step.load_index_hashes()
        index = time.perf_counter() - start
        documents = [Document(text=row["text"], id=str(n)) for n, row in enumerate(_rows(corpus))]
        start = time.perf_counter()
        rows = [n for n, document in enumerate(documents) if step.filter(document) is not True]
        seconds = time.perf_counter() - start
    return {"index": index, "seconds": seconds, "version": version("datatrove"), "rows": rows}


def _rows(folder: str) -> Iterator[dict[str, Any]]:
    for file in sorted(Path(folder).glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
