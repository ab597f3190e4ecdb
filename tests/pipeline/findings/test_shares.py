"""Findings count under the keys of what they are, and of nothing else."""

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from provenance.pipeline.findings.judging import SpanRulings
from provenance.pipeline.findings.shares import _count_distinct, _share_keys, _SpanGroups
from provenance.read.rules.rule_files import load_rules

JUDGE = Judge(load_rules(), Circumstances(), (), date(2026, 1, 1))
JUDGEMENTS = [JUDGE.rule("x"), JUDGE.rule("stackexchange")]
JUDGEMENTS.append(replace(JUDGEMENTS[0]))
ALIKE = tuple(product(("x", "reddit"), JUDGEMENTS))
EVIDENCE = ["content", "link", None]


@given(
    st.lists(
        st.tuples(
            *(st.integers(0, len(ALIKE) - 1), st.integers(0, 2), st.booleans()),
            st.integers(0, 3),
        )
    ),
)
def test_findings_are_under_the_keys_that_are_made_of_each(rows):
    chosen = np.array([row for row, (_, _, is_found, _) in enumerate(rows) if is_found], np.int64)
    kinds = np.array([kind for kind, *_ in rows], np.int64)
    evidence = np.array([told for _, told, *_ in rows], np.int64)
    origins = np.array([origin for _, _, is_found, origin in rows if is_found], np.int64)
    rulings = SpanRulings(chosen, kinds[chosen], ALIKE)
    made = _SpanGroups.of(rulings, EVIDENCE, evidence, origins)
    wanted = {}
    for place, row in enumerate(chosen.tolist()):
        told = EVIDENCE[evidence[row]], int(origins[place])
        for key in _share_keys(*ALIKE[kinds[row]], *told):
            wanted.setdefault(key, []).append(place)
    assert set(made.keys) == set(wanted)
    for key, places in wanted.items():
        own = made.under(key)
        assert made.places(own).tolist() == places
        verdicts = {ALIKE[kinds[chosen[place]]][1].ruling.verdict for place in places}
        assert {made.verdicts[sort] for sort in own} == verdicts
    assert made.under(("source", "nobody")) == ()
    assert not len(made.places(()))


@given(st.lists(st.integers(-3, 3)))
def test_different_numbers_are_counted(numbers):
    assert _count_distinct(np.array(numbers, np.int64)) == len(set(numbers))
