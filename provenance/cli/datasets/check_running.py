"""Run a check, or a shard of one, from the arguments of the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED, VIOLATED, print_error
from provenance.cli.options.format_options import ReportRenderer
from provenance.cli.options.shared_options import make_settings
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import list_unread, print_unread_error
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.report.sanitize import one_line
from provenance.report.text.collection_dates import refuted_dates_sentence, refuted_dates_step
from provenance.report.text.next_steps import outcome_line
from provenance.report.text.unread_text import unchecked_phrase, unread_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckArguments:
    """Arguments of `provenance check` that affect its report, as the command line gives them."""

    corpus: tuple[str, ...]
    registries: tuple[str, ...]
    declared_only: bool
    backgrounds: tuple[str, ...]
    common_background: bool | None
    control: str | None
    policy: str | None
    purpose: str | None
    collected: str | None
    actor: str | None
    jurisdiction: str | None
    commercial: bool | None
    kinds: tuple[str, ...]
    claims: tuple[str, ...]
    gates: tuple[str, ...]
    text_columns: tuple[str, ...]
    max_document: str | None
    chance: float | None
    calibration: str | None
    signals: str | None
    withdrawn: str | None
    withdrawn_key: str | None
    trust: str | None
    sample: str | None
    baseline: str | None
    model_of: str | None
    split: str | None
    allow_unread: int
    rules: str | None

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "CheckArguments":
        """Return the arguments from what `json` made of them."""
        values: dict[str, Any] = {field.name: arguments.get(field.name) for field in fields(cls)}
        for name, value in values.items():
            if isinstance(value, list):
                values[name] = tuple(value)
        return cls(**values)

    def resolve_policy(self) -> Policy:
        """Return the policy that applies."""
        if self.declared_only and self.registries:
            raise click.UsageError("--declared-only compares no texts: leave out --registry")
        return pipeline.effective_policy(
            self.policy,
            purpose=self.purpose,
            collected=self.collected,
            actor=self.actor,
            jurisdiction=self.jurisdiction,
            commercial=self.commercial,
            model=self.kinds,
            claims=self.claims,
            gates=self.gates,
            text_columns=self.text_columns,
            max_document=self.max_document,
            chance=self.chance,
            registries=[pipeline.empty_registry()] if self.declared_only else self.registries,
            calibration=self.calibration,
            backgrounds=self.backgrounds,
            common_background=self.common_background,
            signals=self.signals,
            withdrawn=self.withdrawn,
            withdrawn_key=self.withdrawn_key,
            trust=self.trust,
        )

    def settings(self, running: "Running", **fields: Any) -> "pipeline.Settings":
        """Return the settings of the run, with the given fields."""
        from provenance.read.policy.gate_syntax import parse_rate  # noqa: PLC0415 (slow import)

        return make_settings(
            running.threads,
            no_cache=running.no_cache,
            quiet=running.quiet,
            rules=None if self.rules is None else Path(self.rules),
            split=self.split,
            sample=None if self.sample is None else parse_rate(self.sample),
            control=self.control,
            baseline=None if self.baseline is None else Path(self.baseline),
            model_of=None if self.model_of is None else Path(self.model_of),
            allow_unread=self.allow_unread,
            **fields,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Arguments that say how a check runs and what it prints."""

    output: str | None
    engine: str = "threads"
    scheduler: str | None = None
    threads: int | None = None
    no_cache: bool = False
    verify: bool = False
    quiet: bool = False
    verbose: bool = False
    exit_zero: bool = False


def run_check(
    arguments: CheckArguments,
    renderer: ReportRenderer,
    running: Running,
    tasks: str | None = None,
    shards: int | None = None,
) -> int:
    """Check a corpus, write and print the report; return the exit code.

    Parameters
    ----------
    arguments : CheckArguments
        What to check.
    renderer : ReportRenderer
        Prints the report.
    running : Running
        How.
    tasks : str or None
        Folder of the tasks; None derives it from the output.
    shards : int or None
        Number of shards to merge; None scans the corpus.
    """
    corpus, output = arguments.corpus, running.output
    if running.scheduler is not None and (running.engine != "dask" or output is None):
        raise click.UsageError(
            "--scheduler needs --engine dask, and --output, a folder that all workers share"
        )
    with (
        pipeline.hash_in_background(arguments.registries) as hasher,
        pipeline.log_to_stderr(running.verbose),
    ):
        policy = arguments.resolve_policy()
        ledger = pipeline.ledger_of_policy(arguments.policy)
        if running.verify:
            pipeline.forget_registries(policy, arguments.control)
        if output is not None:
            check_output(output, corpus)
            tasks = tasks_address(output) if tasks is None else tasks
        started_check = pipeline.start_check(
            corpus, policy, arguments.split, hasher, hash_files=shards is None
        )
        settings = arguments.settings(
            running,
            engine=running.engine,
            scheduler=running.scheduler,
            tasks=tasks,
            shards=shards,
        )
        report = pipeline.check(corpus, policy, settings, started_check)
        if output is not None:
            pipeline.save_report(report, output)
            if running.engine != "threads" and shards is None:
                pipeline.remove_tasks(tasks_address(output))
        if ledger is not None:
            pipeline.record_check(ledger, report, output)
    if not running.quiet:
        _print_notes(corpus, policy)
    return _conclude(report, renderer, running)


