"""Print the outcome of a check, and return the exit code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED, VIOLATED, print_error
from provenance.cli.options.format_options import ReportRenderer
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import list_unread
from provenance.report.sanitize import one_line
from provenance.report.text.collection_dates import refuted_dates_sentence, refuted_dates_step
from provenance.report.text.next_steps import outcome_line
from provenance.report.text.unread_text import unchecked_phrase, unread_steps

if TYPE_CHECKING:
    from provenance.cli.options.function_commands import FunctionCall
    from provenance.model.rules.policy import Policy
    from provenance.pipeline.python_api.outcomes import Outcome


def print_notes(corpus: Sequence[str], policy: "Policy") -> None:
    """Print what was not applied, and which registries are overdue, on stderr."""
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


def conclude(
    outcome: "Outcome",
    renderer: ReportRenderer,
    run: "FunctionCall[Outcome]",
    *,
    exit_zero: bool,
) -> int:
    """Print the report of a check, and return the exit code.

    Parameters
    ----------
    outcome : Outcome
        The outcome.
    renderer : ReportRenderer
        Prints the report.
    run : FunctionCall
        What was called: whether it was quiet, and where its report is.
    exit_zero : bool
        Whether a violated policy counts as success.
    """
    report, form, quiet = outcome.report, renderer.form, run.quiet
    output = run.options["output"]
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
    return VIOLATED if report.result.violations and not exit_zero else CLEAR
