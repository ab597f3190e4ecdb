"""Small registries, made in memory as `provenance.registry` makes large ones."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from provenance.fingerprint.boundaries import breaks
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import (
    PostingsIndex,
    build_postings,
    build_postings_index,
)
from provenance.match.index.stop_shingles import count_shared_shingles, find_stop_shingles
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model import BACKGROUND_BITS, RegistryArrays, Shingles, Texts, Tokens


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
    sources = sources or ["x"] * len(texts)
    tokens = tokens_of(*texts)
    seeds = seeds_of(tokens)
    seen: dict[tuple[int, ...], int] = {}
    first = [seen.setdefault(tuple(row), number) for number, row in enumerate(rows_of(tokens))]
    places: dict[tuple[int, int], int] = {}
    for number in sorted(set(first)):
        for seed in range(seeds.offsets[number], seeds.offsets[number + 1]):
            key = (int(seeds.hashes[seed]), number)
            places.setdefault(key, int(seeds.positions[seed]))
    rows = sorted((*key, place) for key, place in places.items())
    shingles, items, positions = zip(*rows, strict=True) if rows else ((), (), ())
    hashes, owners = np.array(shingles, np.uint64), np.array(items, np.uint32)
    codes = np.array([sorted(set(sources)).index(source) for source in sources], np.uint8)
    people = np.array(authors or [0] * len(texts), np.uint64)
    alone = np.repeat(np.array(first) == np.arange(len(texts)), np.diff(tokens.offsets))
    cells = tokens.hashes[alone] >> np.uint32(32 - BACKGROUND_BITS)
    names = tuple(sorted(set(sources)))
    return RegistryArrays(
        parameters=current_parameters(),
        postings=build_postings(hashes, owners, np.array(positions, np.uint16)),
        tokens=tokens.hashes,
        token_offsets=tokens.offsets,
        first=np.array(first, np.uint32),
        source_codes=codes,
        sources=names,
        shared=count_shared_shingles(hashes, owners, codes, people),
        chance=SHIPPED_CHANCE,
        background=np.bincount(cells, minlength=1 << BACKGROUND_BITS).astype(np.uint64),
    )


def registry(
    *items: str, sources: Sequence[str] = (), authors: Sequence[int] = ()
) -> PostingsIndex:
    held = holding(*items, sources=sources, authors=authors)
    return build_postings_index(held, find_stop_shingles([held]))


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
