"""A part is read the same way however many of its batches are scanned at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from provenance.match.scoring import corpus_sample
from provenance.match.scoring.corpus_sample import FULL_BOUND
from provenance.model.content.tables import DOCUMENTS, Documents, Skipped
from provenance.pipeline.calibration.standalone_texts import no_declarations
from provenance.pipeline.execution.ordered_map import map_in_order
from provenance.pipeline.scan import part_scan
from provenance.pipeline.scan.part_scan import read_part
from provenance.pipeline.scan.reading_codec import encode_reading
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.read.corpus.corpus_parts import Part
from provenance.registry.store import open_registry

ROWS = 20


def batches(texts: list[str]) -> Iterator[Documents]:
    """Yield the texts in batches of `ROWS`, each with a row that was skipped."""
    for first in range(0, len(texts), ROWS):
        chunk = texts[first : first + ROWS]
        columns = {
            "document": [f"d{first + row}" for row in range(len(chunk))],
            "file": ["corpus.jsonl"] * len(chunk),
            "row": range(first, first + len(chunk)),
            "field": ["text"] * len(chunk),
            "text": chunk,
        }
        nothing = {name: [None] * len(chunk) for name in DOCUMENTS.names if name not in columns}
        batch = pa.record_batch({**columns, **nothing}, schema=DOCUMENTS)
        yield Documents(batch, (Skipped("corpus.jsonl", "null text", 1, (first,)),))


@pytest.mark.parametrize("sample_tokens", [corpus_sample.MAX_SAMPLE_TOKENS, 3000])
@pytest.mark.parametrize("rereadable", [True, False])
def test_readings_are_the_same_however_many_batches_are_scanned_at_a_time(
    registry, posts, pages, monkeypatch, sample_tokens, rereadable
):
    for module in (part_scan, corpus_sample):
        monkeypatch.setattr(module, "MAX_SAMPLE_TOKENS", sample_tokens)
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts, strict=False)]
    indexes = build_registry_indexes([open_registry(Path(registry))], to_report=True)
    part = Part("corpus.jsonl", 0, lambda: batches(texts), rereadable=rereadable)

    def scanned(pool: ThreadPoolExecutor | None, max_pending: int) -> tuple[list[bytes], list[str]]:
        [reading] = read_part(part, indexes, no_declarations, FULL_BOUND, 4, pool, max_pending)
        kept = () if reading.spool is None else reading.spool.batches()
        kept_texts = [text for batch in kept for text in batch.column("text").to_pylist()]
        return [*map(bytes, encode_reading(reading))], kept_texts

    expected = scanned(None, 1)
    assert expected[1] == ([] if rereadable else texts)
    with ThreadPoolExecutor(4) as pool:
        assert all(scanned(pool, most) == expected for most in (1, 2, 5, 100))


def test_a_map_takes_few_arguments_ahead_and_gives_results_in_order():
    taken = []

    def arguments() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(4) as pool:
        results = map_in_order(pool, lambda number: number**2, arguments(), 3)
        assert (next(results), taken) == (0, [0, 1, 2])
        assert list(results) == [number**2 for number in range(1, 10)]


def test_a_map_raises_what_a_call_raised():
    def fail(number: int) -> int:
        raise ValueError(f"number {number}")

    with ThreadPoolExecutor(2) as pool, pytest.raises(ValueError, match="number 0"):
        list(map_in_order(pool, fail, range(5), 2))
