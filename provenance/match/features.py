"""What a candidate match looks like, in the few figures that tell copies from chance."""

from dataclasses import dataclass

import numpy as np

from provenance.match.candidates import Candidates
from provenance.match.copying import copies_in, is_copy, words_matched
from provenance.match.information import (
    ABSENT,
    CORPUS,
    DISTINCT,
    LONGEST,
    POOLED,
    REGISTRY,
    Counted,
    informed,
)
from provenance.match.lookup import Index
from provenance.match.lots import informed_by_all
from provenance.match.passages import Passages
from provenance.match.shapes import density, shape
from provenance.match.siblings import siblings, together
from provenance.model import NO_LANGUAGE, Floats, Int64s, Language

MOST = 0.8
"""Part of an item that is most of it."""


@dataclass(frozen=True, slots=True)
class Features:
    """One figure a candidate, in each column. What everybody writes (`everybody`) counts as absent.

    Parameters
    ----------
    corpus_bits : ndarray of float64
        Information of the matched words under the corpus's own bigrams, without the passage, or
        under the language's, whichever finds them cheaper.
    registry_bits : ndarray of float64
        The same under the registry's bigrams, without the item.
    pooled_bits : ndarray of float64
        The same under both together, and under their trigrams where three words run on.
    matched, length, longest, distinct : ndarray of float64
        Matched words; words of the item; different words of the longest run; different words
        matched. A character that is a token counts as the part of a word that it weighs.
    density : ndarray of float64
        Matched tokens over the tokens of the text's stretch, in (0, 1].
    across : ndarray of float64
        Items that share the rarest seed, where they are of several sources; else 0. What is
        frequent inside one source alone is its own.
    alone : ndarray of float64
        1 where the match is most of the item, and most of the text too.
    begins : ndarray of float64
        1 where the match has the item's first token, and there the text breaks too.
    whole : ndarray of float64
        1 where it is most of the item, and the text breaks on both sides of it.
    broken : ndarray of float64
        1 where it has the item's beginning, at a break of the text, and an ellipsis stands for the
        rest.
    """

    corpus_bits: Floats
    registry_bits: Floats
    pooled_bits: Floats
    matched: Floats
    length: Floats
    longest: Floats
    distinct: Floats
    density: Floats
    across: Floats
    alone: Floats
    begins: Floats
    whole: Floats
    broken: Floats


@dataclass(frozen=True, slots=True)
class Company:
    """What must be known of candidates before any of them is left out.

    Parameters
    ----------
    matched, length : ndarray of float64, shape (n,)
        Words that each matches, and those of its item.
    copies : ndarray of int64, shape (n,)
        Passages of the corpus's sample that hold a copy of the item.
    passed_on : ndarray of int64, shape (n,)
        Items of the registry that say the same.
    groups : ndarray of int64, shape (n,)
        Siblings have the same number (`siblings.siblings`).
    """

    matched: Floats
    length: Floats
    copies: Int64s
    passed_on: Int64s
    groups: Int64s

    def take(self, chosen: Int64s) -> "Company":
        """Give what is known of the candidates at these places."""
        return Company(
            self.matched[chosen],
            self.length[chosen],
            self.copies[chosen],
            self.passed_on[chosen],
            self.groups[chosen],
        )


def company(
    candidates: Candidates, registry: Index, corpus: Passages, known_copies: Int64s | None = None
) -> Company:
    """Learn what all candidates of a corpus say of each.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    registry : Index
        What they were found in.
    corpus : Passages
        A sample of the corpus.
    known_copies : ndarray of int64, shape (items,), or None
        Passages of the sample that are known to hold a copy of each item, from whoever saw more.
    """
    matched, length = words_matched(candidates, registry.holdings)
    copied = is_copy(matched, length)
    # A post that many pass on inside one source is no phrase of everybody's.
    passed_on = np.where(copied & (candidates.across == 0), candidates.rarest, 1).astype(np.int64)
    copies = copies_in(candidates, corpus, copied, known_copies)
    return Company(matched, length, copies, passed_on, siblings(candidates, length))


def measure(
    candidates: Candidates,
    registry: Index,
    corpus: Passages,
    language: Language = NO_LANGUAGE,
    threads: int = 1,
    among: Company | None = None,
) -> Features:
    """Measure candidates against the corpus as a whole.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus; or, where `among` is given, some with all of their siblings.
    registry : Index
        What they were found in.
    corpus : Passages
        A sample of the same corpus.
    language : Language
        What everybody says: a small corpus does not know it.
    threads : int
        How many count, and measure, at a time.
    among : Company or None
        What all candidates of the corpus say of these; None where these are all.
    """
    among = company(candidates, registry, corpus) if among is None else among
    copies = among.copies, among.passed_on
    figures = informed_by_all(candidates, copies, registry, corpus, language, threads)
    return _features(candidates, among, registry, figures)


def at_most(
    candidates: Candidates, among: Company, registry: Index, language: Counted, threads: int = 1
) -> Features:
    """Give the features that make candidates look most like copies, whatever the corpus says.

    It takes no counting of words.

    Parameters
    ----------
    candidates : Candidates
        Some of a corpus, with all of their siblings.
    among : Company
        What all candidates of the corpus say of these.
    registry : Index
        What they were found in.
    language : Counted
        As `information.counted_by` gives it.
    threads : int
        How many measure at a time.

    Returns
    -------
    Features
        None of which has less `corpus_bits` and `pooled_bits` than `measure` gives, nor more
        `registry_bits`; otherwise the same.
    """
    copies = among.copies, among.passed_on
    figures = informed(candidates, copies, registry, language, threads)
    figures[:, REGISTRY] = 0  # what the registry finds rare looks the less like a copy
    return _features(candidates, among, registry, figures)


def _features(candidates: Candidates, among: Company, registry: Index, figures: Floats) -> Features:
    groups, matched, missing = among.groups, among.matched, figures[:, ABSENT]
    # A line counts for what all lines of its item say that stand beside it, in whatever order.
    own, absent = together(groups, matched - missing), together(groups, missing)
    corpus_bits, registry_bits, pooled_bits, distinct = (
        together(groups, figures[:, column]) for column in (CORPUS, REGISTRY, POOLED, DISTINCT)
    )
    length = np.maximum(among.length - absent, own)
    offsets = registry.holdings.token_offsets
    alone, begins, whole, broken = shape(candidates, offsets, own >= MOST * length)
    return Features(
        corpus_bits,
        registry_bits,
        pooled_bits,
        own,
        length,
        figures[:, LONGEST],
        distinct,
        density(candidates, missing / np.maximum(matched, 1)),
        candidates.rarest * (1.0 * candidates.across),
        alone,
        begins,
        whole,
        broken,
    )
