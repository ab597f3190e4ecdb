"""Learn, before you train, which share of a dataset you have no right to train on.

>>> import provenance
>>> outcome = provenance.check("data/train.parquet", registries="registries/x")  # doctest: +SKIP
>>> assert outcome, outcome  # doctest: +SKIP

Names are imported on first use, so that importing the package is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.pipeline.python_api.attestation_functions import (
        attest,
        replay_report,
        sign_folder,
        verify_attestation,
        verify_folder,
    )
    from provenance.pipeline.python_api.check_function import check
    from provenance.pipeline.python_api.dataset_functions import (
        calibrate,
        clean,
        diff,
        merge,
        open_report,
        trace,
    )
    from provenance.pipeline.python_api.disclosure_functions import DisclosureFiles, disclose
    from provenance.pipeline.python_api.exchange_functions import (
        pull_registry,
        push_registry,
        sign_registry,
    )
    from provenance.pipeline.python_api.ledger_functions import (
        AuditAnswer,
        OpenLedger,
        audit,
        open_ledger,
    )
    from provenance.pipeline.python_api.matcher import Match, Matcher
    from provenance.pipeline.python_api.minhash_function import minhashes
    from provenance.pipeline.python_api.outcomes import Outcome, PolicyViolated
    from provenance.pipeline.python_api.publishing_functions import publish_registry, screen_dataset
    from provenance.pipeline.python_api.registry_functions import (
        OpenRegistry,
        add_opt_outs,
        add_to_registry,
        build_registry,
        compact_registry,
        fit_registry,
        mark_registry_items,
        merge_registries,
        open_registry,
        preview_dumps,
        remove_from_registry,
        restore_registry_items,
        subset_registry,
    )
    from provenance.pipeline.python_api.rule_functions import (
        Explanation,
        clear_cache,
        explain_rules,
        published_sources,
    )
    from provenance.pipeline.python_api.sketch_functions import compare, fingerprint_dataset

__version__ = "0.1.0"
__all__ = [
    "AuditAnswer",
    "DisclosureFiles",
    "Explanation",
    "Match",
    "Matcher",
    "OpenLedger",
    "OpenRegistry",
    "Outcome",
    "PolicyViolated",
    "__version__",
    "add_opt_outs",
    "add_to_registry",
    "attest",
    "audit",
    "build_registry",
    "calibrate",
    "check",
    "clean",
    "clear_cache",
    "compact_registry",
    "compare",
    "diff",
    "disclose",
    "explain_rules",
    "fingerprint_dataset",
    "fit_registry",
    "mark_registry_items",
    "merge",
    "merge_registries",
    "minhashes",
    "open_ledger",
    "open_registry",
    "open_report",
    "preview_dumps",
    "publish_registry",
    "published_sources",
    "pull_registry",
    "push_registry",
    "remove_from_registry",
    "replay_report",
    "restore_registry_items",
    "screen_dataset",
    "sign_folder",
    "sign_registry",
    "subset_registry",
    "trace",
    "verify_attestation",
    "verify_folder",
]

_NAMES = {
    "python_api.attestation_functions": (
        "attest",
        "replay_report",
        "sign_folder",
        "verify_attestation",
        "verify_folder",
    ),
    "python_api.check_function": ("check",),
    "python_api.dataset_functions": ("calibrate", "clean", "diff", "merge", "open_report", "trace"),
    "python_api.disclosure_functions": ("DisclosureFiles", "disclose"),
    "python_api.exchange_functions": ("pull_registry", "push_registry", "sign_registry"),
    "python_api.ledger_functions": ("AuditAnswer", "OpenLedger", "audit", "open_ledger"),
    "python_api.matcher": ("Match", "Matcher"),
    "python_api.outcomes": ("Outcome", "PolicyViolated"),
    "python_api.publishing_functions": ("publish_registry", "screen_dataset"),
    "python_api.registry_functions": (
        *("OpenRegistry", "add_to_registry", "build_registry", "compact_registry"),
        *("merge_registries", "open_registry", "preview_dumps", "remove_from_registry"),
        *("restore_registry_items", "subset_registry", "add_opt_outs", "fit_registry"),
        "mark_registry_items",
    ),
    "python_api.rule_functions": (
        "Explanation",
        "clear_cache",
        "explain_rules",
        "published_sources",
    ),
    "python_api.minhash_function": ("minhashes",),
    "python_api.sketch_functions": ("compare", "fingerprint_dataset"),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from provenance.startup import lean_imports  # noqa: PLC0415 (the version needs no more)

    with lean_imports():
        return getattr(import_module(f"{__name__}.pipeline.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """List what can be imported, too, for completion in shells and notebooks."""
    return sorted({*globals(), *__all__} - {"TYPE_CHECKING", "import_module"})
