"""Corpora checked from process start to files on disk: speed, memory, growth, many findings."""

from collections.abc import Sequence
from functools import partial

from benchmarks.speed.bench import LONG, Bench, done
from benchmarks.speed.growth import exponent
from benchmarks.speed.measuring import Runs, interleaved
from benchmarks.speed.telling import Section, Table, gigabytes, seconds, short

CORES = 2
_WORDS = (
    "`provenance check` from process start to result, findings and report on disk, kernels "
    "compiled before, {cores} cores (runs in turn: {rounds}). Posts are of 12 to 60 words; a "
    "registry of {posts:,} holds {postings:,.1f} M shingles. The exponent is fitted beside a "
    "start that all sizes pay, so that start-up does not flatter it."
)

_GROWN = "Time grows with the corpus to the power of **{power:.2f}**."
_FLAT = "These corpora are so small that start-up hides how time grows."
_LEAST = 2  # times the seconds of the smallest, from where a power can be fitted


def section(bench: Bench) -> Section:
    """Measure corpora of growing size, one of middling size, and two in which all pages match."""
    sizes = bench.sizes
    posts = bench.posts(sizes.registries[1], LONG)
    registry = bench.built(posts)
    files = {_name(size): bench.pages(size) for size in (1, *sizes.corpora, sizes.middle)}
    for size in (sizes.middle, sizes.corpora[-1]):
        files[_heavy(size)] = bench.pages(size, posts, -1)
    runs = interleaved(
        {name: partial(bench.check, file, registry, CORES) for name, file in files.items()},
        sizes.rounds,
    )
    for own in runs.values():
        done(own.runs[-1])
    megabytes = {name: bench.told(file)["bytes"] / 1e6 for name, file in files.items()}
    columns = ("corpus", "text, MB", "best, s", "middle, s", "MB/s", "peak, GB")
    rows = [_row(name, own, megabytes[name]) for name, own in runs.items()]
    grown = [(megabytes[_name(size)], runs[_name(size)].best) for size in sizes.corpora]
    power = grown_by(grown)
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
        curves={"Seconds a check, by MB of text": grown},
    )


def grown_by(points: Sequence[tuple[float, float]]) -> float | None:
    """Fit the exponent of sizes and seconds; None where start-up hides what grows."""
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
    rates = {name: megabytes[name] / own.best for name, own in runs.items()}
    return {
        "check of 1 GB": rates[largest],
        "memory of 1 GB": runs[largest].peak / 1e9,
        "check of 200 MB": rates[middle],
        # Matches make a corpus larger: a megabyte is held against a megabyte.
        "findings-heavy": rates[middle] / rates[heavy[0]],
        "heavy of 1 GB": rates[largest] / rates[heavy[1]],
    }
