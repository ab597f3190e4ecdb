"""`provenance.clean`, `diff`, `merge` and others: the commands of the same names, as functions."""

from collections.abc import Mapping
from dataclasses import replace
from os import fspath
from pathlib import Path
from typing import Any, TypedDict, Unpack

from provenance.errors import PolicyError, UnsupportedFormat
from provenance.model.records.receipt import Cleaning, Receipt
from provenance.model.results.calibration import Calibration
from provenance.model.results.changes import Changes, ComparedCorpus
from provenance.model.results.trace import Trace
from provenance.model.rules.policy import Policy
from provenance.model.rules.terms import Verdict
from provenance.pipeline.building.registry_changes import forget_registries
from provenance.pipeline.caching.result_cache import cache_folder
from provenance.pipeline.calibration.calibrate import PlantingOptions
from provenance.pipeline.calibration.calibrate import calibrate as measure_recall
from provenance.pipeline.checking.dataset_check import check as run_check
from provenance.pipeline.checking.declared_only import empty_registry
from provenance.pipeline.checking.shards import CheckPlan
from provenance.pipeline.cleaning.clean_output import check_output_file, path_or_address
from provenance.pipeline.cleaning.dataset_cleaning import clean as clean_corpus
from provenance.pipeline.cleaning.dataset_diff import diff as compare
from provenance.pipeline.cleaning.forget_sets import read_forget_set
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.ledger_records import ledger_of_policy, record_cleaning
from provenance.pipeline.matching.tracing import trace as look_up
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.check_function import Outcome, normalise_options
from provenance.pipeline.python_api.option_names import (
    unread_as_arguments,
)
from provenance.pipeline.python_api.option_types import (
    Address,
    Addresses,
    Day,
    MatchingOptions,
    Names,
)
from provenance.pipeline.python_api.python_inputs import (
    COPY_REMEDY,
    find_addresses,
    given_paths,
    local_path,
)
from provenance.pipeline.report_io import effective_policy
from provenance.pipeline.settings import Settings
from provenance.read.policy.gate_syntax import parse_rate
from provenance.read.policy.policy_file import PolicyOptions
from provenance.report.files.calibration_json import write_calibration
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
    registries: Addresses
    backgrounds: Addresses
    common_background: bool | None
    purpose: str | None
    collected: Day | None
    actor: str | None
    text_columns: Names
    max_document: str | int | None
    chance: float | None


class CalibrateOptions(RunOptions, total=False):
    """Options of `calibrate`, beside those that say what is planted."""

    split: str | None
    allow_unread: int
    policy: Address | None
    registries: Addresses
    text_columns: Names
    max_document: str | int | None
    chance: float | None


class TraceOptions(MatchingOptions, total=False):
    """Options of `trace`."""

    policy: Address | None
    model_of: Address | None
    rules: Address | None
    verify: bool
    registries: Addresses


class DiffOptions(RunOptions, total=False):
    """Options of `diff`."""

    allow_unread: int
    policy: Address | None
    registries: Addresses
    backgrounds: Addresses
    common_background: bool | None
    collected: Day | None
    text_columns: Names
    max_document: str | int | None
    chance: float | None


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


@public_function
def clean(  # noqa: PLR0913 (the options of the command)
    corpus: Addresses,
    output: Address,
    *,
    verdict: Names = (),
    redact: str | None = None,
    waived: bool = False,
    contested: bool = False,
    forget_set: Address | None = None,
    result: Address | None = None,
    **options: Unpack[CleanOptions],
) -> Receipt:
    """Write a copy of a dataset without its forbidden documents, as `provenance clean` does.

    Parameters
    ----------
    corpus : str, path, or iterable of them
        Local files, folders, patterns; they are not changed.
    output : str or path
        Folder or address for the copy; must be absent or empty.
    verdict : str or iterable of str, optional
        Also remove this: "unknown", "restricted".
    redact : str, optional
        Replace each passage with this text, and keep the rest of the document.
    waived, contested : bool, optional
        Also remove waived or contested content.
    forget_set : str or path, optional
        Remove what is in this folder, which `provenance audit --forget-set` wrote, and nothing
        else.
    result : str or path, optional
        Report of an earlier check of the same dataset, instead of checking it now.
    **options
        `registries`, `backgrounds`, `common_background`, `policy`, `purpose`, `collected`, `actor`,
        `text_columns`, `max_document`, `chance`, `model_of`, `rules`, `threads`, `no_cache`,
        `verify`: as the options of the command. `progress` as for `check`.

    Returns
    -------
    Receipt
        What was removed; also written into the copy, and into the ledger that the policy names.
        `unread` lists what could not be read, `wordless` columns that are not words: it is
        false if there is any of either.

    Raises
    ------
    ProvenanceError
        If the dataset cannot be cleaned; then there is no copy.
    """
    addresses = _addresses(corpus)
    model_of = options.get("model_of")
    if forget_set is not None and (verdict or waived or contested):
        raise ValueError(
            "forget_set= says what is removed: leave out verdict=, waived=, contested="
        )
    forget = None if forget_set is None else read_forget_set(Path(forget_set))
    if result is None:
        policy = _policy(options)
        if forget is not None and not policy.registries:
            policy = replace(policy, registries=(empty_registry(),))  # the set says what is removed
    elif any(options.get(name) for name in ("policy", "model_of", *_POLICY_NAMES)):
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
    ledger, place = ledger_of_policy(_as_string(options.get("policy"))), fspath(output)
    with report_progress_to(options.get("progress")):
        receipt = clean_corpus(
            addresses,
            path_or_address(place),
            policy,
            cleaning,
            settings,
            None if result is None else Path(result),
            forget,
        )
    if ledger is not None:
        record_cleaning(ledger, receipt, place)
    return replace(receipt, unread=unread_as_arguments(receipt.unread))


