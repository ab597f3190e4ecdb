"""Which terms bind, what they say of the purpose, and what the policy makes of it."""

from provenance.judge.baselines import beside
from provenance.judge.finding_rulings import Judgements, rule_all
from provenance.judge.gates import (
    WAIVED,
    check_known,
    check_signals,
    doubts,
    hold_gates,
    violations,
    waive,
    with_doubts,
)
from provenance.judge.identifiers import Licences, Names, SourceHosts, host_of
from provenance.judge.precedence import RESERVED_BASES
from provenance.judge.rule_checks import (
    KINDS,
    Case,
    Change,
    Entry,
    Selection,
    changes_between,
    differences,
    entries,
    quoted_in,
    selected,
)
from provenance.judge.rulings import UNDATED, Judge, Judgement, judge

__all__ = [
    "KINDS",
    "RESERVED_BASES",
    "UNDATED",
    "WAIVED",
    "Case",
    "Change",
    "Entry",
    "Judge",
    "Judgement",
    "Judgements",
    "Licences",
    "Names",
    "Selection",
    "SourceHosts",
    "beside",
    "changes_between",
    "check_known",
    "check_signals",
    "differences",
    "doubts",
    "entries",
    "hold_gates",
    "host_of",
    "judge",
    "quoted_in",
    "rule_all",
    "selected",
    "violations",
    "waive",
    "with_doubts",
]
