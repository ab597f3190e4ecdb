"""Identification of licences by their texts, word for word."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from provenance.read.dumps.checkouts.licence_passages import PASSAGES

MAX_GAP_WORDS = 24
"""Words between two passages, which are the name of an owner or an address."""
MAX_BEGINNINGS = 20
"""Places that begin as a passage does, and are compared with it."""
MAX_OTHER_WORDS, WORDS_PER_OTHER = 60, 40
"""Words of a file that are in no passage, such as a title: so many, and one for so many others."""

_MARK = re.compile(r"(?<![\w.])\(?(?:\d{1,2}|[a-z]|i{1,3}|iv|v|vi{1,3}|ix)[.)](?=\s)")
"""A number or letter of a list."""
_HYPHEN = re.compile(r"(?<=[a-z])-\s*(?=[a-z])")
_WORD = re.compile(r"[a-z0-9]+")
_LEFT_OUT = {"http", "https", "www"}
_OWNER = re.compile(r"\W*(?:portions |parts )?(?:copyright\b|\(c\)|©|all rights reserved)")
"""Beginning of a line that says who owns a work."""
_CONDITIONS = frozenset(
    (
        *("commercial", "commercially", "evil", "except", "exception", "exceptions"),
        *("must", "noncommercial", "not", "only", "prohibited", "restricted", "restriction"),
        *("restrictions", "unless", "without"),
    )
)
"""Words that may change what a text allows."""
_PARTS = _CONDITIONS | frozenset(
    (
        *("additional", "additionally", "also", "alternatively", "bundled", "bundles", "contains"),
        *("different", "dual", "either", "excluding", "following", "however", "include"),
        *("included", "includes", "including", "other", "otherwise", "part", "parts", "party"),
        *("permission", "portions", "separate", "separately", "subject", "third", "whichever"),
    )
)
"""Words by which a file may also say that its text is not all."""
_ADDED_CONDITION = "commons clause"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a licence that are the same in every copy.

    Parameters
    ----------
    anchor : tuple of str
        The first words.
    words : int
        Number of words.
    digest : str
        Of the words, as from `digest_words`.
    is_required : bool
        Whether the licence is incomplete without it.
    """

    anchor: tuple[str, ...]
    words: int
    digest: str
    is_required: bool


def identify_licence(text: str) -> str | None:
    """Return the SPDX identifier of the licence whose text a file holds; None if it is unknown.

    The words are those of the licence, all of them and in their order. Beside them are owners, and
    a few others such as a title, none of which may be a condition.

    Parameters
    ----------
    text : str
        Whole text of a file.
    """
    words, is_owner = _words_and_owners(text)
    matches = [
        (sum(covered), name)
        for name, covered in _matches(words)
        if _is_all(words, is_owner, covered)
    ]
    return max(matches)[1] if matches else None


def licence_within(words: list[str]) -> str | None:
    """Return the SPDX identifier of the licence that is wholly in a text; None if none is.

    Parameters
    ----------
    words : list of str
        Of the text, as from `words_of`.
    """
    matches = [(sum(covered), name) for name, covered in _matches(words)]
    return max(matches)[1] if matches else None


def _matches(words: list[str]) -> Iterator[tuple[str, list[bool]]]:
    """Yield the licences that are in a text, and which words are theirs."""
    phrases = f" {' '.join(words)} "
    for name, passages in _licences():
        needed = next(passage for passage in passages if passage.is_required)
        if f" {' '.join(needed.anchor)} " not in phrases:
            continue
        covered = _cover(words, passages)
        if covered is not None:
            yield name, covered


def words_of(text: str) -> list[str]:
    r"""Return the words of a licence, without what differs between copies: case, signs, numbering.

    Examples
    --------
    >>> words_of("2. Re-\ndistribution and/or use, in the Licence's terms: https://a.example")
    ['redistribution', 'and', 'use', 'in', 'the', 'license', 's', 'terms', 'a', 'example']
    """
    return [word for word in _WORD.findall(_fold(text)) if word not in _LEFT_OUT]


def _fold(text: str) -> str:
    text = text.casefold().replace("licence", "license").replace("and/or", "and")
    return _HYPHEN.sub("", _MARK.sub(" ", text))


def _words_and_owners(text: str) -> tuple[list[str], list[bool]]:
    """Return the words of a text, and whether each is in a line that says who owns it."""
    words: list[str] = []
    is_owner: list[bool] = []
    for line in _fold(text).splitlines():
        found = [word for word in _WORD.findall(line) if word not in _LEFT_OUT]
        words += found
        is_owner += [_OWNER.match(line) is not None] * len(found)
    return words, is_owner


def _cover(words: list[str], passages: Sequence[Passage]) -> list[bool] | None:
    """Return which words are those of a licence, or between them; None if some are missing."""
    covered = [False] * len(words)
    end = None
    for passage in passages:
        start = _find(words, passage, end)
        if start is None:
            if passage.is_required:
                return None
            continue
        begin = start if end is None else end
        if _CONDITIONS & {*words[begin:start]}:
            return None
        end = start + passage.words
        covered[begin:end] = [True] * (end - begin)
    return covered


def _find(words: list[str], passage: Passage, end: int | None) -> int | None:
    """Return where a passage begins: anywhere, or soon after the `end` of the one before."""
    first, anchor = passage.anchor[0], list(passage.anchor)
    places = range(len(words)) if end is None else range(end, min(len(words), end + MAX_GAP_WORDS))
    starts = (
        place
        for place in places
        if words[place] == first and words[place : place + len(anchor)] == anchor
    )
    for start in islice(starts, MAX_BEGINNINGS):
        if digest_words(words[start : start + passage.words]) == passage.digest:
            return start
    return None


def _is_all(words: list[str], is_owner: list[bool], covered: list[bool]) -> bool:
    """Return whether what is beside a licence names owners and a title, and nothing else."""
    others, owners = list[str](), list[str]()
    for word, owned, is_covered in zip(words, is_owner, covered, strict=True):
        if not is_covered:
            (owners if owned else others).append(word)
    return (
        len(others) <= MAX_OTHER_WORDS + sum(covered) // WORDS_PER_OTHER
        and not _PARTS & {*others}
        and not _CONDITIONS & {*owners}
        and _ADDED_CONDITION not in " ".join(others)
    )


def digest_words(words: Iterable[str]) -> str:
    """Return the digest of words by which a passage is known."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:24]


@cache
def _licences() -> tuple[tuple[str, tuple[Passage, ...]], ...]:
    return tuple((name, tuple(map(_parse, rows))) for name, rows in PASSAGES)


def _parse(row: str) -> Passage:
    anchor, words, digest = row.removeprefix("?").split("|")
    return Passage(tuple(anchor.split()), int(words), digest, not row.startswith("?"))
