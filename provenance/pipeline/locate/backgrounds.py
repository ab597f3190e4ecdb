"""Backgrounds: registries of widely quoted texts; passages that they hold too are contested."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.errors import PolicyError
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import (
    BITS_SCALE,
    CELL_SHIFT,
    PostingsIndex,
    build_postings_index,
)
from provenance.match.index.stop_shingles import NO_STOPS
from provenance.model.content.fingerprints import (
    Flags,
    Floats,
    Int64s,
    Shingles,
    Tokens,
    UInt32s,
    UInt64s,
    range_indices,
)
from provenance.model.results.coverage import RegistrySummary
from provenance.pipeline.exchange.remote_registries import open_named_registry
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.common_index import (
    common_index,
    common_summary,
    describe_pieces,
    find_sayings,
)
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.pipeline.scan.windows import NEIGHBOUR_TOKENS
from provenance.registry.store import Registry

_CONTEXT_TOKENS = 32
"""Tokens on both sides of a passage that are looked up with it."""

_MIN_BITS = 50
"""Minimum information of a match: any book holds phrases of less."""

_MIN_BITS_TOKENS = 1 << 22
"""Size of a background up to which that is enough: about that of the shipped one."""

_BITS_PER_DOUBLING = 4
"""Bits that each doubling of the size adds. One would do if words were independent; those of common
phrases are not. Measured with 115 million words of literature, in which matches of 50 to 70 bits
were phrases of any post."""

_MIN_SAYING_BITS = 20
"""The same, of a match with a saying, all of which is known to be quoted."""


@dataclass(frozen=True, slots=True)
class TextPassages:
    """Passages found in some texts.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Row of the text of each.
    firsts, lasts : ndarray of int64, shape (n,)
        First and last token.
    runs : ndarray of int64, shape (r, 3)
        Tokens shared with their items: number of the passage, first token, and one past the last.
    """

    rows: Int64s
    firsts: Int64s
    lasts: Int64s
    runs: Int64s


@dataclass(frozen=True, slots=True)
class Background:
    """Texts that are widely quoted.

    Parameters
    ----------
    summary : RegistrySummary
        Its name, digest and content.
    item_count : int
        Number of its items.
    load_index : callable
        Returns an index of it that has the postings of shingles to look up, given their hashes.
    describe : callable
        Returns the rows of items, as `Registry.describe` does, by their numbers.
    find_sayings : callable
        Returns which items are of sayings, or None if none is: their words are recognised without
        context however common they are.
    """

    summary: RegistrySummary
    item_count: int
    load_index: Callable[[UInt64s], PostingsIndex]
    describe: Callable[[UInt32s], pa.Table]
    find_sayings: Callable[[], Flags] | None = None

    @property
    def digest(self) -> str:
        """Digest of its content."""
        return self.summary.digest


def open_backgrounds(
    paths: Sequence[str],
    registries: Sequence[RegistryIndex],
    *,
    common: bool = False,
    trust: str | None = None,
) -> list[Background]:
    """Open backgrounds, each once: the shipped one first, then in the order of their digests.

    Parameters
    ----------
    paths : sequence of str
        Registries that are backgrounds.
    registries : sequence of RegistryIndex
        The registries that a corpus is matched against.
    common : bool
        Whether the shipped background is used.
    trust : str or None
        File with the keys that must have signed them; None accepts any.

    Raises
    ------
    PolicyError
        If one of them is also a registry that the corpus is matched against.
    """
    background_registries = {
        registry.manifest.digest: registry
        for registry in (open_named_registry(path, trust=trust) for path in paths)
    }
    for registry_index in registries:
        if (
            background := background_registries.get(registry_index.registry.manifest.digest)
        ) is not None:
            raise PolicyError(
                f"{background.path} is a background and a registry: all of it would be contested",
                remedy="name it once: with --registry, or with --background",
            )
    opened = [_registry_background(each) for _, each in sorted(background_registries.items())]
    return [_common_background(), *opened] if common else opened


def _registry_background(registry: Registry) -> Background:
    # Only passages are looked up in backgrounds, not near-duplicates of whole texts.
    index = build_postings_index(registry.arrays(), NO_STOPS)
    count = len(index.arrays.first)
    return Background(registry.summary(), count, lambda _: index, registry.describe)


def _common_background() -> Background:
    summary = common_summary()
    return Background(summary, summary.items, common_index, describe_pieces, find_sayings)


def min_bits(background_tokens: int) -> float:
    """Return the minimum information, in bits, of a match with a background of so many tokens."""
    doublings = math.log2(max(background_tokens, _MIN_BITS_TOKENS) / _MIN_BITS_TOKENS)
    return _MIN_BITS + _BITS_PER_DOUBLING * doublings


def margin_tokens(backgrounds: Sequence[Background]) -> int:
    """Return the number of tokens needed on both sides of a passage (see `cut_windows`)."""
    return _CONTEXT_TOKENS if backgrounds else NEIGHBOUR_TOKENS


def background_coverage(backgrounds: Sequence[Background]) -> tuple[RegistrySummary, ...]:
    """Return the summaries of the user's backgrounds."""
    return tuple(each.summary for each in backgrounds if each.find_sayings is None)


