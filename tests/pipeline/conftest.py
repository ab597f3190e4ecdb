"""A small world of our own: a registry of posts, and pages that hold some of them."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings

_SYLLABLES = (
    "ba ce di fo gu la me ni po ru sa te vi zo chan dor fel gris hol jun kra lim".split()  # noqa: SIM905
)


class Writer:
    """Writes sentences of invented words, always the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.random = random
        self.words = [
            "".join(random.choice(_SYLLABLES) for _ in range(random.randint(1, 3)))
            for _ in range(3000)
        ]

    def sentence(self, length: int) -> str:
        # A few words are frequent and most are rare, as in any language.
        picks = (int(len(self.words) * self.random.random() ** 3) for _ in range(length))
        return " ".join(self.words[pick] for pick in picks)

    def page(self, sentences: int = 20) -> str:
        return " ".join(f"{self.sentence(12).capitalize()}." for _ in range(sentences))


@pytest.fixture(scope="session")
def posts() -> list[dict[str, str]]:
    writer = Writer(1)
    return [
        {
            "id": f"p{number}",
            "text": writer.sentence(8 + number % 20),
            "created_at": f"2023-{1 + number % 12:02}-15T12:00:00Z",
            "url": f"https://x.com/i/status/p{number}",
        }
        for number in range(400)
    ]


@pytest.fixture(scope="session")
def pages() -> list[str]:
    writer = Writer(2)
    return [writer.page() for _ in range(120)]


@pytest.fixture(scope="session")
def write_lines() -> Callable[[Path, list[dict[str, str]]], str]:
    def write(path: Path, rows: list[dict[str, str]]) -> str:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text("".join(lines), "utf-8")
        return str(path)

    return write


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory, posts, write_lines) -> str:
    folder = tmp_path_factory.mktemp("world")
    dump = write_lines(folder / "posts.jsonl", posts)
    build_registry(folder / "registry", DumpSource([dump], "x"))
    return str(folder / "registry")


@pytest.fixture
def checked(tmp_path: Path, registry: str, write_lines) -> Callable[..., Report]:
    """Check some texts against the registry."""

    def run(texts: list[str], policy: Policy | None = None, threads: int = 2) -> Report:
        rows = [{"id": f"d{row}", "text": text} for row, text in enumerate(texts)]
        corpus = write_lines(tmp_path / "corpus.jsonl", rows)
        chosen = policy or Policy()
        return check(
            [corpus],
            Policy(
                circumstances=chosen.circumstances,
                gates=chosen.gates,
                agreements=chosen.agreements,
                waivers=chosen.waivers,
                registries=(registry,),
            ),
            Settings(threads=threads),
        )

    return run
