"""Benchmark of real posts and pages: common phrases cost more than recombined words."""

from functools import partial
from pathlib import Path

from benchmarks.speed.bench import Bench, require_success
from benchmarks.speed.checks import CORES
from benchmarks.speed.measuring import run_interleaved, work
from benchmarks.speed.sections import Section, Table, gigabytes, seconds, short

TITLE = "Texts that people wrote"
_LEFT_OUT = "Not measured: name posts with `--posts`, and texts with `--pages`."
_WORDS = (
    "A registry of posts that people wrote is built in {build} s on {cores} cores ({speed} MB of "
    "the dump a second), and held against pages that people wrote, and against pages of "
    "recombined words. *Held* is the part of a page's shingles that stand in some post too: "
    "everybody's phrases, which are looked at before they are set aside. *The scan alone* is on "
    "one core with texts in memory, checks are on {cores}, from process start to files on disk."
)
_COLUMNS = ("pages", "text, MB", "held", "the scan alone, MB/s", "check, s", "MB/s", "peak, GB")


def section(bench: Bench) -> Section:
    """Measure both kinds of pages against real posts, where there are any."""
    if bench.real_posts is None or not bench.real_texts:
        return Section(TITLE, [_LEFT_OUT])
    size = bench.sizes.middle
    pages = {
        "people's": bench.real_pages(bench.real_texts, size),
        "recombined": bench.pages(size),
    }
    folder = bench.folder / "registry-real"
    build = require_success(bench.build(bench.real_posts, CORES, folder))
    task = "benchmarks.speed.ours:scan"
    looks = {
        name: require_success(work(task, 1, file=file, registry=str(folder)))
        for name, file in pages.items()
    }
    checks = run_interleaved(
        {name: partial(bench.check, file, str(folder), CORES) for name, file in pages.items()},
        bench.sizes.rounds,
    )
    rows = []
    for name, runs in checks.items():
        require_success(runs.runs[-1])
        text, output = bench.file_facts(pages[name])["bytes"] / 1e6, looks[name].output
        rows.append(
            [
                name,
                short(text),
                f"{output['held']:.1%}",
                short(text / looks[name].seconds),
                seconds(runs.best),
                short(text / runs.best),
                gigabytes(runs.peak),
            ]
        )
    dump = Path(bench.real_posts).stat().st_size / 1e6
    words = _WORDS.format(
        build=seconds(build.seconds), cores=CORES, speed=short(dump / build.seconds)
    )
    return Section(TITLE, [words, Table(_COLUMNS, rows)])
