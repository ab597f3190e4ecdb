"""A registry of posts, and folders of pages that hold some of them."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from tests.cli import commandline

FILES = 6


def sentences(seed: int, count: int, length: int = 20) -> list[str]:
    random = Random(seed)
    letters = "bcdfghklmnprstvz"
    words = [
        "".join(random.choice(letters) + random.choice("aeiou") for _ in range(3))
        for _ in range(4000)
    ]
    return [" ".join(random.choices(words, k=length)) for _ in range(count)]


POSTS = sentences(1, 60)
PAGES = sentences(2, 120, 150)


def page(number: int) -> str:
    """Every third page quotes a post."""
    text = PAGES[number % len(PAGES)]
    return f"{text} {POSTS[number % len(POSTS)]}" if number % 3 == 0 else text


def write_jsonl(path: Path, first: int, count: int = 8) -> None:
    rows = [{"id": f"d{n}", "text": page(n)} for n in range(first, first + count)]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_parquet(path: Path, first: int, count: int = 8) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = range(first, first + count)
    table = pa.table({"id": [f"d{n}" for n in numbers], "text": [page(n) for n in numbers]})
    pq.write_table(table, path)


def write_corpus(folder: Path) -> list[Path]:
    """Write files of several formats, in two folders."""
    paths = [
        folder / "a.jsonl",
        folder / "b.jsonl.gz",
        folder / "c.parquet",
        folder / "sub" / "d.jsonl",
        folder / "sub" / "e.jsonl.gz",
        folder / "sub" / "f.parquet",
    ]
    for number, path in enumerate(paths):
        (write_parquet if path.suffix == ".parquet" else write_jsonl)(path, 8 * number)
    return paths


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("faults")
    rows = [{"id": f"p{n}", "text": text} for n, text in enumerate(POSTS)]
    (folder / "posts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    build_registry(folder / "registry", DumpSource([str(folder / "posts.jsonl")], "x"))
    return str(folder / "registry")


@pytest.fixture
def checked(registry: str) -> Callable[..., Report]:
    def run(corpus: Path | str, **settings: object) -> Report:
        policy = Policy(registries=(registry,))
        return check([str(corpus)], policy, Settings(**settings))  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def provenance() -> Callable[..., commandline.Done]:
    return commandline.provenance


def found(report):
    names = ("file", "row", "start", "end", "source", "item", "excerpt")
    return sorted(zip(*(report.findings[name].to_pylist() for name in names), strict=True))


def names(unread):
    return [one.file for one in unread]


def cut_gzip(path):
    path.write_bytes(path.read_bytes()[:20])


def cut_parquet(path):
    path.write_bytes(path.read_bytes()[:-30])


def nothing_but_zeros(path):
    path.write_bytes(bytes(1000))


def dangle(path):
    path.unlink()
    path.symlink_to("nowhere")


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def spoil(path, random):
    own = {".gz": cut_gzip, ".parquet": cut_parquet}.get(path.suffix, nothing_but_zeros)
    random.choice([own, nothing_but_zeros, dangle, pipe])(path)