@public_function
def diff(old: Address, new: Address, **options: Unpack[DiffOptions]) -> Changes:
    """Compare two datasets, or reports of them, as `provenance diff` does.

    Parameters
    ----------
    old, new : str or path
        A dataset, which is checked, or the folder of a report.
    **options
        `registries`, `backgrounds`, `common_background`, `policy`, `collected`, `text_columns`,
        `max_document`, `chance`, `rules`, `threads`, `no_cache`, `verify`, `allow_unread`: as the
        options of the command. `progress` as for `check`.

    Returns
    -------
    Changes
        `documents`, `shares`, and the findings that `appeared` and `vanished`; `worse` lists the
        gates that fail in the new one only. It is true if there are none, and all was read.

    Raises
    ------
    ProvenanceError
        If they cannot be compared.
    """
    first, second = _addresses(old)[0], _addresses(new)[0]
    policy = _policy(options)
    if options.get("verify", False):
        forget_registries(policy)
    with report_progress_to(options.get("progress")):
        allowed = options.get("allow_unread", 0)
        changes = compare(first, second, policy, run_settings(options, allow_unread=allowed))
    return replace(changes, old=_side(changes.old), new=_side(changes.new))


@public_function
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
        **normalise_options({name: values[name] for name in _POLICY_NAMES if name in values}),
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


@public_function
def calibrate(
    corpus: Addresses,
    *,
    output: Address | None = None,
    plants: int = 12_000,
    seed: int = 0,
    control: Address | None = None,
    background: Address | None = None,
    **options: Unpack[CalibrateOptions],
) -> Calibration:
    """Measure how much of the copied content a check finds, as `provenance calibrate` does.

    Parameters
    ----------
    corpus : str, path, or iterable of them
        Files, folders, patterns, addresses; nothing is written to them.
    output : str or path, optional
        File for the measurements, which `check` takes as `calibration`.
    plants : int, optional
        Number of items to plant.
    seed : int, optional
        Random seed for the choice of items, places and edits.
    control : str or path, optional
        A registry of items that cannot be in the corpus.
    background : str or path, optional
        A registry of texts that contain no item.
    **options
        `registries`, `policy`, `text_columns`, `max_document`, `chance`, `split`, `allow_unread`,
        `threads`, `no_cache`, `verify`: as the options of the command. `progress` as for `check`.

    Returns
    -------
    Calibration
        The recall by length and edit, and the rate of false matches.

    Raises
    ------
    ProvenanceError
        If it cannot be measured.
    """
    addresses, policy = _addresses(corpus), _policy(options)
    if output is not None:
        check_output_file(local_path(output, COPY_REMEDY), addresses)
    planting = PlantingOptions(plants, seed, _as_string(control), _as_string(background))
    if options.get("verify", False):
        forget_registries(policy, planting.control, planting.background)
    settings = run_settings(
        options, split=options.get("split"), allow_unread=options.get("allow_unread", 0)
    )
    with report_progress_to(options.get("progress")):
        calibration = measure_recall(addresses, policy, planting, settings)
    if output is not None:
        write_calibration(calibration, Path(output))
    return calibration


@public_function
def trace(text: str, **options: Unpack[TraceOptions]) -> Trace:
    """Look up which passages of a text registries contain, as `provenance trace` does.

    No gate applies. For many texts, `Matcher` is faster.

    Parameters
    ----------
    text : str
        The text.
    **options
        `registries`, `backgrounds`, `common_background`, `policy`, `purpose`, `collected`, `actor`,
        `jurisdiction`, `commercial`, `model`, `claims`, `chance`, `model_of`, `rules`, `verify`: as
        the options of the command.

    Returns
    -------
    Trace
        The `findings`, as a table of Arrow, and the `rulings` on their sources.

    Raises
    ------
    ProvenanceError
        If the text cannot be looked up.
    """
    policy = _policy(options)
    rules, model_of = options.get("rules"), options.get("model_of")
    if options.get("verify", False):
        forget_registries(policy)
    return look_up(
        text,
        policy,
        None if rules is None else Path(rules),
        None if model_of is None else Path(model_of),
        quiet=True,
    )


@public_function
def open_report(result: Address) -> Outcome:
    """Open the report of an earlier check, to look at it or render it as `provenance report` does.

    Parameters
    ----------
    result : str or path
        The folder that `provenance check --output` or `Outcome.write` wrote.
    """
    return Outcome(read_report(Path(result)))


def _policy(options: Mapping[str, Any]) -> Policy:
    """Return the policy under the options of a function."""
    return effective_policy(
        _as_string(options.get("policy")),
        **normalise_options(
            {name: value for name, value in options.items() if name in _POLICY_NAMES}
        ),
    )


def _side(side: ComparedCorpus) -> ComparedCorpus:
    return replace(side, unread=unread_as_arguments(side.unread))


def _as_string(path: Address | None) -> str | None:
    return None if path is None else fspath(path)


def _addresses(data: Addresses) -> list[str]:
    given = given_paths(data)
    addresses = find_addresses(given[0] if len(given) == 1 else given)
    if addresses is None:
        raise UnsupportedFormat(
            "only datasets in files can be cleaned or compared",
            remedy="write the data to a file, and give its path.",
        )
    return addresses
