"""Context of all parts of the benchmark: sizes, files, interpreters, cores."""

import json
import shutil
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.speed.measuring import Measurement, command, work

MAKING = "benchmarks.speed.datasets"
SHORT, LONG = (6, 28), (12, 60)
"""Range of words per post: 17 on average, as in microblogs, or 36, as in forums."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of data, and numbers of runs.

    Parameters
    ----------
    rounds : int
        Runs of each measurement.
    pages : mapping of str to float
        Megabytes that each library computes signatures of; slow ones take the first of the same
        texts.
    signed_posts : int
        Maximum number of posts that they compute signatures of.
    search_posts, planted_posts : int
        Posts that are searched for in pages, and posts planted there.
    search_megabytes : float
        Megabytes of pages searched.
    kinds : float
        Megabytes of each kind of text.
    scripts : int
        Kinds of text that are timed.
    filter : int
        Bytes of a filter that is larger than the processor's caches.
    corpora : sequence of float
        Megabytes of the corpora that show growth.
    middle : float
        Megabytes of the corpus for start-up, findings and profile.
    registries : sequence of int
        Posts of the registries that show growth; corpora are checked against the second.
    build_posts : int
        Posts of the registry whose build is timed.
    starts : int
        Runs of the shortest measurements.
    """

    rounds: int
    pages: Mapping[str, float]
    signed_posts: int
    search_posts: int
    planted_posts: int
    search_megabytes: float
    kinds: float
    scripts: int
    filter: int
    corpora: Sequence[float]
    middle: float
    registries: Sequence[int]
    build_posts: int
    starts: int


SMALL = Sizes(
    rounds=1,
    pages={"ours": 8, "daft": 8, "rensa": 4, "datasketch": 2, "datatrove": 0.3},
    signed_posts=50_000,
    search_posts=10_000,
    planted_posts=200,
    search_megabytes=16,
    kinds=2,
    scripts=4,
    filter=1 << 26,
    corpora=(4, 8, 16, 32),
    middle=8,
    registries=(5_000, 10_000, 20_000),
    build_posts=20_000,
    starts=1,
)
FULL = Sizes(
    rounds=3,
    pages={"ours": 80, "daft": 80, "rensa": 20, "datasketch": 8, "datatrove": 1},
    signed_posts=300_000,
    search_posts=200_000,
    planted_posts=1000,
    search_megabytes=200,
    kinds=10,
    scripts=99,
    filter=1 << 30,
    corpora=(125, 250, 500, 1000),
    middle=200,
    registries=(100_000, 500_000, 1_500_000),
    build_posts=500_000,
    starts=5,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """Sizes and locations.

    Parameters
    ----------
    sizes : Sizes
        Sizes of data.
    folder : Path
        Folder of data and registries; existing ones are reused.
    declarations : str or None
        Texts in many languages.
    other : str or None
        Interpreter that has `decontaminate`.
    options : sequence of str
        More options of a check.
    real_posts : str or None
        A dump of real posts.
    real_texts : sequence of str
        Real texts, to be cut into pages.
    """

    sizes: Sizes
    folder: Path
    declarations: str | None
    other: str | None
    options: Sequence[str] = ()
    real_posts: str | None = None
    real_texts: Sequence[str] = ()

    @property
    def words(self) -> str:
        """File of the vocabulary."""
        return str(self.folder / "words.parquet")

    def posts(self, count: int, length: tuple[int, int]) -> str:
        """Generate posts of a length as Parquet and JSON Lines; returns the Parquet file."""
        name = f"posts-{count}-{length[0]}-{length[1]}.parquet"
        return self._make_data(
            name, "make_posts", count=count, shortest=length[0], longest=length[1], seed=count
        )

    def pages(self, megabytes: float, posts: str | None = None, planted: int = 0) -> str:
        """Generate pages, some of which contain posts."""
        of = f"-{planted}-of-{Path(posts).stem}" if posts else ""
        return self._make_data(
            f"pages-{megabytes:g}{of}.parquet",
            "make_pages",
            megabytes=megabytes,
            seed=int(megabytes * 10) + 1,
            posts=posts,
            planted=planted,
        )

    def real_pages(self, addresses: Sequence[str], megabytes: float) -> str:
        """Cut real texts into pages."""
        name = f"real-{zlib.crc32(repr(addresses).encode()):08x}-{megabytes:g}.parquet"
        task = {"addresses": addresses, "megabytes": megabytes}
        return self._write_once(name, "make_real", task)

    def shards(self, pages: str, count: int) -> tuple[str, str]:
        """Split pages into files; returns their folder, and the first one with rows reversed."""
        folder = Path(pages).with_suffix(f".{count}")
        task = {"source": pages, "folder": str(folder), "count": count}
        return str(folder), self._write_once(f"{folder.name}-turned.parquet", "make_shards", task)

    def _make_data(self, name: str, task: str, **arguments: Any) -> str:
        return self._write_once(name, task, {**arguments, "words": self.words})

    def _write_once(self, name: str, task: str, arguments: Mapping[str, Any]) -> str:
        """Write a file if it is absent; its facts are written last, next to it."""
        file = self.folder / name
        if not _facts_path(file).exists():
            run = require_success(work(f"{MAKING}:{task}", file=str(file), **arguments))
            _facts_path(file).write_text(json.dumps(run.output), "utf-8")
        return str(file)

    def file_facts(self, file: str) -> dict[str, Any]:
        """Return the facts of a generated file: `bytes` of text, and the number of texts."""
        facts: dict[str, Any] = json.loads(_facts_path(Path(file)).read_text("utf-8"))
        return facts

    def lines(self, file: str, kind: str) -> str:
        """Return the folder of a file's texts as JSON Lines, for `decontaminate`."""
        out = self.folder / Path(file).stem / "lines.jsonl"
        if not out.exists():
            require_success(work(f"{MAKING}:make_lines", file=file, out=str(out), kind=kind))
        return str(out.parent)

    def registry(self, dump: str) -> Path:
        """Return the folder of the registry of a dump."""
        return self.folder / f"registry-{Path(dump).stem}"

    def ensure_registry(self, dump: str) -> str:
        """Build the registry of a dump if it is absent."""
        folder = self.registry(dump)
        if not folder.exists():
            require_success(self.build(dump, None))
        return str(folder)

    def build(self, dump: str, cores: int | None, folder: Path | None = None) -> Measurement:
        """Build a registry from process start to files on disk; replaces an existing one."""
        folder = folder or self.registry(dump)
        shutil.rmtree(folder, ignore_errors=True)
        return ours("registry", "build", str(folder), dump, "--source", "x", "-q", cores=cores)

    def check(self, corpus: str, registry: str, cores: int | None) -> Measurement:
        """Check a corpus from process start to files on disk."""
        out = self.folder / "report"
        shutil.rmtree(out, ignore_errors=True)
        words = ["check", corpus, "--registry", registry, "-o", str(out), "-q", *self.options]
        run = ours(*words, cores=cores)
        if run.absent or (out / "result.json").exists():
            return run
        return replace(run, absent="failed: there is no result")


def _facts_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.told.json")


def ours(*words: str, cores: int | None) -> Measurement:
    """Run our command line."""
    return command([sys.executable, "-m", "provenance", *words], cores, accepts=(0, 1))


def require_success(run: Measurement) -> Measurement:
    """Return a measurement; raises RuntimeError if the work failed."""
    if run.absent:
        raise RuntimeError(f"{run.absent}\n{run.output.get('stderr', '')}")
    return run
