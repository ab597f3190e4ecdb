"""Figures that our pages state are those of the code, and of what was measured."""

import re

import pytest

from provenance.match import attribution
from provenance.match.candidates import chaining as chains
from provenance.match.candidates import near_duplicates as resemblance
from provenance.match.candidates import seed_hits as hits
from provenance.match.candidates import seeds as notes
from provenance.match.estimation import intervals as estimates
from provenance.match.index import postings_index as lookup
from provenance.match.index import stop_shingles as everybody
from provenance.match.scoring import (
    classifier as regression,
)
from provenance.match.scoring import (
    corpus_sample as passages,
)
from provenance.match.scoring import (
    detectability as reach,
)
from provenance.match.scoring import (
    evalue as strengths,
)
from provenance.match.scoring import (
    features as copying,
)
from provenance.match.scoring import (
    information,
)
from provenance.match.scoring import (
    information as probabilities,
)
from provenance.model import Parameters


def power_of_ten(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return (
        f"{mantissa}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    )


STATED = {
    "λ = {} and K = {} as shipped": (
        strengths.SHIPPED_CHANCE.decay,
        power_of_ten(strengths.SHIPPED_CHANCE.scale),
    ),
    "*n* is at least {:,}": (strengths.MIN_REGISTRY_TOKENS,),
    "*s* ≥ {:.0f}": (strengths.STRENGTH_THRESHOLD,),
    "*o* ≥ {:.0f}": (strengths.MIN_LOG_ODDS,),
    "{} authors or more": (everybody.MIN_AUTHORS,),
    "Where more than {} items share it, only the earliest {} are": (
        hits.MAX_SHARED,
        notes.FOLLOWED_IF_COMMON,
    ),
    "than one in {} of the item, the words of a seed that *s* ≥ {} of the registry's": (
        hits.PARTIAL_RATIO,
        hits._SHARED_FROM,
    ),
    "Runs of less than {:.0f} bits make no chain, and chains of less than {:.0f} bits no": (
        hits.MIN_CHAIN_SCORE / lookup.BITS_SCALE,
        chains.MIN_CANDIDATE_SCORE / lookup.BITS_SCALE,
    ),
    "such a match of less than {} tokens": (copying.MIN_COPY_WORDS,),
    "with a registry of {:.0f} million tokens, {:.0f} of an item of {} words or more": (
        50,
        4,
        next(
            n
            for n in range(80)
            if reach.min_match_tokens(strengths.SHIPPED_CHANCE, 50_000_000)[4 * n] > 4
        ),
    ),
    "A text resembles an item from *J* ≥ {}": (resemblance.MIN_SIMILARITY,),
    "For each of {} permutations": (resemblance.PERMUTATIONS,),
    "{} bands of {} values": resemblance.BANDS_AND_ROWS,
    "each at most {:.0f} bits. A word counts {} times as much": (
        probabilities.MAX_WORD_BITS,
        information.REPEAT_DISCOUNT,
    ),
    "with the discount {}": (probabilities._DISCOUNT,),
    "c(v)^{}": (probabilities.HEAPS_EXPONENT,),
    "1/2 · {:,.0f}": (probabilities._VOCABULARY_SIZE,),
    "passages of {} tokens": (passages.PASSAGE_LENGTH,),
    "at most {:.0f} bits)": (regression.MOST_BITS,),
    "Items longer than {} words": (regression.SATURATION_TOKENS,),
    "up to {} is subtracted": (regression._SMALL_CORPUS_PENALTY,),
    "{:.0f} more where the match is most of the item": (regression._ALONE_WEIGHT,),
    "fewer than {} different words": (regression.MIN_DISTINCT_WORDS,),
    "at least {} of its stretch": (attribution._MIN_KEPT,),
    "a probability of at least {}": (estimates._CONFIDENCE,),
    "less {} standard deviations": (estimates._ONE_SIDED,),
    "the shipped recall, {:.2f}": (estimates.LOW_RECALL,),
    "less {:.0%} for the ends": (estimates.EDGE_ERROR,),
}


@pytest.mark.parametrize("sentence", STATED)
def test_formulas_state_the_constants_of_the_code(sentence, pages):
    page = " ".join(pages["docs/formulas.md"].split()).replace("3 % for", "3% for")
    assert sentence.format(*STATED[sentence]) in page


def test_the_page_gives_the_number_of_features(pages):
    assert len(regression._WEIGHTS) == 17
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
