"""Findings count under the keys of what they are, and of nothing else."""

from dataclasses import replace
from datetime import date
from itertools import product

from provenance.judge import Judge
from provenance.model import Circumstances
from provenance.read import load_rules
from provenance.run.tally import _Keyed, _keys


def test_keys_that_are_remembered_are_those_that_would_be_made():
    judge = Judge(load_rules(), Circumstances(), (), date(2026, 1, 1))
    judgements = [judge.rule("x"), judge.rule("stackexchange"), judge.rule("x")]
    judgements.append(replace(judgements[0]))
    keyed = _Keyed()
    alike = list(product(("x", "reddit"), judgements, ("content", "link", None)))
    for one in (*alike, *reversed(alike)):
        assert keyed.of(*one) == _keys(*one)
