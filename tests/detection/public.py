"""Texts of others in many languages, from the evaluation data: items, and pages that hold none."""

import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import zstandard

from tests.detection.languages import is_spaced


class Material(NamedTuple):
    """Items and pages of one language."""

    items: list[str]
    pages: list[str]


_DECLARATIONS = {
    "Hindi": "hin", "Italian": "ita", "Japanese": "jpn", "Korean": "kor", "Portuguese": "por_PT",
    "Thai": "tha", "Turkish": "tur", "Vietnamese": "vie",
}  # fmt: skip
_ENCYCLOPAEDIA = {"Arabic": "ar", "Russian": "ru", "Spanish": "es"}
_POSTS = {
    "Chinese": ("reg_weibo_ced", "bg_news_thucnews_titles_zh"),
    "English": ("reg_twitter_irony_semeval2018t3", "bg_news_bbc_en"),
    "French": ("reg_twitter_fr_media", "bg_drama_fr"),
    "German": ("reg_twitter_de_germeval2018", None),
}
_ITEMS, _PAGES = 60, 60


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Read a file of the evaluation data."""
    kind = "registries" if name.startswith("reg_") else "background"
    with (folder / kind / f"{name}.jsonl.zst").open("rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8")
        yield from map(json.loads, lines)


def declarations(folder: Path) -> dict[str, str]:
    """Give the Universal Declaration of Human Rights by the code of its language."""
    return {row["lang"]: row["text"] for row in rows(folder, "bg_udhr_multi")}


def materials(folder: Path) -> dict[str, Material]:
    """Give items and pages of every language."""
    declared = declarations(folder)
    encyclopaedia: dict[str, list[str]] = {}
    for row in rows(folder, "bg_wiki_xquad_12lang_dev"):
        encyclopaedia.setdefault(row["id"].split(":")[0], []).append(row["text"])
    found = {name: _halves(declared[code].split("\n")) for name, code in _DECLARATIONS.items()}
    for name, code in _ENCYCLOPAEDIA.items():
        found[name] = _halves(encyclopaedia[code])
    for name, (posts, pages) in _POSTS.items():
        items = (row["text"] for row in rows(folder, posts))
        others = (row["text"] for row in rows(folder, pages)) if pages else encyclopaedia["de"]
        found[name] = Material(
            list(islice(filter(_is_long_enough, items), _ITEMS)), _cut(islice(others, 400))
        )
    return found


def _halves(texts: list[str]) -> Material:
    """Every second text is an item, cut to a post's length; the others make pages."""
    long = [text.strip() for text in texts if _is_long_enough(text.strip())]
    return Material([_post(text) for text in long[::2]][:_ITEMS], _cut(long[1::2]))


def _is_long_enough(text: str) -> bool:
    return len(text.split()) >= 9 if is_spaced(text) else len(text) >= 30


def _post(text: str) -> str:
    """Cut as a post is: at a word within 200 characters, or at 60 where words are not told."""
    return text[:200].rsplit(" ", 1)[0] if is_spaced(text) else text[:60]


def _cut(texts: Iterator[str] | list[str]) -> list[str]:
    joined = "\n".join(texts)
    size = 400
    return [joined[first : first + size] for first in range(0, len(joined), size)][:_PAGES]
