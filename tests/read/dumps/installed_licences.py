"""Texts of licences, from packages that we depend on."""

import importlib.metadata
from pathlib import Path

import pytest


def licence_text(package: str, first: str, last: str) -> str:
    """Return the text of a licence file of a package, from some words to others."""
    for file in importlib.metadata.files(package) or ():
        path = Path(str(file.locate()))
        if "LICEN" in path.name and path.is_file():
            text = path.read_text("utf-8")
            if first in text:
                return text[text.index(first) : text.rindex(last) + len(last)] + "\n"
    pytest.skip(f"{package} is installed without its licence", allow_module_level=True)


MIT = licence_text("platformdirs", "Permission is hereby granted", "SOFTWARE.")
BSD = licence_text("xxhash", "Redistribution and use", "DAMAGE.")
