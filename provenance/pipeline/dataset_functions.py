"""`provenance.clean`, `diff` and `merge`: the commands of the same names, as functions."""

from collections.abc import Iterable
from dataclasses import replace
from os import fspath
from pathlib import Path
from typing import Any, TypedDict, Unpack

from provenance.errors import PolicyError, UnsupportedFormat
from provenance.model import Changes, Cleaning, Receipt, Verdict
from provenance.pipeline.api import Outcome, normalise_options
from provenance.pipeline.dataset_check import check as run_check
from provenance.pipeline.dataset_cleaning import clean as clean_corpus
from provenance.pipeline.dataset_diff import diff as compare
from provenance.pipeline.progress import ProgressCallback, report_progress_to
from provenance.pipeline.python_inputs import Address, find_addresses
from provenance.pipeline.registry_changes import forget_registries
from provenance.pipeline.report_io import effective_policy
from provenance.pipeline.result_cache import cache_folder
from provenance.pipeline.settings import Settings
from provenance.pipeline.shards import CheckPlan
from provenance.read.policy.gate_syntax import parse_rate
from provenance.read.policy.policy_file import PolicyOptions
from provenance.report.files.report_reader import read_report


class RunOptions(TypedDict, total=False):
    """Options of a run: threads, cache, rules, verification of registries, and progress."""

    threads: int | None
    no_cache: bool
    verify: bool
    rules: Address | None
    progress: ProgressCallback | None


class CleanOptions(RunOptions, total=False):
    """Options of `clean`, beside those that say what is removed."""

    policy: Address | None
    model_of: Address | None
    registries: Iterable[Address]
    backgrounds: Iterable[Address]
    common_background: bool | None
    purpose: str | None
    collected: str | None
    actor: str | None
    text_columns: Iterable[str]
    max_document: str | int | None


class DiffOptions(RunOptions, total=False):
    """Options of `diff`."""

    allow_unread: int
    policy: Address | None
    registries: Iterable[Address]
    backgrounds: Iterable[Address]
    common_background: bool | None
    collected: str | None
    text_columns: Iterable[str]
    max_document: str | int | None


_POLICY_NAMES = frozenset(PolicyOptions.__annotations__)


def run_settings(options: RunOptions, **fields: object) -> Settings:
    """Return the settings of a run; fields override those of the options."""
    rules, threads = options.get("rules"), options.get("threads")
    settings = Settings(
        cache=None if options.get("no_cache", False) else cache_folder(),
        rules=None if rules is None else Path(rules),
    )
    settings = replace(settings, **fields)  # type: ignore[arg-type]
    return settings if threads is None else replace(settings, threads=threads)


def clean(  # noqa: PLR0913 (the options of the command)
    corpus: Address | Iterable[Address],
    output: Address,
    *,
    verdict: str | Iterable[str] = (),
    redact: str | None = None,
    waived: bool = False,
    contested: bool = False,
    result: Address | None = None,
    **options: Unpack[CleanOptions],
) -> Receipt:
    """Write a copy of a dataset without its forbidden documents, as `provenance clean` does.

    Parameters
    ----------
    corpus : str, path, or iterable of them
        Local files, folders, patterns; they are not changed.
    output : str or path
        Folder for the copy; must be absent or empty.
    verdict : str or iterable of str, optional
        Also remove this: "unknown", "restricted".
    redact : str, optional
        Replace each passage with this text, and keep the rest of the document.
    waived, contested : bool, optional
        Also remove waived or contested content.
    result : str or path, optional
        Report of an earlier check of the same dataset, instead of checking it now.
    **options
        `registries`, `backgrounds`, `common_background`, `policy`, `purpose`, `collected`, `actor`,
        `text_columns`, `max_document`, `model_of`, `rules`, `threads`, `no_cache`, `verify`: as the
        options of the command. `progress` as for `check`.

    Returns
    -------
    Receipt
        What was removed; also written into the copy. `unread` lists what could not be read.

    Raises
    ------
    ProvenanceError
        If the dataset cannot be cleaned; then there is no copy.
    """
    addresses = _addresses(corpus)
    policy_options = {name: value for name, value in options.items() if name in _POLICY_NAMES}
    model_of, policy_file = options.get("model_of"), options.get("policy")
    if result is None:
        policy = effective_policy(
            None if policy_file is None else fspath(policy_file),
            **normalise_options(policy_options, "clean", _POLICY_NAMES),
        )
    elif policy_file or model_of or any(policy_options.values()):
        raise PolicyError(
            "result= already has a policy, registries and a model",
            remedy="leave out the other options of the check, or leave out result=",
        )
    else:
        policy = read_report(Path(result)).result.policy
    chosen = {verdict} if isinstance(verdict, str) else set(verdict)
    removed = tuple(v for v in Verdict if v is Verdict.FORBIDDEN or str(v) in chosen)
    if unknown := chosen - {str(v) for v in Verdict if v is not Verdict.PERMITTED}:
        raise ValueError(f"{min(unknown)!r} is not a verdict that can be removed")
    cleaning = Cleaning(removed, redact, waived=waived, contested=contested)
    settings = run_settings(options, model_of=None if model_of is None else Path(model_of))
    if options.get("verify", False):
        forget_registries(policy)
    with report_progress_to(options.get("progress")):
        return clean_corpus(
            addresses,
            Path(output),
            policy,
            cleaning,
            settings,
            None if result is None else Path(result),
        )


