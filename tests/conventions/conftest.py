"""The source of the package, parsed once."""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Module:
    """One Python file of the package.

    `name` is dotted, as imported; `package` is the part after `provenance`, empty for the root.
    """

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name.partition(".")[2].partition(".")[0]

    @cached_property
    def imports(self) -> list[str]:
        """Dotted names of everything imported, wherever in the file, `from` imports spelt out."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [f"{node.module}.{alias.name}" for alias in node.names]
        return found


def parse(name: str, text: str, path: Path = Path("made-up.py")) -> Module:
    return Module(path, name, text, ast.parse(text))


@pytest.fixture(scope="session")
def modules(root: Path) -> list[Module]:
    """Every module of the package."""
    found = []
    for path in sorted((root / "provenance").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(parse(name, path.read_text("utf-8"), path))
    return found


@pytest.fixture(scope="session")
def made_up():
    """Parse a module that does not exist, to see a check fail."""
    return parse
