"""Recall of planted items: one row per item, aggregated by length, edit, place and source."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.estimation.conditions import (
    NEAR_DUPLICATE_APPEARANCE,
    appearance_classes,
    length_classes,
)
from provenance.match.estimation.intervals import wilson_interval
from provenance.model import LENGTHS, PLANTS, Flags, Int64s, Recall, Texts
from provenance.pipeline.calibration.planting import PlantedItem
from provenance.pipeline.locate.claims import Claims, item_lengths
from provenance.pipeline.scan.readings import RegistryIndex

_MIN_PLANTS = 50
"""Plants of a source from which its recall is reported."""

_BATCH_TEXTS = 64  # texts fingerprinted at a time


def planted_item_table(
    plants: Sequence[PlantedItem],
    spans: pa.Table,
    claims: Claims,
    registries: Sequence[RegistryIndex],
) -> pa.Table:
    """Return what was found of each plant; a plant within a real copy is left out.

    Parameters
    ----------
    plants : sequence of PlantedItem
        In the order of their texts.
    spans : pyarrow.Table
        Located spans of those texts, of schema `SPANS`.
    claims : Claims
        The claims that the spans locate.
    registries : sequence of RegistryIndex
        Registries of the items.

    Returns
    -------
    pyarrow.Table
        Of schema `PLANTS`.
    """
    columns: dict[str, list[object]] = {name: [] for name in PLANTS.names}
    rows = _rows_by_text(spans, len(plants))
    shown = _SpanArrays(spans, claims, registries)
    for plant, own, tokens in zip(plants, rows, _planted_tokens(plants), strict=True):
        if shown.surrounded(plant, own):
            continue
        values = {
            "source": plant.source,
            "edit": plant.edit.name,
            "family": plant.edit.family,
            "place": plant.place,
            "item_tokens": plant.tokens,
            "tokens": tokens,
            "bytes": plant.end - plant.start,
            **shown.found(plant, own),
        }
        for name, value in values.items():
            columns[name].append(value)
    return pa.table(columns, schema=PLANTS)


class _SpanArrays:
    """The located spans, as arrays."""

    def __init__(
        self, spans: pa.Table, claims: Claims, registries: Sequence[RegistryIndex]
    ) -> None:
        self._starts = spans["byte_start"].to_numpy()
        self._ends = spans["byte_end"].to_numpy()
        self._tokens = spans["span_tokens"].to_numpy()
        self._numbers = spans["number"].to_numpy()
        self._registries = spans["registry"].to_numpy()
        self._looks = span_conditions(spans, claims, registries)
        self._arrays = [opened.index.arrays for opened in registries]

    def found(self, plant: PlantedItem, rows: Int64s) -> dict[str, object]:
        """Return what was found of a plant among the spans of its text."""
        shared = np.minimum(self._ends[rows], plant.end) - np.maximum(
            self._starts[rows], plant.start
        )
        near = rows[shared > 0].tolist()
        own = np.array([row for row in near if self._is_of(plant.source, row)], np.int64)
        if not len(own):
            nothing = {"look": -1, "found_tokens": 0, "found_bytes": 0}
            return {"found": False, "right": False, "covered": 0.0, **nothing}
        inside = np.minimum(self._ends[own], plant.end) - np.maximum(self._starts[own], plant.start)
        return {
            "found": True,
            "right": any(self._is_item(plant, row) for row in own.tolist()),
            "covered": float(inside.sum() / max(plant.end - plant.start, 1)),
            "look": int(self._looks[own[np.argmax(inside)]]),
            "found_tokens": int(self._tokens[own].sum()),
            "found_bytes": int((self._ends[own] - self._starts[own]).sum()),
        }

    def surrounded(self, plant: PlantedItem, rows: Int64s) -> bool:
        """Return whether a plant lies within a copy that the text contained before."""
        around = (self._starts[rows] < plant.start) & (self._ends[rows] > plant.end)
        return any(not self._is_item(plant, row) for row in rows[around].tolist())

    def _is_of(self, source: str, row: int) -> bool:
        arrays = self._arrays[self._registries[row]]
        return str(arrays.sources[arrays.source_codes[self._numbers[row]]]) == source

    def _is_item(self, plant: PlantedItem, row: int) -> bool:
        if self._registries[row] != plant.registry:
            return False
        first = self._arrays[plant.registry].first
        return int(first[self._numbers[row]]) == plant.number


def span_conditions(spans: pa.Table, claims: Claims, registries: Sequence[RegistryIndex]) -> Int64s:
    """Return the condition in which each span shows its item; -1 where it shows none.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `SPANS`.
    claims : Claims
        The claims that they locate.
    registries : sequence of RegistryIndex
        Registries of the items.
    """
    numbers = spans["claim"].to_numpy()
    shown = np.where(spans["number"].to_numpy() >= 0, NEAR_DUPLICATE_APPEARANCE, -1).astype(
        np.int64
    )
    own = np.flatnonzero(numbers >= 0)
    candidates = claims.candidates.take(numbers[own])
    shown[own] = appearance_classes(candidates, span_item_lengths(spans, registries)[own])
    return shown


def span_item_lengths(spans: pa.Table, registries: Sequence[RegistryIndex]) -> Int64s:
    """Return the tokens of the item of each span; 0 where it has none."""
    owners, numbers = spans["registry"].to_numpy(), spans["number"].to_numpy()
    return item_lengths(np.where(numbers >= 0, owners, -1), numbers, registries)


def _rows_by_text(spans: pa.Table, count: int) -> list[Int64s]:
    chosen = np.flatnonzero(spans["chosen"].to_numpy())
    texts = spans["text_number"].to_numpy()[chosen]
    order = np.argsort(texts, kind="stable")
    bounds = np.searchsorted(texts[order], np.arange(count + 1))
    return [chosen[order[bounds[text] : bounds[text + 1]]] for text in range(count)]


def _planted_tokens(plants: Sequence[PlantedItem]) -> Iterator[int]:
    """Yield the number of tokens that start within each plant."""
    for first in range(0, len(plants), _BATCH_TEXTS):
        piece = plants[first : first + _BATCH_TEXTS]
        tokens = tokenise(Texts.of(pa.array([plant.text for plant in piece], pa.large_string())))
        for row, plant in enumerate(piece):
            starts = tokens.starts[tokens.offsets[row] : tokens.offsets[row + 1]]
            low, high = np.searchsorted(starts, [plant.start, plant.end])
            yield int(high - low)


def aggregate_recalls(plants: pa.Table) -> tuple[Recall, ...]:
    """Aggregate recalls: overall, by length, edit, place, source, and by length and edit.

    Parameters
    ----------
    plants : pyarrow.Table
        Of schema `PLANTS`.

    Returns
    -------
    tuple of Recall
        The first is overall. Recalls without a length include only items that are long enough to be
        detected.
    """
    classes = length_classes(plants["item_tokens"].to_numpy())
    able = classes > 0
    columns = {name: np.array(plants[name].to_pylist(), object) for name in _GROUPINGS}
    found = [_recall(plants, able)]
    present = [place for place in range(len(LENGTHS)) if (classes == place).any()]
    found += [_recall(plants, classes == place, length=LENGTHS[place].name) for place in present]
    for name in _GROUPINGS:
        for key in dict.fromkeys(columns[name].tolist()):
            chosen = able & (columns[name] == key)
            if name != "source" or chosen.sum() >= _MIN_PLANTS:
                found.append(_recall(plants, chosen, **{name: key}))
    for edit in dict.fromkeys(columns["edit"].tolist()):
        for place in present:
            chosen = (classes == place) & (columns["edit"] == edit)
            found.append(_recall(plants, chosen, length=LENGTHS[place].name, edit=edit))
    return tuple(found)


_GROUPINGS = ("edit", "place", "source")


def _recall(plants: pa.Table, chosen: Flags, **keys: str) -> Recall:
    rows = plants.filter(pa.array(chosen))
    found = rows.filter(rows["found"])
    low, high = wilson_interval(len(found), len(rows))
    return Recall(
        keys.get("length"),
        keys.get("edit"),
        keys.get("place"),
        keys.get("source"),
        len(rows),
        len(found),
        low,
        high,
        _mean(found["covered"].to_pylist()),
        _mean(found["right"].to_pylist()),
    )


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return float(np.mean(listed)) if listed else None
