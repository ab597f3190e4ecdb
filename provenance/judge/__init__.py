"""Which terms bind, what they say of the purpose, and what the policy makes of it."""

from provenance.judge.baselines import beside
from provenance.judge.cases import Case, differences
from provenance.judge.columns import Judgements, rule_all
from provenance.judge.comparisons import Change, changes_between
from provenance.judge.copies import quoted_in
from provenance.judge.gates import hold_gates, violations, with_doubts
from provenance.judge.hosts import SourceHosts, host_of
from provenance.judge.licences import Licences
from provenance.judge.names import Names
from provenance.judge.policies import check_known, check_signals, doubts
from provenance.judge.rulings import UNDATED, Judge, Judgement, judge
from provenance.judge.selections import KINDS, Entry, Selection, entries, selected
from provenance.judge.statements import RESERVED_BASES
from provenance.judge.waivers import WAIVED, waive

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
