"""What every part of the benchmark is given: sizes, files, interpreters, cores."""

import json
import shutil
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.speed.measuring import Measured, command, work

MAKING = "benchmarks.speed.making"
SHORT, LONG = (6, 28), (12, 60)
"""Words of a post: 17 on average, as on micro-blogs, or 36, as on forums."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything.

    Parameters
    ----------
    rounds : int
        Runs of each measurement.
    pages : mapping of str to float
        Megabytes that each library signs; slow ones sign the first of the same texts.
    signed_posts : int
        Posts that they sign, at most.
    sought, planted : int
        Posts that are looked for in pages, and those that are there.
    searched : float
        Megabytes of pages that are looked through.
    kinds : float
        Megabytes of each kind of text.
    scripts : int
        Kinds of text that are timed.
    filter : int
        Bytes of a filter that fits no cache.
    corpora : sequence of float
        Megabytes of the corpora that show growth.
    middle : float
        Megabytes of the corpus that shows start-up, findings and where the time goes.
    registries : sequence of int
        Posts of the registries that show growth; the second is the one that corpora are held
        against.
    built : int
        Posts of the registry whose building is timed.
    starts : int
        Runs of what takes least.
    """

    rounds: int
    pages: Mapping[str, float]
    signed_posts: int
    sought: int
    planted: int
    searched: float
    kinds: float
    scripts: int
    filter: int
    corpora: Sequence[float]
    middle: float
    registries: Sequence[int]
    built: int
    starts: int


SMALL = Sizes(
    rounds=1,
    pages={"ours": 8, "daft": 8, "rensa": 4, "datasketch": 2, "datatrove": 0.3},
    signed_posts=50_000,
    sought=10_000,
    planted=200,
    searched=16,
    kinds=2,
    scripts=4,
    filter=1 << 26,
    corpora=(4, 8, 16, 32),
    middle=8,
    registries=(5_000, 10_000, 20_000),
    built=20_000,
    starts=1,
)
FULL = Sizes(
    rounds=3,
    pages={"ours": 80, "daft": 80, "rensa": 20, "datasketch": 8, "datatrove": 1},
    signed_posts=300_000,
    sought=200_000,
    planted=1000,
    searched=200,
    kinds=10,
    scripts=99,
    filter=1 << 30,
    corpora=(125, 250, 500, 1000),
    middle=200,
    registries=(100_000, 500_000, 1_500_000),
    built=500_000,
    starts=5,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """Sizes, and where things are.

    Parameters
    ----------
    sizes : Sizes
        How much.
    folder : Path
        Where data and registries go; what is there already is used again.
    declarations : str or None
        Texts in many languages.
    other : str or None
        Interpreter that has `decontaminate`.
    options : sequence of str
        What a check is told besides.
    real_posts : str or None
        A dump of posts that people wrote.
    real_texts : sequence of str
        Texts that people wrote, to be cut into pages.
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
        """Make posts of a length; give their Parquet file, beside which they are as JSON Lines."""
        name = f"posts-{count}-{length[0]}-{length[1]}.parquet"
        return self._made(
            name, "make_posts", count=count, shortest=length[0], longest=length[1], seed=count
        )

    def pages(self, megabytes: float, posts: str | None = None, planted: int = 0) -> str:
        """Make pages, some of which hold posts."""
        of = f"-{planted}-of-{Path(posts).stem}" if posts else ""
        return self._made(
            f"pages-{megabytes:g}{of}.parquet",
            "make_pages",
            megabytes=megabytes,
            seed=int(megabytes * 10) + 1,
            posts=posts,
            planted=planted,
        )

    def real_pages(self, addresses: Sequence[str], megabytes: float) -> str:
        """Cut texts of others into pages."""
        name = f"real-{zlib.crc32(repr(addresses).encode()):08x}-{megabytes:g}.parquet"
        task = {"addresses": addresses, "megabytes": megabytes}
        return self._written(name, "make_real", task)

    def shards(self, pages: str, count: int) -> tuple[str, str]:
        """Write pages as so many files: give their folder, and a file like the first, turned."""
        folder = Path(pages).with_suffix(f".{count}")
        task = {"source": pages, "folder": str(folder), "count": count}
        return str(folder), self._written(f"{folder.name}-turned.parquet", "make_shards", task)

    def _made(self, name: str, task: str, **arguments: Any) -> str:
        return self._written(name, task, {**arguments, "words": self.words})

    def _written(self, name: str, task: str, arguments: Mapping[str, Any]) -> str:
        """Write a file; what is told of it stands beside it, and is written last."""
        file = self.folder / name
        if not _told(file).exists():
            run = done(work(f"{MAKING}:{task}", file=str(file), **arguments))
            _told(file).write_text(json.dumps(run.told), "utf-8")
        return str(file)

    def told(self, file: str) -> dict[str, Any]:
        """Give what is known of a file that was made: `bytes` of text, and how many texts."""
        known: dict[str, Any] = json.loads(_told(Path(file)).read_text("utf-8"))
        return known

    def lines(self, file: str, kind: str) -> str:
        """Give the folder of a file's texts as JSON Lines, for `decontaminate`."""
        out = self.folder / Path(file).stem / "lines.jsonl"
        if not out.exists():
            done(work(f"{MAKING}:make_lines", file=file, out=str(out), kind=kind))
        return str(out.parent)

    def registry(self, dump: str) -> Path:
        """Give where the registry of a dump goes."""
        return self.folder / f"registry-{Path(dump).stem}"

    def built(self, dump: str) -> str:
        """Build the registry of a dump, unless it is there."""
        folder = self.registry(dump)
        if not folder.exists():
            done(self.build(dump, None))
        return str(folder)

    def build(self, dump: str, cores: int | None, folder: Path | None = None) -> Measured:
        """Build a registry from process start to files on disk; what was there goes."""
        folder = folder or self.registry(dump)
        shutil.rmtree(folder, ignore_errors=True)
        return ours("registry", "build", str(folder), dump, "--source", "x", "-q", cores=cores)

    def check(self, corpus: str, registry: str, cores: int | None) -> Measured:
        """Check a corpus from process start to files on disk."""
        out = self.folder / "report"
        shutil.rmtree(out, ignore_errors=True)
        words = ["check", corpus, "--registry", registry, "-o", str(out), "-q", *self.options]
        run = ours(*words, cores=cores)
        if run.absent or (out / "result.json").exists():
            return run
        return replace(run, absent="failed: there is no result")


def _told(file: Path) -> Path:
    return file.with_name(f"{file.name}.told.json")


def ours(*words: str, cores: int | None) -> Measured:
    """Run our command line."""
    return command([sys.executable, "-m", "provenance", *words], cores, accepts=(0, 1))


def done(run: Measured) -> Measured:
    """Stop where our own work failed: figures of what did not work say nothing."""
    if run.absent:
        raise RuntimeError(f"{run.absent}\n{run.told.get('stderr', '')}")
    return run
