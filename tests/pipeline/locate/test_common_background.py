"""The shipped background: what everybody quotes is nobody's, unless it is turned off."""

from importlib.resources import files

import numpy as np
import pytest

from provenance.fingerprint.shingles import shingle
from provenance.model.content.fingerprints import Tokens
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.locate.common_index import (
    common_index,
    common_summary,
    describe_pieces,
)
from provenance.read.common_background import load_common_background

SCRIPTURE = (
    "In the beginning God created the heaven and the earth. And the earth was without form, and "
    "void; and darkness was upon the face of the deep."
)
SAYING = "Better to die on your feet than live on your knees"
OPENING = (
    "Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in "
    "my purse, and nothing particular to interest me on shore"
)
OWN = "Our ferry to the island was late again, so we ate all the plums before the bridge opened"


@pytest.fixture(scope="module")
def world(tmp_path_factory, pages, write_lines):
    folder = tmp_path_factory.mktemp("common")
    texts = (SCRIPTURE, SAYING, OWN)
    rows = [{"id": f"p{number}", "text": text} for number, text in enumerate(texts)]
    dump = write_lines(folder / "items.jsonl", rows)
    build_registry(folder / "registry", DumpSource([dump], "x"))
    documents = [
        {"id": f"d{n}", "text": f"{pages[n]} {text}. {pages[n + 3]}"}
        for n, text in enumerate(texts)
    ]
    write_lines(folder / "pages.jsonl", [*documents, *({"text": page} for page in pages[10:60])])
    return folder


def run(world, **policy):
    registries = (str(world / "registry"),)
    return check([str(world / "pages.jsonl")], Policy(registries=registries, **policy))


def test_scripture_and_sayings_are_quotations_of_their_work(world):
    report = run(world)
    findings = report.findings.to_pylist()
    assert [row["origin"] for row in findings] == ["quotation", "quotation", "item"]
    assert [row["verdict"] for row in findings] == ["restricted", "permitted", "forbidden"]
    assert findings[0]["quoted_work"] == "The Bible, King James Version, Genesis 1"
    assert findings[1]["quoted_work"] == "English sayings"
    assert findings[2]["quoted_work"] is None
    assert findings[0]["origin_reasons"] == ["whole-item", "background"]
    summary = report.result.common_background
    assert summary.path == f"common background {load_common_background().version}"
    assert summary.digest == load_common_background().digest


def test_a_novel_is_no_content_of_who_parodies_it(tmp_path, pages, write_lines):
    post = {"id": "p", "text": f"{OPENING}, I thought I would see the watery part of the office."}
    build_registry(
        tmp_path / "registry", DumpSource([write_lines(tmp_path / "p.jsonl", [post])], "x")
    )
    texts = [f"{OPENING}, I thought I would sail about a little. {pages[0]}", *pages[10:40]]
    write_lines(tmp_path / "pages.jsonl", [{"text": text} for text in texts])
    (finding,) = run(tmp_path).findings.to_pylist()
    assert (finding["origin"], finding["verdict"]) == ("quotation", "restricted")
    assert finding["quoted_work"] == "Moby-Dick, by Herman Melville, chapter 1"


def test_it_can_be_turned_off(world):
    report = run(world, common_background=False)
    assert report.findings["origin"].to_pylist() == ["item"] * 3
    assert report.result.common_background is None


def test_the_user_s_own_backgrounds_add_to_it(tmp_path, world, write_lines):
    dump = write_lines(tmp_path / "own.jsonl", [{"id": "the plums", "text": OWN}])
    build_registry(tmp_path / "own", DumpSource([dump], "cc0-1.0"))
    report = run(world, backgrounds=(str(tmp_path / "own"),))
    works = report.findings["quoted_work"].to_pylist()
    assert works[1:] == ["English sayings", "the plums"]
    assert [each.items for each in report.result.backgrounds] == [1]
    assert report.result.common_background is not None


def test_it_is_small_and_states_where_its_texts_are_from():
    size = len((files("provenance") / "read" / "common_background.parquet").read_bytes())
    assert size < 8_000_000
    background = load_common_background()
    assert len(background.tokens) == background.offsets[-1] > 3_000_000
    for name in ("item", "source", "origin"):
        assert background.pieces[name].null_count == 0
        assert all(background.pieces[name].to_pylist())
    assert set(background.pieces["source"].to_pylist()) == {
        "cc0-1.0",
        "licence-text",
        "public-domain",
    }


def test_its_index_has_the_first_place_of_each_seed_of_a_piece():
    background = load_common_background()
    first, last = background.offsets[7:9].tolist()
    places = np.zeros(0, np.int32)
    piece = Tokens(background.tokens[first:last], places, places, np.array([0, last - first]))
    arrays = common_index(shingle(piece, 4).hashes).arrays
    postings, positions = arrays.segments[0].postings, {}
    rows = np.flatnonzero(postings.items == 7)
    assert 0 < len(rows) <= last - first
    for place in postings.positions[rows].tolist():
        seed = tuple(arrays.tokens[first + place : first + place + 4].tolist())
        assert seed not in positions
        positions[seed] = place
    words = arrays.tokens[first:last].tolist()
    expected = {}
    for place in range(len(words) - 3):
        expected.setdefault(tuple(words[place : place + 4]), place)
    assert positions == expected


def test_its_index_has_what_is_looked_up_and_nothing_else():
    arrays = common_index(np.arange(1, 9, dtype=np.uint64) << np.uint64(60)).arrays
    assert not len(arrays.segments[0].postings.items)
    assert arrays.posting_count > 3_000_000


def test_pieces_are_described_like_items():
    rows = describe_pieces(np.array([0, 0], np.uint32))
    assert rows["item"].to_pylist() == ["The Bible, King James Version, Genesis 1"] * 2
    assert rows["length"].to_pylist() == [int(load_common_background().offsets[1])] * 2
    summary = common_summary()
    assert sum(source.items for source in summary.sources) == summary.items
    assert sum(source.tokens for source in summary.sources) == len(load_common_background().tokens)


def test_its_words_are_decoded_only_where_a_passage_is_looked_up():
    load_common_background.cache_clear()
    summary, background = common_summary(), load_common_background()
    assert summary.items == len(background.pieces)
    assert "tokens" not in vars(background)
    assert background.offsets[-1] == len(background.tokens)
