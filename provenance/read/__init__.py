"""The window in: corpora, dumps, rules and policies as tables and nouns; corpora written again."""

from typing import TYPE_CHECKING

from provenance.read.addresses import lies_within
from provenance.read.calibrationfile import load_calibration
from provenance.read.captures import Captures, load_captures, read_capture
from provenance.read.corpora import Corpus, is_streamed, open_corpus, open_files
from provenance.read.files import CHANGED, LEFT_ALONE, File
from provenance.read.gatesyntax import parse_rate
from provenance.read.languagefile import load_language
from provenance.read.parts import Part
from provenance.read.policyfile import Options, load_policy, override, parse_day, size_option
from provenance.read.rewriting import Cuts, UnwritableError, check_rewritable, rewrite, write_saved
from provenance.read.ruleexamples import unlike
from provenance.read.rulefiles import load_cases, load_examples, load_rules
from provenance.read.rulelint import rule_mistakes
from provenance.read.saveddatasets import is_saved
from provenance.read.signals import (
    CARD,
    FILES,
    Files,
    Page,
    card_notice,
    notices,
    parse_card,
    parse_files,
)
from provenance.read.unread import unread_of

if TYPE_CHECKING:
    from provenance.read.dumps import open_dump

__all__ = [
    "CARD",
    "CHANGED",
    "FILES",
    "LEFT_ALONE",
    "Captures",
    "Corpus",
    "Cuts",
    "File",
    "Files",
    "Options",
    "Page",
    "Part",
    "UnwritableError",
    "card_notice",
    "check_rewritable",
    "is_saved",
    "is_streamed",
    "lies_within",
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
    "open_files",
    "override",
    "parse_card",
    "parse_day",
    "parse_files",
    "parse_rate",
    "read_capture",
    "rewrite",
    "rule_mistakes",
    "size_option",
    "unlike",
    "unread_of",
    "write_saved",
]


def __getattr__(name: str) -> object:
    # A tenth of all that there is to load, and only who builds a registry reads dumps.
    if name != "open_dump":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from provenance.read.dumps import open_dump  # noqa: PLC0415 (see above)

    return open_dump
