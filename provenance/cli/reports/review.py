"""`provenance review`."""

import getpass
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR
from provenance.cli.options.path_options import OUTPUT_FILE, files
from provenance.cli.terminal_output import echo, print_rendered, terminal_style
from provenance.errors import InputError
from provenance.model.results.reviews import ReviewLabel, ReviewScope
from provenance.report.files.review_json import review_json
from provenance.report.terminal.review_screen import QUESTION, review_screen
from provenance.report.terminal.review_summary import review_summary

if TYPE_CHECKING:
    from provenance.model.results.reviews import Review

_EXAMPLES = """
\b
Examples:
  provenance review report
  provenance review report --export findings.html
  provenance review report --labels labels.jsonl
  provenance review report --export findings.csv
  provenance review report --labels findings.csv --labeller "A. Osei"
  provenance review report --summary
"""

_ANSWERS = {str(label)[0]: label for label in ReviewLabel}
_BACK, _EXIT = "b", "x"


@click.command("review", epilog=_EXAMPLES)
@click.argument("report", type=click.Path(path_type=Path))
@click.option(
    "--sample",
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="Number of draws. Default: 100, or that of the review that was begun.",
)
@click.option(
    "--scope",
    type=click.Choice([str(scope) for scope in ReviewScope]),
    help="Draw only findings that count for a source, or quotations and contested ones, too. "
    "Default: counted, or that of the review that was begun.",
)
@click.option(
    "--seed",
    type=int,
    metavar="N",
    help="Random seed. Default: 0, or that of the review that was begun.",
)
@click.option(
    "--labeller",
    metavar="NAME",
    help="Who labels; written beside each label. Default: your user name.",
)
@click.option(
    "--export",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the sample to this file to label it elsewhere: in a browser (.html), in a "
    "spreadsheet (.csv), or as JSON Lines. It contains excerpts.",
)
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="Add the labels of this file: what the page of an export saved, or an export whose column "
    "`label` was filled in.",
)
@click.option("--summary", is_flag=True, help="Ask nothing; show the corrected shares.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="Format of the summary.",
)
def command(  # noqa: PLR0913 (one parameter per option)
    report: Path,
    sample: int | None,
    scope: str | None,
    seed: int | None,
    labeller: str | None,
    export: Path | None,
    labels: Path | None,
    summary: bool,
    form: str,
) -> int:
    """Label a random sample of the findings of REPORT, and correct its shares by the labels.

    REPORT is the folder that `provenance check --output` wrote. Passages that count for a source
    are drawn with a probability proportional to their words, evenly by source, and each is shown
    once: are the words the item's, a quotation of a third text, or alike by chance? Labels are
    saved in REPORT/review.jsonl after each answer; the next call continues there.
    """
    is_asking = export is None and labels is None and not summary
    if form == "json" and is_asking:
        raise click.UsageError("--format json needs --summary or --labels")
    report = report.parent if report.is_file() else report
    review = pipeline.open_review(
        report, sample, seed, None if scope is None else ReviewScope(scope)
    )
    if labels is not None:
        review = pipeline.import_labels(review, labels, _name(labeller))
        review = pipeline.save_review(review, report)
    if export is not None:
        pipeline.export_sheet(review, export)
        echo(f"Written: {export}")
    if is_asking:
        review = _ask(review, report, _name(labeller))
    if export is None or summary:
        shares = pipeline.corrected_shares(review)
        if form == "json":
            sys.stdout.write(review_json(review, shares))
        else:
            print_rendered(review_summary(review, shares, terminal_style()))
    return CLEAR


def _name(labeller: str | None) -> str:
    if labeller and labeller.strip():
        return labeller.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise InputError("the user has no name", remedy="say with --labeller who labels") from error


def _ask(review: "Review", report: Path, labeller: str) -> "Review":
    """Ask for labels until all findings have one, or the user leaves."""
    place, asked = _first_unlabelled(review, 0), 0
    while place < len(review.keys):
        finding = review.findings.slice(int(review.order[place]), 1).to_pylist()[0]
        given, position = review.labels.get(review.keys[place]), (place + 1, len(review.keys))
        label = str(given.label) if given else None
        height = shutil.get_terminal_size((80, 24)).lines
        print_rendered(review_screen(finding, position, label, terminal_style(), height))
        answer = _answer(asked)
        asked += 1
        if answer == _EXIT:
            break
        if answer == _BACK:
            place = max(place - 1, 0)
            continue
        review = pipeline.add_label(review, place, _ANSWERS[answer], labeller)
        review = pipeline.save_review(review, report)
        place = _first_unlabelled(review, place + 1)
    return review


def _first_unlabelled(review: "Review", start: int) -> int:
    places = range(start, len(review.keys))
    return next(
        (place for place in places if review.keys[place] not in review.labels), len(review.keys)
    )


def _answer(asked: int) -> str:
    """Read one of the letters of the question; the end of input is to exit."""
    while True:
        print_rendered("> ")
        line = sys.stdin.readline()
        if not line:
            if not asked:
                raise InputError(
                    "there is nobody to ask: standard input is empty",
                    remedy="label in a terminal, or elsewhere with --export and --labels",
                )
            return _EXIT
        answer = line.strip().lower()
        if answer in {"exit", "quit"}:
            return _EXIT
        if answer[:1] in {*_ANSWERS, _BACK, _EXIT}:
            return answer[0]
        echo(f"One letter, please: {QUESTION}")
