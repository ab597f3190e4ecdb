"""Which terms bind, what they say of the purpose, and what the policy makes of it."""

from provenance.judge.cases import Case, differences
from provenance.judge.columns import Judgements, rule_all
from provenance.judge.gates import hold_gates, violations, with_doubts
from provenance.judge.hosts import SourceHosts, host_of
from provenance.judge.policies import check_known, doubts
from provenance.judge.rulings import UNDATED, Judge, Judgement, judge
from provenance.judge.statements import RESERVED_BASES
from provenance.judge.waivers import WAIVED, waive

__all__ = [
    "RESERVED_BASES",
    "UNDATED",
    "WAIVED",
    "Case",
    "Judge",
    "Judgement",
    "Judgements",
    "SourceHosts",
    "check_known",
    "differences",
    "doubts",
    "hold_gates",
    "host_of",
    "judge",
    "rule_all",
    "violations",
    "waive",
    "with_doubts",
]
