"""The location in a repository at which findings are shown: a small tracked file, not the data."""

import re
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from urllib.parse import quote

from provenance.errors import OutputError
from provenance.model.results.result import Result
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import one_line

_DATA = re.compile(
    r"\.(parquet|arrow|feather|jsonl?|ndjson|csv|tsv|zip|gz|zst|bz2|xz)\Z", re.IGNORECASE
)
_DEFAULT_FILE = "README.md"
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line of a file.

    Parameters
    ----------
    path : str
        Relative to the repository, with slashes.
    line : int
        1-based.
    """

    path: str
    line: int

    @property
    def uri(self) -> str:
        """The path as a relative URI reference."""
        return quote(self.path, safe="/-._~", errors="replace")


def parse_anchor(text: str) -> Anchor:
    """Parse a file name with an optional line number.

    Examples
    --------
    >>> parse_anchor("data/train.dvc:3")
    Anchor(path='data/train.dvc', line=3)

    Raises
    ------
    OutputError
        If it is a data file or lies outside the repository: code review tools read the file as
        text, from the repository.
    """
    path, _, line = text.rpartition(":")
    if not path or not line.isdecimal():
        path, line = text, "1"
    pure = PurePath(path)
    if _DATA.search(path):
        raise OutputError(
            f"findings cannot be shown at {path!r}: it is a data file, and an anchor must be text",
            remedy="name a small tracked file that changes with the data, such as its .dvc file "
            "or its card, with --anchor.",
        )
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise OutputError(
            f"findings cannot be shown at {path!r}: it is not in the repository",
            remedy="name the file relative to the repository's top folder, with --anchor.",
        )
    return Anchor(str(PurePosixPath(*pure.parts)), max(int(line), 1))


def resolve_anchor(result: Result, options: RenderOptions) -> Anchor:
    """Return the location at which findings are shown.

    Parameters
    ----------
    result : Result
        Its policy's file is the default.
    options : RenderOptions
        May name an anchor.
    """
    if options.anchor is None:
        return Anchor(_policy_file(result), 1)
    return parse_anchor(options.anchor)


def _policy_file(result: Result) -> str:
    """Return the policy's file; of a file outside the repository, only its name."""
    path = PurePath(one_line((result.policy.path or _DEFAULT_FILE)[:_LONGEST]) or _DEFAULT_FILE)
    outside = path.is_absolute() or ".." in path.parts
    return (path.name if outside else str(PurePosixPath(*path.parts))) or _DEFAULT_FILE
