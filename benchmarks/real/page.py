"""Render REAL.md, the page of the benchmark of real text, and its chart."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import fill

from benchmarks.real.figures import PAGES, POSTS, CheckFigures, Figures, ShardFigures, power
from benchmarks.real.generated import MAX_DEVIATION, deviation, stand_in
from benchmarks.speed.plots import growth
from benchmarks.speed.sections import NONE, Section, Table, gigabytes, seconds, short

_HEAD = """# Speed on real text

Written by `python -m benchmarks.real`, from real.json. Texts are what people wrote: posts of
Reddit, and pages (books, news, web pages, quotations, declarations). Registries and corpora are
different posts of one collection, drawn by a hash of their ids; corpora have ids and texts only.
Checks go from process start to files on disk, with compiled kernels and without a cache. Seconds
are those of the best of {rounds} runs{commit}, with the median in brackets; CPU seconds, of all
cores, are medians. The machine is shared with other work: CPU seconds, ratios and exponents are
what counts.

![Growth](real.svg)
"""
_AGAIN = """## Run it again

```sh
pip install 'corpus-provenance[bench]'
python -m benchmarks.real --data DATA --against CHECKOUT --peer-python PYTHON
```

`DATA` is a folder with the posts and pages, which the command's help describes; they cannot be
published here. `CHECKOUT` is a folder with another version of provenance: both are measured in
turn, each with registries that it built, and the page gets a table of ratios. `PYTHON` is an
interpreter of 3.12 or newer that has the peers. All of it takes about ten minutes on two cores.

To measure one change, build a registry of the first 330,000 posts in the order of `order_posts`,
and check the last 170,000 (57 MB) with both versions in turn, at least three times each:

```sh
/usr/bin/time -f '%U s user' provenance check posts.parquet --registry REGISTRY \\
    -o REPORT --no-cache -q --verbose
```

`--verbose` prints the CPU seconds of each stage; compare the least of each, and the rows of both
`findings.parquet`. `py-spy record -r 200 -- python -m provenance check ...` shows where the time of
a stage goes; kernels are the lines that call them.
"""
_BUILDS = (
    "`provenance registry build` from process start to files on disk. *Anonymous* memory is what "
    "was allocated, without mapped files."
)
_REGISTRY = (
    "The same corpora against registries of growing size. *No start-up*: without the seconds of a "
    "check of ten posts against the same registry. *Candidates* are those that were kept until "
    "they were scored."
)
_CORPUS = "Corpora of growing size against {posts:,} posts."
_START = "A check of ten posts: opening the registry, and writing the report."
_CORES = "Wall seconds on one core, and on all, with and without start-up."
_SHARDS = (
    "The corpus in shards, one after the other on this machine, and their merge. *Tasks* are the "
    "files that shards leave for the merge."
)
_GENERATED = (
    "Posts that are recombined of pieces of real ones, with as many pieces, each piece as often as "
    "it was: n-grams within pieces are real. They may stand in for real posts in larger corpora if "
    "candidates and findings a MB are within {most:.0%} of those of real posts at equal size."
)
_PEERS = (
    "The same posts ({size} MB) searched for the same {posts:,} posts, on one core. *Reposts* are "
    "posts of the corpus whose words, eight or more, are all the words of a post of the registry; "
    "*posts found* are all in which a tool found something, right or wrong. provenance is timed as "
    "two commands, from process start to files on disk, peers from texts that are read to rows in "
    "memory. decontaminate takes posts of any length, from a score of 0.6, as its defaults leave "
    "out short ones; datatrove's filter looks for any run of 12 words, and names no post."
)
_LEAST = 0.05
"""Seconds, without start-up, below which a ratio says nothing."""

_CHECK_COLUMNS = (
    *("corpus", "text, MB", "registry, posts", "s", "CPU, s", "MB/s", "MB a CPU s, no start-up"),
    *("anonymous, GB", "with mapped files, GB", "candidates a MB", "findings a MB", "findings"),
)


def write(folder: Path, figures: Figures) -> None:
    """Write REAL.md, real.json and real.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    figures.save(folder / "real.json")
    (folder / "REAL.md").write_text(render(figures), "utf-8")
    (folder / "real.svg").write_text(chart(figures), "utf-8")


