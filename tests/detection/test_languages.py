"""Posts are found in many languages, under each language's own edits."""

import pytest

from tests.detection.found import Found, covered, outside, recall
from tests.detection.languages import (
    EVERYWHERE,
    OWN,
    Edit,
    cut_to_70,
    every_tenth_word_changed,
    languages,
)

LANGUAGES = languages()
EDITS = sorted(
    {edit for own in (EVERYWHERE, *OWN.values()) for edit in own}, key=lambda edit: edit.__name__
)


@pytest.fixture(scope="module")
def posts(detector):
    return detector([post for language in LANGUAGES.values() for post in language.posts])


def planted(edit: Edit, named: list[str]):
    """Put every post of these languages, edited, into a page of its language."""
    pages, places, numbers = [], [], []
    number = 0
    for name, language in LANGUAGES.items():
        for post in language.posts:
            if name in named:
                text = edit(post)
                page, start = language.around(text, number)
                pages.append(page)
                places.append((start, start + len(text)))
                numbers.append(str(number))
            number += 1
    return pages, places, numbers


def test_there_are_texts_of_every_language():
    assert set(LANGUAGES) == set(OWN)
    assert all(len(each.posts) >= 3 for each in LANGUAGES.values())


def test_posts_are_found_with_their_very_characters(posts):
    pages, places, numbers = planted(str, list(LANGUAGES))

    found = posts.find(pages)

    assert found == [[Found(number, *place)] for number, place in zip(numbers, places, strict=True)]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_posts_are_found_under_the_edits_of_their_language(posts, edit):
    named = [name for name, own in OWN.items() if edit in (*EVERYWHERE, *own)]
    pages, places, numbers = planted(edit, named)

    found = posts.find(pages)

    assert [[one.item for one in ones] for ones in found] == [[number] for number in numbers]
    for page, ones, place in zip(pages, found, places, strict=True):
        assert outside(page, ones[0], place) == 0
    assert covered(found, places) >= 0.95


@pytest.mark.parametrize("edit", [cut_to_70, every_tenth_word_changed])
def test_posts_of_every_language_are_found_when_words_of_them_are_changed(posts, edit):
    for name in LANGUAGES:
        pages, _, numbers = planted(edit, [name])
        assert recall(posts.find(pages), numbers) >= 0.75, name


def test_every_edit_changes_some_post():
    for name, own in OWN.items():
        for edit in own:
            assert any(edit(post) != post for post in LANGUAGES[name].posts), edit.__name__


def test_pages_without_a_post_have_no_finding(posts):
    pages = [each.page(seed) for each in LANGUAGES.values() for seed in range(20)]

    assert posts.find(pages) == [[]] * len(pages)
