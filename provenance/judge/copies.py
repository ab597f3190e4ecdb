"""Stored copies held against digests: whether the words are there that a rule was made of."""

import hashlib
import re
from collections.abc import Iterator

LONGEST = 40
"""Words of the longest quotation that is looked for."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(
    r"<[^>]{1,200}>|[*`\\]|(?<!\w)_|_(?!\w)|^\s*(?:#+|>|[-+]|\d+\.)\s", re.MULTILINE
)
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\xa0": " "})
_OPENING, _CLOSING = "\"'([{", "\"')]}.,;:!?"


def quoted_in(text: str, wanted: frozenset[str]) -> frozenset[str]:
    """Find the digests of words that stand in a text.

    Parameters
    ----------
    text : str
        A stored copy: plain text, Markdown or HTML.
    wanted : frozenset of str
        SHA-256 digests of quotations of up to `LONGEST` words.

    Returns
    -------
    frozenset of str
        Those whose words stand in the text, however they are set and parted there.
    """
    found: set[str] = set()
    for candidate in _candidates(text):
        digest = hashlib.sha256(candidate.encode()).hexdigest()
        if digest in wanted:
            found.add(digest)
    return frozenset(found)


def _candidates(text: str) -> Iterator[str]:
    """Give every run of words that a quotation can be."""
    plain = _MARKUP.sub("", _LINK.sub(r"\1", text))
    versions = {" ".join(v.split()) for v in (text, plain, plain.translate(_QUOTES))}
    for version in sorted(versions):
        words = version.split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                yield from _bared(" ".join(words[start:end]))


def _bared(run: str) -> Iterator[str]:
    """Give a run of words with the marks around it, and with one after the other taken off."""
    while True:
        tail = run
        yield tail
        while tail and tail[-1] in _CLOSING:
            tail = tail[:-1]
            yield tail
        if not run or run[0] not in _OPENING:
            return
        run = run[1:]
