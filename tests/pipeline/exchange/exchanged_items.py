"""Items of a registry that is pushed and pulled, and a corpus of their texts."""

import json

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.pipeline.building.registries import DumpSource

TEXTS = [
    f"the {colour} heron number {number} stood in the reeds for an hour and caught {number} eels"
    for number, colour in enumerate(["grey", "white", "purple", "green", "black"] * 8)
]


def dump_of(folder, first, end, source="x"):
    path = folder / f"{first}-{end}.parquet"
    ids = [f"id-{number}" for number in range(first, end)]
    pq.write_table(pa.table({"id": ids, "text": TEXTS[first:end]}), path)
    return DumpSource([str(path)], source)


def corpus_file(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    return str(corpus)


def contents_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
