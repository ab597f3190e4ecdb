"""Figures that our pages state are those of the code, and of what was measured."""

import re

import pytest

from provenance.match import attribution
from provenance.match.candidates import chaining, near_duplicates, seed_hits, seeds
from provenance.match.estimation import intervals
from provenance.match.index import postings_index, stop_shingles
from provenance.match.scoring import (
    classifier,
    corpus_sample,
    detectability,
    evalue,
    features,
    information,
)
from provenance.model import Parameters


def power_of_ten(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return (
        f"{mantissa}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    )


STATED = {
    "λ = {} and K = {} as shipped": (
        evalue.SHIPPED_CHANCE.decay,
        power_of_ten(evalue.SHIPPED_CHANCE.scale),
    ),
    "*n* is at least {:,}": (evalue.MIN_REGISTRY_TOKENS,),
    "*s* ≥ {:.0f}": (evalue.STRENGTH_THRESHOLD,),
    "*o* ≥ {:.0f}": (evalue.MIN_LOG_ODDS,),
    "{} authors or more": (stop_shingles.MIN_AUTHORS,),
    "Where more than {} items share a seed, only the earliest {} are": (
        seed_hits.MAX_SHARED,
        seeds.MAX_COMMON_LOOKUPS,
    ),
    "than 1/{} of the item, the words of a seed that *s* ≥ {} of the registry's": (
        seed_hits.PARTIAL_RATIO,
        seed_hits._SHARED_FROM,
    ),
    "Runs of less than {:.0f} bits make no chain, and chains of less than {:.0f} bits no": (
        seed_hits.MIN_CHAIN_SCORE / postings_index.BITS_SCALE,
        chaining.MIN_CANDIDATE_SCORE / postings_index.BITS_SCALE,
    ),
    "A match of less than {} tokens that is": (features.MIN_COPY_WORDS,),
    "with a registry of {:.0f} million tokens, a match of {:.0f} tokens with an "
    "item of {} words or more": (
        50,
        4,
        next(
            n
            for n in range(80)
            if detectability.min_match_tokens(evalue.SHIPPED_CHANCE, 50_000_000)[4 * n] > 4
        ),
    ),
    "A text resembles an item if *J* ≥ {}": (near_duplicates.MIN_SIMILARITY,),
    "For each of {} permutations": (near_duplicates.PERMUTATIONS,),
    "{} bands of {} values": near_duplicates.BANDS_AND_ROWS,
    "each at most {:.0f} bits. A word counts {} times as much": (
        information.MAX_WORD_BITS,
        information.REPEAT_DISCOUNT,
    ),
    "with the discount {}": (information._DISCOUNT,),
    "c(v)^{}": (information.HEAPS_EXPONENT,),
    "1/2 · {:,.0f}": (information._VOCABULARY_SIZE,),
    "passages of {} tokens": (corpus_sample.PASSAGE_LENGTH,),
    "at most {:.0f} bits)": (classifier.MAX_BITS,),
    "Items longer than {} words": (classifier.SATURATION_TOKENS,),
    "up to {} is subtracted": (classifier._SMALL_CORPUS_PENALTY,),
    "{:.0f} more where the match is most of the item": (classifier._FILLS_TEXT_WEIGHT,),
    "fewer than {} different words": (classifier.MIN_DISTINCT_WORDS,),
    "at least {} of its stretch": (attribution._MIN_KEPT,),
    "a probability of at least {}": (intervals._CONFIDENCE,),
    "less {} standard deviations": (intervals._ONE_SIDED,),
    "the shipped recall, {:.2f}": (intervals.LOW_RECALL,),
    "less {:.0%} for the ends": (intervals.EDGE_ERROR,),
}


@pytest.mark.parametrize("sentence", STATED)
def test_formulas_state_the_constants_of_the_code(sentence, pages):
    page = " ".join(pages["docs/formulas.md"].split()).replace("3 % for", "3% for")
    assert sentence.format(*STATED[sentence]) in page


def test_the_page_gives_the_number_of_features(pages):
    assert len(classifier._WEIGHTS) == 17
    assert "over seventeen features" in pages["docs/formulas.md"]


def test_widths_and_lengths_are_those_of_a_registry(pages):
    page, held = " ".join(pages["docs/formulas.md"].split()), Parameters()
    assert f"Seeds are shingles of width {held.seed_width}, signatures" in page
    assert f"made of shingles of width {held.signature_width}." in page
    assert f"at least {held.signature_least} tokens have a signature" in page
    assert f"`scaled` is {held.scaled}" in page


def rows(page):
    """Give the tables of a page as rows of stripped cells."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_how_sure_says_what_was_measured(pages, root):
    measured = (root / "benchmarks" / "ACCURACY.md").read_text("utf-8")
    long, short = measured.split("## Posts of 5 to 7 tokens")
    shipped = {row[0]: row[2] for row in rows(long) if len(row) == 8}
    stated = {row[0]: row[1] for row in rows(pages["docs/how-sure.md"]) if row[1][-1:].isdigit()}
    assert len(stated) == 8
    assert stated == {edit: shipped[edit] for edit in stated}
    page = " ".join(pages["docs/how-sure.md"].split())
    assert f"with {shipped['chance documents a million words']} chance documents" in page
    shorter = {row[0]: row[2] for row in rows(short) if len(row) == 8}
    assert f"{shorter['verbatim']} verbatim, {shorter['cut to 50%']} when cut" in page


def test_pictures_are_there(pages, root):
    shown = [
        (root / name).parent / target
        for name, page in pages.items()
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)
    ]
    assert shown
    assert [path for path in shown if not path.exists()] == []
