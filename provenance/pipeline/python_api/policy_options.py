"""Policy and settings of a run, from the options of a public function."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from os import fspath
from pathlib import Path
from typing import Any, cast

from provenance.model.rules.policy import Policy
from provenance.pipeline.building.registry_changes import forget_registries
from provenance.pipeline.caching.result_cache import cache_folder
from provenance.pipeline.python_api.python_inputs import given_paths
from provenance.pipeline.report_io import effective_policy
from provenance.pipeline.settings import Settings
from provenance.read.policy.gate_syntax import parse_rate
from provenance.read.policy.policy_file import PolicyOptions

_POLICY_NAMES = frozenset(PolicyOptions.__annotations__)
_SETTING_NAMES = "split", "control", "allow_unread", "engine", "scheduler"
_LIST_OPTIONS = {"gates", "model", "claims", "text_columns", "registries", "backgrounds"}
_PATH_OPTIONS = {"calibration", "signals", "withdrawn_key", "trust"}


def policy_of_options(options: Mapping[str, Any], *others: str | None) -> Policy:
    """Return the policy under the options of a function.

    Parameters
    ----------
    options : mapping
        All options of the function.
    *others : str or None
        Registries beside those of the policy, which `verify` is about, too.
    """
    own = {name: value for name, value in options.items() if name in _POLICY_NAMES}
    path = options["policy"]
    policy = effective_policy(None if path is None else fspath(path), **normalise_options(own))
    if options.get("verify", False):
        forget_registries(policy, *others)
    return policy


def has_policy_options(options: Mapping[str, Any]) -> bool:
    """Return whether any option says what a policy or a corpus model would say."""
    return any(options.get(name) for name in ("policy", "model_of", *_POLICY_NAMES))


def settings_of_options(options: Mapping[str, Any], **fields: Any) -> Settings:
    """Return the settings of a run; fields override those of the options."""
    given = {name: options[name] for name in _SETTING_NAMES if name in options}
    for name in {"rules", "model_of", "baseline"} & options.keys():
        given[name] = None if options[name] is None else Path(options[name])
    if options.get("sample") is not None:
        given["sample"] = parse_rate(options["sample"])
    if options.get("threads") is not None:
        given["threads"] = options["threads"]
    cache = None if options.get("no_cache", False) else cache_folder()
    return replace(Settings(cache=cache), **{**given, **fields})


def normalise_options(options: Mapping[str, Any]) -> PolicyOptions:
    """Wrap single values into lists, convert paths to strings and times to days.

    Parameters
    ----------
    options : mapping
        The options, as they were given.
    """
    normalised: dict[str, Any] = dict(options)
    if isinstance(normalised.get("collected"), datetime):
        normalised["collected"] = normalised["collected"].date()
    if isinstance(normalised.get("gates"), Mapping):
        normalised["gates"] = list(_gates_of_mapping(normalised["gates"]))
    for name in normalised.keys() & _LIST_OPTIONS:
        normalised[name] = given_paths(normalised[name])
    for name in normalised.keys() & _PATH_OPTIONS:
        if normalised[name] is not None:
            normalised[name] = fspath(normalised[name])
    return cast("PolicyOptions", normalised)


def _gates_of_mapping(gates: Mapping[str, object]) -> Iterator[str]:
    """Yield the gates of a mapping like the policy's `[gate]`: a unit may be a nested key."""
    for name, share in gates.items():
        if isinstance(share, Mapping):
            yield from (f"{name}.{unit}={each}" for unit, each in share.items())
        else:
            yield f"{name}={share}"
