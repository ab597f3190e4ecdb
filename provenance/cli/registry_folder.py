"""The type of arguments that name the folder of a registry."""

from pathlib import Path

import click

from provenance.errors import InputError


class _LocalFolder(click.Path):
    """A folder of this machine: an address such as `s3://…` would become a folder called `s3:`."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        if "://" in str(value):
            raise InputError(
                f"{value}: a registry is a folder on this machine, not an address",
                remedy="build it in a local folder, and copy that with the tool of the store",
            )
        return Path(str(value))


LOCAL_FOLDER = _LocalFolder()
