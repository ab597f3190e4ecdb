"""`provenance.clean`, `diff`, `merge` and others: the commands of the same names, as functions."""

from dataclasses import replace
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, Unpack

from provenance import pipeline
from provenance.errors import UnsupportedFormat
from provenance.model.records.receipt import Cleaning
from provenance.model.rules.terms import Verdict
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import (
    ActorName,
    Address,
    Addresses,
    AddressList,
    AllowUnread,
    BackgroundOptions,
    Chance,
    Collected,
    MatchingOptions,
    MaxDocument,
    ModelOf,
    Names,
    NoCache,
    PolicyFile,
    ProgressCallback,
    PurposeName,
    Registries,
    RulesFolder,
    Split,
    TextColumns,
    Threads,
    Verify,
)
from provenance.pipeline.python_api.options import Option, OptionError
from provenance.startup import lean_imports

if TYPE_CHECKING:
    from provenance.model.records.receipt import Receipt
    from provenance.model.results.calibration import Calibration
    from provenance.model.results.changes import Changes
    from provenance.model.results.result import Report
    from provenance.model.results.trace import Trace
    from provenance.pipeline.python_api.outcomes import Outcome


class RegistryOptions(BackgroundOptions, total=False):
    """What a dataset is compared with."""

    registries: Registries
    policy: PolicyFile


class RunOptions(TypedDict, total=False):
    """How a command runs."""

    threads: Threads
    no_cache: NoCache
    verify: Verify
    progress: ProgressCallback | None


class CleanOptions(RunOptions, RegistryOptions, total=False):
    """Options of `clean`, beside those that say what is removed."""

    purpose: PurposeName
    collected: Collected
    actor: ActorName
    text_columns: TextColumns
    max_document: MaxDocument
    chance: Chance
    model_of: ModelOf
    rules: RulesFolder


class CalibrateOptions(RunOptions, total=False):
    """Options of `calibrate`, beside those that say what is planted."""

    policy: PolicyFile
    text_columns: TextColumns
    max_document: MaxDocument
    chance: Chance
    split: Split
    allow_unread: AllowUnread


class TraceOptions(MatchingOptions, RegistryOptions, total=False):
    """Options of `trace`."""

    model_of: Annotated[
        Address | None,
        Option(
            "Score matches with the corpus model in the report of an earlier check. Unset: with "
            "general language and the registries alone.",
            metavar="REPORT",
            paths="folders",
        ),
    ]
    rules: RulesFolder
    verify: Verify


class DiffOptions(RunOptions, RegistryOptions, total=False):
    """Options of `diff`."""

    collected: Collected
    text_columns: TextColumns
    max_document: MaxDocument
    chance: Chance
    allow_unread: AllowUnread
    rules: RulesFolder


@public_function
def clean(  # noqa: PLR0913 (the options of the command)
    corpus: Addresses,
    output: Annotated[
        Address,
        Option(
            "Folder for the cleaned corpus, or an address (s3://...); must be absent or empty. For "
            "an address, the copy is first written to TMPDIR.",
            flags="-o --output",
            metavar="DIR",
            paths="folders",
        ),
    ],
    *,
    verdict: Annotated[
        Names,
        Option(
            "Also remove this: unknown, restricted{repeatable}. Forbidden content is always "
            "removed.",
            metavar="VERDICT",
            choices=[str(each) for each in Verdict if each is not Verdict.PERMITTED],
        ),
    ] = (),
    redact: Annotated[
        str | None,
        Option(
            "Replace each passage with TEXT and keep the rest of the document; '' deletes the "
            "passage. Unset: whole documents are removed.",
            metavar="TEXT",
        ),
    ] = None,
    forget_set: Annotated[
        Address | None,
        Option(
            "Remove what this folder of `provenance audit --forget-set` lists, and nothing else, "
            "whatever its verdict. The dataset must be one that was audited, unchanged. No "
            "registry is needed; with one, further copies of the same items are removed, too.",
            metavar="DIR",
            paths="folders",
        ),
    ] = None,
    waived: Annotated[bool, Option("Also remove waived content.")] = False,
    contested: Annotated[bool, Option("Also remove contested content.")] = False,
    result: Annotated[
        Address | None,
        Option(
            "Use the report of an earlier check of the same corpus, with its policy, instead of "
            "checking the corpus now.",
            metavar="REPORT",
            paths="folders",
        ),
    ] = None,
    **options: Unpack[CleanOptions],
) -> "Receipt":
    """Write a copy of a dataset without its forbidden documents, as `provenance clean` does.

    Parameters
    ----------
    corpus : str, path, or iterable of them
        Local files, folders, patterns; they are not changed.
    progress : callable, optional
        As for `check`.

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
    chosen = {verdict} if isinstance(verdict, str) else {*verdict}
    if forget_set is not None and (chosen or waived or contested):
        raise OptionError(
            "{forget_set} says what is removed: leave out {verdict}, {waived} and {contested}"
        )
    if unknown := chosen - {each for each in Verdict if each is not Verdict.PERMITTED}:
        raise ValueError(f"{min(unknown)!r} is not a verdict that can be removed")
    removed = tuple(each for each in Verdict if each is Verdict.FORBIDDEN or each in chosen)
    forget = None if forget_set is None else pipeline.read_forget_set(Path(forget_set))
    if result is None:
        policy = pipeline.policy_of_options(options)
        if forget is not None and not policy.registries:  # the set says what is removed
            policy = replace(policy, registries=(pipeline.empty_registry(),))
    elif pipeline.has_policy_options(options):
        raise OptionError(
            "{result} already has a policy, registries and a model: leave out the other options of "
            "the check, or leave out {result}"
        )
    else:
        policy = _read_report(result).result.policy
        if options["verify"]:
            pipeline.forget_registries(policy)
    ledger = pipeline.ledger_of_policy(_as_string(options["policy"]))
    place = pipeline.path_or_address(fspath(output))
    with pipeline.report_progress_to(options["progress"]):
        receipt = pipeline.clean(
            addresses,
            place,
            policy,
            Cleaning(removed, redact, waived=waived, contested=contested),
            pipeline.settings_of_options(options),
            None if result is None else Path(result),
            forget,
        )
    if ledger is not None:
        pipeline.record_cleaning(ledger, receipt, place)
    return receipt


@public_function
def diff(old: Address, new: Address, **options: Unpack[DiffOptions]) -> "Changes":
    """Compare two datasets, or reports of them, as `provenance diff` does.

    Parameters
    ----------
    old, new : str or path
        A dataset, which is checked, or the folder of a report.
    progress : callable, optional
        As for `check`.

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
    policy = pipeline.policy_of_options(options)
    with pipeline.report_progress_to(options["progress"]):
        return pipeline.diff(first, second, policy, pipeline.settings_of_options(options))


