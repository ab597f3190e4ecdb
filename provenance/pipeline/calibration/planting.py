"""Plant items of registries into texts of a corpus, in memory, one per text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from provenance.errors import RegistryError
from provenance.match.estimation.conditions import length_classes
from provenance.model.content.fingerprints import Int64s, range_indices
from provenance.model.results.calibration import LENGTHS
from provenance.pipeline.calibration.text_edits import EDITS, Edit
from provenance.pipeline.scan.readings import RegistryIndex

PLACES = ("sentence", "sentence", "paragraph", "sentence", "row")
"""Places of items in rotation: three of five after a sentence, one after a paragraph, one as a text
of its own."""

_CLASS_SHARES = (1, 4, 6, 5, 3, 1)
"""Plants per class of `LENGTHS`, in proportion: most where edits make items undetectable, few where
all are found, and some too short to be detected, to show that they are."""

_MIN_DISTINCT = 5
_MAX_ITEM_BYTES = 1 << 16  # longer ones are not planted
_SENTENCE = re.compile(r"[.!?\u2026]['\")\]\u00bb\u201d]?\s+|[\u3002\uff01\uff1f]")
_PARAGRAPH = re.compile(r"\n\s*\n|\n")


@dataclass(frozen=True, slots=True)
class PlantedItem:
    """A planted item.

    Parameters
    ----------
    registry, number : int
        The item.
    source : str
        Its source.
    tokens : int
        Tokens of the item, before the edit.
    edit : Edit
        The edit applied.
    place : str
        One of `PLACES`.
    text : str
        The text with the item.
    start, end : int
        Bytes of the item within the text.
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
class DrawnItem:
    """An item to be planted."""

    registry: int
    number: int
    tokens: int


