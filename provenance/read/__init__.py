"""The window in: corpora, dumps, rules and policies as tables and nouns; corpora written again."""

from provenance.read.calibrationfile import load_calibration
from provenance.read.corpora import Corpus, is_streamed, open_corpus, open_files
from provenance.read.dumps import LAYOUTS, detect_layout, open_dump
from provenance.read.files import File
from provenance.read.gatesyntax import parse_gate, parse_rate
from provenance.read.hub import is_saved
from provenance.read.languagefile import load_language
from provenance.read.parts import Part
from provenance.read.policyfile import Options, load_policy, override, parse_collected, parse_day
from provenance.read.rewriting import Cuts, check_rewritable, rewrite, write_saved
from provenance.read.rulefiles import load_cases, load_rules
from provenance.read.rulelint import rule_mistakes

__all__ = [
    "LAYOUTS",
    "Corpus",
    "Cuts",
    "File",
    "Options",
    "Part",
    "check_rewritable",
    "detect_layout",
    "is_saved",
    "is_streamed",
    "load_calibration",
    "load_cases",
    "load_language",
    "load_policy",
    "load_rules",
    "open_corpus",
    "open_dump",
    "open_files",
    "override",
    "parse_collected",
    "parse_day",
    "parse_gate",
    "parse_rate",
    "rewrite",
    "rule_mistakes",
    "write_saved",
]
