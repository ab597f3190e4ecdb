"""`provenance disclose`."""

import shlex
import sys
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.lazy_groups import ParentCommand
from provenance.cli.options.path_options import OUTPUT_FILE, OUTPUT_FOLDER, files
from provenance.cli.options.shared_options import ledger_option
from provenance.cli.reports.folder_signing import signing_commands
from provenance.cli.terminal_output import echo

_FORMATS = (
    *("eu-summary", "eu-summary-json", "eu-domains", "eu-self-check"),
    *("croissant", "dataset-card", "ab-2013", "ab-2013-json"),
    *("cyclonedx", "spdx"),
)
_EXAMPLES = """
\b
Examples:
  provenance disclose report --init summary.toml
  provenance disclose report --answers summary.toml -o disclosures
  provenance disclose report --answers summary.toml --format eu-summary
  provenance disclose --model "Lantern 2" --ledger ledger \\
      --answers summary.toml -o disclosures
  provenance disclose report --answers summary.toml \\
      --previous 2026-03/eu-summary.json -o 2026-09
"""


@click.command("disclose", cls=ParentCommand, epilog=_EXAMPLES)
@click.argument("report", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(_FORMATS),
    metavar="FORMAT",
    help=f"What to write: {', '.join(_FORMATS)}; repeatable. Unset: all.",
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="Answers that only people can give; --init writes a template.",
)
@click.option(
    "--init",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the template of the answers, with every question explained, and nothing else.",
)
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="CORPUS",
    shell_complete=files,
    help="The dataset, to measure its languages and domains; repeatable. Unset: the addresses that "
    "were checked, if they are files on this machine.",
)
@ledger_option
@click.option(
    "--model",
    metavar="NAME",
    help="Instead of REPORT: a model of the ledger. One EU summary, and one documentation for "
    "California, cover all datasets that it was made with and what these were made from, by all "
    "checks of them.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="eu-summary.json of the version before: what has changed since is listed.",
)
@click.option(
    "--signed-by",
    metavar="NAME",
    help="Who has reviewed and signed the documents, as you state: without, they are marked as "
    "drafts. No proof: for that, `provenance disclose sign`.",
)
@click.option(
    "--allow-incomplete",
    is_flag=True,
    help="Mark missing answers as to be provided. Without, they end with exit code 2.",
)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FOLDER,
    metavar="DIR",
    help="Write the documents to this folder. Unset: print the one of --format.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, and no list of files.")
def command(  # noqa: PLR0913 (one parameter per option)
    report: Path | None,
    formats: tuple[str, ...],
    answers: Path | None,
    init: Path | None,
    corpora: tuple[str, ...],
    ledger: str | None,
    model: str | None,
    previous: Path | None,
    signed_by: str | None,
    allow_incomplete: bool,
    output: Path | None,
    quiet: bool,
) -> None:
    """Write the documents that laws, hosts and customers ask for about a dataset.

    They are made from REPORT, the folder that `provenance check --output` wrote, from the dataset,
    from the ledger, and from answers of people. Every field says whether it was measured, is
    declared, or is still to be provided. Answers that the ledger contradicts are refused. Nothing
    is fetched. The same input gives the same bytes.
    Documents for authorities are drafts for review by counsel.
    """
    if init is not None:
        pipeline.write_answers_template(init, formats)
        what = f"--model {shlex.quote(model)}" if model is not None else str(report or "REPORT")
        echo(f"Wrote {init}. Edit it, then: provenance disclose {what} --answers {init} -o DIR")
        return
    if (report is None) == (model is None):
        raise click.UsageError("name a REPORT, or a model of the ledger with --model")
    if output is None and len(formats) != 1:
        raise click.UsageError("give --output DIR, or one --format to print it")
    documents = pipeline.disclose(
        report,
        formats,
        model=model,
        answers=answers,
        corpora=corpora,
        ledger=pipeline.ledger_to_read(ledger),
        previous=previous,
        signed_by=signed_by,
        allow_incomplete=allow_incomplete,
        quiet=quiet,
    )
    if documents.missing:
        echo(f"Note: to be provided: {', '.join(documents.missing)}", err=True)
    if output is None:
        sys.stdout.write("".join(documents.files.values()))
        return
    pipeline.save_disclosures(documents, output)
    if not quiet:
        echo(*(f"Wrote {output / name}" for name in documents.files))


command.subcommands = signing_commands("disclose")
