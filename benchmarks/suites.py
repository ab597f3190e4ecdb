"""Generate corpora with planted items, to fit and evaluate the detector.

They resemble those of `provenance calibrate`: a detector is fitted on some and evaluated on others.
Some pages contain one item each, edited and inserted as a sentence, as a paragraph, as a row of its
own, quoted within a sentence, or within a sentence without quotes.
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
"""Lengths of pages in characters, to choose from."""

MIN_TOKENS, MAX_BYTES = 4, 4000
_SENTENCE = re.compile(r"[.!?\u2026]['\")\]\u00bb\u201d]?\s+|[\u3002\uff01\uff1f]")
_PARAGRAPH = re.compile(r"\n\s*")
_WORD = re.compile(r"\s+(?=\w)")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the background that it was cut from, and its text."""

    background: str
    text: str


@dataclass(frozen=True, slots=True)
class PlantedItem:
    """A planted item: its page, its position in characters, and the edit."""

    page: int
    start: int
    end: int
    number: int
    edit: str
    place: str


@dataclass(frozen=True, slots=True)
class Suite:
    """Pages, and the items planted into some of them."""

    pages: list[Page]
    plants: list[PlantedItem]


def cut_pages(files: Sequence[Path], seed: int) -> list[Page]:
    """Cut texts into pages of several sizes at ends of sentences, in random order."""
    random = Random(seed)
    pages = [
        Page(file.name.split(".")[0], piece)
        for file in files
        for text in _texts(file)
        for piece in _pieces(text, random)
    ]
    random.shuffle(pages)
    return pages


def _texts(file: Path) -> Iterator[str]:
    for part in open_corpus([str(file)], text_columns=["text"]).parts:
        for documents in part.batches():
            yield from documents.batch.column("text").to_pylist()


def _pieces(text: str, random: Random) -> Iterator[str]:
    size, first = random.choice(SIZES), 0
    for match in _SENTENCE.finditer(text):
        if match.end() - first >= size:
            yield text[first : match.end()]
            size, first = random.choice(SIZES), match.end()
    if len(text) - first >= min(SIZES) // 2:
        yield text[first:]


def plant(pages: Sequence[Page], registry: Registry, seed: int, count: int) -> Suite:
    """Plant items of a registry into the first pages, one per page.

    Items of several sources are left out, since a match would be ambiguous.
    """
    random = Random(seed)
    numbers = random.sample(range(registry.manifest.items), min(3 * count, registry.manifest.items))
    drawn = np.array(numbers, np.uint32)
    descriptions, copies = (
        registry.describe(drawn).to_pylist(),
        registry.copies(drawn, registry.arrays()),
    )
    texts = registry.texts(drawn)
    turns = [edit for edit in EDITS for _ in range(edit.share)]
    planted_pages, plants = list(pages), []
    for item_number, row, item_copies, text in zip(
        numbers, descriptions, copies, texts, strict=True
    ):
        if len(plants) == min(count, len(pages)):
            break
        if not _is_fit(row, item_copies.sources, text or ""):
            continue
        at = len(plants)
        edit, place = turns[at % len(turns)], random.choice(PLACES)
        page, start, end = _insert_item(pages[at].text, str(text).strip(), edit, place, random)
        planted_pages[at] = Page(pages[at].background, page)
        plants.append(PlantedItem(at, start, end, item_number, edit.name, place))
    return Suite(planted_pages, plants)


def _is_fit(row: dict[str, object], sources: Sequence[str], text: str) -> bool:
    return (
        int(str(row["length"])) >= MIN_TOKENS
        and len(text.encode()) <= MAX_BYTES
        and len(set(text.split()) or text) >= MIN_TOKENS
        and not set(sources) - {row["source"]}
    )


def _insert_item(
    host: str, item: str, edit: Edit, place: str, random: Random
) -> tuple[str, int, int]:
    """Insert an edited item into a text; returns the text, and start and end of the item."""
    edited = edit.change(item, random).strip() or item
    if place == "row":
        return (
            f"{edit.before}{edited}{edit.after}",
            len(edit.before),
            len(edit.before) + len(edited),
        )
    pattern = {"paragraph": _PARAGRAPH, "quoted": _WORD, "inline": _WORD}.get(place, _SENTENCE)
    ends = [match.end() for match in pattern.finditer(host)] or [0]
    position = random.choice(ends)
    before, after = {
        "paragraph": ("", "\n"),
        "quoted": random.choice([('"', '" '), ("\u201c", "\u201d "), ("'", "' "), ("(", ") ")]),
    }.get(place, ("", " "))
    before, after = before + edit.before, edit.after + after
    start = position + len(before)
    return host[:position] + before + edited + after + host[position:], start, start + len(edited)
