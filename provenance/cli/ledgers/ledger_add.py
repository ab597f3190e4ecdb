"""`provenance ledger add`: what people declare."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.options.path_options import files, folders
from provenance.cli.options.shared_options import ledger_option
from provenance.cli.terminal_output import echo
from provenance.model.records.ledger import (
    AccessFacts,
    DatasetFacts,
    DestructionFacts,
    Recipient,
    RecipientKind,
    RecordKind,
    UseFacts,
    WithdrawalFacts,
)
from provenance.model.rules.policy import Route

if TYPE_CHECKING:
    from provenance.model.records.ledger import LedgerEntry


@click.group("add", cls=OrderedGroup)
def add() -> None:
    """Record what only people know, such as uses and destructions, and earlier checks.

    A record is never changed: to correct one, add another with --corrects. The ledger is created
    if there is none.
    """


def _recipient(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[Recipient]:
    kinds = [str(kind) for kind in RecipientKind]
    found = []
    for value in values:
        name, _sign, kind = value.rpartition("=")
        if not name.strip() or kind not in kinds:
            raise click.BadParameter(
                f"{value!r} is not NAME=KIND, with one of the kinds {', '.join(kinds)}"
            )
        found.append(Recipient(name.strip(), RecipientKind(kind)))
    return found


_WHEN = click.option(
    "--when",
    metavar="DATE",
    help="A day, month or year, or FROM..UNTIL, both included.",
)
_APPLICATION = click.option("--application", metavar="NAME", help="The application.")
_ACCOUNT = click.option("--account", metavar="ID", help="Account or application id.")
_AGREEMENT = click.option("--agreement", metavar="TEXT", help="Contract or terms that applied.")
_ROUTE = click.option(
    "--route",
    type=click.Choice([str(route) for route in Route]),
    metavar="HOW",
    help=f"How it was obtained: {', '.join(Route)}.",
)
_RECIPIENT = click.option(
    "--recipient",
    "recipients",
    multiple=True,
    callback=_recipient,
    metavar="NAME=KIND",
    help=f"Who received it; KIND is {', '.join(RecipientKind)}; repeatable.",
)
_NOTE = click.option("--note", metavar="TEXT", help="Anything else.")
_CORRECTS = click.option(
    "--corrects",
    metavar="RECORD",
    help="First digits of an earlier record of this kind: the new one counts instead, in every "
    "sum and answer.",
)


@add.command(
    "dataset",
    epilog="""
\b
Examples:
  provenance ledger add dataset posts@2023-01 --source x --route api \\
      --collected 2022-06..2022-12 --report report
  provenance ledger add dataset mix@2 --made-from posts@2023-01
""",
)
@click.argument("name")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="Report of a check of it: gives its digest and size, and ties later checks to it.",
)
@click.option(
    "--source", "sources", multiple=True, metavar="ID", help="It has content of; repeatable."
)
@_ROUTE
@click.option("--collected", metavar="DATE", help="When; as in `provenance check`.")
@_ACCOUNT
@_AGREEMENT
@click.option(
    "--made-from", multiple=True, metavar="NAME", help="A dataset it was made from; repeatable."
)
@_RECIPIENT
@_NOTE
@_CORRECTS
@ledger_option
def dataset(  # noqa: PLR0913 (one parameter per option)
    name: str,
    report: Path | None,
    sources: tuple[str, ...],
    route: str | None,
    collected: str | None,
    account: str | None,
    agreement: str | None,
    made_from: tuple[str, ...],
    recipients: list[Recipient],
    note: str | None,
    corrects: str | None,
    ledger: str | None,
) -> None:
    """Record the dataset NAME, with its version: posts@2023-01."""
    facts = DatasetFacts(
        name,
        sources=sources,
        route=None if route is None else Route(route),
        collected=pipeline.parse_dates("--collected", collected),
        account=account,
        agreement=agreement,
        made_from=made_from,
        recipients=tuple(recipients),
        note=note,
    )
    address = pipeline.named_ledger(ledger)
    _print(address, pipeline.add_dataset(address, facts, report, corrects), *sources)


@add.command(
    "check",
    epilog="""
\b
Example:
  provenance ledger add check report
""",
)
@click.argument("report", metavar="REPORT", type=click.Path(path_type=Path), shell_complete=folders)
@ledger_option
def check(report: Path, ledger: str | None) -> None:
    """Record the check that made a report, such as one from before there was a ledger.

    REPORT is the folder that `provenance check --output` wrote. Its result and its findings are
    kept, without excerpts.
    """
    address = pipeline.named_ledger(ledger)
    _print(address, pipeline.add_check(address, report))


@add.command(
    "access",
    epilog="""
\b
Example:
  provenance ledger add access x --application "Trend page" \\
      --account app-17 --when 2022 --calls 51000 --items 2000000
  provenance ledger add access x --application "Trend page" \\
      --account app-17 --when 2022 --calls 5100 --corrects 3fb1c2
