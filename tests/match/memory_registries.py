"""Small registries, made in memory as `provenance.registry` makes large ones."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.first_lines import first_line_sizes
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import (
    PostingsIndex,
    build_postings,
    build_postings_index,
)
from provenance.match.index.stop_shingles import StopShingles
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.fingerprints import Int64s, Shingles, Texts, Tokens, UInt32s
from provenance.model.content.registry_arrays import (
    BACKGROUND_BITS,
    NO_ITEM,
    OrderKeys,
    Postings,
    RegistryArrays,
    RegistrySegment,
)
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.schema import position_dtype


def texts_of(*texts: str) -> Texts:
    raw = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, raw)]).astype(np.int64)
    return Texts(np.frombuffer(b"".join(raw), np.uint8), offsets)


def tokens_of(*texts: str) -> Tokens:
    return tokenise(texts_of(*texts))


def rows_of(tokens: Tokens) -> list[list[int]]:
    """Give the tokens of each text as a list of Python's."""
    cuts = tokens.offsets[1:-1]
    return (
        [row.tolist() for row in np.split(tokens.hashes, cuts)] if len(tokens.offsets) > 1 else []
    )


def seeds_of(tokens: Tokens) -> Shingles:
    return shingle(tokens, current_parameters().seed_width)


def holding(
    *texts: str, sources: Sequence[str] = (), authors: Sequence[int] = ()
) -> RegistryArrays:
    """Hold these items, the first being the earliest; `sources` one an item, or none for all."""
    arrays, _ = holding_in_segments(texts, [0] * len(texts), sources=sources, authors=authors)
    return arrays


def holding_in_segments(
    texts: Sequence[str],
    segments: Sequence[int],
    *,
    dead: Collection[int] = (),
    sources: Sequence[str] = (),
    authors: Sequence[int] = (),
) -> tuple[RegistryArrays, Int64s]:
    """Hold these items in segments, the first being the earliest.

    Parameters
    ----------
    texts : sequence of str
        The items.
    segments : sequence of int
        The segment of each: 0 and on, none left out.
    dead : collection of int
        Those that do not count.
    sources, authors : sequence
        One an item; none if all have one source, or if nobody is known, as the author 0 is.

    Returns
    -------
    RegistryArrays
        They.
    ndarray of int64
        Number of each item.
    """
    all_tokens = tokens_of(*texts)
    lines = first_line_sizes(texts_of(*texts), all_tokens).tolist()
    rows, sequences = rows_of(all_tokens), sequence_hashes(all_tokens.hashes, all_tokens.offsets)
    words = [tuple(row) or (-number,) for number, row in enumerate(rows)]
    members = [
        [item for item in range(len(texts)) if segments[item] == place]
        for place in range(max(segments, default=0) + 1)
    ]
    bases = np.cumsum([0, *(len(own) + 1 for own in members)]).tolist()
    numbers, count = np.zeros(len(texts), np.int64), bases[-1] - 1
    for base, own in zip(bases, members, strict=False):
        numbers[own] = base + np.arange(len(own))
    copies = _find_copies(words, members, dead)
    first, reported = np.arange(count, dtype=np.uint32), np.arange(count, dtype=np.uint32)
    is_live = np.zeros(count, np.bool_)
    for item, leader in copies.leaders.items():
        first[numbers[item]], is_live[numbers[item]] = numbers[leader], True
    for item, other in copies.reported.items():
        reported[numbers[item]] = NO_ITEM if other is None else numbers[other]
    seeds = [_first_places(text) for text in texts]
    counted = [item for item, other in copies.reported.items() if other is not None]
    hidden = Counter(
        seed for item, other in copies.reported.items() if other is None for seed in seeds[item]
    )
    tokens, offsets = _joined([[rows[item] for item in own] for own in members])
    cells = np.array([token for item in counted for token in rows[item]], np.uint32)
    names = tuple(sorted({*sources} or {"x"}))
    people = [author or _UNKNOWN + item for item, author in enumerate(authors)]

    def by_number(values: Sequence[int], dtype: type[np.generic]) -> np.ndarray:
        column = np.zeros(count, dtype)
        column[numbers] = values
        return column

    arrays = RegistryArrays(
        parameters=current_parameters(),
        segments=tuple(
            RegistrySegment(
                first_number=base,
                postings=_postings(
                    (seed, own.index(item), place)
                    for item in own
                    if item in copies.reported
                    for seed, place in seeds[item].items()
                ),
                sequences=(sequences[own] >> np.uint64(32)).astype(np.uint32),
            )
            for base, own in zip(bases, members, strict=False)
        ),
        keys=_order_keys(members, bases[:-1]),
        tokens=tokens,
        token_offsets=offsets,
        item_sizes=np.stack(
            [by_number([min(len(row), 255) for row in rows], np.uint8), by_number(lines, np.uint8)],
            axis=1,
        ),
        is_live=is_live,
        first=first,
        representatives=reported if (reported != np.arange(count)).any() else reported[:0],
        hidden_shingles=np.array(sorted(hidden), np.uint64),
        hidden_counts=np.array([hidden[seed] for seed in sorted(hidden)], np.int64),
        source_codes=by_number(
            [names.index(source) for source in sources] or [0] * len(texts), np.uint8
        ),
        authors=by_number(people or range(_UNKNOWN, _UNKNOWN + len(texts)), np.uint32),
        sources=names,
        longest=max(map(len, rows), default=0),
        background=np.bincount(
            cells >> np.uint32(32 - BACKGROUND_BITS), minlength=1 << BACKGROUND_BITS
        ).astype(np.uint64),
        posting_count=sum(len(seeds[item]) for item in counted),
        chance=SHIPPED_CHANCE,
    )
    return arrays, numbers


