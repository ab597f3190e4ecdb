"""Where in a repository findings are shown: at a small tracked file, never in the data."""

import re
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from urllib.parse import quote

from provenance.errors import OutputError
from provenance.model import Result
from provenance.report.render_options import Manner
from provenance.report.sanitize import one_line

_DATA = re.compile(
    r"\.(parquet|arrow|feather|jsonl?|ndjson|csv|tsv|zip|gz|zst|bz2|xz)\Z", re.IGNORECASE
)
_ELSEWHERE = "README.md"
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line of a file.

    Parameters
    ----------
    path : str
        Within the repository, its parts parted by slashes.
    line : int
        From 1.
    """

    path: str
    line: int

    @property
    def uri(self) -> str:
        """The path as a relative reference."""
        return quote(self.path, safe="/-._~", errors="replace")


def named_anchor(text: str) -> Anchor:
    """Read the file, and the line where there is one, at which findings are to be shown.

    Examples
    --------
    >>> named_anchor("data/train.dvc:3")
    Anchor(path='data/train.dvc', line=3)

    Raises
    ------
    OutputError
        If it is a data file, or a file outside the repository: who shows the findings reads it as
        text, within the repository.
    """
    path, _, line = text.rpartition(":")
    if not path or not line.isdecimal():
        path, line = text, "1"
    pure = PurePath(path)
    if _DATA.search(path):
        raise OutputError(
            f"findings cannot be shown at {path!r}: it is a data file, and an anchor is read as "
            "text",
            remedy="name a small tracked file that changes with the data, such as its .dvc file "
            "or its card, with --anchor.",
        )
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise OutputError(
            f"findings cannot be shown at {path!r}: it is not below the repository's folder",
            remedy="name the file relative to the repository's top folder, with --anchor.",
        )
    return Anchor(str(PurePosixPath(*pure.parts)), max(int(line), 1))


def anchor_of(result: Result, manner: Manner) -> Anchor:
    """Find the line at which findings are shown.

    Parameters
    ----------
    result : Result
        Its policy's file is taken where nothing was named.
    manner : Manner
        What was named.
    """
    if manner.anchor is None:
        return Anchor(_policy_file(result), 1)
    return named_anchor(manner.anchor)


def _policy_file(result: Result) -> str:
    """Take the policy's file: by its name alone, where it lies outside."""
    path = PurePath(one_line((result.policy.path or _ELSEWHERE)[:_LONGEST]) or _ELSEWHERE)
    outside = path.is_absolute() or ".." in path.parts
    return (path.name if outside else str(PurePosixPath(*path.parts))) or _ELSEWHERE
