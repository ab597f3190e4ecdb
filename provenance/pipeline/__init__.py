"""Use cases: the only layer that joins the others.

Names are imported on first use, so that `--help` does not wait for the compiler.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from provenance.startup import configure_own_process, lean_imports

if TYPE_CHECKING:
    from provenance.pipeline.build_commands import registry_recipe
    from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
    from provenance.pipeline.calibration.chance_fit import fit_chance_model
    from provenance.pipeline.clean_output import check_output_file, check_output_outside
    from provenance.pipeline.dataset_check import check
    from provenance.pipeline.dataset_cleaning import clean
    from provenance.pipeline.dataset_diff import diff
    from provenance.pipeline.declared_only import empty_registry
    from provenance.pipeline.distribution import scan_shard
    from provenance.pipeline.dump_preview import DumpPreview, preview_dumps
    from provenance.pipeline.early_hashing import hash_in_background
    from provenance.pipeline.finding_review import (
        add_label,
        corrected_shares,
        export_sheet,
        import_labels,
        open_review,
        save_review,
    )
    from provenance.pipeline.github_publishing import publish
    from provenance.pipeline.jit_warmup import start_check
    from provenance.pipeline.matching.tracing import trace
    from provenance.pipeline.reading_counts import ReadingCounts
    from provenance.pipeline.registries import (
        BuildOutcome,
        ColumnMapping,
        DumpEngine,
        DumpSource,
        Manifest,
        PublishedSource,
        add_to_registry,
        build_registry,
        find_published_source,
        published_sources,
        show_registry,
        source_name_warning,
        verify_registry,
    )
    from provenance.pipeline.registry_changes import (
        Conditions,
        compact,
        example_items,
        forget_registries,
        mark,
        merge_into,
        opt_out,
        registry_upkeep,
        restore_to_registry,
        take_subset,
        upgrade,
        withdraw_from_registry,
        withdrawn_lines,
    )
    from provenance.pipeline.report_io import (
        check_writable,
        effective_policy,
        save_report,
    )
    from provenance.pipeline.result_cache import cache_folder, cache_usage, clear_cache
    from provenance.pipeline.rule_commands.policy_commands import (
        check_policy,
        describe_policy,
        write_policy_template,
    )
    from provenance.pipeline.rule_commands.rule_checking import (
        compare_rules,
        lint_rules,
        run_rule_cases,
        verify_rule_copies,
        watch_rule_copies,
    )
    from provenance.pipeline.rule_commands.rule_lookup import (
        explain_rule,
        list_rules,
        resolve_policy,
        show_rule,
        show_timeline,
    )
    from provenance.pipeline.rule_commands.signal_explanation import explain_signals
    from provenance.pipeline.sample_data import unpack_sample
    from provenance.pipeline.scan.task_folder import TaskFolder
    from provenance.pipeline.settings import Settings
    from provenance.pipeline.shards import CheckPlan, Shard, remove_tasks
    from provenance.pipeline.stage_log import log_to_stderr

__all__ = [
    "BuildOutcome",
    "CheckPlan",
    "ColumnMapping",
    "Conditions",
    "DumpEngine",
    "DumpPreview",
    "DumpSource",
    "Manifest",
    "PlantingOptions",
    "PublishedSource",
    "ReadingCounts",
    "Settings",
    "Shard",
    "TaskFolder",
    "add_label",
    "add_to_registry",
    "build_registry",
    "cache_folder",
    "cache_usage",
    "calibrate",
    "check",
    "check_output_file",
    "check_output_outside",
    "check_policy",
    "check_writable",
    "clean",
    "clear_cache",
    "compact",
    "compare_rules",
    "configure_own_process",
    "corrected_shares",
    "describe_policy",
    "diff",
    "effective_policy",
    "empty_registry",
    "example_items",
    "explain_rule",
    "explain_signals",
    "export_sheet",
    "find_published_source",
    "fit_chance_model",
    "forget_registries",
    "hash_in_background",
    "import_labels",
    "lint_rules",
    "list_rules",
    "log_to_stderr",
    "mark",
    "merge_into",
    "open_review",
    "opt_out",
    "preview_dumps",
    "publish",
    "published_sources",
    "registry_recipe",
    "registry_upkeep",
    "remove_tasks",
    "resolve_policy",
    "restore_to_registry",
    "run_rule_cases",
    "save_report",
    "save_review",
    "scan_shard",
    "show_registry",
    "show_rule",
    "show_timeline",
    "source_name_warning",
    "start_check",
    "take_subset",
    "trace",
    "unpack_sample",
    "upgrade",
    "verify_registry",
    "verify_rule_copies",
    "watch_rule_copies",
    "withdraw_from_registry",
    "withdrawn_lines",
    "write_policy_template",
]

_MODULES = {
    "add_label": "finding_review",
    "corrected_shares": "finding_review",
    "export_sheet": "finding_review",
    "import_labels": "finding_review",
    "open_review": "finding_review",
    "save_review": "finding_review",
    "TaskFolder": "scan.task_folder",
    "remove_tasks": "shards",
    "scan_shard": "distribution",
    "Shard": "shards",
    "CheckPlan": "shards",
    "BuildOutcome": "registries",
    "DumpEngine": "registries",
    "ColumnMapping": "registries",
    "DumpPreview": "dump_preview",
    "DumpSource": "registries",
    "ReadingCounts": "reading_counts",
    "preview_dumps": "dump_preview",
    "Manifest": "registries",
    "PublishedSource": "registries",
    "find_published_source": "registries",
    "published_sources": "registries",
    "PlantingOptions": "calibration.calibrate",
    "Settings": "settings",
    "add_to_registry": "registries",
    "build_registry": "registries",
    "cache_folder": "result_cache",
    "cache_usage": "result_cache",
    "calibrate": "calibration.calibrate",
    "check": "dataset_check",
    "check_output_file": "clean_output",
    "check_output_outside": "clean_output",
    "check_policy": "rule_commands.policy_commands",
    "check_writable": "report_io",
    "clean": "dataset_cleaning",
    "clear_cache": "result_cache",
    "compact": "registry_changes",
    "compare_rules": "rule_commands.rule_checking",
    "describe_policy": "rule_commands.policy_commands",
    "diff": "dataset_diff",
    "effective_policy": "report_io",
    "empty_registry": "declared_only",
    "explain_rule": "rule_commands.rule_lookup",
    "explain_signals": "rule_commands.signal_explanation",
    "fit_chance_model": "calibration.chance_fit",
    "forget_registries": "registry_changes",
    "hash_in_background": "early_hashing",
    "lint_rules": "rule_commands.rule_checking",
    "list_rules": "rule_commands.rule_lookup",
    "log_to_stderr": "stage_log",
    "publish": "github_publishing",
    "resolve_policy": "rule_commands.rule_lookup",
    "run_rule_cases": "rule_commands.rule_checking",
    "save_report": "report_io",
    "show_registry": "registries",
    "show_rule": "rule_commands.rule_lookup",
    "show_timeline": "rule_commands.rule_lookup",
    "source_name_warning": "registries",
    "start_check": "jit_warmup",
    "trace": "matching.tracing",
    "unpack_sample": "sample_data",
    "upgrade": "registry_changes",
    "example_items": "registry_changes",
    "merge_into": "registry_changes",
    "opt_out": "registry_changes",
    "mark": "registry_changes",
    "take_subset": "registry_changes",
    "Conditions": "registry_changes",
    "registry_recipe": "build_commands",
    "registry_upkeep": "registry_changes",
    "restore_to_registry": "registry_changes",
    "withdraw_from_registry": "registry_changes",
    "withdrawn_lines": "registry_changes",
    "verify_registry": "registries",
    "verify_rule_copies": "rule_commands.rule_checking",
    "watch_rule_copies": "rule_commands.rule_checking",
    "write_policy_template": "rule_commands.policy_commands",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with lean_imports():
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