@dataclass(frozen=True)
class _Copies:
    """Which items are equal.

    Parameters
    ----------
    leaders : dict of int to int
        For each item that counts, the first of those that do and have the same words.
    reported : dict of int to int or None
        For each item with postings, that leader; None if it is in another segment, or nowhere.
    """

    leaders: dict[int, int]
    reported: dict[int, int | None]


def _find_copies(
    words: Sequence[tuple[int, ...]], members: Sequence[Sequence[int]], dead: Collection[int]
) -> _Copies:
    first: dict[tuple[int, ...], int] = {}
    leaders = {
        item: first.setdefault(words[item], item) for item in range(len(words)) if item not in dead
    }
    reported: dict[int, int | None] = {}
    for own in members:
        heads: dict[tuple[int, ...], int] = {}
        for item in own:
            if heads.setdefault(words[item], item) == item:
                leader = first.get(words[item])
                reported[item] = leader if leader in own else None
    return _Copies(leaders, reported)


_UNKNOWN = 1 << 31  # hashes of unknown authors begin there
_GAP = [0xDEADBEEF] * 3  # between the tokens of two segments


def _first_places(text: str) -> dict[int, int]:
    """Give the first position of each seed of a text."""
    seeds = seeds_of(tokens_of(text))
    places: dict[int, int] = {}
    for seed, place in zip(seeds.hashes.tolist(), seeds.positions.tolist(), strict=True):
        places.setdefault(seed, place)
    return places


def _postings(rows: Iterable[tuple[int, int, int]]) -> Postings:
    """Build postings from shingles, items and positions."""
    columns = list(zip(*sorted(rows), strict=True)) or [(), (), ()]
    shingles, items, positions = columns
    dtype = position_dtype(max(positions, default=0))
    return build_postings(
        np.array(shingles, np.uint64), np.array(items, np.uint32), np.array(positions, dtype)
    )


def _joined(segments: Sequence[Sequence[Sequence[int]]]) -> tuple[UInt32s, Int64s]:
    """Join the tokens of the items of segments, with gaps between these."""
    tokens: list[int] = []
    offsets: list[int] = []
    for place, rows in enumerate(segments):
        tokens += _GAP if place else []
        offsets.append(len(tokens))
        for row in rows:
            tokens += row
            offsets.append(len(tokens))
    return np.array(tokens, np.uint32), np.array(offsets, np.int64)


def _order_keys(members: Sequence[Sequence[int]], bases: Sequence[int]) -> OrderKeys:
    """Order items by their place among all, with gaps between those of two segments."""
    keys: list[int] = []
    starts: list[int] = []
    for own in members:
        keys += [0xDEADBEEF] * 2 if starts else []
        starts.append(len(keys))
        keys += [item << 30 for item in own]
    return OrderKeys(
        np.array(keys, np.uint64), np.array(bases, np.int64), np.array(starts, np.int64)
    )


def index_of(arrays: RegistryArrays, *others: RegistryArrays) -> PostingsIndex:
    """Index a registry that is matched together with others."""
    return build_postings_index(arrays, StopShingles([arrays, *others], seeds_of))


def registry(
    *items: str, sources: Sequence[str] = (), authors: Sequence[int] = ()
) -> PostingsIndex:
    return index_of(holding(*items, sources=sources, authors=authors))


def found_in(registry: PostingsIndex, *texts: str) -> Candidates:
    tokens = tokens_of(*texts)
    found = find_candidates(tokens, seeds_of(tokens), registry)
    parted = breaks(texts_of(*texts), tokens, found.texts, found.firsts, found.lasts)
    return replace(found, breaks=parted)


def words(count: int, seed: int, vocabulary: int = 5000, prefix: str = "w") -> list[str]:
    """Draw words; those of another prefix are never the same."""
    dice = random.Random(seed)
    return [f"{prefix}{dice.randrange(vocabulary)}" for _ in range(count)]


def prose(count: int, seed: int) -> str:
    """Give a text that shares no word with any item."""
    return " ".join(words(count, seed, prefix="p"))


def posts(count: int, seed: int = 0, shortest: int = 5, longest: int = 40) -> list[str]:
    """Give items of random words."""
    dice = random.Random(seed)
    return [
        " ".join(words(dice.randint(shortest, longest), seed * 10_000 + number))
        for number in range(count)
    ]
