"""Measure how fast registries are built from dumps and opened, and their size on disk.

    python -m benchmarks.building [FILE ...]

Without files, half a million posts are made by recombining the words of the shipped sample: once
as Parquet, once as JSON Lines in zst. Each figure is from a separate process, from its start to its
end, except opening, which is timed within a process that has loaded interpreter and kernels. On a
shared machine, compare CPU seconds rather than wall-clock seconds.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import zstandard

POSTS, WORDS = 500_000, 17
SAMPLE = Path(__file__).parent.parent / "provenance" / "sample" / "pages.jsonl"
CLI = (sys.executable, "-m", "provenance", "registry", "build", "--source", "reddit", "--quiet")
OPEN = """
import sys, time
from pathlib import Path
from provenance.registry.store import open_registry
from provenance.pipeline.scan.readings import build_registry_indexes

for path in sys.argv[1:]:  # the first one loads the kernels
    wall, cpu = time.perf_counter(), time.process_time()
    build_registry_indexes([open_registry(Path(path))])
    print(time.perf_counter() - wall, time.process_time() - cpu)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Resources of a process: wall-clock and CPU seconds, peak memory in bytes, and its output."""

    wall: float
    cpu: float
    peak: int
    stdout: str


def main() -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        small = parquet(folder / "small.parquet", posts(1000, WORDS))
        warm = folder / "warm"
        run(*CLI, str(warm), str(small))
        for number, dump in enumerate([Path(name) for name in sys.argv[1:]] or make_dumps(folder)):
            measure_build(dump, folder / f"r{number}", warm)


def measure_build(dump: Path, registry: Path, warm: Path) -> None:
    build = run(*CLI, str(registry), str(dump))
    manifest = json.loads((registry / "registry.json").read_text("utf-8"))
    size = sum(path.stat().st_size for path in registry.rglob("*") if path.is_file())
    opening = run(sys.executable, "-c", OPEN, str(warm), str(registry))
    wall, cpu = map(float, opening.stdout.splitlines()[-1].split())
    count, postings = manifest["items"], manifest["postings"]
    print(f"{dump.name}: {count:,} posts, {postings:,} postings, {size / 1e6:,.0f} MB on disk")
    print(
        f"  build    {count / build.wall:9,.0f} posts/s, {count / build.cpu:,.0f} a second of CPU: "
        f"{build.wall:.2f} s, {build.cpu:.2f} s of CPU, {build.peak / 1e6:,.0f} MB"
    )
    print(
        f"  size     {manifest['bytes_per_posting']:9.1f} bytes per posting, without texts and "
        "signatures"
    )
    print(f"  opening  {wall:9.2f} s, {cpu:.2f} s of CPU, {opening.peak / 1e6:,.0f} MB")


def run(*command: str) -> Run:
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    # Linux counts kilobytes.
    wall = time.perf_counter() - start
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output)


def make_dumps(folder: Path) -> list[Path]:
    """Write the same posts as two dumps."""
    table = posts(POSTS, WORDS)
    return [parquet(folder / "posts.parquet", table), lines(folder / "posts.jsonl.zst", table)]


def posts(count: int, length: int) -> pa.Table:
    """Generate posts of `length` words on average by recombining the words of the sample."""
    rng = np.random.default_rng(5)
    rows = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    words = pa.array(" ".join(row["text"] for row in rows).split())
    sizes = np.maximum(3, rng.lognormal(np.log(length) - 0.18, 0.6, count)).astype(np.int64)
    offsets = pa.array(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32))
    drawn_words = words.take(pa.array(rng.integers(0, len(words), sizes.sum())))
    return pa.table(
        {
            "id": [f"p{number}" for number in range(count)],
            "text": pc.binary_join(pa.ListArray.from_arrays(offsets, drawn_words), " "),
            "created_at": rng.integers(1_300_000_000, 1_700_000_000, count),
            "author": [f"u{number}" for number in rng.integers(0, count // 5 + 1, count)],
        }
    )


def parquet(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path, compression="zstd")
    return path


def lines(path: Path, table: pa.Table) -> Path:
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as stream:
        for batch in table.to_batches(10_000):
            rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())
            stream.write(rows.encode())
    return path


if __name__ == "__main__":
    main()
