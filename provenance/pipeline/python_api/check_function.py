"""`provenance.check`, `check_shard` and `merge`: check a dataset, as a whole or in shards."""

from collections.abc import Mapping, Sequence
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack

from provenance import pipeline
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import (
    Address,
    Addresses,
    AddressList,
    AllowUnread,
    Gates,
    MatchingOptions,
    MaxDocument,
    ModelOf,
    ProgressCallback,
    RegistryOptions,
    RulesFolder,
    RunOptions,
    Scheduler,
    ShareText,
    Split,
    TextColumns,
    Threads,
    TrustFile,
    given_paths,
)
from provenance.pipeline.python_api.options import Option, OptionError
from provenance.pipeline.settings import EngineName

if TYPE_CHECKING:
    from provenance.model.rules.policy import Policy
    from provenance.pipeline.checking.distribution import ScannedShard
    from provenance.pipeline.python_api.outcomes import Outcome


class ReportOptions(RegistryOptions, MatchingOptions, total=False):
    """Options of a check that its report depends on."""

    declared_only: Annotated[
        bool,
        Option(
            "Compare no texts, and report only what rows declare: addresses, licences, signals. "
            "Needs no registry."
        ),
    ]
    control: Annotated[
        Address | None,
        Option(
            "Registry of items that cannot be in {corpus}, such as later posts: matches with it "
            "measure how many findings may be chance.",
            metavar="DIR",
            paths="folders",
        ),
    ]
    gates: Annotated[
        Gates,
        Option(
            "[SOURCE:]VERDICT[/BASIS][.documents|.tokens|.bytes]=N%{repeatable}. A gate for "
            "another source or verdict is added to the default, forbidden=0%, by which what is "
            "restricted or unknown passes.",
            flags="--fail-on",
            metavar="GATE",
        ),
    ]
    text_columns: TextColumns
    max_document: MaxDocument
    calibration: Annotated[
        Address | None,
        Option(
            "File that `provenance calibrate` wrote, to correct the shares with.",
            metavar="FILE",
            paths="files",
        ),
    ]
    signals: Annotated[
        Address | None,
        Option(
            "Captured robots.txt, ai.txt, tdmrep.json and rsl.xml, as HOST/YEAR-MONTH-DAY/FILE: "
            "signals against training apply to rows with an address. Or the dataset card, "
            "README.md.",
            metavar="PATH",
            paths="folders",
        ),
    ]
    withdrawn: Annotated[
        str | None,
        Option(
            "Documents that registries say are withdrawn or opted out: report only, which is the "
            "default, or forbid them.",
            choices=("report", "forbid"),
        ),
    ]
    withdrawn_key: Annotated[
        Address | None,
        Option(
            "Key of `registry remove --keep-fingerprints`: texts that are a withdrawn item are "
            "found.",
            metavar="FILE",
            paths="files",
        ),
    ]
    trust: TrustFile
    sample: Annotated[
        ShareText | None,
        Option(
            "Check only this part of the documents; shares are estimates for all.", metavar="N%"
        ),
    ]
    baseline: Annotated[
        Address | None,
        Option(
            "Report of an earlier check: gates count only findings that are not in it, and matches "
            "are scored with its corpus model.",
            metavar="REPORT",
            paths="folders",
        ),
    ]
    model_of: ModelOf
    split: Split
    allow_unread: AllowUnread
    rules: RulesFolder


class CheckOptions(ReportOptions, RunOptions, total=False):
    """Options of a check."""


@public_function
def check(
    corpus: object = None,
    *,
    hub: str | None = None,
    output: Annotated[
        Address | None,
        Option(
            "Write result.json, findings.parquet, report.html and model.parquet to this folder.",
            flags="-o --output",
            metavar="DIR",
            paths="folders",
        ),
    ] = None,
    engine: Annotated[
        EngineName,
        Option(
            "What reads {corpus}: threads, processes, or the workers of a Dask cluster (with the "
            "extra `cluster`), which must see {corpus}, the registries and {output}."
        ),
    ] = "threads",
    scheduler: Scheduler = None,
    **options: Unpack[CheckOptions],
) -> "Outcome":
    """Check a dataset against registries, as `provenance check` does.

    Nothing asks a network unless an address does (`s3://…`, `hf://…`), or `hub` is given. What is
    given overrides the policy. If the policy names a ledger, the check is recorded there.

    Parameters
    ----------
    corpus : str, path, or data
        A file, folder, pattern or address, or several of them; a list of texts; a table of pandas,
        polars or Arrow, or a mapping of columns; a `Dataset`, `IterableDataset` or `DatasetDict`;
        or any iterable of mappings. An iterator is read once.
    hub : str, optional
        Name of a dataset on a hub, instead of a corpus.
    progress : callable, optional
        Called with the name of a step, the amount that is done, and the total or None.

    Returns
    -------
    Outcome
        True if the policy holds.

    Raises
    ------
    ProvenanceError
        If the check cannot be done; has a remedy.

    Examples
    --------
    >>> import provenance
    >>> outcome = provenance.check(  # doctest: +SKIP
    ...     "data/train.parquet",
    ...     registries="registries/x",
    ...     collected="2022..2023-06",
    ...     gates={"forbidden": "1%"},
    ... )
    """
    if scheduler is not None and (engine != "dask" or output is None):
        raise OptionError(
            "{scheduler} needs {engine} dask, and {output}, a folder that all workers share"
        )
    given = {**options, "hub": hub, "engine": engine, "scheduler": scheduler}
    return _run_check(corpus, given, None if output is None else fspath(output))


