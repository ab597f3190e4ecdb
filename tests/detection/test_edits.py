"""Posts are found under every edit that datasets are known to make, and where they stand."""

from collections.abc import Sequence

import pytest

from tests.detection import edits
from tests.detection.conftest import Detector
from tests.detection.found import Found, covered, outside, recall
from tests.detection.posts import POSTS
from tests.detection.prose import Prose

NUMBERS = [str(number) for number in range(len(POSTS))]


@pytest.fixture(scope="module")
def posts(detector) -> Detector:
    return detector(POSTS)


def planted(texts: Sequence[str]) -> tuple[list[str], list[tuple[int, int]]]:
    """Put each text into a page of its own: the pages, and where the texts stand."""
    prose = Prose(7)
    pages, starts = zip(*(prose.around(text) for text in texts), strict=True)
    return list(pages), [
        (start, start + len(text)) for start, text in zip(starts, texts, strict=True)
    ]


def test_a_post_is_found_with_its_very_characters(posts):
    pages, places = planted(POSTS)

    found = posts.find(pages)

    assert found == [[Found(number, *place)] for number, place in zip(NUMBERS, places, strict=True)]


@pytest.mark.parametrize("edit", edits.HARMLESS, ids=lambda edit: edit.__name__)
def test_a_post_is_found_when_its_words_are_left(posts, edit):
    pages, places = planted([edit(post) for post in POSTS])

    found = posts.find(pages)

    assert [[one.item for one in ones] for ones in found] == [[number] for number in NUMBERS]
    for page, ones, place in zip(pages, found, places, strict=True):
        assert outside(page, ones[0], place) <= 1
    assert covered(found, places) >= 0.9


# Recall, and part of the planted characters covered. The shortest posts have eight words, of which
# one edit may hit the middle; what a page's markup puts around the words is not the post's.
FLOORS = {
    edits.emoji_as_words: (1.0, 0.9),
    edits.hashtags_split: (1.0, 0.9),
    edits.in_html: (1.0, 0.65),
    edits.truncated: (1.0, 0.9),
    edits.one_typo: (0.95, 0.9),
    edits.cut_to_70: (0.9, 0.9),
    edits.every_tenth_word_changed: (0.9, 0.9),
    edits.every_tenth_word_dropped: (0.9, 0.9),
    edits.words_put_in: (0.9, 0.9),
}


@pytest.mark.parametrize("edit", FLOORS, ids=lambda edit: edit.__name__)
def test_a_post_is_found_when_words_of_it_are_changed(posts, edit):
    pages, places = planted([edit(post) for post in POSTS])

    found = posts.find(pages)

    assert recall(found, NUMBERS) >= FLOORS[edit][0]
    assert {one.item for ones in found for one in ones} <= set(NUMBERS)
    assert covered(found, places) >= FLOORS[edit][1]
    strayed = [
        outside(page, one, place)
        for page, ones, place in zip(pages, found, places, strict=True)
        for one in ones
    ]
    assert sum(strayed) / len(strayed) <= 0.5
    assert max(strayed) <= 10  # a word of the item that the page itself says, some way behind


def test_every_edit_changes_some_post():
    for edit in (*edits.HARMLESS, *FLOORS):
        assert any(edit(post) != post for post in POSTS), edit.__name__


def test_posts_run_together_are_found_one_by_one(posts):
    prose = Prose(3)
    groups = [range(first, first + 4) for first in range(0, len(POSTS), 4)]
    pages = [
        f"{prose.sentence()} {' '.join(POSTS[number] for number in group)} {prose.sentence()}"
        for group in groups
    ]

    found = posts.find(pages)

    for page, ones, group in zip(pages, found, groups, strict=True):
        assert [one.item for one in ones] == [str(number) for number in group]
        for one in ones:
            assert outside(page, one, _place(page, POSTS[int(one.item)])) == 0


def test_posts_in_one_line_of_chat_are_found_one_by_one(posts):
    page = " | ".join(f"<b>{number}</b>: {post}" for number, post in enumerate(POSTS))

    found = posts.find([page])[0]

    assert [one.item for one in found] == NUMBERS


def test_a_thread_is_found_row_by_row(detector):
    prose = Prose(11)
    rows = [edits.lower_cased(post) for post in POSTS[:6]]
    thread = detector(["\n\n".join(POSTS[:6]), *POSTS[10:]])

    found = thread.find([*rows, *(prose.page() for _ in range(20))])

    assert [[one.item for one in ones] for ones in found] == [["0"]] * 6 + [[]] * 20
    for row, ones in zip(rows, found, strict=False):
        assert outside(row, ones[0], (0, len(row))) == 0


LINES = [
    "rain on the glasshouse, kettle on the boil",
    "nine unanswered letters in the umbrella stand",
    "the clock in the hall is an hour behind its opinion",
    "somebody painted the wheelbarrow blue overnight",
    "and the dog has learnt the postman's first name",
]


@pytest.fixture(scope="module")
def poem(detector) -> Detector:
    return detector(["\n".join(LINES), *POSTS])


@pytest.mark.parametrize("order", [(1, 2, 3, 4, 0), (2, 0, 4, 1, 3), (4, 3, 2, 1, 0)])
def test_lines_in_another_order_are_found(poem, order):
    prose = Prose(5)
    (page,), (place,) = planted(["\n".join(LINES[line] for line in order)])

    found, *others = poem.find([page, *(prose.page() for _ in range(50))])

    assert {one.item for one in found} == {"0"}
    assert all(outside(page, one, place) <= 4 for one in found)
    assert covered([found], [place]) >= 0.5  # single lines are short, and not all stand alone
    assert others == [[]] * 50


def test_a_post_that_stands_a_thousand_times_is_found_a_thousand_times(posts):
    prose = Prose(2)
    pages, starts = zip(*(prose.around(POSTS[23]) for _ in range(1000)), strict=True)
    others = [prose.page() for _ in range(200)]

    found = posts.find([*pages, *others])

    assert found[:1000] == [[Found("23", start, start + len(POSTS[23]))] for start in starts]
    assert found[1000:] == [[]] * 200


@pytest.mark.parametrize("edit", [edits.cut_to_70, edits.lower_cased, edits.truncated])
def test_an_edited_post_that_stands_often_is_found_as_often(posts, edit):
    numbers = [number for number in (4, 13, 16, 20, 32) for _ in range(100)]
    pages, _ = planted([edit(POSTS[number]) for number in numbers])

    assert recall(posts.find(pages), [str(number) for number in numbers]) == 1


def test_pages_without_a_post_have_no_finding(posts):
    prose = Prose(1)

    assert posts.find([prose.page() for _ in range(500)]) == [[]] * 500


def _place(page: str, post: str) -> tuple[int, int]:
    start = page.index(post)
    return start, start + len(post)
