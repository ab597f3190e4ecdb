"""The hallway: the only place where rooms meet.

Names are loaded when they are first used, so that `--help` need not wait for compilers.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.run.calibrating import Planting, calibrate
    from provenance.run.calibrations import calibration_table, written_calibration
    from provenance.run.chancefitting import fit_registry
    from provenance.run.checking import Settings, check
    from provenance.run.policies import begun_policy, checked_policy, told_policy
    from provenance.run.registries import (
        Dumps,
        Manifest,
        add_to_registry,
        build_registry,
        doubt_about,
        show_registry,
        verify_registry,
    )
    from provenance.run.telling import (
        check_writable,
        policy_of,
        rate_of,
        rendered,
        summary,
        written,
    )

__all__ = [
    "Dumps",
    "Manifest",
    "Planting",
    "Settings",
    "add_to_registry",
    "begun_policy",
    "build_registry",
    "calibrate",
    "calibration_table",
    "check",
    "check_writable",
    "checked_policy",
    "doubt_about",
    "fit_registry",
    "policy_of",
    "rate_of",
    "rendered",
    "show_registry",
    "summary",
    "told_policy",
    "verify_registry",
    "written",
    "written_calibration",
]

_MODULES = {
    "Planting": "calibrating",
    "calibrate": "calibrating",
    "calibration_table": "calibrations",
    "written_calibration": "calibrations",
    "begun_policy": "policies",
    "checked_policy": "policies",
    "told_policy": "policies",
    "check": "checking",
    "fit_registry": "chancefitting",
    "Settings": "checking",
    "Dumps": "registries",
    "Manifest": "registries",
    "add_to_registry": "registries",
    "build_registry": "registries",
    "show_registry": "registries",
    "verify_registry": "registries",
    "check_writable": "telling",
    "doubt_about": "registries",
    "policy_of": "telling",
    "rate_of": "telling",
    "rendered": "telling",
    "summary": "telling",
    "written": "telling",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