def render(figures: Figures) -> str:
    """Render REAL.md."""
    commit = f", at commit {figures.commit}" if figures.commit else ""
    sections = [
        _by_registry(figures),
        _by_corpus(figures),
        _cores(figures),
        _start_up(figures),
        *([_against(figures)] if figures.other_checks else []),
        _builds(figures),
        _shards(figures),
        _generated(figures),
        _peers(figures),
    ]
    machine = "\n".join(f"- {fact}" for fact in figures.machine)
    return (
        "\n\n".join(
            [
                _HEAD.format(rounds=figures.rounds, commit=commit).strip(),
                *map(str, sections),
                f"## The machine\n\n{machine}",
                _AGAIN.strip(),
            ]
        )
        + "\n"
    )


def chart(figures: Figures) -> str:
    """Draw how checks grow with the corpus and with the registry."""
    curves = {
        "Seconds by MB of posts": [
            (check.text_bytes / 1e6, check.seconds) for check in figures.by_corpus()
        ],
        **{
            f"Seconds of the same {kind}, by posts of the registry": [
                (check.posts, check.seconds) for check in figures.by_registry(kind)
            ]
            for kind in (POSTS, PAGES)
        },
    }
    return growth("Growth on real text", "Checks from process start to files on disk", curves)


def summary(figures: Figures) -> str:
    """Return the paragraph that other pages quote."""
    posts, pages = (figures.by_registry(kind)[-1] for kind in (POSTS, PAGES))
    rates = [f"{short(c.text_bytes / 1e6 / c.seconds)} MB a second" for c in (posts, pages)]
    net = [
        short(c.text_bytes / 1e6 / beyond_start_up(figures, c, cpu=True)) for c in (posts, pages)
    ]
    words = (
        f"Text that people wrote, on {posts.cores} cores, from process start to files on disk, "
        f"against {posts.posts:,} posts: other posts ({_megabytes(posts.text_bytes)} "
        f"MB) {rates[0]}, pages ({_megabytes(pages.text_bytes)} MB) {rates[1]}; without start-up, "
        f"{net[0]} and {net[1]} for each core. Anonymous memory was {gigabytes(posts.anonymous)} "
        f"and {gigabytes(pages.anonymous)} GB. [REAL.md](../benchmarks/REAL.md) has all figures, "
        "growth and exponents, and the command to repeat them."
    )
    return fill(words, 100, break_long_words=False, break_on_hyphens=False)


def beyond_start_up(figures: Figures, check: CheckFigures, *, cpu: bool = False) -> float:
    """Return the seconds of a check without those of start-up, at least a hundredth."""
    start = figures.start_up(check.posts)
    net = check.cpu - start.cpu if cpu else check.seconds - start.seconds
    return max(net, 0.01)


def registry_exponent(figures: Figures, kind: str, *, cpu: bool = False) -> float:
    """Return the exponent of time beyond start-up by the size of the registry."""
    checks = figures.by_registry(kind)
    times = [beyond_start_up(figures, check, cpu=cpu) for check in checks]
    return power([check.posts for check in checks], times)


def corpus_exponent(figures: Figures, *, cpu: bool = False) -> float:
    """Return the exponent of time beyond start-up by the size of the corpus."""
    checks = figures.by_corpus()
    times = [beyond_start_up(figures, check, cpu=cpu) for check in checks]
    return power([check.text_bytes for check in checks], times)


def memory_growth(figures: Figures) -> float:
    """Return the bytes of anonymous memory for each further byte of the largest corpora."""
    *_, first, last = figures.by_corpus()
    return (last.anonymous - first.anonymous) / (last.text_bytes - first.text_bytes)


def _name(check: CheckFigures | ShardFigures) -> str:
    return f"{check.documents:,} {check.kind}"


def _megabytes(size: int) -> str:
    return short(size / 1e6)


