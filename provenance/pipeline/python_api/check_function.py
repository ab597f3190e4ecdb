"""`provenance.check`: check a dataset from Python, in tests and notebooks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from os import fspath
from pathlib import Path
from typing import Any, Unpack, cast

import pyarrow as pa

from provenance.model.content.tables import Unread
from provenance.model.results.result import Report, Result, Violation
from provenance.model.results.shares import Share
from provenance.model.rules.policy import Policy
from provenance.model.rules.terms import Verdict
from provenance.pipeline.building.registry_changes import author_names, forget_registries
from provenance.pipeline.caching.result_cache import cache_folder
from provenance.pipeline.checking.dataset_check import check as run_check
from provenance.pipeline.checking.declared_only import empty_registry
from provenance.pipeline.cleaning.clean_output import check_output_outside
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.ledger_records import ledger_of_policy, record_check
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_names import (
    as_arguments,
    unread_as_arguments,
)
from provenance.pipeline.python_api.option_types import Address, CheckOptions, ShareText
from provenance.pipeline.python_api.python_inputs import find_addresses, given_paths
from provenance.pipeline.report_io import effective_policy, save_report
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.python_objects import corpus_of_objects
from provenance.read.policy.gate_syntax import parse_rate
from provenance.read.policy.policy_file import PolicyOptions
from provenance.report.formats.rendering import FORMATS, render
from provenance.report.render_options import DEFAULT_OPTIONS, RenderOptions
from provenance.report.sanitize import one_line
from provenance.report.text.next_steps import outcome_line


class PolicyViolated(AssertionError):
    """The check did not pass."""


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """The outcome of a check; true if the policy holds.

    Parameters
    ----------
    report : Report
        The result and its findings.
    """

    report: Report

    @property
    def result(self) -> Result:
        """The content of `result.json` as objects; `render("json")` is its text."""
        return self.report.result

    @property
    def status(self) -> str:
        """The status: "pass", "fail" or "incomplete"."""
        return self.result.status

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Files and folders that could not be read, or not to the end."""
        return unread_as_arguments(self.result.unread)

    @property
    def findings(self) -> pa.Table:
        """The findings, one per row; convert with `.to_pandas()` or `.to_pylist()`."""
        return self.report.findings

    @property
    def shares(self) -> tuple[Share, ...]:
        """Shares by source, verdict, terms, basis and evidence, each with its interval."""
        return self.result.shares

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Failed gates; empty if the check passes."""
        return tuple(
            replace(each, remedy=as_arguments(each.remedy)) for each in self.result.violations
        )

    def share(self, key: str | Verdict) -> Share:
        """Return the share of a source or verdict.

        Parameters
        ----------
        key : str or Verdict
            "x", "forbidden", ...

        Raises
        ------
        KeyError
            If no registry holds the source.
        """
        shares = {share.key: share for share in self.shares if share.by in {"source", "verdict"}}
        if key not in shares:
            raise KeyError(
                f"there is no share of {str(key)!r}; there are shares of {', '.join(shares)}"
            )
        return shares[key]

    def expect_pass(self) -> "Outcome":
        """Return the outcome if the policy holds; raise otherwise.

        Raises
        ------
        PolicyViolated
            If it does not; the message is the terminal report.
        """
        if not self:
            raise PolicyViolated(f"{self}\n\n{as_arguments(self.render('terminal'))}")
        return self

    def render(
        self,
        form: str,
        *,
        excerpts: bool = False,
        anchor: str | None = None,
        authors_of: Iterable[str] = (),
    ) -> str:
        """Render the report in a format.

        Parameters
        ----------
        form : str
            A format of `provenance check --format`.
        excerpts, anchor, authors_of
            As the options of the same names.
        """
        if form not in FORMATS:
            raise ValueError(f"{form!r} is not a format; formats are {', '.join(FORMATS)}")
        authors = author_names(self.report, [*authors_of])
        return render(form, self.report, RenderOptions(excerpts, anchor, authors))

    @public_function
    def write(self, folder: Address) -> None:
        """Write the files of the report to a folder or an address, as `check --output` does.

        Raises
        ------
        OutputError
            If it cannot be written, or lies within the corpus.
        """
        if "://" not in fspath(folder):
            check_output_outside(Path(folder), self.result.corpus.addresses)
        save_report(self.report, fspath(folder))

    def __bool__(self) -> bool:
        """Return whether the policy holds."""
        return self.status == "pass"

    def __str__(self) -> str:
        """Return status, reason and first remedy in one line."""
        return one_line(as_arguments(outcome_line(self.result)))

    def __repr__(self) -> str:
        return f"<{self}>"

    def _repr_html_(self) -> str:
        """Return the page for a notebook, in a sandboxed frame without scripts."""
        from markupsafe import escape  # noqa: PLC0415 (used in notebooks only)

        page = escape(render("html", self.report, DEFAULT_OPTIONS))
        style = "width:100%;height:640px;border:1px solid #8888"
        return f'<iframe sandbox srcdoc="{page}" style="{style}" title="provenance"></iframe>'


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
    effective = effective_policy(policy_file, **normalise_options(options))
    ledger = ledger_of_policy(policy_file)
    if verify:
        forget_registries(effective, settings.control)
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


_LIST_OPTIONS = {"gates", "model", "claims", "text_columns", "registries", "backgrounds"}
_PATH_OPTIONS = {"calibration", "signals", "withdrawn_key", "trust"}


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
