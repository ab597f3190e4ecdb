"""Generate texts by recombining words, so that their shingles are new, and plant posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s

VERBATIM, EDITED = "verbatim", "edited"
_STRIPPED = str.maketrans("", "", ".,;:!?()[]*-")
_CURLY = str.maketrans({"'": "\u2019", '"': "\u201c"})
EVERY = 20
"""An edited post has one changed word in this many."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted post: its id, kind of edit, and edited text."""

    post: str
    kind: str
    text: str


def vocabulary(words: Sequence[str]) -> pa.Array:
    """Return words as an array to recombine, each followed by a space."""
    return pa.array([f"{word} " for word in words], pa.large_string())


def recombine(words: pa.Array, lengths: Int64s, rng: np.random.Generator) -> pa.Array:
    """Return texts of given lengths with words drawn at random.

    Words are as frequent as in the original texts, but word pairs are not.
    """
    drawn_words = words.take(pa.array(rng.integers(0, len(words), int(lengths.sum()))))
    _, offsets, data = drawn_words.buffers()
    ends = np.concatenate([[0], np.cumsum(lengths)])
    bounds = np.frombuffer(offsets, np.int64)[ends]
    return pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(bounds), data)


def edit_post(post: str, words: Sequence[str], random: Random) -> str:
    """Edit a post as copies often are: lower case, no punctuation, curly quotes, changed words.

    One word in `EVERY` is replaced, from the middle of the first ones on.
    """
    post_words = post.lower().translate(_STRIPPED).translate(_CURLY).split()
    for place in range(EVERY // 2, len(post_words), EVERY):
        post_words[place] = random.choice(words).strip().lower()
    return " ".join(post_words)


def make_plants(
    ids: Sequence[str], posts: Sequence[str], words: pa.Array, seed: int
) -> list[Plant]:
    """Return plants of posts, every second one of them edited."""
    random = Random(seed)
    common_words = [str(word) for word in words.slice(0, 10_000).to_pylist()]
    return [
        Plant(post_id, EDITED, edit_post(post, common_words, random))
        if place % 2
        else Plant(post_id, VERBATIM, post.strip())
        for place, (post_id, post) in enumerate(zip(ids, posts, strict=True))
    ]


def recombine_with_plants(
    words: pa.Array, lengths: Int64s, page_plants: Sequence[Plant | None], rng: np.random.Generator
) -> pa.Array:
    """Return texts with one plant each, or none, at a random position."""
    heads = rng.integers(0, lengths + 1)
    before, after = recombine(words, heads, rng), recombine(words, lengths - heads, rng)
    middle = pa.array(
        [f"{planted.text} " if planted else "" for planted in page_plants], pa.large_string()
    )
    return pc.binary_join_element_wise(before, middle, after, pa.scalar("", pa.large_string()))
