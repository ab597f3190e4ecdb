"""Options that name files and folders: their types, and how a shell completes them."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from provenance.errors import InputError


class _LocalPath(click.Path):
    """A path of this machine: an address such as `s3://…` would become a folder called `s3:`."""

    def __init__(self, what: str, remedy: str, *, file_okay: bool, dir_okay: bool) -> None:
        super().__init__(file_okay=file_okay, dir_okay=dir_okay, path_type=Path)
        self._what, self._remedy = what, remedy

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        if "://" in str(value):
            raise InputError(
                f"{value}: {self._what} on this machine, not an address", remedy=self._remedy
            )
        return Path(str(super().convert(str(value), param, ctx)))


_COPY = "name a local path, and copy the result with the tool of the store"

LOCAL_FOLDER = _LocalPath(
    "a registry is a folder",
    "name a local path; `registry push` and `registry pull` copy registries to and from addresses",
    file_okay=True,
    dir_okay=True,
)
"""The folder of a registry that is made or changed."""
OUTPUT_FILE = _LocalPath("this is written to a file", _COPY, file_okay=True, dir_okay=False)
OUTPUT_FOLDER = _LocalPath("this is written to a folder", _COPY, file_okay=False, dir_okay=True)

output_file_option = click.option(
    "-o",
    "--output",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write to this file instead of stdout.",
)


def files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete file names."""
    return [CompletionItem(incomplete, type="file")]


def folders(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete folder names."""
    return [CompletionItem(incomplete, type="dir")]
