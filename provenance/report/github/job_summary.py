"""Summary and outputs of a GitHub Actions job, and the pull request that it runs for."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from provenance.atomic_output import read_small_file
from provenance.errors import OutputError
from provenance.model.results.result import Report
from provenance.report.formats.rendering import render
from provenance.report.github.pull_request_comment import PullRequest
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import dump_json
from provenance.report.text.sentences import shares_by
from provenance.terminal_safety import escape_line

DEFAULT_API = "https://api.github.com"


def append_job_summary(
    report: Report, options: RenderOptions, environment: Mapping[str, str]
) -> bool:
    """Append a report to the summary of the job; return whether the job has one."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if path:
        _append(path, render("markdown", report, options))
    return bool(path)


def set_outputs(outputs: Mapping[str, str], environment: Mapping[str, str]) -> bool:
    """Set outputs of the step; return whether it has any.

    Parameters
    ----------
    outputs : mapping of str to str
        No value can set another output: each is on one line, and control characters are shown as
        numbers.
    environment : mapping of str to str
        Environment of the step.
    """
    path = environment.get("GITHUB_OUTPUT")
    if path:
        end = f"end-{secrets.token_hex(16)}"
        lines = [f"{name}<<{end}\n{escape_line(value)}\n{end}\n" for name, value in outputs.items()]
        _append(path, "".join(lines))
    return bool(path)


def shares_output(report: Report) -> str:
    """Return the shares of tokens, by verdict and by source, as one line of JSON."""
    return dump_json(
        {
            kind: {share.key: share.tokens.share for share in shares_by(report.result.shares, kind)}
            for kind in ("verdict", "source")
        }
    )


def find_pull_request(environment: Mapping[str, str]) -> PullRequest | None:
    """Return the pull request that a job runs for.

    Parameters
    ----------
    environment : mapping of str to str
        Environment of the step.

    Returns
    -------
    PullRequest or None
        None if the job runs for something else, or has no token.

    Raises
    ------
    OutputError
        If the event file cannot be read.
    """
    path, token = environment.get("GITHUB_EVENT_PATH"), environment.get("GITHUB_TOKEN")
    repository = environment.get("GITHUB_REPOSITORY")
    if not (path and token and repository):
        return None
    try:
        event = json.loads(read_small_file(Path(path)))
    except (OSError, ValueError) as error:
        raise OutputError(
            f"the event {path!r} cannot be read: {error}",
            remedy="run this in a step of GitHub Actions, or with --comment never.",
        ) from error
    number = (event.get("pull_request") or {}).get("number")
    if not isinstance(number, int):
        return None
    return PullRequest(environment.get("GITHUB_API_URL") or DEFAULT_API, repository, number, token)


def _append(path: str, text: str) -> None:
    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(
            f"{path!r} cannot be written: {error.strerror or error}",
            remedy="run this in a step of GitHub Actions, which makes that file.",
        ) from error
