"""Count the frequent words and pairs of words of language at large.

    python -m benchmarks.build_language OUT.parquet FILE.jsonl.zst ...

Reads texts (column `text`) of any sources whose wording everybody shares: books, news,
encyclopaedias, quotations, in many languages. What is shipped are figures, hashes with their
counts: what stands fewer than `LEAST` times is left out, so no text can be read from them.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.fingerprint.tokenizer.tokenize import parameters, tokenise
from provenance.model import NO_CONTEXT, Texts
from provenance.read.corpus.corpora import open_corpus

LEAST = 6


def main() -> None:
    out, *names = sys.argv[1:]
    words, pairs = [], []
    for part in open_corpus(names, text_columns=["text"]).parts:
        for documents in part.batches():
            tokens = tokenise(Texts.of(documents.batch.column("text")))
            hashes = tokens.hashes.astype(np.uint64)
            words.append(hashes)
            joined = np.ones(max(len(hashes) - 1, 0), bool)
            joined[tokens.offsets[1:-1][tokens.offsets[1:-1] < len(hashes)] - 1] = False
            pairs.append(((hashes[:-1] << np.uint64(32)) | hashes[1:])[joined])
    total = sum(map(len, words))
    kept = [
        counted(np.concatenate(words) | np.uint64(NO_CONTEXT << 32)),
        counted(np.concatenate(pairs)),
    ]
    keys, counts = (np.concatenate(column) for column in zip(*kept, strict=True))
    order = np.argsort(keys)
    table = pa.table({"key": keys[order], "count": counts[order].astype(np.uint32)})
    described = {"normalisation": str(parameters().normalisation), "tokens": str(total)}
    pq.write_table(
        table.replace_schema_metadata(described),
        out,
        compression="zstd",
        compression_level=19,
        use_dictionary=["count"],
        column_encoding={"key": "DELTA_BINARY_PACKED"},
    )
    print(f"{total:,} tokens, {len(keys):,} keys, {Path(out).stat().st_size:,} bytes")


def counted(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    unique, counts = np.unique(keys, return_counts=True)
    return unique[counts >= LEAST], counts[counts >= LEAST]


if __name__ == "__main__":
    main()
