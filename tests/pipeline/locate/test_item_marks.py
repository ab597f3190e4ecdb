"""Marks of items: which words beside a passage say that it is somebody else's."""

import numpy as np
import pyarrow as pa
import pytest

from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import NO_CANDIDATES, Candidates
from provenance.model.content.fingerprints import Texts
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.locate.item_marks import (
    measure_item_marks,
    read_item_marks,
    read_quoted_shares,
)
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.registry.store import open_registry

WORDS = "the ferry to the island was late again so we ate all the plums before noon"


def marks(text: str, passage: str = WORDS) -> dict[str, float | bool]:
    """Return the marks of a passage of an item."""
    texts = Texts.of(pa.array([text], pa.large_string()))
    tokens = tokenise(texts)
    first = len(text[: text.index(passage)].encode())
    last = first + len(passage.encode())
    starts, ends = np.asarray(tokens.starts), np.asarray(tokens.ends)
    inside = np.flatnonzero((starts >= first) & (ends <= last))
    columns = {name: np.zeros(1, getattr(NO_CANDIDATES, name).dtype) for name in _COLUMNS}
    candidate = Candidates(
        **columns,
        breaks=np.zeros((1, 2), np.uint8),
        runs=np.array([[inside[0], 0, len(inside)]], np.int32),
        run_offsets=np.array([0, 1]),
    )
    measured = measure_item_marks(texts, tokens, np.zeros(1, np.int64), candidate)
    return {name: column[0].as_py() for name, column in measured.items()}


_COLUMNS = (
    *("texts", "items", "sizes", "firsts", "lasts", "scores"),
    *("shared_by", "multi_source", "passages"),
)


@pytest.mark.parametrize(
    "text",
    [
        f"{WORDS}. - Ann Example",
        f"{WORDS}.\n\n— Ann Example",
        f"{WORDS}.\n-Ann Example",
        f'"{WORDS}" ~ Ann B. Example.',
        f"*{WORDS}*\n-- Ann Example",
        f"{WORDS}. - Ann Example #wisdom @someone https://example.org/a",
        f"“{WORDS}.” ~ Ann Example (in a letter, 1921)",
        f"{WORDS} #quote",
        f"{WORDS} #LifeQuotes https://example.org/a",
    ],
)
def test_a_short_item_that_ends_with_a_full_name_or_calls_itself_a_quotation_is_signed(text):
    assert marks(text)["signed"]


@pytest.mark.parametrize(
    "text",
    [
        f"Short Story: {WORDS}",
        f"{WORDS} (Edit: fixed a typo)",
        f"{WORDS}.\n\n- Thanks for reading",
        f"{WORDS}.\n\n- Thanks Everyone",
        f"{WORDS}.\n\n— Thanks\n\nEdit",
        f"{WORDS}. - Ann",
        f"{WORDS} - Ann Example",
        f"{WORDS}. Ann Example",
        f"{WORDS}. - Ann Example and more",
        f"{WORDS}!  Happy Birthday",
        f"{WORDS}.\n\nGreat Work",
        f"{WORDS} #quotas #unquoted",
        f"{WORDS}. {'And so it goes on. ' * 20} - Ann Example",
    ],
)
def test_titles_edits_bullets_and_long_items_are_not_signed(text):
    assert not marks(text)["signed"]


@pytest.mark.parametrize(
    "text",
    [
        f"*{WORDS}* — Ann Example",
        f"*{WORDS}*\n\n— Ann Example",
        f"*{WORDS}*, -Ann Example, 1920",
        f"*{WORDS}*, by Example",
        f"*{WORDS}*, said the captain",
        f"As Ann Example wrote: *{WORDS}*",
    ],
)
def test_a_name_or_a_word_of_speaking_beside_a_passage_attributes_it(text):
    found = marks(text)
    assert found["attributed"]
    assert found["italic"] == 1


@pytest.mark.parametrize(
    "text",
    [
        f"Short Story: *{WORDS}*",
        f"*{WORDS}* (Edit: fixed a typo)",
        f"*{WORDS}* (Ann Example)",
        f"*{WORDS}*\n\n- Thanks for reading",
        f"*{WORDS}*\n- Ann Example\n- Bob Example",
        f"*{WORDS}* - Thanks",
    ],
)
def test_titles_edits_parentheses_and_bullets_attribute_nothing(text):
    assert not marks(text)["attributed"]


