"""Shingles as users of libraries without a tokeniser make them."""

WIDTH = 5


def word_shingles(text: str) -> list[str]:
    """Give every run of five words, lower-cased; of shorter texts, all their words."""
    words = text.lower().split()
    return [
        " ".join(words[first : first + WIDTH]) for first in range(max(1, len(words) - WIDTH + 1))
    ]
