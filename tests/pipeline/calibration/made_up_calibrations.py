"""Calibrations that found some of their plants and missed others."""

from datetime import UTC, datetime

import pyarrow as pa

from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model.content.fingerprints import NORMALISATION
from provenance.model.results.calibration import PLANTS, Calibration
from provenance.pipeline.calibration.false_positives import UNKNOWN

WHOLE, CUT = 0, 7


def plants(found, missed, *, look=WHOLE, family="light", tokens=12, source="x"):
    row = {
        "source": source,
        "edit": family,
        "family": family,
        "place": "sentence",
        "item_tokens": tokens,
        "tokens": tokens,
        "bytes": 60,
        "found": True,
        "right": True,
        "covered": 1.0,
        "look": look,
        "found_tokens": tokens,
        "found_bytes": 60,
        "strength": 25.0,
    }
    nothing = {"found": False, "look": -1, "found_tokens": 0, "found_bytes": 0, "strength": 0.0}
    return [row] * found + [{**row, **nothing}] * missed


def calibration(rows, false=UNKNOWN):
    return Calibration(
        tool="0.1.0",
        created=datetime(2025, 3, 1, tzinfo=UTC),
        corpus="c",
        addresses=("pages",),
        documents=1000,
        corpus_tokens=100_000,
        registries=("a", "b"),
        normalisation=NORMALISATION,
        threshold=STRENGTH_THRESHOLD,
        seed=0,
        skipped=0,
        recalls=(),
        false=false,
        plants=pa.Table.from_pylist(rows, schema=PLANTS),
    )
