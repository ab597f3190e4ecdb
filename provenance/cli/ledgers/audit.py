"""`provenance audit`."""

import sys
from datetime import date
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.lazy_groups import ParentCommand
from provenance.cli.options.path_options import OUTPUT_FOLDER, files, folders
from provenance.cli.options.shared_options import ledger_option, registry_key_option
from provenance.cli.reports.folder_signing import signing_commands
from provenance.cli.terminal_output import echo, print_rendered, terminal_style
from provenance.model.records.audit import Audit, AuditQuery, AuditRequest

_EXAMPLES = """
\b
Examples:
  provenance audit x --ledger ledger --requester "X Corp." \\
      --received 2023-05-18 --due 2023-06-07 -o answer
  provenance audit reddit --report report --format letter
  provenance audit --domain example.com --corpus "data/*.parquet"
  provenance audit --author jane_doe --report report --registry registries/x
  provenance audit --item "the words of my post ..." --report report
  provenance audit --author jane_doe --ledger ledger --forget-set forget
  provenance audit --works works.csv --ledger ledger -o answer
  provenance audit x --ledger ledger --withhold 3,8 -o answer
  provenance audit sign answer --key ~/.ssh/id_ed25519
  provenance audit verify answer --allowed-signers allowed_signers
"""


@click.command("audit", cls=ParentCommand, epilog=_EXAMPLES)
@click.argument("source", required=False)
@click.option("--domain", metavar="DOMAIN", help="Content with an address there: example.com.")
@click.option(
    "--author",
    metavar="NAME",
    help="Items of this author, as the dump spells the name; needs a registry.",
)
@click.option(
    "--item",
    metavar="ID|URL|TEXT",
    help="One item: its id, its address, or its words, which are looked up in the registries.",
)
@click.option(
    "--works",
    metavar="FILE",
    shell_complete=files,
    help="Items whose ids or addresses FILE lists, as for `provenance registry remove`; "
    "works.csv then says for each whether it was found.",
)
@ledger_option
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="REPORT",
    shell_complete=folders,
    help="Report of a check, besides those in the ledger; repeatable.",
)
@click.option(
    "--registry",
    "registries",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    shell_complete=folders,
    help="Registry to look up authors, texts, languages and withdrawals in; repeatable. Unset: "
    "those that the reports name, if they are there.",
)
@registry_key_option
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="CORPUS",
    shell_complete=files,
    help="With --domain: count the documents of this dataset that have an address there; "
    "repeatable.",
)
@click.option("--requester", metavar="NAME", help="Who asks.")
@click.option("--reference", metavar="TEXT", help="Reference of the letter.")
@click.option("--received", metavar="DAY", help="When it was received.")
@click.option("--due", metavar="DAY", help="Until when an answer is asked for.")
@click.option(
    "--signed-by",
    metavar="NAME",
    help="Who has reviewed and signed the answer, as you state: without, it is marked as a draft. "
    "No proof: for that, `provenance audit sign`.",
)
@click.option(
    "--only",
    metavar="POINTS",
    help="Answer only these points, by their numbers: 3,8. The answer says which it leaves out.",
)
@click.option(
    "--withhold",
    metavar="POINTS",
    help="Leave out these points: 6,7. Lists that belong to them are not written, either.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "html", "json", "letter"]),
    default="terminal",
    show_default=True,
    metavar="FORMAT",
    help="What is printed: terminal, markdown, html, json, or letter, a cover letter.",
)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FOLDER,
    metavar="DIR",
    help="Write audit.md, audit.html, audit.json, letter.md and items.parquet, the list of ids, to "
    "this folder.",
)
@click.option(
    "--pdf", is_flag=True, help="Also write audit.pdf; needs --output, and the extra `pdf`."
)
@click.option(
    "--forget-set",
    type=OUTPUT_FOLDER,
    metavar="DIR",
    help="Write ids, files and offsets of all that was found to this folder: for `provenance clean "
    "--forget-set`, or for unlearning.",
)
@click.option("--excerpts", is_flag=True, help="Show words of the datasets, as far as reports do.")
@click.option(
    "-q", "--quiet", is_flag=True, help="No progress; print nothing if files are written."
)
def command(  # noqa: PLR0913 (one parameter per option)
    source: str | None,
    domain: str | None,
    author: str | None,
    item: str | None,
    works: str | None,
    ledger: str | None,
    reports: tuple[Path, ...],
    registries: tuple[Path, ...],
    corpora: tuple[str, ...],
    requester: str | None,
    reference: str | None,
    received: str | None,
    due: str | None,
    signed_by: str | None,
    only: str | None,
    withhold: str | None,
    form: str,
    output: Path | None,
    pdf: bool,
    forget_set: Path | None,
    excerpts: bool,
    quiet: bool,
) -> None:
    """Answer what is known of content of SOURCE, or of somebody, in your datasets.

    The answer has eleven points: the request and what was searched, uses, how the content was
    obtained, items, evidence, withdrawals, destruction, recipients, measures, what cannot be known,
    and digests. Every line says whether it was measured, declared, or cannot be known, and what it
    rests on, and every record who made it, when, and how long after the event. It joins what all
    recorded checks of a dataset found. It is made from the ledger, from reports and from
    registries; of datasets, only those of --corpus are read, and nothing is fetched. The same
    records give the same bytes.
    """
    if corpora and domain is None:
        raise click.UsageError("--corpus needs --domain")
    withheld = pipeline.points_to_withhold(only, withhold)
    _check_output(output, pdf=pdf)
    request = AuditRequest(
        requester,
        reference,
        _day("--received", received),
        _day("--due", due),
        signed_by,
    )
    answer = pipeline.answer(
        AuditQuery(source, domain, author, item, works),
        request,
        ledger=pipeline.ledger_to_read(ledger),
        reports=reports,
        registries=registries,
        corpora=corpora,
        with_lists=output is not None,
        withheld=withheld,
        excerpts=excerpts,
        quiet=quiet,
    )
    audit = answer.audit
    _warn_of_name(source, audit)
    if forget_set is not None:
        pipeline.save_forget_set(audit, answer.found, forget_set)
    if output is not None:
        pipeline.save_answer(answer, output, with_pdf=pdf)
    if quiet and (output is not None or forget_set is not None):
        return
    _print(audit, form)
    if output is not None and form == "terminal":
        echo("", f"Answer: {output}/audit.html", f"Letter: {output}/letter.md")


command.subcommands = signing_commands("audit")


def _check_output(output: Path | None, *, pdf: bool) -> None:
    """Check that the answer can be written, before it is searched for."""
    if pdf and output is None:
        raise click.UsageError("--pdf needs --output, the folder for it")
    if pdf:
        pipeline.check_pdf_library()
    if output is not None:
        from provenance.report.audit import audit_files  # noqa: PLC0415 (slow import)

        audit_files.check_answer_folder(output)


def _warn_of_name(source: str | None, audit: Audit) -> None:
    """Print a note where nothing was found, and the name of the source may be mistyped."""
    if source is not None and audit.found is False:
        warning = pipeline.source_name_warning(source)
        if warning is not None:
            echo(f"Note: {warning}", err=True)


def _day(option: str, value: str | None) -> date | None:
    return None if value is None else pipeline.parse_day(option, value)


def _print(audit: Audit, form: str) -> None:
    if form == "terminal":
        from provenance.report.audit.audit_text import terminal  # noqa: PLC0415 (slow import)

        print_rendered(terminal(audit, terminal_style()))
    else:
        from provenance.report.audit.audit_files import FORMATS  # noqa: PLC0415 (slow import)

        sys.stdout.write(FORMATS[form][1](audit))