def common_coverage(backgrounds: Sequence[Background]) -> RegistrySummary | None:
    """Return the summary of the shipped background; None if it is not used."""
    return next((each.summary for each in backgrounds if each.find_sayings is not None), None)


def claim_passages(claims: Claims, indices: Int64s, rows: Int64s) -> TextPassages:
    """Return claims as passages of texts.

    Parameters
    ----------
    claims : Claims
        Claims on these texts; tokens are counted from each text's first.
    indices : ndarray of int64, shape (n,)
        Indices of the claims.
    rows : ndarray of int64, shape (n,)
        Row of the text of each.
    """
    candidates = claims.candidates.take(indices)
    numbers = np.repeat(np.arange(len(indices)), np.diff(candidates.run_offsets))
    firsts, lasts = claims.firsts[indices], claims.lasts[indices]
    # A claim that was cut short lost some of its tokens.
    starts = np.maximum(candidates.runs[:, 1], firsts[numbers])
    ends = np.minimum(candidates.runs[:, 1] + candidates.runs[:, 2], lasts[numbers] + 1)
    runs = np.stack([numbers, starts, ends], axis=1)[ends > starts]
    return TextPassages(rows, firsts, lasts, runs.astype(np.int64))


def stretch_passages(rows: Int64s, firsts: Int64s, lasts: Int64s) -> TextPassages:
    """Return stretches of texts as passages all of whose tokens count."""
    runs = np.stack([np.arange(len(rows)), firsts, lasts + 1], axis=1)
    return TextPassages(rows, firsts, lasts, runs.astype(np.int64))


@dataclass(frozen=True, slots=True)
class BackgroundItems:
    """The items of backgrounds that have passages.

    Parameters
    ----------
    backgrounds, items : ndarray of int64, shape (n,)
        Index of the background, and number of its item; -1 where none has the passage.
    """

    backgrounds: Int64s
    items: Int64s

    @classmethod
    def none(cls, count: int) -> "BackgroundItems":
        """Return the outcome for passages that no background has."""
        return cls(np.full(count, -1), np.full(count, -1))


def find_background_items(
    passages: TextPassages, tokens: Tokens, backgrounds: Sequence[Background]
) -> BackgroundItems:
    """Return, for each passage, the background that holds at least half of it, and its item.

    Parameters
    ----------
    passages : TextPassages
        Passages.
    tokens : Tokens
        Tokens of their texts.
    backgrounds : sequence of Background
        Backgrounds; their sources do not matter.

    Notes
    -----
    Half means half of the tokens that a passage shares with its item, and half of their
    information, since any book holds `and then I went to the`. A background holds the tokens that
    its items match, not the stretch from the first to the last of them: a post inserted into a page
    of a book is not in the book. Of several items, the one that matches most of them is named.

    Each passage is looked up alone and with the words around it. Alone, a few words of a book
    carry too little information to be recognised. With its context, a page that backgrounds hold
    many times would displace the one item that contains the passage, because `find_candidates`
    keeps only the strongest few over one stretch.
    """
    found = BackgroundItems.none(len(passages.rows))
    if not len(passages.rows):
        return found
    cuts = [_cut_passages(passages, tokens, margin) for margin in (0, _CONTEXT_TOKENS)]
    seeds = [shingle(window, current_parameters().seed_width) for window, _ in cuts]
    # Those of the wider windows are all.
    indexes = [background.load_index(seeds[-1].hashes) for background in backgrounds]
    for (window, is_shared), window_seeds in zip(cuts, seeds, strict=True):
        for place, (background, index) in enumerate(zip(backgrounds, indexes, strict=True)):
            candidates = _background_candidates(
                window, window_seeds, index, background.find_sayings
            )
            is_matched = _matched_token_mask(window, candidates) & is_shared
            bits = index.bits[window.hashes >> CELL_SHIFT].astype(np.float64)
            is_held = _at_least_half(
                is_matched, is_shared, np.ones(len(bits)), window.offsets
            ) & _at_least_half(is_matched, is_shared, bits, window.offsets)
            rows = np.flatnonzero(is_held & (found.backgrounds < 0))
            found.backgrounds[rows] = place
            items = _fullest_items(window, candidates, is_shared, index)
            found.items[rows] = items[rows]
    return found


