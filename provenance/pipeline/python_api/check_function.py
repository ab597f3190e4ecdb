"""`provenance.check`: check a dataset from Python, in tests and notebooks."""

from collections.abc import Sequence
from dataclasses import replace
from os import fspath
from pathlib import Path
from typing import Unpack

from provenance.model.rules.policy import Policy
from provenance.pipeline.caching.result_cache import cache_folder
from provenance.pipeline.checking.dataset_check import check as run_check
from provenance.pipeline.checking.declared_only import empty_registry
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.ledger_records import ledger_of_policy, record_check
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, CheckOptions, ShareText
from provenance.pipeline.python_api.outcomes import Outcome
from provenance.pipeline.python_api.policy_options import policy_of_options
from provenance.pipeline.python_api.python_inputs import find_addresses
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.python_objects import corpus_of_objects
from provenance.read.policy.gate_syntax import parse_rate


@public_function
def check(  # noqa: PLR0913 (the options of the command)
    corpus: object = None,
    *,
    hub: str | None = None,
    split: str | None = None,
    declared_only: bool = False,
    policy: Address | None = None,
    baseline: Address | None = None,
    model_of: Address | None = None,
    sample: ShareText | None = None,
    control: Address | None = None,
    rules: Address | None = None,
    threads: int | None = None,
    no_cache: bool = False,
    verify: bool = False,
    allow_unread: int = 0,
    progress: ProgressCallback | None = None,
    **options: Unpack[CheckOptions],
) -> Outcome:
    """Check a dataset against registries, as `provenance check` does.

    Nothing asks a network unless an address does (`s3://…`, `hf://…`), or `hub` is given.

    Parameters
    ----------
    corpus : str, path, or data
        A file, folder, pattern or address, or several of them; a list of texts; a table of pandas,
        polars or Arrow, or a mapping of columns; a `Dataset`, `IterableDataset` or `DatasetDict`;
        or any iterable of mappings. An iterator is read once.
    hub : str, optional
        Name of a dataset on a hub, instead of a corpus.
    split : str, optional
        The split to check, of a dataset that has several. By default all are checked.
    declared_only : bool, optional
        Compare no texts, and report only what rows declare; needs no registry.
    policy : str or path, optional
        The policy file. By default `provenance.toml` or `pyproject.toml` in the working directory.
        If it names a ledger, the check is recorded there.
    baseline : str or path, optional
        Folder of an earlier report; only new findings fail.
    model_of : str or path, optional
        Folder of an earlier report, whose corpus model matches are scored with.
    sample : str, optional
        "1%" checks a hundredth of the documents.
    control : str or path, optional
        A registry of items that cannot be in the corpus.
    rules : str or path, optional
        Folder of rules; by default those of the package.
    threads : int, optional
        Number of threads; by default one per core.
    no_cache : bool, optional
        Do not use what earlier checks stored.
    verify : bool, optional
        Compare the files of the registries with their digests, even if that was done before.
    allow_unread : int, optional
        Number of files that may be unreadable; more make the outcome "incomplete", which is false.
    progress : callable, optional
        Called with the name of a step, the amount that is done, and the total or None.
    **options
        They override the policy. `registries`: the folder of a registry, or several; needed unless
        the policy names them. `purpose`: "pretraining", which is the default, "fine-tuning",
        "evaluation", "retrieval" or "research-tdm". `collected`: a day, month or year, such as
        "2023-06", or "2022..2023-06", with both ends. `actor`: the role of the collector, such as
        "scraper". `gates`: such as "forbidden=1%", ["unknown=5%", "x:restricted=0%"] or, as in
        the policy's `[gate]`, {"forbidden": "1%"}. `text_columns`: names of columns.
        `jurisdiction`, `commercial`, `model`, `claims`, `max_document`, `chance`, `calibration`,
        `backgrounds`, `common_background`, `signals`, `withdrawn`, `withdrawn_key`, `trust`: as the
        options of `provenance check`.

    Returns
    -------
    Outcome
        True if the policy holds.

    Raises
    ------
    ProvenanceError
        If the check cannot be done; has a remedy.
    """
    settings = Settings(
        baseline=_path(baseline),
        model_of=_path(model_of),
        sample=None if sample is None else parse_rate(str(sample)),
        control=None if control is None else fspath(control),
        rules=_path(rules),
        cache=None if no_cache else cache_folder(),
        allow_unread=allow_unread,
        split=split,
    )
    if threads is not None:
        settings = replace(settings, threads=threads)
    if declared_only:
        if options.get("registries"):
            raise ValueError("declared_only compares no texts: leave out registries")
        options["registries"] = [empty_registry()]
    policy_file = None if policy is None else fspath(policy)
    effective = policy_of_options({**options, "policy": policy, "verify": verify}, settings.control)
    ledger = ledger_of_policy(policy_file)
    with report_progress_to(progress):
        report = run_check(_open(corpus, hub, split, effective), effective, settings)
    if ledger is not None:
        record_check(ledger, report, None)
    return Outcome(report)


def _open(
    data: object, hub: str | None, split: str | None, policy: Policy
) -> Sequence[str] | Corpus:
    """Return the addresses that data names, or the corpus that it is."""
    addresses = find_addresses(data, hub)
    if addresses is not None:
        return addresses
    return corpus_of_objects(
        data,
        text_columns=policy.text_columns,
        label_columns=policy.label_columns,
        split=split,
        max_document=policy.max_document,
    )


def _path(given: Address | None) -> Path | None:
    return None if given is None else Path(given)