def draw_items(registries: Sequence[RegistryIndex], count: int, seed: int) -> list[DrawnItem]:
    """Draw items of each class of length, repeatedly where there are few.

    Leaves out items that another source has too, since a match would be ambiguous, and items that
    repeat a few words.
    """
    pool = [
        _eligible_items(registry_index, place) for place, registry_index in enumerate(registries)
    ]
    table = np.concatenate(pool) if pool else np.zeros((0, 3), np.int64)
    classes = length_classes(table[:, 2])
    members = {
        place: np.flatnonzero(classes == place)
        for place in range(len(LENGTHS))
        if (classes == place).any()
    }
    if not members:
        raise RegistryError(
            "there is no item to plant: each is empty, or occurs in several sources",
            remedy="name a registry whose items belong to one source each",
        )
    random = Random(f"{seed} items")  # noqa: S311 (a draw, no secret)
    drawn_items = []
    shares = sum(_CLASS_SHARES[place] for place in members)
    for place, rows in members.items():
        quota = -(-count * _CLASS_SHARES[place] // shares)
        order = random.sample(range(len(rows)), min(len(rows), quota))
        positions = [order[turn % len(order)] for turn in range(quota)]
        drawn_items += [DrawnItem(*map(int, table[rows[row]])) for row in positions]
    random.shuffle(drawn_items)
    return drawn_items[:count]


def _eligible_items(registry_index: RegistryIndex, number: int) -> Int64s:
    """Return registry, number and tokens of items that may be planted, by their first copy.

    Every copy counts, because frequent texts are copied often.
    """
    arrays = registry_index.index.arrays
    count = len(arrays.first)
    lengths = np.diff(arrays.token_offsets) * arrays.is_live
    lowest, highest = arrays.source_codes.copy(), arrays.source_codes.copy()
    np.minimum.at(lowest, arrays.first, arrays.source_codes)
    np.maximum.at(highest, arrays.first, arrays.source_codes)
    owners = np.repeat(np.arange(count, dtype=np.uint64), lengths)
    places, _ = range_indices(arrays.token_offsets[:-1], lengths)
    words = np.unique((owners << np.uint64(32)) | arrays.tokens[places]) >> np.uint64(32)
    distinct = np.bincount(words.astype(np.int64), minlength=count)
    is_eligible = (lowest == highest)[arrays.first] & (lengths > 0)
    is_eligible &= (distinct >= _MIN_DISTINCT) | (lengths < LENGTHS[1].min_tokens)
    numbers = arrays.first[is_eligible].astype(np.int64)
    return np.stack([np.full(len(numbers), number), numbers, lengths[numbers]], axis=1)


def plant_items(
    draws: Sequence[DrawnItem],
    hosts: Sequence[str],
    registries: Sequence[RegistryIndex],
    present: set[tuple[int, int, int]],
    seed: int,
    edits: Sequence[Edit] = EDITS,
) -> tuple[list[PlantedItem], int]:
    """Plant items into texts, one per text.

    Parameters
    ----------
    draws : sequence
        The items, as `draw_items` returns them.
    hosts : sequence of str
        Texts; used several times where there are fewer than items.
    registries : sequence of RegistryIndex
        Registries of the items.
    present : set of (int, int, int)
        Text, registry and number of items that the texts may contain already, which could not be
        told from planted ones.
    seed : int
        Seed of places and edits.
    edits : sequence of Edit
        Edits to apply, in turn.

    Returns
    -------
    plants : list of PlantedItem
        In the order of the draws.
    skipped : int
        Items not planted, because their text has them already or they are too long.
    """
    texts = _item_texts(draws, registries)
    cycle = [edit for edit in edits for _ in range(edit.share)]
    last_ranks: dict[int, int] = {}
    plants: list[PlantedItem] = []
    for turn, draw in enumerate(draws):
        host, text = turn % len(hosts), texts[turn].strip()
        is_unplantable = (host, draw.registry, draw.number) in present or not text
        if is_unplantable or len(text.encode()) > _MAX_ITEM_BYTES:
            continue
        random = Random(f"{seed} {turn}")  # noqa: S311 (a draw, no secret)
        group = int(length_classes(np.array([draw.tokens]))[0])
        # Edits and places rotate within each class of length, so that each class has all of them.
        rank = last_ranks[group] = last_ranks.get(group, -1) + 1
        edit, place = cycle[rank % len(cycle)], PLACES[(rank // len(cycle) + rank) % len(PLACES)]
        plants.append(_plant_item(draw, registries, edit, place, (hosts[host], text), random))
    return plants, len(draws) - len(plants)


def _item_texts(draws: Sequence[DrawnItem], registries: Sequence[RegistryIndex]) -> list[str]:
    texts = [""] * len(draws)
    for place, registry_index in enumerate(registries):
        turns = [turn for turn, draw in enumerate(draws) if draw.registry == place]
        numbers = np.array([draws[turn].number for turn in turns], np.uint32)
        for turn, text in zip(turns, registry_index.registry.texts(numbers), strict=True):
            texts[turn] = text or ""
    return texts


def _plant_item(
    draw: DrawnItem,
    registries: Sequence[RegistryIndex],
    edit: Edit,
    place: str,
    texts: tuple[str, str],
    random: Random,
) -> PlantedItem:
    host, item = texts
    edited = edit.change(item, random).strip() or item
    position, after = (0, "") if place == "row" else _choose_position(host, place, random)
    before = "" if place == "row" else host[:position]
    following = "" if place == "row" else after + host[position:]
    text = before + edit.before + edited + edit.after + following
    start = len((before + edit.before).encode())
    arrays = registries[draw.registry].index.arrays
    source = arrays.sources[arrays.source_codes[draw.number]]
    end = start + len(edited.encode())
    return PlantedItem(
        draw.registry, draw.number, source, draw.tokens, edit, place, text, start, end
    )


def _choose_position(host: str, place: str, random: Random) -> tuple[int, str]:
    """Choose the position, and the separator between the item and the text after it."""
    ends = [match.end() for match in _PARAGRAPH.finditer(host)] if place == "paragraph" else []
    if ends:
        return random.choice(ends), "\n"
    ends = [match.end() for match in _SENTENCE.finditer(host)]
    return (random.choice(ends), " ") if ends else (0, " ")
