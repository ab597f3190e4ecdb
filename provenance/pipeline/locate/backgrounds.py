"""Backgrounds: registries of what many quote. A passage that one of them holds too is contested."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from provenance.errors import PolicyError
from provenance.fingerprint.shingles import shingle
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT, build_postings_index
from provenance.model import Flags, Floats, Int64s, RegistrySummary, Tokens, ranged
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.windows import NEXT
from provenance.pipeline.scan.readings import Opened
from provenance.registry.store import open_registry

_AROUND = 32
"""Tokens beside a passage that are looked at, too."""

_LEAST_BITS = 50
"""Any book holds phrases of less information, whatever people write."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Passages that were found in some texts.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        The text of each.
    firsts, lasts : ndarray of int64, shape (n,)
        First and last token.
    runs : ndarray of int64, shape (r, 3)
        Tokens that they share with their items: number of the passage, first token, and one past
        the last.
    """

    rows: Int64s
    firsts: Int64s
    lasts: Int64s
    runs: Int64s


def open_backgrounds(paths: Sequence[str], registries: Sequence[Opened]) -> list[Opened]:
    """Open backgrounds, each once, in an order that their names do not decide.

    Raises
    ------
    PolicyError
        If one of them is a registry that the corpus is matched against.
    """
    whole = {one.manifest.digest: one for one in map(open_registry, map(Path, paths))}
    for opened in registries:
        if (same := whole.get(opened.registry.manifest.digest)) is not None:
            raise PolicyError(
                f"{same.path} is a background and a registry, so all of it would be contested",
                remedy="name it once: with --registry, or with --background",
            )
    # Passages decide here, not texts that resemble each other as a whole.
    return [
        Opened(one, build_postings_index(one.holdings()), lambda: None)
        for _, one in sorted(whole.items())
    ]


def margin_for(backgrounds: Sequence[Opened]) -> int:
    """Give how many tokens on both sides of a passage are asked for (`windows.windows`)."""
    return _AROUND if backgrounds else NEXT


def coverage(opened: Sequence[Opened]) -> tuple[RegistrySummary, ...]:
    """Tell what registries hold."""
    return tuple(one.registry.summary() for one in opened)


def passages(claims: Claims, places: Int64s, rows: Int64s) -> Claimed:
    """Give claims as passages of texts.

    Parameters
    ----------
    claims : Claims
        Claims on these texts, tokens counted from the first of each.
    places : ndarray of int64, shape (n,)
        Which of them.
    rows : ndarray of int64, shape (n,)
        The text of each.
    """
    own = claims.candidates.take(places)
    numbers = np.repeat(np.arange(len(places)), np.diff(own.run_offsets))
    firsts, lasts = claims.firsts[places], claims.lasts[places]
    # A claim that was cut short lost some of its tokens.
    starts = np.maximum(own.runs[:, 1], firsts[numbers])
    ends = np.minimum(own.runs[:, 1] + own.runs[:, 2], lasts[numbers] + 1)
    runs = np.stack([numbers, starts, ends], axis=1)[ends > starts]
    return Claimed(rows, firsts, lasts, runs.astype(np.int64))


def whole_passages(rows: Int64s, firsts: Int64s, lasts: Int64s) -> Claimed:
    """Give stretches of texts as passages, all of whose tokens count."""
    runs = np.stack([np.arange(len(rows)), firsts, lasts + 1], axis=1)
    return Claimed(rows, firsts, lasts, runs.astype(np.int64))


def held_too(claimed: Claimed, tokens: Tokens, backgrounds: Sequence[Opened]) -> Flags:
    """Tell of which passages backgrounds hold at least half.

    Parameters
    ----------
    claimed : Claimed
        Passages.
    tokens : Tokens
        Of their texts.
    backgrounds : sequence of Opened
        Whatever their sources are called.

    Notes
    -----
    Half of the tokens that a passage shares with its item, and half of their information, for any
    book holds `and then I went to the`. A background holds the tokens that its items match, not
    the stretch from the first to the last of them: a post that somebody put into a page of a book
    is not in the book.

    Each passage is looked up alone, and with the words beside it. Alone, a few words of a book are
    too little to be told; together, a page that backgrounds hold many times over would drive out
    the one item in which the passage between its words stands, for over one stretch
    `find_candidates` keeps only the strongest few.
    """
    held = np.zeros(len(claimed.rows), bool)
    for around in (0, _AROUND):
        window, inside = _windows(claimed, tokens, around)
        for opened in backgrounds:
            theirs = _held_tokens(window, opened) & inside
            bits = opened.index.bits[window.hashes >> CELL_SHIFT].astype(np.float64)
            held |= _is_half(theirs, inside, np.ones(len(bits)), window.offsets) & _is_half(
                theirs, inside, bits, window.offsets
            )
    return held


def _is_half(part: Flags, whole: Flags, weights: Floats, offsets: Int64s) -> Flags:
    halves = 2 * _sums(weights * part, offsets) >= _sums(weights * whole, offsets)
    return np.asarray(halves)


def _windows(claimed: Claimed, tokens: Tokens, around: int) -> tuple[Tokens, Flags]:
    """Cut passages out as texts of their own, and mark what they share with their items."""
    bases, sizes = tokens.offsets[claimed.rows], np.diff(tokens.offsets)[claimed.rows]
    firsts = np.maximum(claimed.firsts - around, 0)
    lasts = np.minimum(claimed.lasts + around, sizes - 1)
    lengths = lasts - firsts + 1
    places, offsets = ranged(bases + firsts, lengths)
    window = Tokens(tokens.hashes[places], tokens.starts[places], tokens.ends[places], offsets)
    numbers, starts, ends = claimed.runs.T
    shift = (offsets[:-1] - firsts)[numbers]
    return window, _covered(starts + shift, ends + shift, int(offsets[-1]))


def _held_tokens(window: Tokens, opened: Opened) -> Flags:
    """Mark the tokens that a background's items match."""
    seeds = shingle(window, opened.index.holdings.parameters.seed_width)
    candidates = find_candidates(window, seeds, opened.index)
    candidates = candidates.take(np.flatnonzero(candidates.scores >= _LEAST_BITS * BITS_SCALE))
    texts = np.repeat(candidates.texts, np.diff(candidates.run_offsets))
    starts = window.offsets[texts] + candidates.runs[:, 1]
    return _covered(starts, starts + candidates.runs[:, 2], len(window.hashes))


def _covered(starts: Int64s, ends: Int64s, size: int) -> Flags:
    steps = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    return np.asarray(np.cumsum(steps)[:size] > 0)


def _sums(weights: Floats, offsets: Int64s) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    return np.asarray(sums[offsets[1:]] - sums[offsets[:-1]])
