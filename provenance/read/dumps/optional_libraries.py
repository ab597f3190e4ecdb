"""Parsers of single layouts, which are installed as extras."""

from importlib import import_module
from typing import Any

from provenance.errors import UnsupportedFormat
from provenance.read.dumps.dump_file import Dump


def import_parser(module: str, extra: str, dump: Dump) -> Any:
    """Import the parser of a layout.

    Raises
    ------
    UnsupportedFormat
        If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise UnsupportedFormat(
            f"{dump.display_path}: this layout needs the package `{module.partition('.')[0]}`",
            remedy=f"install it with: pip install 'corpus-provenance[{extra}]'.",
        ) from error
