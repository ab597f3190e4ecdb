"""The hallway: the only place where rooms meet.

Names are loaded when they are first used, so that `--help` need not wait for compilers.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from provenance.startup import claim_process, leanly

if TYPE_CHECKING:
    from provenance.run.ahead import begun
    from provenance.run.allocation import keep_freed
    from provenance.run.asking import Outcome, PolicyViolated, ask
    from provenance.run.calibration.calibrating import Planting, calibrate
    from provenance.run.calibration.chancefitting import fit_registry
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
        check_writable,
        policy_of,
        rate_of,
        written,
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
    "check",
    "check_outside",
    "check_writable",
    "checked_policy",
    "claim_process",
    "clean",
    "clear_memory",
    "compared_rules",
    "diff",
    "doubt_about",
    "explained_rule",
    "fit_registry",
    "hashing",
    "keep_freed",
    "linted_rules",
    "listed_rules",
    "memory_folder",
    "policy_of",
    "publish",
    "rate_of",
    "remembered",
    "show_registry",
    "shown_rule",
    "tested_rules",
    "timeline_of",
    "told",
    "told_policy",
    "told_signals",
    "unpacked_sample",
    "verified_rules",
    "verify_registry",
    "written",
]

_MODULES = {
    "Built": "registries",
    "keep_freed": "allocation",
    "Outcome": "asking",
    "PolicyViolated": "asking",
    "ask": "asking",
    "publish": "publishing",
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
    "fit_registry": "calibration.chancefitting",
    "Settings": "settings",
    "Dumps": "registries",
    "Manifest": "registries",
    "add_to_registry": "registries",
    "build_registry": "registries",
    "show_registry": "registries",
    "verify_registry": "registries",
    "check_outside": "staging",
    "check_writable": "telling",
    "clear_memory": "memory",
    "memory_folder": "memory",
    "remembered": "memory",
    "doubt_about": "registries",
    "policy_of": "telling",
    "rate_of": "telling",
    "written": "telling",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with leanly():
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
