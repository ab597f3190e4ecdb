"""Evidence about whole texts, where their words say nothing stronger."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.locate.claims import attribute_claims
from provenance.pipeline.locate.locations import ChangedPartsError, locate_matches
from provenance.pipeline.scan.readings import Reading, RegistryIndex, build_registry_indexes
from provenance.read.corpus.corpora import open_corpus
from provenance.registry.store import open_registry
from tests.pipeline.corpus_scans import scan
from tests.pipeline.smaller_slices import scan_in_slices


@pytest.fixture
def articles(tmp_path: Path, pages, write_lines) -> RegistryIndex:
    rows = [{"id": f"a{row}", "text": page} for row, page in enumerate(pages[:20])]
    dump = write_lines(tmp_path / "articles.jsonl", rows)
    build_registry(tmp_path / "registry", DumpSource([dump], "gazette"))
    return build_registry_indexes([open_registry(tmp_path / "registry")])[0]


def forgetful(readings: list[Reading]) -> list[Reading]:
    """Give readings that kept no text."""
    return [replace(reading, windows=None) for reading in readings]


def test_what_was_kept_need_not_be_read_again(
    tmp_path: Path, articles: RegistryIndex, pages, write_lines
) -> None:
    rows = [{"text": pages[place]} for place in (40, 3, 41, 5)] + [{"text": pages[7][:200]}]
    path = tmp_path / "corpus.jsonl"
    corpus = open_corpus([write_lines(path, rows)])
    readings, model = scan(corpus, [articles])
    settled = attribute_claims(readings, [articles], model)

    again = locate_matches(corpus.parts, forgetful(readings), settled, [articles])
    path.unlink()
    assert locate_matches(corpus.parts, readings, settled, [articles]).equals(again)
    assert len(set(again["text_number"].to_pylist())) == 3
    assert readings[0].windows is not None
    assert [one.numbers.tolist() for one in readings[0].windows] == [[1, 3, 4]]


def test_a_long_part_has_several_readings_that_are_located_alike(
    tmp_path: Path, articles: RegistryIndex, pages, write_lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"text": pages[place]} for place in (40, 3, 41, 5, 42, 7)]
    corpus = open_corpus([write_lines(tmp_path / "one.jsonl", rows)])
    scan_in_slices(monkeypatch, 1)
    located = []
    for size, count in ((1 << 28, 1), (1, len(rows))):
        monkeypatch.setattr("provenance.pipeline.scan.part_scan._MAX_READING_BYTES", size)
        readings, model = scan(corpus, [articles])
        assert [reading.is_last for reading in readings] == [False] * (count - 1) + [True]
        claims = attribute_claims(readings, [articles], model)
        located += [
            locate_matches(corpus.parts, kept, claims, [articles])
            for kept in (readings, forgetful(readings))
        ]
    assert len(located[0])
    assert all(spans.equals(located[0]) for spans in located)


def test_a_near_duplicate_of_a_long_item_resembles_it(
    tmp_path: Path, articles: RegistryIndex, pages, write_lines
) -> None:
    edited = pages[3].replace(".", " indeed.", 3)
    corpus = open_corpus(
        [write_lines(tmp_path / "corpus.jsonl", [{"text": edited}, {"text": pages[40]}])]
    )
    readings, model = scan(corpus, [articles])
    assert [alike.texts.tolist() for alike in readings[0].near_duplicates] == [[0]]

    # Its passages say so too, and more exactly; without them the resemblance stands.
    wordless = [replace(readings[0], candidates=(NO_CANDIDATES,))]
    spans = locate_matches(
        corpus.parts, wordless, attribute_claims(wordless, [articles], model), [articles]
    ).to_pylist()

    assert [(span["evidence"], span["start"], span["end"]) for span in spans] == [
        ("resemblance", 0, len(edited))
    ]
    number = np.array([spans[0]["number"]], np.uint32)
    assert articles.registry.describe(number)["item"].to_pylist() == ["a3"]


def test_passages_go_before_resemblance(
    tmp_path: Path, articles: RegistryIndex, pages, write_lines
) -> None:
    corpus = open_corpus([write_lines(tmp_path / "corpus.jsonl", [{"text": pages[3]}])])
    readings, model = scan(corpus, [articles])

    spans = locate_matches(
        corpus.parts, readings, attribute_claims(readings, [articles], model), [articles]
    ).to_pylist()

    assert [span["evidence"] for span in spans if span["chosen"]] == ["content"]


def test_a_page_of_one_repeated_word_resembles_nothing(tmp_path: Path, pages, write_lines) -> None:
    laughter = "ha " * 300
    dump = write_lines(tmp_path / "dump.jsonl", [{"id": "1", "text": laughter}])
    build_registry(tmp_path / "registry", DumpSource([dump], "gazette"))
    laughing = build_registry_indexes([open_registry(tmp_path / "registry")])[0]
    corpus = open_corpus([write_lines(tmp_path / "corpus.jsonl", [{"text": laughter * 2}])])

    readings, _ = scan(corpus, [laughing])

    assert not len(readings[0].near_duplicates[0].texts)


def test_a_file_that_changes_while_it_is_checked_is_an_error(
    tmp_path: Path, articles: RegistryIndex, pages, write_lines
) -> None:
    path = tmp_path / "corpus.jsonl"
    corpus = open_corpus([write_lines(path, [{"text": pages[40]}, {"text": pages[3]}])])
    readings, model = scan(corpus, [articles])
    readings = forgetful(readings)
    settled = attribute_claims(readings, [articles], model)

    for rows in ([{"text": pages[40]}], [{"text": pages[40]}, {"text": pages[5] + " more"}]):
        write_lines(path, rows)
        with pytest.raises(ChangedPartsError, match=r"corpus\.jsonl: the file was modified"):
            locate_matches(corpus.parts, readings, settled, [articles])
