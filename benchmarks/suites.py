"""Corpora with planted items, to fit and to measure the detector on: pages, edits, places, truth.

Like the corpora that `provenance calibrate` makes: a detector is fitted on some and measured on
others. Some of the pages hold one item each, edited and set into the page as items are: as a
sentence among others, as a paragraph, as a row of its own, quoted within a sentence, or run into
one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from provenance.pipeline.calibration.text_edits import EDITS, Edit
from provenance.read.corpus.corpora import open_corpus
from provenance.registry.store import Registry

PLACES = ("sentence", "sentence", "sentence", "paragraph", "row", "quoted", "inline")
SIZES = (400, 1500, 4000, 4000)
"""Characters of a page, in turn."""

LEAST_TOKENS, MOST_BYTES = 4, 4000
_SENTENCE = re.compile(r"[.!?\u2026]['\")\]\u00bb\u201d]?\s+|[\u3002\uff01\uff1f]")
_PARAGRAPH = re.compile(r"\n\s*")
_WORD = re.compile(r"\s+(?=\w)")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: which background it was cut from, and its text."""

    background: str
    text: str


@dataclass(frozen=True, slots=True)
class Planted:
    """An item in a page: where it stands, in characters, and what was done to it."""

    page: int
    start: int
    end: int
    number: int
    edit: str
    place: str


@dataclass(frozen=True, slots=True)
class Suite:
    """Pages, some of which hold an item, and which."""

    pages: list[Page]
    plants: list[Planted]


def pages_of(files: Sequence[Path], seed: int) -> list[Page]:
    """Cut texts into pages of several sizes, at ends of sentences, in random order."""
    dice = Random(seed)
    pages = [
        Page(file.name.split(".")[0], piece)
        for file in files
        for text in _texts(file)
        for piece in _pieces(text, dice)
    ]
    dice.shuffle(pages)
    return pages


def _texts(file: Path) -> Iterator[str]:
    for part in open_corpus([str(file)], text_columns=["text"]).parts:
        for documents in part.batches():
            yield from documents.batch.column("text").to_pylist()


def _pieces(text: str, dice: Random) -> Iterator[str]:
    size, first = dice.choice(SIZES), 0
    for match in _SENTENCE.finditer(text):
        if match.end() - first >= size:
            yield text[first : match.end()]
            size, first = dice.choice(SIZES), match.end()
    if len(text) - first >= min(SIZES) // 2:
        yield text[first:]


def plant(pages: Sequence[Page], registry: Registry, seed: int, count: int) -> Suite:
    """Plant items of a registry into the first pages, one a page.

    Items that several sources hold are left out: it would not be known whose was found.
    """
    dice = Random(seed)
    numbers = dice.sample(range(registry.manifest.items), min(3 * count, registry.manifest.items))
    chosen = np.array(numbers, np.uint32)
    known, copies = registry.describe(chosen).to_pylist(), registry.copies(chosen)
    texts = registry.texts(chosen)
    turns = [edit for edit in EDITS for _ in range(edit.share)]
    made, plants = list(pages), []
    for number, row, same, text in zip(numbers, known, copies, texts, strict=True):
        if len(plants) == min(count, len(pages)):
            break
        if not _is_fit(row, same.sources, text or ""):
            continue
        at = len(plants)
        edit, place = turns[at % len(turns)], dice.choice(PLACES)
        page, start, end = _set(pages[at].text, str(text).strip(), edit, place, dice)
        made[at] = Page(pages[at].background, page)
        plants.append(Planted(at, start, end, number, edit.name, place))
    return Suite(made, plants)


def _is_fit(row: dict[str, object], sources: Sequence[str], text: str) -> bool:
    return (
        int(str(row["length"])) >= LEAST_TOKENS
        and len(text.encode()) <= MOST_BYTES
        and len(set(text.split()) or text) >= LEAST_TOKENS
        and not set(sources) - {row["source"]}
    )


def _set(host: str, item: str, edit: Edit, place: str, dice: Random) -> tuple[str, int, int]:
    """Set an edited item into a text: the text, and where the item starts and ends in it."""
    put = edit.change(item, dice).strip() or item
    if place == "row":
        return f"{edit.before}{put}{edit.after}", len(edit.before), len(edit.before) + len(put)
    pattern = {"paragraph": _PARAGRAPH, "quoted": _WORD, "inline": _WORD}.get(place, _SENTENCE)
    ends = [match.end() for match in pattern.finditer(host)] or [0]
    at = dice.choice(ends)
    before, after = {
        "paragraph": ("", "\n"),
        "quoted": dice.choice([('"', '" '), ("\u201c", "\u201d "), ("'", "' "), ("(", ") ")]),
    }.get(place, ("", " "))
    before, after = before + edit.before, edit.after + after
    start = at + len(before)
    return host[:at] + before + put + after + host[at:], start, start + len(put)
