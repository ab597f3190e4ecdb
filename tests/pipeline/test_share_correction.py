"""A check's findings, corrected: what counts once, what stands for itself, what does not fit."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model import PLANTS, Calibration, FalseRate, Unit
from provenance.pipeline.calibration.false_positives import UNKNOWN
from provenance.pipeline.calibration.share_correction import ObservedFindings, build_share_corrector
from provenance.pipeline.scan.readings import Counts

COUNTS = Counts(1000, 1000, 100_000, 600_000)
WHOLE, CUT = 0, 7


def plants(found, missed, *, look=WHOLE, family="light", tokens=12):
    row = {
        "source": "x",
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
        normalisation=2,
        threshold=STRENGTH_THRESHOLD,
        seed=0,
        skipped=0,
        recalls=(),
        false=false,
        plants=pa.Table.from_pylist(rows, schema=PLANTS),
    )


HALF = calibration(plants(500, 500))


def seen(count, *, documents=None, look=WHOLE, tokens=12, chance=0.0):
    return ObservedFindings(
        ["x"] * count,
        np.full(count, tokens),
        np.full(count, look),
        np.arange(count) if documents is None else np.array(documents),
        np.full(count, 12),
        np.full(count, 60),
        np.full(count, chance),
    )


def of(calibration, seen, unit):
    everything = np.arange(len(seen.conditions))
    return build_share_corrector(calibration, seen, COUNTS).of(everything, unit)


def test_what_is_found_half_of_the_time_is_there_twice():
    found = seen(100)
    assert of(HALF, found, Unit.DOCUMENTS).share == pytest.approx(0.2, rel=0.01)
    assert of(HALF, found, Unit.TOKENS).share == pytest.approx(2400 / 100_000, rel=0.01)
    assert of(HALF, found, Unit.BYTES).share == pytest.approx(12_000 / 600_000, rel=0.01)


def test_a_document_counts_once_however_much_is_found_in_it():
    twice = seen(100, documents=[number // 2 for number in range(100)])
    assert of(HALF, twice, Unit.DOCUMENTS).share == pytest.approx(0.1, rel=0.01)
    assert of(HALF, twice, Unit.TOKENS).share == pytest.approx(2400 / 100_000, rel=0.01)


def test_a_document_counts_by_its_surest_finding():
    rows = [*plants(1000, 0), *plants(250, 750, look=CUT, family="cut to 50%")]
    mixed = replace(
        seen(100, documents=[number // 2 for number in range(100)]),
        conditions=np.tile([WHOLE, CUT], 50),
    )
    learnt = build_share_corrector(calibration(rows), mixed, COUNTS)
    assert learnt.of(np.arange(100), Unit.DOCUMENTS).share == pytest.approx(0.05, rel=0.01)
    cut = learnt.of(np.arange(1, 100, 2), Unit.DOCUMENTS)
    assert cut.share == pytest.approx(0.2, rel=0.02)


def test_items_too_short_to_be_told_from_chance_stand_for_themselves():
    rows = [*plants(500, 500), *plants(50, 150, tokens=4)]
    short = seen(100, tokens=4)
    assert of(calibration(rows), short, Unit.DOCUMENTS).share == pytest.approx(0.1)


def test_addresses_stand_for_themselves():
    assert of(HALF, seen(100, look=-1), Unit.BYTES).share == pytest.approx(0.01)


def test_a_measured_false_rate_is_taken_off():
    rate = FalseRate("control", None, 100_000, 1.0, 10, 10, 120, 100.0, 1200.0, 48.0, 184.0)
    found = seen(100, chance=0.05)
    share = of(calibration(plants(1000, 0), rate), found, Unit.DOCUMENTS)
    clean = 1 - 100 * 12 / 100_000
    assert share.share == pytest.approx((100 - 10 * clean) / 1000, rel=0.01)
    assert share.low < 0.087


def test_an_unmeasured_one_is_what_the_strengths_say():
    share = of(calibration(plants(1000, 0)), seen(100, chance=0.05), Unit.DOCUMENTS)
    assert share.share == pytest.approx(0.095, rel=0.01)


def test_no_findings_are_the_rule_of_three_over_the_recall():
    share = of(HALF, seen(0), Unit.BYTES)
    assert (share.share, share.low) == (0, 0)
    assert share.high == pytest.approx(3 / 1000 / 0.5)


def test_the_same_findings_give_the_same_share():
    found = seen(100, chance=0.03)
    assert of(HALF, found, Unit.BYTES) == of(HALF, found, Unit.BYTES)
