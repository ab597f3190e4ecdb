"""`provenance ledger`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, VIOLATED, print_error
from provenance.cli.lazy_groups import OrderedGroup
from provenance.cli.ledgers.ledger_add import add
from provenance.cli.ledgers.ledger_summary import record_lines, verification_lines
from provenance.cli.options.key_options import (
    check_trust,
    key_option,
    open_key,
    trust_options,
)
from provenance.cli.options.path_options import files, output_file_option
from provenance.cli.options.shared_options import ledger_option
from provenance.cli.terminal_output import echo, terminal_style
from provenance.model.records.ledger import ErasureReason, RecordKind
from provenance.report.sanitize import dump_json
from provenance.report.text.ledger_text import entry_sentence
from provenance.report.text.number_format import count
from provenance.startup import lean_imports

if TYPE_CHECKING:
    from provenance.model.records.ledger import LedgerVerification


@click.group("ledger", cls=OrderedGroup)
def command() -> None:
    """Record what was collected, used and destroyed, and show that the records were not changed.

    A ledger is a folder, or an address such as s3://bucket/ledger, that any number of processes may
    write to at once. With its path under [ledger] in provenance.toml, `check`, `clean` and
    `registry remove` write to it, too. `provenance audit` answers from it.
    """


command.add_command(add)
_IMPORTED_KINDS = ("dataset", "access", "use", "destruction")
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress.")


@command.command(
    "import",
    epilog="""
\b
Examples:
  provenance ledger import uses.csv --kind use --ledger ledger
  provenance ledger import everything.parquet --ledger ledger
""",
)
@click.argument(
    "table", type=click.Path(path_type=Path, exists=True, dir_okay=False), shell_complete=files
)
@click.option(
    "--kind",
    type=click.Choice(list(_IMPORTED_KINDS)),
    metavar="KIND",
    help=f"Kind of all records: {', '.join(_IMPORTED_KINDS)}. Unset: as the column `kind` says.",
)
@ledger_option
def import_(table: Path, kind: str | None, ledger: str | None) -> None:
    """Record each row of TABLE, a CSV, JSON Lines or Parquet file.

    Columns are named as the arguments and options of `ledger add`: `source`, `when`, `calls`.
    Several names in a cell have ; between them. All rows are read before the first is recorded, and
    a row that the ledger has already is left out, so that the command can be repeated.
    """
    given = None if kind is None else RecordKind(kind)
    done = pipeline.import_table(pipeline.named_ledger(ledger), table, given)
    known = "" if not done.known else f"; {count(done.known, 'row')} on record already"
    echo(f"Recorded: {count(len(done.entries), 'record')}{known}")


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
Examples:
  provenance ledger verify --ledger ledger
  provenance ledger verify --ledger ledger --since 6b1f0c2a9d4e
  provenance ledger verify --ledger ledger --allowed-signers allowed_signers
""",
)
@ledger_option
@click.option(
    "--since",
    metavar="DIGEST",
    help="Digest that `verify`, `show` or an audit printed earlier, or that of a record: all that "
    "it covers must still be there, unchanged.",
)
@trust_options
@_QUIET
def verify(
    ledger: str | None,
    since: str | None,
    keys: tuple[Path, ...],
    allowed_signers: Path | None,
    identity: str | None,
    quiet: bool,
) -> int:
    """Read every byte, and say what was changed, removed or erased.

    What was erased with `ledger erase` is listed, and is no damage. Records that contradict each
    other are named. Exit code 1 if there is damage or a contradiction, if it is not proven that all
    that --since covers is there, or if nobody of --key or --allowed-signers signed a state of it.
    """
    address = pipeline.named_ledger(ledger)
    trust = None
    if keys or allowed_signers is not None or identity is not None:
        check_trust(keys, allowed_signers, identity)
        trust = pipeline.read_trust(keys, allowed_signers, identity)
    found = pipeline.check_ledger(address, since=since, trust=trust, quiet=quiet)
    echo(*verification_lines(address, found, terminal_style()))
    problems = list(_problems(found))
    if trust is not None and not pipeline.has_signature(found):
        problems.append(
            (
                "no state of the ledger is signed by anybody whom you trust",
                "ask for `provenance ledger sign`, and for the public key of who signs",
            )
        )
    for message, remedy in problems:
        print_error(message, remedy)
    return VIOLATED if problems else CLEAR


def _problems(found: "LedgerVerification") -> Iterator[tuple[str, str]]:
    """Yield what keeps a ledger from being a witness, each with a remedy."""
    if found.faults:
        yield (
            f"{count(len(found.faults), 'file')} of the ledger: not as written",
            "restore them from a copy, and find out who could write to the ledger",
        )
    if found.since is not None and found.since.faults:
        yield (
            f"not proven: that all of {found.since.digest} is there, unchanged",
            "compare it with the copy of which the digest was noted",
        )
    if found.contradictions:
        yield (
            f"{count(len(found.contradictions), 'contradiction')} between records",
            "find out what is true, and correct a record with `provenance ledger add --corrects`",
        )


@command.command(
    "sign",
    epilog="""
\b
Example:
  provenance ledger sign --key ~/.ssh/id_ed25519 --ledger ledger
""",
)
@key_option
@ledger_option
def sign(key: Path, ledger: str | None) -> None:
    """Sign the state of the ledger: its digest, and how many records it has.

    The signature is a record itself; `ledger verify --allowed-signers` verifies it, and that all
    that was signed is still there. Needs the extra `sign`; the key is as for `provenance attest`.
    """
    entry = pipeline.sign_ledger(pipeline.named_ledger(ledger), open_key(key))
    echo(f"Recorded: {entry.record.kind} {entry.digest}", entry_sentence(entry))


@command.command(
    "timestamp",
    epilog="""
\b
Example:
  provenance ledger timestamp answer.tsr --ledger ledger
""",
)
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), shell_complete=files
)
@ledger_option
def timestamp(file: Path, ledger: str | None) -> None:
    """Keep FILE, a time stamp of a state of the ledger.

    It is the answer of a time stamp authority (RFC 3161), or another file that has the digest that
    `ledger verify` printed. That it is of a state of this ledger is verified; that its authority
    signed it is not: `openssl ts -verify` does that.
    """
    entry = pipeline.add_timestamp(pipeline.named_ledger(ledger), file)
    echo(f"Recorded: {entry.record.kind} {entry.digest}", entry_sentence(entry))


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
