"""Books, news and sayings hold no posts but those that quote them."""

import re

import pytest

from tests.detection.public import rows

REGISTRIES = ("reg_twitter_irony_semeval2018t3", "reg_twitter_sanders")
WORDS = 400_000
"""Words read of each background."""


@pytest.fixture(scope="module")
def items(shared_data):
    return [row["text"] for name in REGISTRIES for row in rows(shared_data, name)]


@pytest.fixture(scope="module")
def posts(items, detector):
    return detector(items)


def texts_of(folder, name):
    texts, words = [], 0
    for row in rows(folder, name):
        texts.append(row["text"])
        words += len(row["text"].split())
        if words > WORDS:
            break
    return texts, words


def is_quotation(passage: str, item: str) -> bool:
    """Whether nearly all that the item says stands in the passage, word for word."""
    said = [word for word in words_of(re.sub(r"[#@]\w+|https?\S+", "", item)) if len(word) > 3]
    kept = set(words_of(passage))
    return sum(word in kept for word in said) >= 0.7 * len(said)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@pytest.mark.parametrize(
    "name", ["bg_books_gutenberg_nltk", "bg_news_reuters_en", "bg_fortunes_debian", "bg_udhr_multi"]
)
def test_nothing_is_found_but_quotations(shared_data, posts, items, name):
    texts, words = texts_of(shared_data, name)

    found = posts.find(texts)

    chance = [
        (text[one.start : one.end], items[int(one.item)])
        for text, ones in zip(texts, found, strict=True)
        for one in ones
        if not is_quotation(text[one.start : one.end], items[int(one.item)])
    ]
    assert len(chance) <= max(1, 2.0 * words / 1e6), chance
