"""Recall of planted items: one row per item, aggregated by length, edit, place and source."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.match.estimation.conditions import length_classes
from provenance.match.estimation.intervals import wilson_interval
from provenance.model.content.fingerprints import Flags, Int64s, Texts
from provenance.model.results.calibration import LENGTHS, PLANTS, Recall
from provenance.pipeline.calibration.planting import PlantedItem
from provenance.pipeline.findings.finding_appearances import span_appearances
from provenance.pipeline.locate.claims import Claims
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
    span_arrays = _SpanArrays(spans, claims, registries)
    for plant, text_rows, tokens in zip(plants, rows, _planted_tokens(plants), strict=True):
        if span_arrays.is_within_copy(plant, text_rows):
            continue
        values = {
            "source": plant.source,
            "edit": plant.edit.name,
            "family": plant.edit.family,
            "place": plant.place,
            "item_tokens": plant.tokens,
            "tokens": tokens,
            "bytes": plant.end - plant.start,
            **span_arrays.detection(plant, text_rows),
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
        self._appearances = span_appearances(spans, claims, registries)
        numbers = spans["claim"].to_numpy()
        self._strengths = np.zeros(len(numbers))
        self._strengths[numbers >= 0] = claims.strengths[numbers[numbers >= 0]]
        self._arrays = [registry_index.index.arrays for registry_index in registries]

    def detection(self, plant: PlantedItem, rows: Int64s) -> dict[str, object]:
        """Return what was found of a plant among the spans of its text."""
        overlap = np.minimum(self._ends[rows], plant.end) - np.maximum(
            self._starts[rows], plant.start
        )
        overlapping = rows[overlap > 0].tolist()
        source_rows = np.array(
            [row for row in overlapping if self._is_of(plant.source, row)], np.int64
        )
        if not len(source_rows):
            nothing = {"look": -1, "found_tokens": 0, "found_bytes": 0, "strength": 0.0}
            return {"found": False, "right": False, "covered": 0.0, **nothing}
        overlap_bytes = np.minimum(self._ends[source_rows], plant.end) - np.maximum(
            self._starts[source_rows], plant.start
        )
        return {
            "found": True,
            "right": any(self._is_item(plant, row) for row in source_rows.tolist()),
            "covered": float(overlap_bytes.sum() / max(plant.end - plant.start, 1)),
            "look": int(self._appearances[source_rows[np.argmax(overlap_bytes)]]),
            "found_tokens": int(self._tokens[source_rows].sum()),
            "found_bytes": int((self._ends[source_rows] - self._starts[source_rows]).sum()),
            "strength": float(self._strengths[source_rows].max()),
        }

    def is_within_copy(self, plant: PlantedItem, rows: Int64s) -> bool:
        """Return whether a plant lies within a copy that the text contained before."""
        is_around = (self._starts[rows] < plant.start) & (self._ends[rows] > plant.end)
        return any(not self._is_item(plant, row) for row in rows[is_around].tolist())

    def _is_of(self, source: str, row: int) -> bool:
        arrays = self._arrays[self._registries[row]]
        return str(arrays.sources[arrays.source_codes[self._numbers[row]]]) == source

    def _is_item(self, plant: PlantedItem, row: int) -> bool:
        if self._registries[row] != plant.registry:
            return False
        first = self._arrays[plant.registry].first
        return int(first[self._numbers[row]]) == plant.number


def _rows_by_text(spans: pa.Table, count: int) -> list[Int64s]:
    rows = np.flatnonzero(spans["chosen"].to_numpy())
    texts = spans["text_number"].to_numpy()[rows]
    order = np.argsort(texts, kind="stable")
    bounds = np.searchsorted(texts[order], np.arange(count + 1))
    return [rows[order[bounds[text] : bounds[text + 1]]] for text in range(count)]


def _planted_tokens(plants: Sequence[PlantedItem]) -> Iterator[int]:
    """Yield the number of tokens that start within each plant."""
    for first in range(0, len(plants), _BATCH_TEXTS):
        batch = plants[first : first + _BATCH_TEXTS]
        tokens = tokenise(Texts.of(pa.array([plant.text for plant in batch], pa.large_string())))
        for row, plant in enumerate(batch):
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
    is_detectable = classes > 0
    columns = {name: np.array(plants[name].to_pylist(), object) for name in _GROUPINGS}
    recalls = [_recall(plants, is_detectable)]
    present = [place for place in range(len(LENGTHS)) if (classes == place).any()]
    recalls += [_recall(plants, classes == place, length=LENGTHS[place].name) for place in present]
    for name in _GROUPINGS:
        for key in dict.fromkeys(columns[name].tolist()):
            is_in_group = is_detectable & (columns[name] == key)
            if name != "source" or is_in_group.sum() >= _MIN_PLANTS:
                recalls.append(_recall(plants, is_in_group, **{name: key}))
    for edit in dict.fromkeys(columns["edit"].tolist()):
        for place in present:
            is_in_group = (classes == place) & (columns["edit"] == edit)
            recalls.append(_recall(plants, is_in_group, length=LENGTHS[place].name, edit=edit))
    return tuple(recalls)


_GROUPINGS = ("edit", "place", "source")


def _recall(plants: pa.Table, is_in_group: Flags, **keys: str) -> Recall:
    group = plants.filter(pa.array(is_in_group))
    found_plants = group.filter(group["found"])
    low, high = wilson_interval(len(found_plants), len(group))
    return Recall(
        keys.get("length"),
        keys.get("edit"),
        keys.get("place"),
        keys.get("source"),
        len(group),
        len(found_plants),
        low,
        high,
        _mean(found_plants["covered"].to_pylist()),
        _mean(found_plants["right"].to_pylist()),
    )


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return float(np.mean(numbers)) if numbers else None
