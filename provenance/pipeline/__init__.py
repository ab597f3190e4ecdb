"""The hallway: the only place where rooms meet.

Names are loaded when they are first used, so that `--help` need not wait for compilers.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from provenance.startup import claim_process, leanly

if TYPE_CHECKING:
    from provenance.pipeline.api import Outcome, PolicyViolated, ask
    from provenance.pipeline.calibration.calibrate import Planting, calibrate
    from provenance.pipeline.calibration.chance_fit import fit_registry
    from provenance.pipeline.clean_output import check_outside
    from provenance.pipeline.dataset_check import check
    from provenance.pipeline.dataset_cleaning import clean
    from provenance.pipeline.dataset_diff import diff
    from provenance.pipeline.early_hashing import hashing
    from provenance.pipeline.github_publishing import publish
    from provenance.pipeline.jit_warmup import begun
    from provenance.pipeline.lawbook.policy_commands import (
        begun_policy,
        checked_policy,
        told_policy,
    )
    from provenance.pipeline.lawbook.rule_checking import (
        compared_rules,
        linted_rules,
        tested_rules,
        verified_rules,
    )
    from provenance.pipeline.lawbook.rule_lookup import (
        asked_policy,
        explained_rule,
        listed_rules,
        shown_rule,
        timeline_of,
    )
    from provenance.pipeline.lawbook.signal_explanation import told_signals
    from provenance.pipeline.registries import (
        Built,
        Dumps,
        Manifest,
        add_to_registry,
        build_registry,
        doubt_about,
        show_registry,
        verify_registry,
    )
    from provenance.pipeline.report_io import (
        check_writable,
        policy_of,
        rate_of,
        written,
    )
    from provenance.pipeline.result_cache import clear_memory, memory_folder, remembered
    from provenance.pipeline.sample_data import unpacked_sample
    from provenance.pipeline.settings import Settings
    from provenance.pipeline.stage_log import told

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
    "Outcome": "api",
    "PolicyViolated": "api",
    "ask": "api",
    "publish": "github_publishing",
    "verified_rules": "lawbook.rule_checking",
    "tested_rules": "lawbook.rule_checking",
    "linted_rules": "lawbook.rule_checking",
    "compared_rules": "lawbook.rule_checking",
    "timeline_of": "lawbook.rule_lookup",
    "shown_rule": "lawbook.rule_lookup",
    "listed_rules": "lawbook.rule_lookup",
    "explained_rule": "lawbook.rule_lookup",
    "asked_policy": "lawbook.rule_lookup",
    "Planting": "calibration.calibrate",
    "calibrate": "calibration.calibrate",
    "begun_policy": "lawbook.policy_commands",
    "checked_policy": "lawbook.policy_commands",
    "told_policy": "lawbook.policy_commands",
    "told_signals": "lawbook.signal_explanation",
    "unpacked_sample": "sample_data",
    "begun": "jit_warmup",
    "hashing": "early_hashing",
    "told": "stage_log",
    "check": "dataset_check",
    "clean": "dataset_cleaning",
    "diff": "dataset_diff",
    "fit_registry": "calibration.chance_fit",
    "Settings": "settings",
    "Dumps": "registries",
    "Manifest": "registries",
    "add_to_registry": "registries",
    "build_registry": "registries",
    "show_registry": "registries",
    "verify_registry": "registries",
    "check_outside": "clean_output",
    "check_writable": "report_io",
    "clear_memory": "result_cache",
    "memory_folder": "result_cache",
    "remembered": "result_cache",
    "doubt_about": "registries",
    "policy_of": "report_io",
    "rate_of": "report_io",
    "written": "report_io",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with leanly():
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
