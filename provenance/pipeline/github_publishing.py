"""Publish a report to GitHub: job summary, annotations, SARIF, step outputs and one comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import OutputError
from provenance.model import Report
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

ALWAYS, ON_FAILURE, NEVER = "always", "on-failure", "never"
"""Conditions for creating a comment; an existing one is updated unless NEVER is given."""


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """Outcome of publishing.

    Parameters
    ----------
    annotations : str
        Workflow commands for the step to print.
    done, undone : tuple of str
        What was published; and what was not, with its remedy.
    """

    annotations: str
    done: tuple[str, ...]
    undone: tuple[tuple[str, str], ...]


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
    outputs = {"verdict": report.result.status, "shares": shares_output(report)}
    outputs["report"] = str(folder)
    annotations = render("github", report, options)
    if sarif is not None:
        write_text(render("sarif", report, options), sarif)
        outputs["sarif"] = str(sarif)
    done = [f"SARIF: {sarif}"] if sarif is not None else []
    done += ["the job's summary"] if append_job_summary(report, options, environment) else []
    done += ["the step's outputs"] if set_outputs(outputs, environment) else []
    undone: list[tuple[str, str]] = []
    if comments != NEVER:
        try:
            said = _publish_comment(report, environment, options, comments)
            done += [f"a comment: {said}"] if said else []
        except OutputError as error:
            undone.append((error.message, error.remedy))
    return PublishOutcome(annotations, tuple(done), tuple(undone))


def _publish_comment(
    report: Report, environment: Mapping[str, str], options: RenderOptions, comments: str
) -> str | None:
    to = find_pull_request(environment)
    if to is None:
        return None
    create = comments == ALWAYS or report.result.status != "pass"
    return post_comment(report, options, to, create=create)
