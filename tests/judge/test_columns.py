"""Rulings on columns are the rulings on their rows."""

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa

from provenance.judge.finding_rulings import rule_all
from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange

SOURCES = ["x", "reddit", "x", "nobody", "stackexchange", "x", "x", "stackexchange"]
DATES = [
    date(2023, 3, 15),
    None,
    date(2026, 1, 1),
    date(2020, 1, 1),
    date(2010, 1, 1),
    None,
    date(2023, 9, 29),  # a turning day itself
    None,
]
LICENCES = [None, None, "CC0", None, "CC BY-SA 2.5", "odd", None, None]
COLLECTED = Circumstances(collected=DateRange(date(2023, 1, 1), date(2026, 1, 1)))


def test_a_column_is_ruled_as_its_rows_are(shipped):
    court = Judge(shipped, COLLECTED)
    found = rule_all(court, pa.array(SOURCES), pa.array(DATES), pa.array(LICENCES))
    for row, code in enumerate(found.codes.tolist()):
        assert found.distinct[code] is court.rule(SOURCES[row], DATES[row], LICENCES[row])


def test_timestamps_and_chunks_are_read_too(shipped):
    court = Judge(shipped, Circumstances())
    times = [
        None if day is None else datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
        for day in DATES
    ]
    found = rule_all(
        court,
        pa.chunked_array([SOURCES[:2], SOURCES[2:]]),
        pa.array(times, pa.timestamp("s", "UTC")),
        pa.nulls(len(SOURCES), pa.string()),
    )
    assert found.distinct[found.codes[0]] is court.rule("x", DATES[0])
    assert found.distinct[found.codes[4]] is court.rule("stackexchange", DATES[4])


def test_no_rows_are_no_rulings(shipped):
    empty = pa.nulls(0, pa.string())
    found = rule_all(Judge(shipped, Circumstances()), empty, pa.nulls(0, pa.date32()), empty)
    assert len(found.codes) == 0
    assert found.distinct == ()


def test_a_ruling_is_made_once_for_all_findings_between_two_turning_days(shipped):
    count = 10_000
    rng = np.random.default_rng(1)
    names = [source.id for source in shipped.sources if not source.parts]
    sources = pa.array(names).take(pa.array(rng.integers(0, len(names), count)))
    dates = pa.array(rng.integers(14_000, 20_000, count).astype(np.int32), pa.int32()).cast(
        pa.date32()
    )
    asked = []

    class Counting(Judge):
        def rule_stretch(self, subject, licence, stretch, signals=()):
            asked.append((subject, licence, stretch))
            return super().rule_stretch(subject, licence, stretch, signals)

    found = rule_all(
        Counting(shipped, Circumstances()), sources, dates, pa.nulls(count, pa.string())
    )
    assert len(asked) == len(set(asked)) == len(found.distinct) < 300
