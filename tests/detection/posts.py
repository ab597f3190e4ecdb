"""Texts of our own wording, one a line: what people write, and what everybody writes."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "texts"


def lines_of(name: str) -> list[str]:
    """Read a file of `texts`: a text a line, without blank lines and comments."""
    lines = (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


POSTS = lines_of("posts")
"""Posts with hashtags, mentions, links, emoji, entities and contractions."""