def _print_notes(corpus: Sequence[str], policy: Policy) -> None:
    if policy.signals is None:
        _mention_card(corpus)
    registries = [*policy.registries, *policy.backgrounds]
    for name, day in pipeline.overdue_registries(registries).items():
        note = f"{name} counted as fresh until {day}: items may have been withdrawn since"
        echo(f"Note: {one_line(note)}; `provenance registry pull` fetches changes", err=True)


def _mention_card(corpus: Sequence[str]) -> None:
    """Note that a card in the folder of the dataset declares something, and was not read."""
    from provenance.read.signals.site_captures import find_unread_card  # noqa: PLC0415 (slow import)

    found = find_unread_card(corpus)
    if found is not None:
        path, card = found
        note = (
            f"{path} declares {card.declaration}, which is applied to no row; to apply it, add "
            f"--signals {path}"
        )
        echo(f"Note: {one_line(note)}", err=True)


def _conclude(report: Report, renderer: ReportRenderer, running: Running) -> int:
    """Print a report, and return the exit code."""
    form, output, quiet = renderer.form, running.output, running.quiet
    if form != "terminal" or not quiet:
        renderer.print(report)
    if form == "terminal" and output is not None and not quiet:
        echo(f"Report: {output.rstrip('/')}/report.html")
    if form not in {"terminal", "json"} and not quiet:  # these formats contain the outcome
        echo(one_line(outcome_line(report.result)), err=True)
    if report.result.lacks_files:
        if quiet:
            list_unread(report.result.unread)
            list_unread(report.result.unchecked[len(report.result.unread) :], "Not checked")
        print_error(
            f"{unchecked_phrase(report.result.unchecked, report.result.unread)}; the result covers "
            "only the rest",
            " ".join(unread_steps(report.result)),
        )
        return FAILED
    if report.result.status == "incomplete":
        message = refuted_dates_sentence(report.result) or "the check is incomplete"
        print_error(message, " ".join(refuted_dates_step(report.result)))
        return FAILED
    return VIOLATED if report.result.violations and not running.exit_zero else CLEAR


def run_shard(arguments: CheckArguments, shard: str, running: Running) -> int:
    """Scan a shard of a corpus and store what is found; return the exit code."""
    output, parsed_shard = running.output, pipeline.Shard.parse(shard)
    if output is None:
        raise click.UsageError("--shard needs --output, the folder that all shards share")
    if arguments.sample is not None:
        raise click.UsageError("--shard and --sample cannot be combined: a sample is small")
    if running.engine != "threads" or running.scheduler is not None:
        raise click.UsageError("--shard and --engine cannot be combined: run more shards instead")
    with pipeline.log_to_stderr(running.verbose):
        policy = arguments.resolve_policy()
        if running.verify:
            pipeline.forget_registries(policy, arguments.control)
        check_output(output, arguments.corpus)
        tasks = tasks_address(output)
        pipeline.CheckPlan(asdict(arguments), parsed_shard.count).save(tasks)
        settings = arguments.settings(running, tasks=tasks)
        scanned = pipeline.scan_shard(arguments.corpus, policy, settings, parsed_shard)
    if not running.quiet:
        echo(
            f"Shard {shard}: {scanned.parts:,} of {scanned.all_parts:,} parts, "
            f"{scanned.counts.documents:,} documents."
        )
        echo(f"When all shards are done: provenance merge {output}")
    if scanned.unread:
        print_unread_error(scanned.unread, "the shard has only what was read")
        return FAILED
    return CLEAR


def check_output(output: str, corpus: Sequence[str]) -> None:
    """Check that a report can be written to a folder, before hours of work."""
    if "://" not in output:
        pipeline.check_output_outside(Path(output), corpus)
    pipeline.check_writable(output)


def tasks_address(output: str) -> str:
    """Return the folder, within that of a report, in which shards and workers store readings."""
    return f"{output.rstrip('/')}/tasks"
