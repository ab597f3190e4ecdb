"""Shingles for libraries without a tokeniser."""

WIDTH = 5


def word_shingles(text: str) -> list[str]:
    """Return all runs of five words in lower case; for shorter texts, all words as one."""
    words = text.lower().split()
    return [
        " ".join(words[first : first + WIDTH]) for first in range(max(1, len(words) - WIDTH + 1))
    ]
