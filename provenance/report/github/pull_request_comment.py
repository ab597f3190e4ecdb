"""The comment on a pull request: created once, then updated."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from provenance.errors import OutputError
from provenance.model.results.result import Report
from provenance.report.formats.rendering import render
from provenance.report.render_options import RenderOptions

_PAGES = 30
_SECONDS = 30
_REMEDIES = {
    401: "give the job a token: GITHUB_TOKEN.",
    403: "give the job `permissions: pull-requests: write`; a pull request from a fork has none.",
    404: "give the job `permissions: pull-requests: write`, and check GITHUB_REPOSITORY.",
}


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request to comment on.

    Parameters
    ----------
    api : str
        Address of the GitHub API: "https://api.github.com".
    repository : str
        "owner/name".
    number : int
        Number of the pull request.
    token : str
        Token with permission to write comments.
    """

    api: str
    repository: str
    number: int
    token: str


def post_comment(
    report: Report, options: RenderOptions, to: PullRequest, *, create: bool
) -> str | None:
    """Create or update the comment on a dataset.

    Parameters
    ----------
    report : Report
        The report. Each dataset has its own comment.
    options : RenderOptions
        Whether to include excerpts.
    to : PullRequest
        Where to comment.
    create : bool
        Whether to create a comment if there is none.

    Returns
    -------
    str or None
        Address of the comment; None if none was written.

    Raises
    ------
    OutputError
        If GitHub rejects it.
    """
    mark = _mark(report)
    body = f"{mark}\n{render('markdown', report, options)}"
    comments = f"/repos/{to.repository}/issues/{to.number}/comments"
    try:
        for each in _comments(to, comments):
            if str(each.get("body", "")).startswith(mark):
                place = f"/repos/{to.repository}/issues/comments/{int(each['id'])}"
                return _address(_request(to, "PATCH", place, {"body": body}))
        return _address(_request(to, "POST", comments, {"body": body})) if create else None
    except HTTPError as error:
        raise OutputError(
            f"GitHub rejected the comment: {error.code} {error.reason}",
            remedy=_REMEDIES.get(error.code, "check the token's permissions, and run it again."),
        ) from error
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"the comment could not be sent to {to.api}: {error}",
            remedy="check GITHUB_API_URL and the network, and run it again.",
        ) from error


def _mark(report: Report) -> str:
    """Return an invisible marker with a digest of the dataset's addresses."""
    key = "\0".join(sorted(report.result.corpus.addresses)).encode("utf-8", "surrogatepass")
    return f"<!-- provenance {sha256(key).hexdigest()[:16]} -->"


def _comments(to: PullRequest, path: str) -> Iterator[dict[str, Any]]:
    for page in range(1, _PAGES + 1):
        several = _request(to, "GET", f"{path}?per_page=100&page={page}")
        yield from several
        if len(several) < 100:
            return


def _request(to: PullRequest, method: str, path: str, body: dict[str, str] | None = None) -> Any:
    if not to.api.startswith(("https://", "http://")):
        raise ValueError("its address is not http or https")
    request = Request(  # noqa: S310 (http or https: checked above)
        to.api.rstrip("/") + path,
        method=method,
        data=None if body is None else json.dumps(body).encode("utf-8"),
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
