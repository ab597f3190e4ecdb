"""`provenance feedback`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR
from provenance.cli.lazy_groups import ParentCommand
from provenance.cli.options.key_options import check_trust, key_option, open_key, trust_options
from provenance.cli.options.path_options import files, folders, output_file_option
from provenance.cli.terminal_output import echo
from provenance.model.records.signed_statements import FeedbackClaim
from provenance.startup import lean_imports

_EXAMPLES = """
\b
Examples:
  provenance feedback report --item 17 --claim not-ours --key key \\
      --reason "A customer wrote this; we only quoted it." -o note.json
  provenance feedback report --item 17 --settle --key key \\
      --reason "It is ours after all." -o settled.json
"""
_VERIFY_EXAMPLES = """
\b
Example:
  provenance feedback verify disputes.jsonl --allowed-signers allowed_signers
"""
_CLAIM_MEANINGS = {
    FeedbackClaim.NOT_OURS: "an owner does not claim the item",
    FeedbackClaim.WRONG_SOURCE: "it is somebody else's",
    FeedbackClaim.LICENSED: "the use was allowed",
    FeedbackClaim.OTHER: "see the reason",
}


@click.command("feedback", cls=ParentCommand, epilog=_EXAMPLES)
@click.argument("report", type=click.Path(path_type=Path), shell_complete=folders)
@click.option(
    "--finding",
    type=int,
    metavar="N",
    help="The item of this finding: its number, from 1, in the order of findings.parquet.",
)
@click.option("--item", metavar="ID", help="The item with this id.")
@click.option("--source", metavar="SOURCE", help="Source of --item, where several have the id.")
@click.option(
    "--claim",
    type=click.Choice([str(claim) for claim in FeedbackClaim]),
    help="; ".join(f"{claim}: {meaning}" for claim, meaning in _CLAIM_MEANINGS.items()) + ".",
)
@click.option("--settle", is_flag=True, help="Settle earlier notes on the item: it counts again.")
@click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="Why; it is shown in reports. Do not quote the text.",
)
@click.option("--date", "on", metavar="DAY", help="The day of the note. Default: today.")
@key_option
@output_file_option
def command(  # noqa: PLR0913 (one parameter per option)
    report: Path,
    finding: int | None,
    item: str | None,
    source: str | None,
    claim: str | None,
    settle: bool,
    reason: str,
    on: str | None,
    key: Path,
    output: Path | None,
) -> int:
    """Dispute that an item in REPORT is its source's, with a signed note.

    A policy that names the notes and their signers under [disputes] lets no gate count the items
    until they are settled, or for 90 days if no owner signed. The note has ids and your reason, and
    no text of the dataset. Needs the extra `sign`.
    """
    if (finding is None) == (item is None):
        raise click.UsageError("name the item: with --finding or with --item")
    if settle == (claim is not None):
        raise click.UsageError("give --claim, or --settle")
    day = datetime.now(UTC).date() if on is None else pipeline.parse_day("--date", on)
    line = pipeline.write_note(
        report.parent if report.is_file() else report,
        open_key(key),
        pipeline.ItemChoice(finding, item, source),
        None if claim is None else FeedbackClaim(claim),
        reason,
        day,
    )
    if output is None:
        click.echo(line, nl=False)
        return CLEAR
    with lean_imports():
        from provenance.report.files.report_folder import write_text  # noqa: PLC0415 (slow import)
    write_text(line.decode(), output)
    return CLEAR


@click.command("verify", epilog=_VERIFY_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path), shell_complete=files)
@trust_options
def verify(
    file: Path, keys: tuple[Path, ...], allowed_signers: Path | None, identity: str | None
) -> int:
    """Verify the notes of FILE, and show them and what is open.

    FILE has one note on each line; - is standard input. Exit codes: 0 all are valid, 2 one is not.
    """
    check_trust(keys, allowed_signers, identity)
    trust = pipeline.read_trust(keys, allowed_signers, identity)
    statements = pipeline.read_statements(file)
    notes = [pipeline.verify_note(content, where, trust) for where, content in statements]
    for (where, _), each in zip(statements, notes, strict=True):
        note = each.note
        names = ", ".join(signer.name for signer in each.signers)
        echo(
            f"{where}: valid",
            f"  {note.on}  {names}: item {note.item} of {note.source}: "
            f"{note.claim or 'settled'}: {note.reason}",
        )
    today = datetime.now(UTC).date()
    disputes = pipeline.open_disputes(notes, today)
    ends = {False: "lapses", True: "lapsed"}
    items = [
        f"{each.item} of {each.source} ({ends[each.is_over(today)]} on {each.expires})"
        for each in disputes
    ]
    echo(f"Open: {', '.join(items) or 'none'}")
    if items:
        echo("A dispute by one that the policy names among `owners` does not lapse.")
    return CLEAR


command.subcommands = {"verify": verify}
