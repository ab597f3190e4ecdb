"""`provenance ledger`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, VIOLATED, print_error
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.ledgers.ledger_add import add
from provenance.cli.ledgers.ledger_summary import record_lines, verification_lines
from provenance.cli.options.path_options import output_file_option
from provenance.cli.options.shared_options import ledger_option
from provenance.cli.terminal_output import echo, terminal_style
from provenance.model.records.ledger import ErasureReason, RecordKind
from provenance.report.sanitize import dump_json
from provenance.report.text.number_format import count
from provenance.startup import lean_imports


@click.group("ledger", cls=OrderedGroup)
def command() -> None:
    """Record what was collected, used and destroyed, and show that the records were not changed.

    A ledger is a folder, or an address such as s3://bucket/ledger, that any number of processes may
    write to at once. With its path under [ledger] in provenance.toml, `check`, `clean` and
    `registry remove` write to it, too. `provenance audit` answers from it.
    """


command.add_command(add)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress.")


@command.command(
    "show",
    epilog="""
\b
Examples:
  provenance ledger show --ledger ledger
  provenance ledger show --ledger ledger --kind use
  provenance ledger show --ledger ledger 3fb1
""",
)
@click.argument("record", required=False)
@ledger_option
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in RecordKind]),
    metavar="KIND",
    help=f"Only records of this kind: {', '.join(RecordKind)}.",
)
@_QUIET
def show(record: str | None, ledger: str | None, kind: str | None, quiet: bool) -> None:
    """List the records, oldest first, or show all of RECORD, named by its first digits."""
    if record is not None and kind is not None:
        raise click.UsageError("give a record or --kind")
    opened = pipeline.open_ledger(pipeline.named_ledger(ledger), quiet=quiet)
    if record is not None:
        entry = pipeline.select_entry(opened, record)
        echo(*dump_json(pipeline.entry_document(opened, entry), indent=2).splitlines())
        return
    entries = [each for each in opened.entries if kind in {None, str(each.record.kind)}]
    echo(*record_lines(opened, entries, terminal_style()))


@command.command(
    "verify",
    epilog="""
\b
Example:
  provenance ledger verify --ledger ledger
""",
)
@ledger_option
@_QUIET
def verify(ledger: str | None, quiet: bool) -> int:
    """Read every byte, and say what was changed, removed or erased.

    What was erased with `ledger erase` is listed, and is no damage. Exit code 1 if there is damage.
    """
    address = pipeline.named_ledger(ledger)
    found = pipeline.check_ledger(address, quiet=quiet)
    echo(*verification_lines(address, found, terminal_style()))
    if not found.faults:
        return CLEAR
    print_error(
        f"{count(len(found.faults), 'file')} of the ledger: not as written",
        "restore them from a copy, and find out who could write to the ledger",
    )
    return VIOLATED


@command.command(
    "export",
    epilog="""
\b
Example:
  provenance ledger export --ledger ledger -o ledger.jsonl
""",
)
@ledger_option
@output_file_option
def export(ledger: str | None, output: Path | None) -> None:
    """Write all records with their facts as JSON Lines, oldest first."""
    lines = pipeline.export_ledger(pipeline.named_ledger(ledger))
    if output is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    with lean_imports():
        from provenance.report.files.report_folder import write_text  # noqa: PLC0415 (slow import)
    write_text("".join(lines), output)


@command.command(
    "erase",
    epilog="""
\b
Examples:
  provenance ledger erase 3fb1 --reason request --ledger ledger
  provenance ledger erase 3fb1 90ce --reason retention --ledger ledger
""",
)
@click.argument("names", nargs=-1, required=True, metavar="DIGEST...")
@click.option(
    "--reason",
    required=True,
    type=click.Choice([str(reason) for reason in ErasureReason]),
    metavar="WORD",
    help=f"Why: {', '.join(ErasureReason)}. It stays for good.",
)
@click.option("--note", metavar="TEXT", help="Kept with the erasure, and erasable like all text.")
@ledger_option
def erase(names: tuple[str, ...], reason: str, note: str | None, ledger: str | None) -> None:
    """Erase files: names, ids and texts go; the record that they were there stays.

    DIGEST is the first digits of a file of a record, or of a record: then all its files go. In a
    git repository, older commits still have them.
    """
    address = pipeline.named_ledger(ledger)
    erased = pipeline.erase_from_ledger(address, names, ErasureReason(reason), note)
    echo(*(f"Erased files/{name}" for name in erased), "Copies of the ledger still have them.")
