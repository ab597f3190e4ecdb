"""The window in: corpora, dumps, rule files and policies, from an address to tables and nouns."""

from provenance.read.calibrationfile import load_calibration
from provenance.read.captures import CARD, Captures, load_captures
from provenance.read.corpora import Corpus, open_corpus
from provenance.read.dumps import LAYOUTS, detect_layout, open_dump
from provenance.read.gatesyntax import parse_gate, parse_rate
from provenance.read.languagefile import load_language
from provenance.read.parts import Part
from provenance.read.policyfile import Options, load_policy, override, parse_collected, parse_day
from provenance.read.ruleexamples import unlike
from provenance.read.rulefiles import load_cases, load_examples, load_rules
from provenance.read.rulelint import rule_mistakes
from provenance.read.signals import (
    FILES,
    Files,
    Page,
    card_notice,
    notices,
    parse_card,
    parse_files,
)

__all__ = [
    "CARD",
    "FILES",
    "LAYOUTS",
    "Captures",
    "Corpus",
    "Files",
    "Options",
    "Page",
    "Part",
    "card_notice",
    "detect_layout",
    "load_calibration",
    "load_captures",
    "load_cases",
    "load_examples",
    "load_language",
    "load_policy",
    "load_rules",
    "notices",
    "open_corpus",
    "open_dump",
    "override",
    "parse_card",
    "parse_collected",
    "parse_day",
    "parse_files",
    "parse_gate",
    "parse_rate",
    "rule_mistakes",
    "unlike",
]
