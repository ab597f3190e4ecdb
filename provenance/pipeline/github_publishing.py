"""A report told to GitHub: summary, annotations, SARIF, outputs, and one comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import OutputError
from provenance.model import Report
from provenance.report import (
    Manner,
    comment,
    give_outputs,
    pull_request,
    read_report,
    render,
    shares_output,
    summarise,
    write_text,
)

ALWAYS, ON_FAILURE, NEVER = "always", "on-failure", "never"
"""When a comment is begun; one that is there is brought up to date but for the last."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a report that was told to GitHub.

    Parameters
    ----------
    annotations : str
        What the step is to print.
    done, undone : tuple of str
        What was told where, in words; and what could not be, with its remedy.
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
) -> Published:
    """Tell a report to the job that runs.

    Parameters
    ----------
    folder : Path
        Of the report.
    environment : mapping of str to str
        Of the step, as GitHub Actions sets it.
    sarif : Path or None
        Where SARIF goes.
    comments : str
        `ALWAYS`, `ON_FAILURE` or `NEVER`.
    excerpts, anchor
        As in `Manner`.

    Raises
    ------
    ProvenanceError
        If there is no report, or a file cannot be written. A comment that GitHub does not take is
        no error: forks may not comment, and their check is none the worse.
    """
    report, manner = read_report(folder), Manner(excerpts, anchor)
    outputs = {"verdict": report.result.status, "shares": shares_output(report)}
    outputs["report"] = str(folder)
    annotations = render("github", report, manner)
    if sarif is not None:
        write_text(render("sarif", report, manner), sarif)
        outputs["sarif"] = str(sarif)
    done = [f"SARIF: {sarif}"] if sarif is not None else []
    done += ["the job's summary"] if summarise(report, manner, environment) else []
    done += ["the step's outputs"] if give_outputs(outputs, environment) else []
    undone: list[tuple[str, str]] = []
    if comments != NEVER:
        try:
            said = _commented(report, environment, manner, comments)
            done += [f"a comment: {said}"] if said else []
        except OutputError as error:
            undone.append((error.message, error.remedy))
    return Published(annotations, tuple(done), tuple(undone))


def _commented(
    report: Report, environment: Mapping[str, str], manner: Manner, comments: str
) -> str | None:
    to = pull_request(environment)
    if to is None:
        return None
    begin = comments == ALWAYS or report.result.status != "pass"
    return comment(report, manner, to, begin=begin)
