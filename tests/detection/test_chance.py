"""E-values: in texts that hold nothing, about `x` documents have a match with E <= `x`."""

import re
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.match.candidates.candidate_table import concatenate_candidates
from provenance.match.estimation.conditions import is_quotation
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.evalue import expected_by_chance, strength
from provenance.match.scoring.features import measure_features
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.scan.in_memory_corpus import corpus_from_texts
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.read.dumps.tables.column_mapping import ColumnMapping
from provenance.read.language_counts import load_language
from provenance.registry.store import open_registry
from tests.detection.public import rows
from tests.pipeline.corpus_scans import scan

CLEAN = ("bg_books_gutenberg_nltk", "bg_news_bbc_en", "bg_webtext_nltk", "bg_news_reuters_en")
PAGE = 2000  # characters
EXPECTED = (2.0, 5.0, 10.0, 30.0)
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")


@pytest.fixture(scope="module")
def posts(shared_data) -> list[tuple[str, str]]:
    """Some million posts and sentences of posts, of several sources, in random order."""
    folder = shared_data / "registries"
    found = [
        (file.name.split("_")[1], row["text"])
        for file in sorted(folder.glob("reg_*.jsonl.zst"))
        for row in rows(shared_data, file.name.split(".")[0])
        if row["text"]
    ]
    long = pq.read_table(shared_data / "scale" / "reddit_200k.parquet", columns=["text"])
    found += [
        ("reddit", sentence)
        for text in long["text"].to_pylist()
        for sentence in _SENTENCE.split(text or "")
        if len(sentence) > 15
    ]
    Random(11).shuffle(found)
    return found


@pytest.fixture(scope="module")
def pages(shared_data) -> list[str]:
    texts = [row["text"] or "" for name in CLEAN for row in rows(shared_data, name)]
    return [text[at : at + PAGE] for text in texts for at in range(0, len(text), PAGE)]


@pytest.mark.parametrize("items", [10**3, 10**5, pytest.param(10**6, marks=pytest.mark.long)])
def test_about_as_many_documents_match_by_chance_as_expected(posts, pages, items, tmp_path: Path):
    table = pa.table(
        {
            "id": [str(number) for number in range(items)],
            "whose": [source for source, _ in posts[:items]],
            "text": [text for _, text in posts[:items]],
        }
    )
    pq.write_table(table, tmp_path / "posts.parquet")
    columns = ColumnMapping(source_column="whose")
    dumps = DumpSource([str(tmp_path / "posts.parquet")], None, columns=columns)
    build_registry(tmp_path / "reg", dumps, keep_texts=False)
    (held,) = build_registry_indexes([open_registry(tmp_path / "reg")])

    readings, model = scan(corpus_from_texts(pages), [held])

    bases = np.cumsum([0, *(reading.counts.texts for reading in readings)])
    found = concatenate_candidates(
        [r.candidates[0].shift_texts(int(base)) for r, base in zip(readings, bases, strict=False)]
    )
    corpus = model.sample
    tokens = sum(reading.counts.tokens for reading in readings)
    likely = log_odds(
        measure_features(found, held.index, corpus, load_language()), len(corpus.tokens)
    )
    strengths = strength(likely, held.index.arrays.chance, held.size)
    chance = ~is_quotation(found, np.diff(held.index.arrays.token_offsets)[found.items])
    best = np.zeros(len(pages))
    np.maximum.at(best, found.texts[chance], strengths[chance])
    values = np.sort(expected_by_chance(best, tokens))
    seen = {x: int(np.searchsorted(values, x)) for x in EXPECTED}
    print(items, tokens, seen)  # noqa: T201 (shown with -s, or where this fails)
    for x, count in seen.items():
        # A factor of three for the kind of text and registry, and the noise of a Poisson count.
        assert x / 3 - 2 * np.sqrt(x / 3) <= count <= 3 * x + 2 * np.sqrt(3 * x), (x, count)
