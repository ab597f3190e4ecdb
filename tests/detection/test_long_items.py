"""Articles, answers, chapters and code are found whole, changed, and by a passage."""

from random import Random

import pytest

from tests.detection.found import Found, covered, outside, recall
from tests.detection.prose import Prose

LENGTHS = (100, 400, 2000, 20_000)
SYLLABLES = ("ba", "ce", "dor", "fel", "gu", "hol", "jun", "kra", "lim", "mo", "ni", "pau")


class Author:
    """Writes articles about invented matters: no two say the same."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.prose = Prose(seed)

    def word(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=self.dice.randint(2, 4)))

    def sentence(self) -> str:
        """Write prose of which every third word is a matter of this article alone."""
        words = self.prose.sentence().split(" ")
        return " ".join(self.word() if place % 3 == 1 else w for place, w in enumerate(words))

    def article(self, words: int) -> str:
        paragraphs: list[str] = []
        while sum(len(each.split()) for each in paragraphs) < words:
            paragraphs.append(" ".join(self.sentence() for _ in range(5)))
        return "\n\n".join(paragraphs)

    def code(self, lines: int) -> str:
        names = [self.word() for _ in range(30)]
        shapes = (
            "    {a} = {b}({c}, {n})",
            "    if {a} > {n}:\n        return {b}.{c}",
            "    for {a} in {b}.{c}():\n        {d}.append({a} + {n})",
            "\n\ndef {a}({b}, {c}={n}):",
            "    # {a} the {b} before {c} is {d}",
        )
        return "\n".join(
            self.dice.choice(shapes).format(
                n=self.dice.randint(0, 99),
                **dict(zip("abcd", self.dice.sample(names, 4), strict=True)),
            )
            for _ in range(lines)
        )


def changed(text: str, share: float, seed: int) -> str:
    """Exchange this share of the words for others."""
    author = Author(seed)
    words = text.split(" ")
    for place in author.dice.sample(range(len(words)), round(share * len(words))):
        words[place] = author.word()
    return " ".join(words)


ITEMS = [*(Author(length).article(length) for length in LENGTHS), Author(1).code(60)]
NUMBERS = [str(number) for number in range(len(ITEMS))]
OTHERS = [Author(seed).article(300) for seed in range(100, 110)]


@pytest.fixture(scope="module")
def long_items(detector):
    return detector([*ITEMS, *OTHERS])


@pytest.mark.parametrize(("share", "floor"), [(0.0, 0.99), (0.1, 0.95), (0.3, 0.7)])
def test_a_copy_is_found_at_any_length_though_words_are_changed(long_items, share, floor):
    copies = [changed(item, share, seed=5) for item in ITEMS]
    pages = [Author(seed).article(300) for seed in range(200, 240)]

    found = long_items.find([*copies, *pages])

    assert [{one.item for one in ones} for ones in found] == [
        *({number} for number in NUMBERS),
        *(set() for _ in pages),
    ]
    whole = [(0, len(copy)) for copy in copies]
    assert covered(found[: len(copies)], whole) >= floor


def test_a_paragraph_of_an_article_is_found_in_a_page(long_items):
    pages, places, numbers = [], [], []
    for number, item in enumerate(ITEMS[:-1]):
        paragraphs = item.split("\n\n")
        for paragraph in (paragraphs[0], paragraphs[len(paragraphs) // 2], paragraphs[-1]):
            page, start = Prose(len(pages)).around(paragraph)
            pages.append(page)
            places.append((start, start + len(paragraph)))
            numbers.append(str(number))

    found = long_items.find(pages)

    assert [[one.item for one in ones] for ones in found] == [[number] for number in numbers]
    strayed = [
        outside(page, ones[0], place)
        for page, ones, place in zip(pages, found, places, strict=True)
    ]
    assert sum(strayed) / len(strayed) <= 1
    assert covered(found, places) >= 0.99


def test_a_changed_paragraph_of_an_article_is_found_in_a_page(long_items):
    paragraphs = [
        (str(number), changed(item.split("\n\n")[-1], 0.1, seed=number))
        for number, item in enumerate(ITEMS[:-1])
    ]
    pages = [Prose(row).around(paragraph)[0] for row, (_, paragraph) in enumerate(paragraphs)]

    assert recall(long_items.find(pages), [number for number, _ in paragraphs]) == 1


def test_two_sentences_of_an_article_are_found_in_a_page(long_items):
    sentences = [". ".join(item.split(". ")[3:5]) for item in ITEMS[:-1]]
    pages = [Prose(row).around(sentence)[0] for row, sentence in enumerate(sentences)]

    assert recall(long_items.find(pages), NUMBERS[:-1]) == 1


def test_lines_of_code_are_found_in_another_file(long_items):
    lines = ITEMS[-1].split("\n")
    page = Author(77).code(40) + "\n" + "\n".join(lines[20:40]) + "\n" + Author(78).code(40)

    found = long_items.find([page])[0]

    assert {one.item for one in found} == {NUMBERS[-1]}
    start = page.index(lines[20])
    assert covered([found], [(start, start + len("\n".join(lines[20:40])))]) >= 0.9


def test_an_answer_quoted_within_a_longer_page_is_found_where_it_stands(long_items):
    page, start = Prose(8).around(ITEMS[1])

    assert long_items.find([page]) == [[Found("1", start, start + len(ITEMS[1]))]]
