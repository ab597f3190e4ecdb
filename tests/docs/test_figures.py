"""Figures that our pages state are those of the code, and of what was measured."""

import re
from statistics import median

import numpy as np
import pytest

from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match import attribution, match_pieces
from provenance.match.candidates import chaining, near_duplicates, seed_hits, seeds
from provenance.match.estimation import intervals, own_shares
from provenance.match.index import (
    postings_index,
    report_limits,
    seed_postings,
    stop_shingles,
    token_weights,
)
from provenance.match.scoring import (
    classifier,
    corpus_sample,
    detectability,
    evalue,
    information,
)
from provenance.model.content.fingerprints import Parameters
from provenance.model.content.language import NO_LANGUAGE
from provenance.model.rules.policy import DEFAULT_ORIGINS
from provenance.pipeline.findings import ownership


def power_of_ten(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return (
        f"{mantissa}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    )


SIZE, WORDS = 50_000_000, np.arange(report_limits.TABLE_WORDS + 1)
LIMITS = detectability.report_limits(evalue.SHIPPED_CHANCE, SIZE, NO_LANGUAGE)
LEAST = LIMITS.least_bits / report_limits.SURPRISAL_SCALE
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
    "With registries of {:.0f} million tokens or more, a run": (
        detectability.LIMITED_FROM_TOKENS / 1e6,
    ),
    "With {:.0f} million tokens, {} words inside an item of {} words or more must have {:.0f} "
    "bits, and {} words are never enough": (
        SIZE / 1e6,
        8,
        report_limits.TABLE_WORDS,
        LEAST[0, -1, 8, 8],
        np.flatnonzero(np.diagonal(LEAST[1, -1]) <= token_weights.MAX_WORD_BITS * WORDS)[0] - 1,
    ),
    "it is expected to be no more than {} words and three quarters of the information of the "
    "runs, at most {:.0f} bits": (
        report_limits.EXTENSION_WORDS,
        report_limits.MAX_EXTENSION / report_limits.SURPRISAL_SCALE,
    ),
    "A text resembles an item if *J* ≥ {}": (near_duplicates.MIN_SIMILARITY,),
    "For each of {} permutations": (current_parameters().permutations,),
    "from *p* = {} on, and `quotation` up to *p* = {}": (
        DEFAULT_ORIGINS.own,
        DEFAULT_ORIGINS.quoted,
    ),
    "a median of {} of these per million tokens": (own_shares.COMMON_RATE,),
    "had a standard deviation of {}": (own_shares._COMMON_SPREAD,),
    "π₀ = {} · E[": (own_shares.DEFAULT_SHARE,),
    "Of fewer than {} findings *π* is": (own_shares.MIN_FINDINGS,),
    "of a seed that more than {} share, the first {} count": (
        seed_postings.MAX_SHARED,
        seed_postings.FEW,
    ),
    "p_i + {:.0f} · π₀ ) / ( Σ w_i + {:.0f} )": (own_shares._PRIOR_WEIGHT,) * 2,
    "has *e* = \u2212{:.0f}": (-ownership._RULED_EVIDENCE,),
    "{} bands of {} values": (near_duplicates.BANDS, near_duplicates.ROWS),
    "each at most {:.0f} bits, or {:.0f} for a": (
        token_weights.MAX_WORD_BITS,
        token_weights.MAX_WORD_BITS / 4,
    ),
    "A word counts {} times as much": (information.REPEAT_DISCOUNT,),
    "with the discount {}": (information._DISCOUNT,),
    "c(v)^{}": (information.HEAPS_EXPONENT,),
    "1/2 · {:,.0f}": (information._VOCABULARY_SIZE,),
    "passages of {} tokens": (corpus_sample.PASSAGE_LENGTH,),
    "at most {:.0f} bits); each bit of the third kind beyond that adds {}": (
        classifier.MAX_BITS,
        classifier.EXCESS_BITS_WEIGHT,
    ),
    "Items longer than {} words": (classifier.SATURATION_TOKENS,),
    "up to {} is subtracted": (classifier._SMALL_CORPUS_PENALTY,),
    "{:.0f} more where the match is most of the item": (classifier._FILLS_TEXT_WEIGHT,),
    "fewer than {} different words": (classifier.MIN_DISTINCT_WORDS,),
    "matched tokens: {} of them have all that does not come from information beyond {:.0f} bits": (
        classifier.SATURATION_TOKENS,
        classifier.MAX_BITS,
    ),
    "gaps of more than {} tokens of the text, and at shorter ones between runs of {} tokens or "
    "more if {} of another match": (
        match_pieces.MAX_ALIGNED,
        match_pieces.MIN_RUN,
        match_pieces._INSIDE,
    ),
    "fewer than {} tokens that a longer item goes on with": (attribution._MIN_TAIL,),
    "a probability of at least {}": (intervals._CONFIDENCE,),
    "{}·√(": (intervals._TWO_SIDED,),
    "at most {:.2f}/*n*": (intervals.NO_COPY_FOUND.documents,),
    "less {:.0%} for the ends": (intervals.EXCESS_EDGE,),
    "{:.0%} more for spans that are too short": (intervals.MISSING_EDGE,),
    "{:.0%} more documents, for edits": (intervals.UNMEASURED_MISSES,),
}


@pytest.mark.parametrize("sentence", STATED)
def test_formulas_state_the_constants_of_the_code(sentence, pages):
    page = " ".join(pages["docs/formulas.md"].split()).replace(" %", "%")
    assert sentence.format(*STATED[sentence]) in page


def test_the_page_gives_the_number_of_features(pages):
    assert len(classifier._WEIGHTS) == 18
    assert "over eighteen features" in pages["docs/formulas.md"]


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
    shipped = {row[0]: row[2:5] for row in rows(long) if len(row) == 10}
    first, _ = pages["docs/how-sure.md"].split("## What these figures do not show")
    stated = {row[0]: row[1:] for row in rows(first) if row[1][-1:].isdigit()}
    assert len(stated) == 9
    assert stated == {edit: shipped[edit] for edit in stated}
    page = " ".join(pages["docs/how-sure.md"].split())
    shorter = {row[0]: row[2] for row in rows(short) if len(row) == 10}
    assert f"{shorter['verbatim']} verbatim, {shorter['cut to 50%']} when cut" in page


def test_pictures_are_there(pages, root):
    shown = [
        (root / name).parent / target
        for name, page in pages.items()
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)
    ]
    assert shown
    assert [path for path in shown if not path.exists()] == []


def test_how_sure_says_how_wide_intervals_are(pages, root):
    measured = (root / "benchmarks" / "INTERVALS.md").read_text("utf-8")
    tokens, documents = (
        [row for row in rows(part) if row[1].isdigit()]
        for part in measured.split("## Share of documents")
    )
    _, last = pages["docs/how-sure.md"].split("## What a report states")
    page = " ".join(last.split())
    for copies, *stated in (row for row in rows(last) if row[0][-1].isdigit()):
        number = copies.replace(",", "")
        widths = [
            median(float(row[place]) for row in table if row[1] == number)
            for table, place in ((tokens, 3), (documents, 3), (tokens, 5), (tokens, 8))
        ]
        assert [float(each) for each in stated] == pytest.approx(widths, abs=0.006)
    held = [float(row[2]) for row in tokens]
    assert f"held the truth {sum(held) / len(held):.1%}".replace("%", " %") in page
    assert f"and {min(held):.0%} in the worst of {len(held)} groups".replace("%", " %") in page
    least = min(float(row[4]) for row in (*tokens, *documents))
    assert f"in {least:.1%} of the worst group".replace("%", " %") in page
