"""Our pages, and what they are called; `tests/cli/test_recipes.py` tries those of `ci.md`."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md") if path.name != "ci.md"),
    "rules/README.md",
]


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """Every page for readers, by its path."""
    return {name: (ROOT / name).read_text("utf-8") for name in PAGES}
