"""What a job of GitHub Actions is told: its summary and outputs, and where it may comment."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from provenance.atomic_output import read_small
from provenance.errors import OutputError
from provenance.model import Report
from provenance.report.formats.rendering import render
from provenance.report.github.pull_request_comment import PullRequest
from provenance.report.render_options import Manner
from provenance.report.sanitize import json_text
from provenance.report.text.sentences import by

API = "https://api.github.com"


def summarise(report: Report, manner: Manner, environment: Mapping[str, str]) -> bool:
    """Add a report to the summary of the job; tell whether there is one to add it to."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if path:
        _append(path, render("markdown", report, manner))
    return bool(path)


def give_outputs(outputs: Mapping[str, str], environment: Mapping[str, str]) -> bool:
    """Set outputs of the step; tell whether it has any.

    Parameters
    ----------
    outputs : mapping of str to str
        Whatever their values are, no value can set another output.
    environment : mapping of str to str
        Of the step.
    """
    path = environment.get("GITHUB_OUTPUT")
    if path:
        end = f"end-{secrets.token_hex(16)}"
        lines = [f"{name}<<{end}\n{value}\n{end}\n" for name, value in outputs.items()]
        _append(path, "".join(lines))
    return bool(path)


def shares_output(report: Report) -> str:
    """Write the shares of tokens, by verdict and by source, as one line of JSON."""
    return json_text(
        {
            kind: {share.key: share.tokens.share for share in by(report.result.shares, kind)}
            for kind in ("verdict", "source")
        }
    )


def pull_request(environment: Mapping[str, str]) -> PullRequest | None:
    """Find the pull request that a job runs for.

    Parameters
    ----------
    environment : mapping of str to str
        Of the step.

    Returns
    -------
    PullRequest or None
        None where the job runs for something else, or was given no token.

    Raises
    ------
    OutputError
        If the file of the event cannot be read.
    """
    path, token = environment.get("GITHUB_EVENT_PATH"), environment.get("GITHUB_TOKEN")
    repository = environment.get("GITHUB_REPOSITORY")
    if not (path and token and repository):
        return None
    try:
        event = json.loads(read_small(Path(path)))
    except (OSError, ValueError) as error:
        raise OutputError(
            f"the event {path!r} cannot be read: {error}",
            remedy="run this in a step of GitHub Actions, or with --comment never.",
        ) from error
    number = (event.get("pull_request") or {}).get("number")
    if not isinstance(number, int):
        return None
    return PullRequest(environment.get("GITHUB_API_URL") or API, repository, number, token)


def _append(path: str, text: str) -> None:
    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(
            f"{path!r} cannot be written: {error.strerror or error}",
            remedy="run this in a step of GitHub Actions, which makes that file.",
        ) from error