@public_function
def check_shard(
    corpus: Addresses, shard: str, output: Address, **options: Unpack[CheckOptions]
) -> "ScannedShard":
    """Read one shard of a dataset, as `provenance check --shard` does; `merge` makes the report.

    Parameters
    ----------
    corpus : str, path, or iterable of them
        Files, folders, patterns, addresses.
    shard : str
        "3/64" is the third of 64.
    output : str or path
        Folder or address that all shards share.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    ScannedShard
        Its `parts`, `counts`, and what is `unread`.

    Raises
    ------
    ProvenanceError
        If the shard cannot be read, or `output` has shards of another check.
    """
    addresses, parsed = pipeline.file_addresses(corpus), pipeline.Shard.parse(shard)
    if options["sample"] is not None:
        raise OptionError("{shard} and {sample} cannot be combined: a sample is small")
    folder = fspath(output)
    policy = _policy(options)
    _check_output(folder, addresses)
    tasks = _tasks(folder)
    arguments = pipeline.normalise_options(
        {name: value for name, value in options.items() if name in ReportOptions.__annotations__}
    )
    arguments["collected"] = pipeline.day_text(options["collected"])
    pipeline.CheckPlan({**arguments, "corpus": addresses}, parsed.count).save(tasks)
    with pipeline.report_progress_to(options["progress"]):
        settings = pipeline.settings_of_options(options, tasks=tasks)
        return pipeline.scan_shard(addresses, policy, settings, parsed)


@public_function
def merge(
    folder: Address,
    *,
    output: Annotated[
        Address | None,
        Option(
            "Write the report to this folder. Unset: to the folder of the shards on the command "
            "line, and nowhere in Python.",
            flags="-o --output",
            metavar="DIR",
            paths="folders",
        ),
    ] = None,
    threads: Threads = None,
    progress: ProgressCallback | None = None,
) -> "Outcome":
    """Return the outcome of a check from its shards, as `provenance merge` does.

    Parameters
    ----------
    folder : str or path
        The output folder, or address, that the shards share.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    Outcome
        As if one command had checked all of the dataset.

    Raises
    ------
    EngineError
        If there are no shards, or some are missing.
    """
    tasks = _tasks(fspath(folder))
    plan = pipeline.CheckPlan.load(tasks)
    options: dict[str, Any] = {
        **plan.arguments,
        "threads": threads,
        "no_cache": True,
        "progress": progress,
    }
    corpus, target = AddressList(options.pop("corpus")), None if output is None else fspath(output)
    return _run_check(corpus, options, target, tasks=tasks, shards=plan.shards)


def _run_check(
    corpus: object, options: Mapping[str, Any], output: str | None, **fields: Any
) -> "Outcome":
    """Check a corpus, write the report to a folder or address, and record it in the ledger.

    Parameters
    ----------
    corpus : object
        As for `check`.
    options : mapping
        The options of `check`.
    output : str or None
        Where to.
    **fields
        Fields of the settings that follow from no option.
    """
    is_scan = fields.get("shards") is None
    with (
        pipeline.hash_in_background(given_paths(options["registries"])) as hasher,
        pipeline.report_progress_to(options["progress"]),
    ):
        policy = _policy(options)
        path = options["policy"]
        ledger = pipeline.ledger_of_policy(None if path is None else fspath(path))
        found = pipeline.addresses_or_corpus(
            corpus,
            options.get("hub"),
            text_columns=policy.text_columns,
            label_columns=policy.label_columns,
            split=options["split"],
            max_document=policy.max_document,
        )
        if output is not None:
            _check_output(output, found if isinstance(found, list) else found.addresses)
            fields = {"tasks": _tasks(output), **fields}
        started = pipeline.start_check(found, policy, options["split"], hasher, hash_files=is_scan)
        settings = pipeline.settings_of_options(options, **fields)
        report = pipeline.check(found, policy, settings, started)
        if output is not None:
            pipeline.save_report(report, output)
            if settings.engine != "threads" and is_scan:
                pipeline.remove_tasks(_tasks(output))
        if ledger is not None:
            pipeline.record_check(ledger, report, output)
    return pipeline.Outcome(report)


def _policy(options: Mapping[str, Any]) -> "Policy":
    if options["declared_only"]:
        if options["registries"]:
            raise OptionError("{declared_only} compares no texts: leave out {registries}")
        options = {**options, "registries": [pipeline.empty_registry()]}
    control = options["control"]
    return pipeline.policy_of_options(options, None if control is None else fspath(control))


def _check_output(output: str, corpus: Sequence[str]) -> None:
    """Check that a report can be written to a folder or address, before hours of work."""
    if "://" not in output:
        pipeline.check_output_outside(Path(output), corpus)
    pipeline.check_writable(output)


def _tasks(output: str) -> str:
    """Return the folder, within that of a report, in which shards and workers store readings."""
    return f"{output.rstrip('/')}/tasks"
