"""Recall and chance in many languages, on the texts of others that the evaluation data holds."""

import math
from collections import Counter

import numpy as np
import pytest

from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from tests.detection import languages
from tests.detection.found import covered, recall
from tests.detection.public import declarations, materials
from tests.fingerprint.oracles import texts_of, weight_of

# Recall of verbatim, lower-cased, unmarked, cut and changed posts; each has nine words or more.
FLOORS = {
    str: 0.98,
    str.lower: 0.98,
    languages.unmarked: 0.98,
    languages.cut_to_70: 0.75,
    languages.every_tenth_word_changed: 0.8,
}
LEGAL = {
    "Hindi", "Italian", "Japanese", "Korean", "Portuguese", "Thai", "Turkish", "Vietnamese",
}  # fmt: skip
"""Languages whose items and pages are articles of one declaration, which repeat each other."""

CODES = {
    "arb": "Arabic", "cmn_hans": "Chinese", "deu": "German", "fra": "French", "hin": "Hindi",
    "ita": "Italian", "jpn": "Japanese", "khm": "Khmer", "kor": "Korean", "lao": "Lao",
    "mya": "Burmese", "por_PT": "Portuguese", "rus": "Russian", "spa": "Spanish", "tha": "Thai",
    "tur": "Turkish", "vie": "Vietnamese",
}  # fmt: skip

CLUSTERS = {"Burmese", "Khmer", "Lao", "Thai"}
"""Languages of which a token is a character with its signs."""


@pytest.fixture(scope="module")
def material(shared_data):
    return materials(shared_data)


@pytest.fixture(scope="module")
def found_by_edit(material, detector):
    """Plant every item of every language in a page of it: what is found, edit by edit."""
    items = [item for each in material.values() for item in each.items]
    public = detector(items)
    found = {}
    for edit in FLOORS:
        pages, places = [], []
        for each in material.values():
            for number, item in enumerate(each.items):
                before = each.pages[number % len(each.pages)][:200] + "\n"
                after = "\n" + each.pages[(number + 1) % len(each.pages)][:200]
                pages.append(f"{before}{edit(item)}{after}")
                places.append((len(before), len(before) + len(edit(item))))
        found[edit] = public.find(pages), places
    return found, public.find([page for each in material.values() for page in each.pages])


def test_posts_of_every_language_are_found(material, found_by_edit):
    found, _ = found_by_edit
    table = {name: [] for name in material}
    first = 0
    for name, each in material.items():
        own = slice(first, first + len(each.items))
        first = own.stop
        numbers = [str(number) for number in range(own.start, own.stop)]
        for ones, places in found.values():
            table[name].append(recall(ones[own], numbers))
            assert covered(ones[own], places[own]) >= 0.9
    names = [edit.__name__ for edit in FLOORS]
    tell("", names)
    for name, figures in table.items():
        tell(name, [f"{figure:.3f}" for figure in figures])
    for name, figures in table.items():
        for edit, figure in zip(FLOORS, figures, strict=True):
            assert figure >= FLOORS[edit], (name, edit.__name__)


def test_pages_of_every_language_have_no_finding(material, found_by_edit):
    _, clean = found_by_edit
    first = 0
    for name, each in material.items():
        own = clean[first : first + len(each.pages)]
        first += len(each.pages)
        repeats = max(1, 0.2 * len(own)) if name in LEGAL else 0
        assert sum(map(bool, own)) <= repeats, name


def test_a_seed_spans_as_much_of_a_text_in_every_language(shared_data):
    declared = declarations(shared_data)
    tell("", ["part of the text", "bits a seed"])
    english, own = _weight(declared["eng"]), _bits(declared["eng"])
    for code, name in CODES.items():
        content, bits = english / _weight(declared[code]), _bits(declared[code])
        tell(name, [f"{content:.2f}", f"{bits:.1f}"])
        # Words of Vietnamese are written as syllables, those of Korean with what follows them;
        # eight characters with their signs are two words of Lao, but tell as much as four.
        assert (2 / 5 if name in CLUSTERS else 2 / 3) <= content <= 3 / 2, (name, content)
        # Characters tell of one another, so that those of a seed add up to more than it tells.
        assert own <= bits <= 3.5 * own, (name, bits)


def tell(name: str, figures: list[str]) -> None:
    """Print a row of a table: `pytest -s` shows it, and a failure does."""
    print(f"{name:12}" + "".join(f"{figure:>26}" for figure in figures))  # noqa: T201 (a table)


def _weight(text: str) -> float:
    """Give the words that a text weighs: the same text has so many seeds, one a word."""
    return sum(map(weight_of, tokenise(texts_of(text)).hashes.tolist())) / 4


def _bits(text: str) -> float:
    """Give the mean information of a seed, its tokens taken one by one."""
    tokens = tokenise(texts_of(text))
    counts = Counter(tokens.hashes.tolist())
    bits = np.array([-math.log2(counts[token] / len(tokens.hashes)) for token in tokens.hashes])
    sums = np.concatenate([[0], np.cumsum(bits)])
    weights = np.cumsum([weight_of(token) for token in tokens.hashes.tolist()])
    width = 4 * current_parameters().seed_width
    firsts = shingle(tokens, current_parameters().seed_width).positions
    before = np.concatenate([[0], weights])[firsts]
    ends = np.searchsorted(weights, before + width) + 1
    return float(np.mean(sums[ends] - sums[firsts]))