def _at_least_half(part: Flags, whole: Flags, weights: Floats, offsets: Int64s) -> Flags:
    halves = 2 * _segment_sums(weights * part, offsets) >= _segment_sums(weights * whole, offsets)
    return np.asarray(halves)


def _cut_passages(passages: TextPassages, tokens: Tokens, margin: int) -> tuple[Tokens, Flags]:
    """Cut passages out as texts of their own, and return which of their tokens items share."""
    bases, sizes = tokens.offsets[passages.rows], np.diff(tokens.offsets)[passages.rows]
    firsts = np.maximum(passages.firsts - margin, 0)
    lasts = np.minimum(passages.lasts + margin, sizes - 1)
    lengths = lasts - firsts + 1
    places, offsets = range_indices(bases + firsts, lengths)
    window = Tokens(tokens.hashes[places], tokens.starts[places], tokens.ends[places], offsets)
    numbers, starts, ends = passages.runs.T
    shift = (offsets[:-1] - firsts)[numbers]
    return window, _coverage_mask(starts + shift, ends + shift, int(offsets[-1]))


def _background_candidates(
    window: Tokens,
    seeds: Shingles,
    index: PostingsIndex,
    find_sayings: Callable[[], Flags] | None,
) -> Candidates:
    """Return what the items of a background match."""
    candidates = find_candidates(window, seeds, index)
    least = np.full(len(candidates), min_bits(len(index.arrays.tokens)))
    if find_sayings is not None:
        least[find_sayings()[candidates.items]] = _MIN_SAYING_BITS
    return candidates.take(np.flatnonzero(candidates.scores >= least * BITS_SCALE))


def _matched_token_mask(window: Tokens, candidates: Candidates) -> Flags:
    """Return which tokens candidates match."""
    texts = np.repeat(candidates.texts, np.diff(candidates.run_offsets))
    starts = window.offsets[texts] + candidates.runs[:, 1]
    return _coverage_mask(starts, starts + candidates.runs[:, 2], len(window.hashes))


def _fullest_items(
    window: Tokens, candidates: Candidates, is_shared: Flags, index: PostingsIndex
) -> Int64s:
    """Return, for each text, the item that matches most of its shared tokens; -1 for none."""
    owners = np.repeat(np.arange(len(candidates)), np.diff(candidates.run_offsets))
    starts = window.offsets[candidates.texts[owners]] + candidates.runs[:, 1]
    sums = np.concatenate([[0], np.cumsum(is_shared)])
    counts = sums[starts + candidates.runs[:, 2]] - sums[starts]
    matched = np.bincount(owners, counts, len(candidates))
    keys = index.arrays.keys.of(candidates.items)
    order = np.lexsort((keys, -matched, candidates.texts))
    texts, firsts = np.unique(candidates.texts[order], return_index=True)
    items = np.full(len(window.offsets) - 1, -1)
    items[texts] = candidates.items[order[firsts]]
    return items


def _coverage_mask(starts: Int64s, ends: Int64s, size: int) -> Flags:
    steps = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    return np.asarray(np.cumsum(steps)[:size] > 0)


def _segment_sums(weights: Floats, offsets: Int64s) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    return np.asarray(sums[offsets[1:]] - sums[offsets[:-1]])
