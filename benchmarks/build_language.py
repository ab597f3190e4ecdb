"""Count frequent words and word pairs of general language.

    python -m benchmarks.build_language OUT.parquet FILE.jsonl.zst ...

Reads texts (column `text`) of common wording: books, news, encyclopaedias, quotations, in many
languages. Only hashes and their counts are shipped; entries with fewer than `MIN_COUNT` occurrences
are omitted, so that no text can be recovered.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Texts
from provenance.model.content.language import NO_CONTEXT
from provenance.read.corpus.corpora import open_corpus

MIN_COUNT = 6


def main() -> None:
    out, *names = sys.argv[1:]
    words, pairs = [], []
    for part in open_corpus(names, text_columns=["text"]).parts:
        for documents in part.batches():
            tokens = tokenise(Texts.of(documents.batch.column("text")))
            hashes = tokens.hashes.astype(np.uint64)
            words.append(hashes)
            is_same_text = np.ones(max(len(hashes) - 1, 0), bool)
            is_same_text[tokens.offsets[1:-1][tokens.offsets[1:-1] < len(hashes)] - 1] = False
            pairs.append(((hashes[:-1] << np.uint64(32)) | hashes[1:])[is_same_text])
    total = sum(map(len, words))
    columns = [
        count_keys(np.concatenate(words) | np.uint64(NO_CONTEXT << 32)),
        count_keys(np.concatenate(pairs)),
    ]
    keys, counts = (np.concatenate(column) for column in zip(*columns, strict=True))
    order = np.argsort(keys)
    table = pa.table({"key": keys[order], "count": counts[order].astype(np.uint32)})
    metadata = {"normalisation": str(current_parameters().normalisation), "tokens": str(total)}
    pq.write_table(
        table.replace_schema_metadata(metadata),
        out,
        compression="zstd",
        compression_level=19,
        use_dictionary=["count"],
        column_encoding={"key": "DELTA_BINARY_PACKED"},
    )
    print(f"{total:,} tokens, {len(keys):,} keys, {Path(out).stat().st_size:,} bytes")


def count_keys(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    unique, counts = np.unique(keys, return_counts=True)
    return unique[counts >= MIN_COUNT], counts[counts >= MIN_COUNT]


if __name__ == "__main__":
    main()
