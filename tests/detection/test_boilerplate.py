"""What everybody writes is nobody's: no finding, however many posts hold it."""

from random import Random

import pytest

from tests.detection.conftest import Detector
from tests.detection.posts import POSTS, lines_of
from tests.detection.prose import Prose

PHRASES: dict[str, list[str]] = {}
for _line in lines_of("boilerplate"):
    _kind, _text = _line.split(": ", 1)
    PHRASES.setdefault(_kind, []).append(_text)

CHATTER = lines_of("chatter")
BEGINNINGS = [line[2:] for line in CHATTER if line.startswith("<")]
ENDS = [line[2:] for line in CHATTER if line.startswith(">")]
EVERY = [phrase for kind in PHRASES.values() for phrase in kind]


def quoting(phrase: str, dice: Random) -> str:
    """Write a post that holds a phrase, as people do."""
    return f"{dice.choice(BEGINNINGS)} {phrase} {dice.choice(ENDS)}"


@pytest.fixture(scope="module")
def posts(detector) -> Detector:
    """Hold 32 posts a phrase, each of another author, in two sources, and posts without any."""
    dice = Random(4)
    return detector(
        [*POSTS, *(quoting(phrase, dice) for phrase in EVERY for _ in range(16))],
        [quoting(phrase, dice) for phrase in EVERY for _ in range(16)],
    )


def page_with(phrases: list[str], prose: Prose) -> str:
    return " ".join(f"{prose.sentence()} {phrase}. {prose.sentence()}" for phrase in phrases)


@pytest.mark.parametrize("kind", PHRASES)
def test_a_single_page_may_say_what_everybody_says(posts, kind):
    page = page_with(PHRASES[kind], Prose(1))

    found = posts.find([page])[0]

    assert [page[one.start : one.end] for one in found] == []


def test_hundreds_of_pages_may_say_what_everybody_says(posts):
    prose, dice = Prose(2), Random(2)
    pages = [page_with(dice.sample(EVERY, 2), prose) for _ in range(400)]

    found = posts.find(pages)

    assert [
        page[one.start : one.end] for page, ones in zip(pages, found, strict=True) for one in ones
    ] == []


def test_posts_are_found_among_what_everybody_says(posts):
    prose, dice = Prose(3), Random(3)
    pages = [page_with([dice.choice(EVERY), post, dice.choice(EVERY)], prose) for post in POSTS]

    found = posts.find(pages)

    assert [[one.item for one in ones] for ones in found] == [
        [str(number)] for number in range(len(POSTS))
    ]