def _check_row(figures: Figures, check: CheckFigures) -> list[str]:
    size = check.text_bytes / 1e6
    return [
        _name(check),
        short(size),
        f"{check.posts:,}",
        f"{seconds(check.seconds)} ({seconds(check.median)})",
        seconds(check.cpu),
        short(size / check.seconds),
        short(size / beyond_start_up(figures, check, cpu=True)),
        gigabytes(check.anonymous),
        gigabytes(check.peak),
        short(check.candidates / size),
        short(check.findings / size),
        f"{check.findings:,}",
    ]


def _check_table(figures: Figures, checks: Sequence[CheckFigures]) -> Table:
    return Table(_CHECK_COLUMNS, [_check_row(figures, check) for check in checks])


def _by_registry(figures: Figures) -> Section:
    checks = [check for kind in (POSTS, PAGES) for check in figures.by_registry(kind)]
    exponents = ", ".join(
        f"**{registry_exponent(figures, kind, cpu=True):.2f}** for {kind} (wall seconds: "
        f"{registry_exponent(figures, kind):.2f})"
        for kind in (POSTS, PAGES)
    )
    grown = f"Without start-up, CPU seconds grow with the registry to the power of {exponents}."
    return Section("Checks, by registry", [_REGISTRY, _check_table(figures, checks), grown])


def _by_corpus(figures: Figures) -> Section:
    checks = figures.by_corpus()
    grown = (
        "Without start-up, CPU seconds grow with the corpus to the power of "
        f"**{corpus_exponent(figures, cpu=True):.2f}** (wall seconds: "
        f"{corpus_exponent(figures):.2f}). Between the two largest corpora, anonymous memory grows "
        f"by {memory_growth(figures):.2f} MB for each MB of text."
    )
    words = _CORPUS.format(posts=checks[0].posts)
    return Section("Checks, by corpus", [words, _check_table(figures, checks), grown])


def _start_up(figures: Figures) -> Section:
    rows = [
        [f"{b.posts:,}", seconds(s.seconds), seconds(s.cpu), gigabytes(s.anonymous)]
        for b in figures.builds
        for s in [figures.start_up(b.posts)]
    ]
    table = Table(("registry, posts", "s", "CPU, s", "anonymous, GB"), rows)
    return Section("Start-up", [_START, table])


def _cores(figures: Figures) -> Section:
    rows = [
        [
            _name(alone),
            f"{alone.posts:,}",
            seconds(alone.seconds),
            seconds(check.seconds),
            f"{alone.seconds / check.seconds:.2f}",
            f"{beyond_start_up(figures, alone) / beyond_start_up(figures, check):.2f}",
        ]
        for alone, check in figures.by_cores()
    ]
    columns = ("corpus", "registry, posts", "one core, s", "all, s", "ratio", "no start-up")
    return Section("Cores", [_CORES, Table(columns, rows)])


def _against(figures: Figures) -> Section:
    other = replace(figures, checks=figures.other_checks)
    exponents = [f"{registry_exponent(other, kind, cpu=True):.2f}" for kind in (POSTS, PAGES)]
    rows = [
        [
            _name(ours),
            f"{ours.posts:,}",
            str(ours.cores),
            f"{theirs.seconds / ours.seconds:.2f}",
            f"{theirs.cpu / ours.cpu:.2f}",
            _ratio(
                beyond_start_up(other, theirs, cpu=True), beyond_start_up(figures, ours, cpu=True)
            ),
            f"{theirs.anonymous / ours.anonymous:.2f}",
            f"{theirs.candidates:,} → {ours.candidates:,}",
            f"{theirs.findings:,} → {ours.findings:,}",
        ]
        for ours, theirs in zip(figures.checks, figures.other_checks, strict=True)
    ]
    columns = (
        *("corpus", "registry, posts", "cores", "faster, times", "CPU", "CPU, no start-up"),
        *("anonymous memory", "candidates", "findings"),
    )
    words = (
        f"Commit {figures.other_commit}, measured in turn with this one: its seconds, CPU seconds "
        "with and without start-up, and anonymous memory, divided by ours. There, CPU seconds grew "
        f"with the registry to the power of {exponents[0]} (posts) and {exponents[1]} (pages), and "
        "anonymous memory between the two largest corpora by "
        f"{memory_growth(other):.2f} MB for each MB of text."
    )
    return Section(f"Against {figures.other_commit}", [words, Table(columns, rows)])


