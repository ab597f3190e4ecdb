"""Benchmark of checks from process start to files on disk: speed, memory, growth, findings."""

from collections.abc import Sequence
from functools import partial

from benchmarks.speed.bench import LONG, Bench, require_success
from benchmarks.speed.growth import exponent
from benchmarks.speed.measuring import Runs, run_interleaved
from benchmarks.speed.sections import Section, Table, gigabytes, seconds, short

CORES = 2
_WORDS = (
    "`provenance check` from process start to result, findings and report on disk, kernels "
    "compiled before, {cores} cores (runs in turn: {rounds}). Posts are of 12 to 60 words; a "
    "registry of {posts:,} holds {postings:,.1f} M shingles. The exponent is fitted beside a "
    "start that all sizes pay, so that start-up does not flatter it."
)

_GROWN = "Time grows with the corpus to the power of **{power:.2f}**."
_FLAT = "These corpora are so small that start-up hides how time grows."
_LEAST = 2  # minimum ratio of the longest to the shortest time for a fit


def section(bench: Bench) -> Section:
    """Measure corpora of growing size, one of middling size, and two in which all pages match."""
    sizes = bench.sizes
    posts = bench.posts(sizes.registries[1], LONG)
    registry = bench.ensure_registry(posts)
    files = {_name(size): bench.pages(size) for size in (1, *sizes.corpora, sizes.middle)}
    for size in (sizes.middle, sizes.corpora[-1]):
        files[_heavy(size)] = bench.pages(size, posts, -1)
    runs = run_interleaved(
        {name: partial(bench.check, file, registry, CORES) for name, file in files.items()},
        sizes.rounds,
    )
    for measurements in runs.values():
        require_success(measurements.runs[-1])
    megabytes = {name: bench.file_facts(file)["bytes"] / 1e6 for name, file in files.items()}
    columns = ("corpus", "text, MB", "best, s", "middle, s", "MB/s", "peak, GB")
    rows = [_row(name, measurements, megabytes[name]) for name, measurements in runs.items()]
    points = [(megabytes[_name(size)], runs[_name(size)].best) for size in sizes.corpora]
    power = growth_exponent(points)
    words = _WORDS.format(
        cores=CORES,
        rounds=sizes.rounds,
        posts=sizes.registries[1],
        postings=sizes.registries[1] * (sum(LONG) / 2 - 3) / 1e6,
    )
    return Section(
        "Checks, and their growth with the corpus",
        [
            words,
            Table(columns, rows),
            _FLAT if power is None else _GROWN.format(power=power),
        ],
        _facts(bench, runs, megabytes) | ({} if power is None else {"exponent": power}),
        curves={"Seconds a check, by MB of text": points},
    )


def growth_exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """Fit the exponent of sizes and seconds; None where start-up dominates."""
    (_, first), (_, last) = points[0], points[-1]
    if last < _LEAST * first:
        return None
    return exponent([size for size, _ in points], [best for _, best in points])


def _name(size: float) -> str:
    return f"{size:g} MB"


def _heavy(size: float) -> str:
    return f"{_name(size)}, every page a match"


def _row(name: str, runs: Runs, megabytes: float) -> list[str]:
    return [
        name,
        short(megabytes),
        seconds(runs.best),
        seconds(runs.median),
        short(megabytes / runs.best),
        gigabytes(runs.peak),
    ]


def _facts(bench: Bench, runs: dict[str, Runs], megabytes: dict[str, float]) -> dict[str, float]:
    heavy = _heavy(bench.sizes.middle), _heavy(bench.sizes.corpora[-1])
    largest, middle = _name(bench.sizes.corpora[-1]), _name(bench.sizes.middle)
    rates = {name: megabytes[name] / measurements.best for name, measurements in runs.items()}
    return {
        "check of 1 GB": rates[largest],
        "memory of 1 GB": runs[largest].peak / 1e9,
        "check of 200 MB": rates[middle],
        # Matches make a corpus larger, so that rates are compared.
        "findings-heavy": rates[middle] / rates[heavy[0]],
        "heavy of 1 GB": rates[largest] / rates[heavy[1]],
    }