def test_marks_are_shares_of_the_passage():
    quoted = marks(f'{WORDS[:26]} "{WORDS[27:]}" end', f'{WORDS[:26]} "{WORDS[27:]}')["quoted"]
    assert quoted == 10 / 16
    assert marks(f"> {WORDS}")["quoted"] == 1
    assert marks(f"mine. {WORDS}. mine.") == {
        "quoted": 0,
        "italic": 0,
        "verse": 0,
        "attributed": False,
        "signed": False,
        "begins_sentence": True,
        "ends_sentence": True,
        "headline": False,
    }


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        (f"I saw that {WORDS}, because of the fog.", False, False),
        (f"Fog, {WORDS}.", False, True),
        (f"There was fog. {WORDS} Too", True, False),
        (f"@someone {WORDS} #fog", True, True),
        (WORDS, True, True),
    ],
)
def test_a_sentence_begins_and_ends_where_no_word_is_beside_a_passage_in_its_line(
    text, begins, ends
):
    found = marks(text)
    assert (found["begins_sentence"], found["ends_sentence"]) == (begins, ends)


def test_an_author_and_a_work_sign_an_item_of_any_length():
    verses = "And so it goes on. " * 20
    assert marks(f'{WORDS}. {verses} ~Ann Example, "[Plums](https://example.org)"')["signed"]
    assert marks(f"{WORDS}. {verses} -- Ann Example, *Plums*, 1921")["signed"]
    assert not marks(f"{WORDS}. {verses} -- Ann Example, a friend of plums")["signed"]


@pytest.mark.parametrize(
    "text",
    [
        "Harbour Town Council To Suspend Night Ferry",
        "Keepers of Seven Lanterns Recall Working with Adelaide Finch",
        "How the plums were counted before noon [video]",
        "The plums of the island (1987)",
        "Plums fetch record prices on the island - Harbour News",
        "Plums fetch record prices on the island | The Harbour News Company",
        "Plums fetch record prices \N{EN DASH} Harbour.example",
    ],
)
def test_titles_of_pages_are_known_by_their_capitals_kind_year_or_site(text):
    assert marks(text, text.split()[0])["headline"]


@pytest.mark.parametrize(
    "text",
    [
        "Plums fetch record prices on the island",
        "We Went To The Island And Ate All The Plums",
        "Your Plums Are Late Again Harbour Town",
        "THE PLUMS ARE LATE AGAIN AND NOBODY CARES",
        "Late Again Harbour\nPlums Fetch Record Prices",
        "Ann Example",
        "the plums are late - again and again",
        "Harbour Town Council To Suspend Night Ferry And The Plums Will Rot On The Quay Until Noon",
    ],
)
def test_what_somebody_says_is_no_title_of_a_page(text):
    assert not marks(text, text.split()[0])["headline"]


def test_titles_are_told_item_by_item():
    texts = Texts.of(pa.array(["a late ferry", "Harbour Town Council Votes"], pa.large_string()))
    candidate = Candidates(
        **{name: np.zeros(2, getattr(NO_CANDIDATES, name).dtype) for name in _COLUMNS},
        breaks=np.zeros((2, 2), np.uint8),
        runs=np.array([[0, 0, 2], [0, 0, 2]], np.int32),
        run_offsets=np.array([0, 1, 2]),
    )
    measured = measure_item_marks(texts, tokenise(texts), np.array([1, 0]), candidate)
    assert measured["headline"].to_pylist() == [True, False]


def test_what_is_quoted_is_read_alone_as_with_the_other_marks(tmp_path, write_lines):
    texts = [f'Somebody wrote: "{WORDS}", and nobody knows who it was', f"{WORDS} they were sweet"]
    rows = [{"id": str(row), "text": text} for row, text in enumerate(texts)]
    dump = write_lines(tmp_path / "dump.jsonl", rows)
    registries = []
    for name, keeps_texts in (("with", True), ("without", False)):
        build_registry(tmp_path / name, DumpSource([dump], "x"), keep_texts=keeps_texts)
        registries.append(open_registry(tmp_path / name))
    indexes = build_registry_indexes(registries)
    tokens = tokenise(Texts.of(pa.array([WORDS], pa.large_string())))
    for owner, index in enumerate(indexes):
        candidates = find_candidates(tokens, shingle(tokens, 4), index.index)
        owners = np.full(len(candidates), owner)
        quoted = read_quoted_shares(candidates, owners, indexes)
        assert np.array_equal(
            quoted, read_item_marks(candidates, owners, indexes).quoted, equal_nan=True
        )
        assert sorted(quoted[~np.isnan(quoted)]) == ([0, 1] if owner == 0 else [])
