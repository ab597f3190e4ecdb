"""Write the texts of the benchmark in workers: real posts and pages, and posts recombined of them.

Posts are in the order of a hash of their ids, so that every size is a sample of all; registries
are taken from the beginning and corpora from the end, and share no post.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.speed.words import texts_of

CUT = 4000
"""Characters of a page that is cut from a longer text."""

ROWS = 8192
"""Rows of a row group."""

_CORPUS = ["id", "text"]
"""Columns of a corpus: a row with an address would be evidence by itself."""

_WORD = re.compile(r"\w+")
MIN_REPOST_WORDS = 8


def order_posts(file: str, addresses: Sequence[str]) -> dict[str, Any]:
    """Write all posts in the order of a hash of their ids."""
    table = pa.concat_tables([_posts(address) for address in addresses])
    keys = [blake2b(name.encode(), digest_size=8).digest() for name in table["id"].to_pylist()]
    order = pc.sort_indices(pa.array(keys, pa.binary(8)))
    return _write(file, table.take(order))


def _posts(address: str) -> pa.Table:
    table = pq.read_table(address, columns=["id", "text", "url", "created_at"])
    if pa.types.is_timestamp(table["created_at"].type):
        days = pc.strftime(table["created_at"], "%Y-%m-%dT%H:%M:%SZ")
        table = table.set_column(3, "created_at", days.cast(pa.string()))
    return table


def take_registry(file: str, posts: str, count: int) -> dict[str, Any]:
    """Write the dump of a registry: the first posts."""
    return _write(file, pq.read_table(posts).slice(0, count))


def take_corpus(file: str, posts: str, count: int) -> dict[str, Any]:
    """Write a corpus: the last posts."""
    table = pq.read_table(posts, columns=_CORPUS)
    return _write(file, table.slice(len(table) - count))


def split_corpus(file: str, corpus: str, count: int) -> dict[str, Any]:
    """Write a corpus as a folder of so many files."""
    table, folder = pq.read_table(corpus), Path(file)
    folder.mkdir(exist_ok=True)
    bounds = np.linspace(0, len(table), count + 1).astype(int).tolist()
    for number, (first, end) in enumerate(pairwise(bounds)):
        _write(str(folder / f"{number:05d}.parquet"), table.slice(first, end - first))
    return {"documents": len(table), "files": count}


def cut_pages(file: str, addresses: Sequence[str]) -> dict[str, Any]:
    """Write a corpus of pages: texts, cut into pieces."""
    pages = [
        text[first : first + CUT]
        for text in texts_of(addresses)
        for first in range(0, len(text), CUT)
    ]
    ids = [f"r{number:07d}" for number in range(len(pages))]
    return _write(file, pa.table({"id": ids, "text": pages}))


def recombine_posts(
    file: str, corpus: str, separators: Sequence[str], count: int, seed: int
) -> dict[str, Any]:
    """Write posts whose pieces are pieces of real posts, drawn at random.

    A generated post has as many pieces as the real post that it stands for; n-grams within pieces
    are as frequent as they were, and those across pieces are new.

    Parameters
    ----------
    file, corpus : str
        The file to write, and the real posts.
    separators : sequence of str
        Patterns of what ends a piece, used in turn: pieces of a generated post are drawn from those
        of real ones that were split at the same pattern.
    count : int
        Number of posts.
    seed : int
        Random seed.
    """
    real = pq.read_table(corpus, columns=["text"])["text"].to_pylist()
    rng, kinds = np.random.default_rng(seed), len(separators)
    pieces_by_kind = [
        [_pieces(separator, text) for text in real[kind::kinds]]
        for kind, separator in enumerate(separators)
    ]
    posts_by_kind = [iter(_recombine(posts, -(-count // kinds), rng)) for posts in pieces_by_kind]
    texts = [next(posts_by_kind[place % kinds]) for place in range(count)]
    ids = [f"g{number:08d}" for number in range(count)]
    return _write(file, pa.table({"id": ids, "text": texts}))


def _recombine(posts: Sequence[Sequence[str]], count: int, rng: np.random.Generator) -> list[str]:
    pieces = [piece for post in posts for piece in post]
    sizes = [len(posts[place % len(posts)]) for place in range(count)]
    drawn = iter(_draw(len(pieces), sum(sizes), rng).tolist())
    return ["".join(pieces[next(drawn)] for _ in range(size)) for size in sizes]


def _draw(count: int, drawn: int, rng: np.random.Generator) -> np.ndarray:
    """Return numbers below `count` in random order: each as often as any other, or once more."""
    rounds = [rng.permutation(count) for _ in range(-(-drawn // count))]
    return np.concatenate(rounds)[:drawn]


def _pieces(separator: str, text: str) -> list[str]:
    """Split a text after each match of a pattern.

    Examples
    --------
    >>> _pieces(r"[.!?\\n]+\\s*", "One. Two!  Three")
    ['One. ', 'Two!  ', 'Three']
    """
    ends = [match.end() for match in re.finditer(separator, text)]
    bounds = [0, *ends, len(text)]
    return [text[a:b] for a, b in pairwise(bounds) if b > a] or [""]


def find_reposts(corpus: str, dump: str) -> dict[str, Any]:
    """Return the rows of a corpus whose words are those of a post in a dump."""
    known = {key for key in map(_words, _texts(dump)) if key}
    keys = map(_words, _texts(corpus))
    return {"rows": [row for row, key in enumerate(keys) if key and key in known]}


def _words(text: str) -> str:
    words = _WORD.findall(text.lower())
    return " ".join(words) if len(words) >= MIN_REPOST_WORDS else ""


def found_rows(findings: str) -> dict[str, Any]:
    """Return the rows of a corpus that have findings."""
    return {"rows": sorted(set(pq.read_table(findings, columns=["row"])["row"].to_pylist()))}


def _texts(file: str) -> Iterable[str]:
    return pq.read_table(file, columns=["text"])["text"].to_pylist()


def _write(file: str, table: pa.Table) -> dict[str, Any]:
    pq.write_table(table, Path(file), compression="zstd", row_group_size=ROWS)
    size = pc.sum(pc.binary_length(table["text"])).as_py()
    return {"documents": len(table), "bytes": size}
