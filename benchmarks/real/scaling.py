"""Extrapolate the figures of real text to a cluster: machines, hours, storage, network.

Everything follows from real.json and the assumptions in `ASSUMED`; `docs/scale.md` shows it.
"""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.real.figures import PAGES, POSTS, BuildFigures, Figures
from benchmarks.real.page import beyond_start_up, registry_exponent
from benchmarks.speed.sections import Table, short

MAX_REGISTRY_TOKENS = 1 << 32
"""Tokens that a registry of format 4 can have."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is not measured, but chosen.

    Parameters
    ----------
    corpus_bytes : float
        Text of the corpus.
    posts : sequence of float
        Sizes of what it is matched against.
    files : int
        Files of the corpus.
    machines, cores, shards : int
        Machines, cores of each, and shards.
    memory_bytes : float
        Memory of each machine.
    mapped_share : float
        Share of it that may be mapped registries; the rest is for the processes.
    network_bytes : float
        Bytes a second that each machine reads from storage.
    """

    corpus_bytes: float
    posts: Sequence[float]
    files: int
    machines: int
    cores: int
    shards: int
    memory_bytes: float
    mapped_share: float
    network_bytes: float


ASSUMED = Assumptions(
    corpus_bytes=10e12,
    posts=(1e9, 26e9),
    files=20_000,
    machines=64,
    cores=64,
    shards=16_384,
    memory_bytes=512e9,
    mapped_share=0.75,
    network_bytes=2.5e9,
)


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured on one machine, in the largest registry and the largest corpus.

    Parameters
    ----------
    measured_posts : float
        Posts of the largest registry.
    post_text_bytes, post_bytes, post_tokens, posting_bytes : float
        Of a registry: bytes of text, bytes on disk and tokens a post, bytes on disk a posting.
    build_cpu : float
        CPU seconds a post of a build.
    check_cpu : mapping of str to float
        By kind of text, CPU seconds a byte of a check, without start-up, against the largest
        registry.
    exponents : mapping of str to float
        By kind of text, the exponent of those by the size of the registry; at least 0.
    start_cpu : float
        CPU seconds of start-up.
    shard_bytes, task_share : float
        Text of the largest shard; bytes that it left for the merge, a byte of text.
    merge_cpu : float
        CPU seconds a byte of text of a merge.
    merge_memory, shard_memory : float
        Anonymous bytes of a merge and of a shard of the largest corpus.
    file_cpu : float
        CPU seconds in which each shard opens a file.
    """

    measured_posts: float
    post_text_bytes: float
    post_bytes: float
    post_tokens: float
    posting_bytes: float
    build_cpu: float
    check_cpu: Mapping[str, float]
    exponents: Mapping[str, float]
    start_cpu: float
    shard_bytes: float
    task_share: float
    merge_cpu: float
    merge_memory: float
    shard_memory: float
    file_cpu: float

    @classmethod
    def of(cls, figures: Figures) -> "Rates":
        """Derive rates from figures."""
        build: BuildFigures = max(figures.builds, key=lambda build: build.posts)
        small, large = figures.shards[0], figures.shards[-1]
        one, many = figures.openings[0], figures.openings[-1]
        added = large.text_bytes - small.text_bytes
        checks = {kind: figures.by_registry(kind)[-1] for kind in (POSTS, PAGES)}
        return cls(
            build.posts,
            build.text_bytes / build.posts,
            build.bytes / build.posts,
            build.tokens / build.posts,
            build.bytes / build.postings,
            build.cpu / build.posts,
            {
                kind: beyond_start_up(figures, check, cpu=True) / check.text_bytes
                for kind, check in checks.items()
            },
            {kind: max(0.0, registry_exponent(figures, kind, cpu=True)) for kind in checks},
            figures.start_up(build.posts).cpu,
            large.text_bytes,
            large.task_bytes / large.text_bytes,
            max(0.0, large.merge_cpu - small.merge_cpu) / added,
            large.merge_anonymous,
            large.anonymous,
            max(0.0, many.cpu - one.cpu) / (many.files - one.files),
        )

    def check_cpu_against(self, kind: str, posts: float) -> float:
        """Return CPU seconds a byte against a registry of any size: a power law."""
        factor = (posts / self.measured_posts) ** self.exponents[kind]
        return self.check_cpu[kind] * factor


@dataclass(frozen=True, slots=True)
class Estimate:
    """What it takes to match a corpus against a number of posts.

    Parameters
    ----------
    posts, registries, groups : float
        Posts; registries that are needed for them; groups of registries that fit into the memory
        of a machine, and are scanned in turn.
    registry_bytes, dump_bytes : float
        Registries on disk, and the text that they are built from.
    build_core_hours, check_core_hours : float
        By core: all builds; a check of all of the corpus, by kind of text.
    open_core_hours : float
        Start-up of all shards, and opening of all files by each.
    read_bytes, task_bytes : float
        Corpus that is read, once a group; what shards leave for the merges of all groups.
    merge_hours : float
        A merge of one group, on one core.
    """

    posts: float
    registries: int
    groups: int
    registry_bytes: float
    dump_bytes: float
    build_core_hours: float
    check_core_hours: Mapping[str, float]
    open_core_hours: float
    read_bytes: float
    task_bytes: float
    merge_hours: float


def estimate(rates: Rates, posts: float, assumed: Assumptions = ASSUMED) -> Estimate:
    """Estimate what it takes to match a corpus against a number of posts."""
    registries = math.ceil(posts * rates.post_tokens / MAX_REGISTRY_TOKENS)
    registry_bytes = posts * rates.post_bytes
    groups = math.ceil(registry_bytes / (assumed.memory_bytes * assumed.mapped_share))
    return Estimate(
        posts,
        registries,
        groups,
        registry_bytes,
        posts * rates.post_text_bytes,
        posts * rates.build_cpu / 3600,
        {
            kind: assumed.corpus_bytes
            * registries
            * rates.check_cpu_against(kind, posts / registries)
            / 3600
            for kind in (POSTS, PAGES)
        },
        groups * assumed.shards * (assumed.files * rates.file_cpu + rates.start_cpu) / 3600,
        groups * assumed.corpus_bytes,
        groups * assumed.corpus_bytes * rates.task_share,
        assumed.corpus_bytes * rates.merge_cpu / 3600,
    )


def simulate(
    shards: int, workers: int, hours: float, *, mean_life: float, start: float, seed: int = 0
) -> float:
    """Return the hours in which workers finish all shards, where workers are killed at random.

    A shard that was killed goes on where it was, on the next free worker, after another start.

    Parameters
    ----------
    shards, workers : int
        Shards of equal size, and workers that take the next one.
    hours : float
        Hours of one worker for all of them.
    mean_life : float
        Mean hours until a worker is killed; another one takes its place at once.
    start : float
        Hours that each start takes.
    seed : int
        Random seed.
    """
    random = Random(seed)
    waiting = [hours / shards * random.uniform(0.8, 1.2) for _ in range(shards)]
    free = [0.0] * workers
    ends, finished = [heapq.heappop(free) for _ in range(workers)], 0.0
    heapq.heapify(ends)
    while waiting:
        now, left = heapq.heappop(ends), waiting.pop()
        life = random.expovariate(1 / mean_life)
        if life < start + left:
            waiting.append(left - max(0.0, life - start))
            heapq.heappush(ends, now + life)
        else:
            heapq.heappush(ends, now + start + left)
            finished = max(finished, now + start + left)
    return finished


def _bytes(size: float) -> str:
    return f"{short(size / 1e12)} TB" if size >= 1e12 else f"{short(size / 1e9)} GB"


def _hours(hours: float) -> str:
    return f"{short(hours)} h" if hours >= 0.1 else f"{short(hours * 60)} min"


def rates_table(rates: Rates) -> Table:
    """Return what was measured."""
    rows = [
        ("*t*: tokens a post", short(rates.post_tokens)),
        ("*b*: registry, bytes a post", short(rates.post_bytes)),
        ("registry, bytes a posting", short(rates.posting_bytes)),
        ("*d*: text, bytes a post", short(rates.post_text_bytes)),
        ("build, posts a second and core", short(1 / rates.build_cpu)),
    ]
    for kind in (POSTS, PAGES):
        speed = 1e-6 / rates.check_cpu[kind]
        rows.append((f"*v*: check of {kind}, MB a second and core", short(speed)))
        rows.append((f"*e*: its exponent, {kind}", f"{rates.exponents[kind]:.2f}"))
    rows += [
        ("*s*: start-up of a shard, CPU s", short(rates.start_cpu)),
        ("*o*: a file that a shard opens, CPU ms", short(rates.file_cpu * 1e3)),
        ("a shard, anonymous GB", f"{rates.shard_memory / 1e9:.2f}"),
        ("largest shard, GB of text", f"{rates.shard_bytes / 1e9:.2f}"),
        ("*k*: its tasks, bytes a byte of text", short(rates.task_share)),
        ("*m*: merge, CPU seconds a GB of text", short(rates.merge_cpu * 1e9)),
        ("a merge, anonymous GB", f"{rates.merge_memory / 1e9:.2f}"),
    ]
    return Table(("measured", f"against {short(rates.measured_posts)} posts"), rows)


def estimate_table(rates: Rates, assumed: Assumptions = ASSUMED) -> Table:
    """Return the estimates for all numbers of posts."""
    all_estimates = [estimate(rates, posts, assumed) for posts in assumed.posts]
    cores = assumed.machines * assumed.cores
    rows: list[tuple[str, ...]] = []

    def add(name: str, *values: str) -> None:
        rows.append((name, *values))

    add("text of the posts: *P·d*", *(_bytes(e.dump_bytes) for e in all_estimates))
    add("registries: *R* = ⌈*P·t* / 2³²⌉", *(f"{e.registries:,}" for e in all_estimates))
    add("registries on disk: *P·b*", *(_bytes(e.registry_bytes) for e in all_estimates))
    add("groups that fit into memory: *G*", *(f"{e.groups:,}" for e in all_estimates))
    add("builds, core hours", *(short(e.build_core_hours) for e in all_estimates))
    for kind in (POSTS, PAGES):
        hours = [e.check_core_hours[kind] for e in all_estimates]
        add(f"check, a corpus of {kind}: core hours", *map(short, hours))
        add(f"… on {cores:,} cores", *(_hours(each / cores) for each in hours))
    add(
        "start-up of shards: *G·S·*(*s* + *F·o*)",
        *(short(e.open_core_hours) for e in all_estimates),
    )
    add("corpus read: *G·C*", *(_bytes(e.read_bytes) for e in all_estimates))
    seconds = [e.read_bytes / assumed.machines / assumed.network_bytes for e in all_estimates]
    add("… by all machines at once", *(_hours(each / 3600) for each in seconds))
    loads = [assumed.memory_bytes * assumed.mapped_share / assumed.network_bytes] * len(rows[0][1:])
    add("a group read into memory", *(_hours(each / 3600) for each in loads))
    add("tasks: *G·C·k*", *(_bytes(e.task_bytes) for e in all_estimates))
    add("a merge, a group, one core", *(_hours(e.merge_hours) for e in all_estimates))
    return Table(("", *(f"{short(e.posts / 1e9)}·10⁹ posts" for e in all_estimates)), rows)


def simulation_table(rates: Rates, assumed: Assumptions = ASSUMED) -> Table:
    """Return hours of a check of pages in shards, by the number of shards and how workers die."""
    hours = estimate(rates, assumed.posts[0], assumed).check_core_hours[PAGES]
    workers = assumed.machines * assumed.cores
    start = (rates.start_cpu + assumed.files * rates.file_cpu) / 3600
    ideal = hours / workers
    rows = []
    for factor in (1, 4, 16):
        times = [
            simulate(factor * workers, workers, hours, mean_life=life, start=start)
            for life in (1e9, 24.0, 1.0)
        ]
        rows.append((f"{factor * workers:,}", *(f"{time / ideal:.2f}" for time in times)))
    columns = ("shards", "no worker dies", "each lives 24 h on average", "each lives 1 h")
    return Table(columns, rows)