""",
)
@click.argument("source")
@_APPLICATION
@_ACCOUNT
@_ROUTE
@_WHEN
@click.option("--calls", type=click.IntRange(min=0), metavar="N", help="Number of calls.")
@click.option("--items", type=click.IntRange(min=0), metavar="N", help="Items retrieved.")
@click.option(
    "--dataset", "datasets", multiple=True, metavar="NAME", help="They went into; repeatable."
)
@_AGREEMENT
@_NOTE
@_CORRECTS
@ledger_option
def access(  # noqa: PLR0913 (one parameter per option)
    source: str,
    application: str | None,
    account: str | None,
    route: str | None,
    when: str | None,
    calls: int | None,
    items: int | None,
    datasets: tuple[str, ...],
    agreement: str | None,
    note: str | None,
    corrects: str | None,
    ledger: str | None,
) -> None:
    """Record access to SOURCE: by what, when, and how much."""
    facts = AccessFacts(
        source,
        application,
        account,
        None if route is None else Route(route),
        pipeline.parse_dates("--when", when),
        calls,
        items,
        datasets,
        agreement,
        note,
    )
    address = pipeline.named_ledger(ledger)
    _print(address, pipeline.add_to_ledger(address, facts, corrects), source)


@add.command(
    "use",
    epilog="""
\b
Example:
  provenance ledger add use posts@2023-01 --application Search \\
      --purpose "ranking of results" --when 2023-02..2023-03 \\
      --model ranker-3 --recipient "Example Office=government"
""",
)
@click.argument("dataset")
@_APPLICATION
@click.option("--purpose", metavar="TEXT", help="What for.")
@_WHEN
@click.option("--model", metavar="NAME", help="Model that was made with it.")
@click.option(
    "--model-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The model: its SHA-256 is recorded.",
)
@_RECIPIENT
@_NOTE
@_CORRECTS
@ledger_option
def use(  # noqa: PLR0913 (one parameter per option)
    dataset: str,
    application: str | None,
    purpose: str | None,
    when: str | None,
    model: str | None,
    model_file: Path | None,
    recipients: list[Recipient],
    note: str | None,
    corrects: str | None,
    ledger: str | None,
) -> None:
    """Record a use of DATASET: by which application, what for, for which model."""
    facts = UseFacts(
        dataset,
        application,
        model,
        None if model_file is None else pipeline.digest_of_document(model_file),
        purpose,
        pipeline.parse_dates("--when", when),
        tuple(recipients),
        note,
    )
    address = pipeline.named_ledger(ledger)
    _print(address, pipeline.add_to_ledger(address, facts, corrects))


@add.command(
    "destruction",
    epilog="""
\b
Example:
  provenance ledger add destruction posts@2022-06 --on 2023-03-01 \\
      --by "storage team" --method "keys destroyed" --copies-left none
""",
)
@click.argument("dataset")
@click.option("--on", "destroyed", required=True, metavar="DAY", help="When.")
@click.option("--by", metavar="NAME", help="By whom.")
@click.option("--method", metavar="TEXT", help="How.")
@click.option("--items", type=click.IntRange(min=0), metavar="N", help="Items that it had.")
@click.option("--copies-left", metavar="TEXT", help="What remains, backups included, or none.")
@click.option(
    "--receipt",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A document that proves it: its SHA-256 is recorded.",
)
@_NOTE
@_CORRECTS
@ledger_option
def destruction(  # noqa: PLR0913 (one parameter per option)
    dataset: str,
    destroyed: str,
    by: str | None,
    method: str | None,
    items: int | None,
    copies_left: str | None,
    receipt: Path | None,
    note: str | None,
    corrects: str | None,
    ledger: str | None,
) -> None:
    """Record that DATASET was destroyed."""
    facts = DestructionFacts(
        dataset,
        pipeline.parse_day("--on", destroyed),
        by,
        method,
        items,
        copies_left,
        None if receipt is None else pipeline.digest_of_document(receipt),
        note,
    )
    address = pipeline.named_ledger(ledger)
    _print(address, pipeline.add_to_ledger(address, facts, corrects))


@add.command(
    "withdrawal",
    epilog="""
\b
Example:
  provenance ledger add withdrawal deleted.csv --source x --on 2023-05-02
""",
)
@click.argument("ids", metavar="FILE", shell_complete=files)
@click.option("--source", metavar="ID", help="Source of the items. Unset: of any source.")
@click.option("--on", "day", metavar="DAY", help="When they were withdrawn. Unset: today.")
@click.option("--reason", metavar="TEXT", help="Why.")
@click.option(
    "--restored",
    is_flag=True,
    help="Earlier withdrawals of these items were taken back, and do not count.",
)
@_CORRECTS
@ledger_option
def withdrawal(  # noqa: PLR0913 (the options of the command)
    ids: str,
    source: str | None,
    day: str | None,
    reason: str | None,
    corrects: str | None,
    ledger: str | None,
    *,
    restored: bool,
) -> None:
    """Record that items were withdrawn at their source.

    FILE has their ids, as for `provenance registry remove`, which records withdrawals by itself.
    """
    facts = WithdrawalFacts(source, None, reason, restored)
    when = None if day is None else pipeline.parse_day("--on", day)
    address = pipeline.named_ledger(ledger)
    entry = pipeline.add_withdrawal(address, facts, ids, when, corrects)
    _print(address, entry, *([] if source is None else [source]))


def _print(address: str, entry: "LedgerEntry", *sources: str) -> None:
    """Print a record's digest, and notes on what may not be meant."""
    echo(f"Recorded: {entry.record.kind} {entry.digest}")
    if (corrected := entry.record.corrects) is not None:
        echo(f"It counts instead of {corrected}")
    is_in_facts = entry.record.kind is not RecordKind.WITHDRAWAL  # but for its items
    for note in pipeline.notes_on_record(address, entry) if is_in_facts else ():
        echo(f"Note: {note}", err=True)
    for source in sources:
        if (warning := pipeline.source_name_warning(source)) is not None:
            echo(f"Note: {warning}", err=True)
