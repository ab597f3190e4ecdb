"""One comment on a pull request: written once, and then kept up to date."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from provenance.errors import OutputError
from provenance.model import Report
from provenance.report.formats.rendering import render
from provenance.report.render_options import Manner

_PAGES = 30
_SECONDS = 30
_REMEDIES = {
    401: "give the job a token: GITHUB_TOKEN.",
    403: "give the job `permissions: pull-requests: write`; a pull request from a fork has none.",
    404: "give the job `permissions: pull-requests: write`, and look at GITHUB_REPOSITORY.",
}


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Where a comment goes.

    Parameters
    ----------
    api : str
        Address of GitHub's interface: "https://api.github.com".
    repository : str
        "owner/name".
    number : int
        Of the pull request.
    token : str
        May write comments.
    """

    api: str
    repository: str
    number: int
    token: str


def comment(report: Report, manner: Manner, to: PullRequest, *, begin: bool) -> str | None:
    """Write the comment on a dataset, or bring up to date the one that is there.

    Parameters
    ----------
    report : Report
        What to tell. Each dataset has a comment of its own.
    manner : Manner
        Whether with excerpts.
    to : PullRequest
        Where.
    begin : bool
        Whether to write one where there is none yet.

    Returns
    -------
    str or None
        Its address; None where none was written.

    Raises
    ------
    OutputError
        If GitHub does not take it.
    """
    mark = _mark(report)
    body = f"{mark}\n{render('markdown', report, manner)}"
    comments = f"/repos/{to.repository}/issues/{to.number}/comments"
    try:
        for each in _comments(to, comments):
            if str(each.get("body", "")).startswith(mark):
                place = f"/repos/{to.repository}/issues/comments/{int(each['id'])}"
                return _address(_asked(to, "PATCH", place, {"body": body}))
        return _address(_asked(to, "POST", comments, {"body": body})) if begin else None
    except HTTPError as error:
        raise OutputError(
            f"the comment was not taken: {error.code} {error.reason}",
            remedy=_REMEDIES.get(error.code, "look at the token's permissions, and run it again."),
        ) from error
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"the comment could not be sent to {to.api}: {error}",
            remedy="look at GITHUB_API_URL and the network, and run it again.",
        ) from error


def _mark(report: Report) -> str:
    """Name the comment by its dataset, where nobody reads it."""
    named = "\0".join(sorted(report.result.corpus.addresses)).encode("utf-8", "surrogatepass")
    return f"<!-- provenance {sha256(named).hexdigest()[:16]} -->"


def _comments(to: PullRequest, path: str) -> Iterator[dict[str, Any]]:
    for page in range(1, _PAGES + 1):
        several = _asked(to, "GET", f"{path}?per_page=100&page={page}")
        yield from several
        if len(several) < 100:
            return


def _asked(to: PullRequest, method: str, path: str, said: dict[str, str] | None = None) -> Any:
    if not to.api.startswith(("https://", "http://")):
        raise ValueError("its address is no web address")
    request = Request(  # noqa: S310 (the address is of the web: looked at above)
        to.api.rstrip("/") + path,
        method=method,
        data=None if said is None else json.dumps(said).encode("utf-8"),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {to.token}",
            "Content-Type": "application/json",
            "User-Agent": "provenance",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 (as above)
        return json.loads(answer.read())


def _address(answer: dict[str, Any]) -> str:
    return str(answer.get("html_url") or "written")