def _ratio(theirs: float, ours: float) -> str:
    """Return a ratio of seconds; nothing where both are hardly more than start-up."""
    return NONE if min(theirs, ours) < _LEAST else f"{theirs / ours:.2f}"


def _builds(figures: Figures) -> Section:
    rows = [
        [
            f"{build.posts:,}",
            _megabytes(build.text_bytes),
            seconds(build.seconds),
            short(build.posts / build.seconds),
            gigabytes(build.anonymous),
            gigabytes(build.bytes),
            short(build.bytes / build.posts),
            short(build.bytes / build.postings),
        ]
        for build in figures.builds
    ]
    columns = (
        *("posts", "text, MB", "s", "posts/s", "anonymous, GB", "on disk, GB"),
        *("bytes a post", "bytes a posting"),
    )
    return Section("Registries", [_BUILDS, Table(columns, rows)])


def _shards(figures: Figures) -> Section:
    rows = [
        [
            _name(row),
            _megabytes(row.text_bytes),
            f"{row.posts:,}",
            str(row.shards),
            seconds(row.cpu),
            gigabytes(row.anonymous),
            _megabytes(row.task_bytes),
            f"{row.task_bytes / row.text_bytes:.3f}",
            seconds(row.merge_seconds),
            seconds(row.merge_cpu),
            gigabytes(row.merge_anonymous),
            f"{row.findings:,}",
        ]
        for row in figures.shards
    ]
    columns = (
        *("corpus", "text, MB", "registry, posts", "shards", "all shards, CPU s", "a shard, GB"),
        *("tasks, MB", "of the text", "merge, s", "merge, CPU s", "merge, GB", "findings"),
    )
    opened = (
        f"Every shard opens all files of the corpus: with {figures.openings[-1].files:,} files, a "
        f"shard that reads next to nothing takes {seconds(figures.openings[-1].seconds)} s "
        f"({seconds(figures.openings[-1].cpu)} of the processor), with one file "
        f"{seconds(figures.openings[0].seconds)} s ({seconds(figures.openings[0].cpu)})."
    )
    return Section("Shards", [_SHARDS, Table(columns, rows), opened])


def _generated(figures: Figures) -> Section:
    real = figures.generated[0]
    rows = [
        [
            _name(check),
            _megabytes(check.text_bytes),
            seconds(check.seconds),
            short(check.candidates / check.text_bytes * 1e6),
            f"{deviation(real, check, 'candidates'):+.0%}",
            short(check.findings / check.text_bytes * 1e6),
            f"{deviation(real, check, 'findings'):+.0%}",
            gigabytes(check.anonymous),
        ]
        for check in figures.generated
    ]
    kind = stand_in(figures.generated)
    outcome = (
        "**None qualifies**, so that nothing above the real posts was measured."
        if kind is None
        else f"The nearest is **{kind}**: the last rows are larger corpora of it."
    )
    columns = (
        *("corpus", "text, MB", "s", "candidates a MB", "against real", "findings a MB"),
        *("against real", "anonymous, GB"),
    )
    words = _GENERATED.format(most=MAX_DEVIATION)
    return Section("Generated posts", [words, Table(columns, rows), outcome])


def _peers(figures: Figures) -> Section:
    rows = []
    for peer in figures.peers:
        if peer.absent or peer.index is None or peer.search is None:
            rows.append([peer.name, peer.absent, *[NONE] * 4])
            continue
        rows.append(
            [
                peer.name,
                short(peer.posts / peer.index),
                short(peer.text_bytes / 1e6 / peer.search),
                gigabytes(peer.peak),
                f"{peer.rows:,}",
                f"{peer.found_reposts:,} of {peer.reposts:,}",
            ]
        )
    first = figures.peers[0]
    words = _PEERS.format(size=_megabytes(first.text_bytes), posts=first.posts)
    columns = ("", "indexed, posts/s", "search, MB/s", "peak, GB", "posts found", "reposts found")
    return Section("Posts looked for in posts", [words, Table(columns, rows)])
