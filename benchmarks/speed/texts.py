"""Texts made by recombining words, so that their shingles are new; and posts planted in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Int64s

VERBATIM, EDITED = "verbatim", "edited"
_STRIPPED = str.maketrans("", "", ".,;:!?()[]*-")
_CURLY = str.maketrans({"'": "\u2019", '"': "\u201c"})
EVERY = 20
"""An edited post has one word changed in so many."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A post as it stands in a page: which, how it was treated, and its words there."""

    post: str
    kind: str
    text: str


def vocabulary(words: Sequence[str]) -> pa.Array:
    """Make words ready to be recombined: each with the gap after it."""
    return pa.array([f"{word} " for word in words], pa.large_string())


def recombined(words: pa.Array, lengths: Int64s, dice: np.random.Generator) -> pa.Array:
    """Make texts of so many words each, every word drawn at random.

    A word is as frequent as in the texts that it was read from; its neighbours are not.
    """
    drawn = words.take(pa.array(dice.integers(0, len(words), int(lengths.sum()))))
    _, offsets, data = drawn.buffers()
    ends = np.concatenate([[0], np.cumsum(lengths)])
    bounds = np.frombuffer(offsets, np.int64)[ends]
    return pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(bounds), data)


def edited(post: str, words: Sequence[str], dice: Random) -> str:
    """Treat a post as copies are treated: lower case, no punctuation, curly quotes, words changed.

    One word of twenty is another one, from the middle of the first twenty on.
    """
    own = post.lower().translate(_STRIPPED).translate(_CURLY).split()
    for place in range(EVERY // 2, len(own), EVERY):
        own[place] = dice.choice(words).strip().lower()
    return " ".join(own)


def plants(ids: Sequence[str], posts: Sequence[str], words: pa.Array, seed: int) -> list[Plant]:
    """Treat every second post, and leave the others as they are."""
    dice = Random(seed)
    known = [str(word) for word in words.slice(0, 10_000).to_pylist()]
    return [
        Plant(one, EDITED, edited(post, known, dice))
        if place % 2
        else Plant(one, VERBATIM, post.strip())
        for place, (one, post) in enumerate(zip(ids, posts, strict=True))
    ]


def with_plants(
    words: pa.Array, lengths: Int64s, own: Sequence[Plant | None], dice: np.random.Generator
) -> pa.Array:
    """Make texts that hold one plant each, or none, somewhere between their words."""
    heads = dice.integers(0, lengths + 1)
    before, after = recombined(words, heads, dice), recombined(words, lengths - heads, dice)
    middle = pa.array([f"{one.text} " if one else "" for one in own], pa.large_string())
    return pc.binary_join_element_wise(before, middle, after, pa.scalar("", pa.large_string()))
