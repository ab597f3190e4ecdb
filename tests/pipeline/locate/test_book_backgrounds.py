"""Posts that quote books, found in pages of those books: with the books at hand, contested."""

import io
import json
from pathlib import Path

import pytest
import zstandard

from provenance.match.estimation.own_shares import DEFAULT_SHARE
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings

TITLES = ("carroll-alice", "shakespeare-caesar", "shakespeare-macbeth")
WORDS, EVERY = 18, 900
"""Words of a quotation, and words of a book for each that is quoted."""


@pytest.fixture(scope="module")
def books(shared_data: Path) -> list[dict[str, str]]:
    file = shared_data / "background" / "bg_books_gutenberg_nltk.jsonl.zst"
    with file.open("rb") as packed:
        rows = [json.loads(line) for line in io.TextIOWrapper(_unpacked(packed), "utf-8")]
    return [{"id": row["id"], "text": row["text"]} for row in rows if row["id"].startswith(TITLES)]


def _unpacked(packed):
    return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(packed))


@pytest.fixture(scope="module")
def world(tmp_path_factory, books, posts, write_lines) -> dict[str, str]:
    """A registry of posts that quote, a background of books, and pages of the same books."""
    folder = tmp_path_factory.mktemp("books")
    words = [book["text"].split() for book in books]
    quoting = [
        {"id": f"q{number}-{first}", "text": " ".join(own[first : first + WORDS])}
        for number, own in enumerate(words)
        for first in range(450, len(own) - WORDS, EVERY)
    ]
    pages = [
        {"id": f"page{number}-{first}", "text": " ".join(own[first : first + 300])}
        for number, own in enumerate(words)
        for first in range(0, len(own), 300)
    ]
    for page, post in zip(pages[::7], posts, strict=False):
        middle = len(page["text"]) // 2
        page["text"] = f"{page['text'][:middle]} {post['text']} {page['text'][middle:]}"
    made = {"pages": write_lines(folder / "pages.jsonl", pages)}
    for name, rows in (("posts", [*quoting, *posts]), ("books", books)):
        dump = write_lines(folder / f"{name}.jsonl", rows)
        build_registry(folder / name, DumpSource([dump], "x" if name == "posts" else "a-library"))
        made[name] = str(folder / name)
    return made


def _found(world, *backgrounds: str) -> dict[str, list[bool]]:
    """Say of quotations, and of posts that were put into pages, which are contested."""
    policy = Policy(registries=(world["posts"],), backgrounds=backgrounds, common_background=False)
    settings = Settings(threads=2, own_share=DEFAULT_SHARE)
    made = check([world["pages"]], policy, settings).findings
    pairs = list(zip(made["item"].to_pylist(), made["contested"].to_pylist(), strict=True))
    return {kind: [told for item, told in pairs if item[0] == kind] for kind in ("q", "p")}


def test_books_contest_what_posts_quote_of_them_and_nothing_that_was_put_into_their_pages(
    world,
) -> None:
    found = _found(world, world["books"])

    assert len(found["q"]) >= 50
    assert sum(found["q"]) >= 0.97 * len(found["q"])
    assert len(found["p"]) >= 25
    assert not any(found["p"])


def test_without_the_books_hardly_anything_is_contested(world) -> None:
    found = _found(world)

    assert len(found["q"]) >= 50
    # What a page has in quotation marks, or under a name, is more probably quoted.
    assert sum(found["q"] + found["p"]) <= 0.05 * len(found["q"] + found["p"])
