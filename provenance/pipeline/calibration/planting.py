"""Items of registries, planted into texts of a corpus: in memory, one a text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from provenance.errors import RegistryError
from provenance.match.estimation.conditions import length_classes
from provenance.model import LENGTHS, Int64s
from provenance.pipeline.calibration.text_edits import EDITS, Edit
from provenance.pipeline.scan.readings import Opened

PLACES = ("sentence", "sentence", "paragraph", "sentence", "row")
"""Where items are planted, in turn: three of five behind a sentence, one behind a paragraph, one as
a text of its own."""

_SHARES = (1, 4, 6, 5, 3, 1)
"""Plants of each class of `LENGTHS`, in proportion: most where items are cut beyond sight, and few
where all are found; and some that are too short to be told from chance, to show that they are."""

_DISTINCT = 5
_LONGEST = 1 << 16  # bytes of an item
_SENTENCE = re.compile(r"[.!?\u2026]['\")\]\u00bb\u201d]?\s+|[\u3002\uff01\uff1f]")
_PARAGRAPH = re.compile(r"\n\s*\n|\n")


@dataclass(frozen=True, slots=True)
class Plant:
    """An item, as it was planted.

    Parameters
    ----------
    registry, number : int
        Which item.
    source : str
        Whose.
    tokens : int
        Of the item, before the edit.
    edit : Edit
        What was done to it.
    place : str
        One of `PLACES`.
    text : str
        The text that now holds it.
    start, end : int
        Where, in bytes of the text.
    """

    registry: int
    number: int
    source: str
    tokens: int
    edit: Edit
    place: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draw:
    """An item that is to be planted: its registry, its number, its tokens."""

    registry: int
    number: int
    tokens: int


def drawn(registries: Sequence[Opened], count: int, seed: int) -> list[Draw]:
    """Draw items to be planted, of each class of length so many; some again, where few are there.

    Items of which another source says the same are left out, for it would not be known whose was
    found; so are items that repeat a few words.
    """
    pool = [_eligible(opened, place) for place, opened in enumerate(registries)]
    table = np.concatenate(pool) if pool else np.zeros((0, 3), np.int64)
    classes = length_classes(table[:, 2])
    members = {
        place: np.flatnonzero(classes == place)
        for place in range(len(LENGTHS))
        if (classes == place).any()
    }
    if not members:
        raise RegistryError(
            "there is no item to plant: every one is empty, or stands under several sources",
            remedy="name a registry that holds items of one source alone",
        )
    dice = Random(f"{seed} items")  # noqa: S311 (a draw, no secret)
    picked = []
    shares = sum(_SHARES[place] for place in members)
    for place, rows in members.items():
        wanted = -(-count * _SHARES[place] // shares)
        order = dice.sample(range(len(rows)), min(len(rows), wanted))
        chosen = [order[turn % len(order)] for turn in range(wanted)]
        picked += [Draw(*map(int, table[rows[row]])) for row in chosen]
    dice.shuffle(picked)
    return picked[:count]


def _eligible(opened: Opened, place: int) -> Int64s:
    """Give registry, number and tokens of the items that may be planted, by their first copy.

    Every copy counts: what is said often is copied often.
    """
    holdings = opened.index.holdings
    count = len(holdings.first)
    lengths = np.diff(holdings.token_offsets)
    lowest, highest = holdings.source_codes.copy(), holdings.source_codes.copy()
    np.minimum.at(lowest, holdings.first, holdings.source_codes)
    np.maximum.at(highest, holdings.first, holdings.source_codes)
    owners = np.repeat(np.arange(count, dtype=np.uint64), lengths)
    words = np.unique((owners << np.uint64(32)) | holdings.tokens) >> np.uint64(32)
    distinct = np.bincount(words.astype(np.int64), minlength=count)
    fit = (lowest == highest)[holdings.first] & (lengths > 0)
    fit &= (distinct >= _DISTINCT) | (lengths < LENGTHS[1].least)
    numbers = holdings.first[fit].astype(np.int64)
    return np.stack([np.full(len(numbers), place), numbers, lengths[numbers]], axis=1)


def planted(
    draws: Sequence[Draw],
    hosts: Sequence[str],
    registries: Sequence[Opened],
    held: set[tuple[int, int, int]],
    seed: int,
) -> tuple[list[Plant], int]:
    """Plant items into texts, one a text.

    Parameters
    ----------
    draws : sequence
        The items, as `drawn` gives them.
    hosts : sequence of str
        Texts; where there are fewer than items, some hold one after another, each by itself.
    registries : sequence of Opened
        Where the items are.
    held : set of (int, int, int)
        Text, registry and number of what the texts may hold already: nobody could tell it from
        what is planted.
    seed : int
        Decides places and edits.

    Returns
    -------
    plants : list of Plant
        In the order of the draws.
    skipped : int
        Items that were given up: their text held them already, or they are too long.
    """
    texts = _texts(draws, registries)
    cycle = [edit for edit in EDITS for _ in range(edit.share)]
    seen: dict[int, int] = {}
    plants: list[Plant] = []
    for turn, draw in enumerate(draws):
        host, text = turn % len(hosts), texts[turn].strip()
        given_up = (host, draw.registry, draw.number) in held or not text
        if given_up or len(text.encode()) > _LONGEST:
            continue
        dice = Random(f"{seed} {turn}")  # noqa: S311 (a draw, no secret)
        group = int(length_classes(np.array([draw.tokens]))[0])
        # Edits and places go round within each class of length, so that none misses out.
        rank = seen[group] = seen.get(group, -1) + 1
        edit, place = cycle[rank % len(cycle)], PLACES[(rank // len(cycle) + rank) % len(PLACES)]
        plants.append(_plant(draw, registries, edit, place, (hosts[host], text), dice))
    return plants, len(draws) - len(plants)


def _texts(draws: Sequence[Draw], registries: Sequence[Opened]) -> list[str]:
    texts = [""] * len(draws)
    for place, opened in enumerate(registries):
        own = [turn for turn, draw in enumerate(draws) if draw.registry == place]
        numbers = np.array([draws[turn].number for turn in own], np.uint32)
        for turn, text in zip(own, opened.registry.texts(numbers), strict=True):
            texts[turn] = text or ""
    return texts


def _plant(
    draw: Draw,
    registries: Sequence[Opened],
    edit: Edit,
    place: str,
    texts: tuple[str, str],
    dice: Random,
) -> Plant:
    host, item = texts
    put = edit.change(item, dice).strip() or item
    at, after = (0, "") if place == "row" else _spot(host, place, dice)
    before = "" if place == "row" else host[:at]
    behind = "" if place == "row" else after + host[at:]
    text = before + edit.before + put + edit.after + behind
    start = len((before + edit.before).encode())
    holdings = registries[draw.registry].index.holdings
    source = holdings.sources[holdings.source_codes[draw.number]]
    end = start + len(put.encode())
    return Plant(draw.registry, draw.number, source, draw.tokens, edit, place, text, start, end)


def _spot(host: str, place: str, dice: Random) -> tuple[int, str]:
    """Choose where to plant, and what parts the item from the text behind it."""
    ends = [match.end() for match in _PARAGRAPH.finditer(host)] if place == "paragraph" else []
    if ends:
        return dice.choice(ends), "\n"
    ends = [match.end() for match in _SENTENCE.finditer(host)]
    return (dice.choice(ends), " ") if ends else (0, " ")
