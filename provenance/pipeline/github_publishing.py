"""Publish a report to GitHub: job summary, annotations, SARIF, step outputs and one comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import OutputError
from provenance.model.results.result import Report
from provenance.report.files.report_folder import write_text
from provenance.report.files.report_reader import read_report
from provenance.report.formats.rendering import render
from provenance.report.github.job_summary import (
    append_job_summary,
    find_pull_request,
    set_outputs,
    shares_output,
)
from provenance.report.github.pull_request_comment import post_comment
from provenance.report.render_options import RenderOptions
from provenance.report.text.sentences import outcome_of

ALWAYS, ON_FAILURE, NEVER = "always", "on-failure", "never"
"""Conditions for creating a comment; an existing one is updated unless NEVER is given."""


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """Outcome of publishing.

    Parameters
    ----------
    annotations : str
        Workflow commands for the step to print.
    published : tuple of str
        What was published.
    failures : tuple of (str, str)
        What could not be published, with its remedy.
    """

    annotations: str
    published: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]


def publish(
    folder: Path,
    environment: Mapping[str, str],
    *,
    sarif: Path | None,
    comments: str,
    excerpts: bool = False,
    anchor: str | None = None,
) -> PublishOutcome:
    """Publish a report to the running job.

    Parameters
    ----------
    folder : Path
        Folder of the report.
    environment : mapping of str to str
        Environment of the step, as set by GitHub Actions.
    sarif : Path or None
        Target of the SARIF file.
    comments : str
        `ALWAYS`, `ON_FAILURE` or `NEVER`.
    excerpts, anchor
        As in `RenderOptions`.

    Raises
    ------
    ProvenanceError
        If there is no report, or a file cannot be written. A comment that GitHub rejects is no
        error, because workflows of forks may not comment.
    """
    report, options = read_report(folder), RenderOptions(excerpts, anchor)
    outputs = {"verdict": outcome_of(report.result), "shares": shares_output(report)}
    outputs["report"] = str(folder)
    annotations = render("github", report, options)
    if sarif is not None:
        write_text(render("sarif", report, options), sarif)
        outputs["sarif"] = str(sarif)
    published = [f"SARIF: {sarif}"] if sarif is not None else []
    published += ["the job's summary"] if append_job_summary(report, options, environment) else []
    published += ["the step's outputs"] if set_outputs(outputs, environment) else []
    failures: list[tuple[str, str]] = []
    if comments != NEVER:
        try:
            comment = _publish_comment(report, environment, options, comments)
            published += [f"a comment: {comment}"] if comment else []
        except OutputError as error:
            failures.append((error.message, error.remedy))
    return PublishOutcome(annotations, tuple(published), tuple(failures))


def _publish_comment(
    report: Report, environment: Mapping[str, str], options: RenderOptions, comments: str
) -> str | None:
    pull_request = find_pull_request(environment)
    if pull_request is None:
        return None
    create = comments == ALWAYS or report.result.status != "pass"
    return post_comment(report, options, pull_request, create=create)