@public_function
def merge(folder: Address, *, threads: int | None = None) -> "Outcome":
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
    plan = pipeline.CheckPlan.load(tasks)
    options: dict[str, Any] = {**plan.arguments, "model": plan.arguments["kinds"]}
    options |= {"threads": threads, "no_cache": True}
    settings = pipeline.settings_of_options(options, tasks=tasks, shards=plan.shards)
    policy = pipeline.policy_of_options(options)
    return pipeline.Outcome(pipeline.check(options["corpus"], policy, settings))


@public_function
def calibrate(  # noqa: PLR0913 (the options of the command)
    corpus: Addresses,
    *,
    registries: Annotated[
        Addresses,
        Option(
            "Registry whose items are planted and searched for{repeatable}.",
            flags="--registry",
            metavar="DIR",
            paths="folders",
        ),
    ] = (),
    output: Annotated[
        Address | None,
        Option(
            "Write the measurements to this file, for `provenance check --calibration`.",
            flags="-o --output",
            metavar="FILE",
            paths="files",
        ),
    ] = None,
    plants: Annotated[
        int, Option("Number of items to plant.", metavar="N", low=1, high=1_000_000)
    ] = 12_000,
    seed: Annotated[
        int, Option("Random seed for the choice of items, places and edits.", metavar="N")
    ] = 0,
    control: Annotated[
        Address | None,
        Option(
            "Registry of items that cannot be in the corpus: matches with it are chance matches.",
            metavar="DIR",
            paths="folders",
        ),
    ] = None,
    background: Annotated[
        Address | None,
        Option(
            "Registry of texts that contain no item: matches in them are chance matches. Without "
            "{control} or {background}, the rate of false matches stays unknown.",
            metavar="DIR",
            paths="folders",
        ),
    ] = None,
    **options: Unpack[CalibrateOptions],
) -> "Calibration":
    """Measure how much of the copied content a check finds, as `provenance calibrate` does.

    Parameters
    ----------
    corpus : str, path, or iterable of them
        Files, folders, patterns, addresses; nothing is written to them.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    Calibration
        The recall by length and edit, and the rate of false matches.

    Raises
    ------
    ProvenanceError
        If it cannot be measured.
    """
    addresses = _addresses(corpus)
    target = None if output is None else pipeline.local_path(output, pipeline.COPY_REMEDY)
    if target is not None:
        pipeline.check_output_file(target, addresses)
    planting = pipeline.PlantingOptions(plants, seed, _as_string(control), _as_string(background))
    policy = pipeline.policy_of_options(
        {**options, "registries": registries}, planting.control, planting.background
    )
    with pipeline.report_progress_to(options["progress"]):
        settings = pipeline.settings_of_options(options)
        calibration = pipeline.calibrate(addresses, policy, planting, settings)
    if target is not None:
        with lean_imports():
            from provenance.report.files.calibration_json import write_calibration  # noqa: PLC0415 (slow import)
        write_calibration(calibration, target)
    return calibration


@public_function
def trace(text: str, **options: Unpack[TraceOptions]) -> "Trace":
    """Look up which passages of a text registries contain, as `provenance trace` does.

    No gate applies. For many texts, `Matcher` is faster.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    Trace
        The `findings`, as a table of Arrow, and the `rulings` on their sources.

    Raises
    ------
    ProvenanceError
        If the text cannot be looked up.
    """
    policy, settings = pipeline.policy_of_options(options), pipeline.settings_of_options(options)
    return pipeline.trace(text, policy, settings.rules, settings.model_of)


@public_function
def open_report(result: Address) -> "Outcome":
    """Open the report of an earlier check, to look at it or render it as `provenance report` does.

    Parameters
    ----------
    result : str or path
        The folder that `provenance check --output` or `Outcome.write` wrote.
    """
    return pipeline.Outcome(_read_report(result))


def _read_report(folder: Address) -> "Report":
    with lean_imports():
        from provenance.report.files.report_reader import read_report  # noqa: PLC0415 (slow import)
    return read_report(Path(folder))


def _as_string(path: Address | None) -> str | None:
    return None if path is None else fspath(path)


def _addresses(data: Addresses) -> list[str]:
    given = pipeline.given_paths(data)
    addresses = pipeline.find_addresses(
        data if isinstance(data, AddressList) else given[0] if len(given) == 1 else given
    )
    if addresses is None:
        raise UnsupportedFormat(
            "only datasets in files can be cleaned or compared",
            remedy="write the data to a file, and give its path.",
        )
    return addresses
