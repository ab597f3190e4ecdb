"""Items of many authors that share a phrase."""

from tests.match.memory_registries import words

PHRASE = " ".join(words(8, 7, prefix="c"))


def crowd(count, seed=0):
    """Write items that hold the phrase among words of their own."""
    return [
        f"{' '.join(words(6, seed + number))} {PHRASE} {' '.join(words(6, seed + 500 + number))}"
        for number in range(count)
    ]
