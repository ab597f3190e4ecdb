"""The hallway: the only place where rooms meet.

Names are loaded when they are first used, so that `--help` need not wait for compilers.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from provenance.startup import claim_process, leanly

if TYPE_CHECKING:
    from provenance.run.ahead import begun
    from provenance.run.asking import Outcome, PolicyViolated, ask
    from provenance.run.calibration.calibrating import Planting, calibrate
    from provenance.run.calibration.chancefitting import fit_registry
    from provenance.run.calibration.showing import calibration_table, written_calibration
    from provenance.run.checking import check
    from provenance.run.cleaning import clean
    from provenance.run.diffing import diff
    from provenance.run.early import hashing
    from provenance.run.lawbook.captured import told_signals
    from provenance.run.lawbook.checks import (
        compared_rules,
        linted_rules,
        tested_rules,
        verified_rules,
    )
    from provenance.run.lawbook.lookups import (
        asked_policy,
        explained_rule,
        listed_rules,
        shown_rule,
        timeline_of,
    )
    from provenance.run.lawbook.policies import begun_policy, checked_policy, told_policy
    from provenance.run.memory import clear_memory, memory_folder, remembered
    from provenance.run.pens import pen_of
    from provenance.run.publishing import publish
    from provenance.run.registries import (
        Built,
        Dumps,
        Manifest,
        add_to_registry,
        build_registry,
        doubt_about,
        show_registry,
        verify_registry,
    )
    from provenance.run.samples import unpacked_sample
    from provenance.run.settings import Settings
    from provenance.run.stages import told
    from provenance.run.staging import check_outside
    from provenance.run.telling import (
        check_anchor,
        check_writable,
        earlier_policy,
        earlier_report,
        format_names,
        outcome_line,
        policy_of,
        rate_of,
        rendered,
        rendered_changes,
        summary,
        told_changes,
        told_receipt,
        unread_lines,
        written,
        written_text,
    )

__all__ = [
    "Built",
    "Dumps",
    "Manifest",
    "Outcome",
    "Planting",
    "PolicyViolated",
    "Settings",
    "add_to_registry",
    "ask",
    "asked_policy",
    "begun",
    "begun_policy",
    "build_registry",
    "calibrate",
    "calibration_table",
    "check",
    "check_anchor",
    "check_outside",
    "check_writable",
    "checked_policy",
    "claim_process",
    "clean",
    "clear_memory",
    "compared_rules",
    "diff",
    "doubt_about",
    "earlier_policy",
    "earlier_report",
    "explained_rule",
    "fit_registry",
    "format_names",
    "hashing",
    "linted_rules",
    "listed_rules",
    "memory_folder",
    "outcome_line",
    "pen_of",
    "policy_of",
    "publish",
    "rate_of",
    "remembered",
    "rendered",
    "rendered_changes",
    "show_registry",
    "shown_rule",
    "summary",
    "tested_rules",
    "timeline_of",
    "told",
    "told_changes",
    "told_policy",
    "told_receipt",
    "told_signals",
    "unpacked_sample",
    "unread_lines",
    "verified_rules",
    "verify_registry",
    "written",
    "written_calibration",
    "written_text",
]

_MODULES = {
    "Built": "registries",
    "Outcome": "asking",
    "PolicyViolated": "asking",
    "ask": "asking",
    "publish": "publishing",
    "pen_of": "pens",
    "verified_rules": "lawbook.checks",
    "tested_rules": "lawbook.checks",
    "linted_rules": "lawbook.checks",
    "compared_rules": "lawbook.checks",
    "timeline_of": "lawbook.lookups",
    "shown_rule": "lawbook.lookups",
    "listed_rules": "lawbook.lookups",
    "explained_rule": "lawbook.lookups",
    "asked_policy": "lawbook.lookups",
    "Planting": "calibration.calibrating",
    "calibrate": "calibration.calibrating",
    "calibration_table": "calibration.showing",
    "written_calibration": "calibration.showing",
    "begun_policy": "lawbook.policies",
    "checked_policy": "lawbook.policies",
    "told_policy": "lawbook.policies",
    "told_signals": "lawbook.captured",
    "unpacked_sample": "samples",
    "begun": "ahead",
    "hashing": "early",
    "told": "stages",
    "check": "checking",
    "clean": "cleaning",
    "diff": "diffing",
    "rendered_changes": "telling",
    "told_changes": "telling",
    "earlier_policy": "telling",
    "told_receipt": "telling",
    "fit_registry": "calibration.chancefitting",
    "Settings": "settings",
    "Dumps": "registries",
    "Manifest": "registries",
    "add_to_registry": "registries",
    "build_registry": "registries",
    "show_registry": "registries",
    "verify_registry": "registries",
    "check_anchor": "telling",
    "check_outside": "staging",
    "check_writable": "telling",
    "clear_memory": "memory",
    "memory_folder": "memory",
    "remembered": "memory",
    "doubt_about": "registries",
    "policy_of": "telling",
    "rate_of": "telling",
    "rendered": "telling",
    "summary": "telling",
    "written": "telling",
    "written_text": "telling",
    "earlier_report": "telling",
    "format_names": "telling",
    "outcome_line": "telling",
    "unread_lines": "telling",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with leanly():
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