def diff(old: Address, new: Address, **options: Unpack[DiffOptions]) -> Changes:
    """Compare two datasets, or reports of them, as `provenance diff` does.

    Parameters
    ----------
    old, new : str or path
        A dataset, which is checked, or the folder of a report.
    **options
        `registries`, `backgrounds`, `common_background`, `policy`, `collected`, `text_columns`,
        `max_document`, `rules`, `threads`, `no_cache`, `verify`, `allow_unread`: as the options of
        the command. `progress` as for `check`.

    Returns
    -------
    Changes
        `documents`, `shares`, and the findings that `appeared` and `vanished`; `worse` lists the
        gates that fail in the new one only.

    Raises
    ------
    ProvenanceError
        If they cannot be compared.
    """
    first, second = _addresses(old)[0], _addresses(new)[0]
    policy_file = options.get("policy")
    policy_options = {name: value for name, value in options.items() if name in _POLICY_NAMES}
    policy = effective_policy(
        None if policy_file is None else fspath(policy_file),
        **normalise_options(policy_options, "diff", _POLICY_NAMES),
    )
    if options.get("verify", False):
        forget_registries(policy)
    with report_progress_to(options.get("progress")):
        allowed = options.get("allow_unread", 0)
        return compare(first, second, policy, run_settings(options, allow_unread=allowed))


def merge(folder: Address, *, threads: int | None = None) -> Outcome:
    """Return the outcome of a check from its shards, as `provenance merge` does.

    Parameters
    ----------
    folder : str or path
        The output folder, or address, that the shards share. Nothing is written to it: use
        `Outcome.write`.
    threads : int, optional
        Number of threads.

    Returns
    -------
    Outcome
        As if one command had checked all of the dataset.

    Raises
    ------
    EngineError
        If there are no shards, or some are missing.
    """
    tasks = f"{fspath(folder).rstrip('/')}/tasks"
    plan = CheckPlan.load(tasks)
    values: dict[str, Any] = dict(plan.arguments) | {"model": plan.arguments.get("kinds")}
    policy = effective_policy(
        values["policy"],
        **normalise_options(
            {name: values[name] for name in _POLICY_NAMES if name in values}, "merge", _POLICY_NAMES
        ),
    )
    paths = {
        name: None if values.get(name) is None else Path(values[name])
        for name in ("baseline", "model_of", "rules")
    }
    settings = run_settings(
        {"threads": threads, "no_cache": True},
        split=values.get("split"),
        sample=None if values.get("sample") is None else parse_rate(values["sample"]),
        control=values.get("control"),
        allow_unread=values.get("allow_unread", 0),
        tasks=tasks,
        shards=plan.shards,
        **paths,
    )
    return Outcome(run_check(values["corpus"], policy, settings))


def _addresses(data: Address | Iterable[Address]) -> list[str]:
    given = data if isinstance(data, str | Path) else list(data)  # type: ignore[arg-type]
    addresses = find_addresses(given)
    if addresses is None:
        raise UnsupportedFormat(
            "only datasets in files can be cleaned or compared",
            remedy="write the data to a file, and give its path.",
        )
    return addresses
