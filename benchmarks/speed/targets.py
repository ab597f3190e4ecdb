"""Performance targets, and whether a run reached them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.speed.sections import NONE, Table


@dataclass(frozen=True, slots=True)
class Target:
    """A limit on a fact.

    Parameters
    ----------
    what : str
        Description.
    fact : str
        Name of the fact.
    limit : float
        Limit of the fact.
    unit : str
        Unit of both.
    is_minimum : bool
        Whether the limit is a minimum.
    full_only : bool
        Whether it needs the sizes of a full run.
    """

    what: str
    fact: str
    limit: float
    unit: str
    is_minimum: bool = True
    full_only: bool = False

    def is_reached(self, value: float) -> bool:
        """Return whether a value reaches the target."""
        return value >= self.limit if self.is_minimum else value <= self.limit

    def row(self, value: float | None) -> tuple[str, str, str, str]:
        """Return its row: description, target, value, outcome."""
        limit = f"{'≥' if self.is_minimum else '≤'} {_figure(self.limit)} {self.unit}".strip()
        if value is None:
            return self.what, limit, NONE, "not measured"
        outcome = "reached" if self.is_reached(value) else "**not reached**"
        return self.what, limit, f"{_figure(value)} {self.unit}".strip(), outcome


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


RATIOS = (
    Target("Signatures from text, a core: daft", "signatures / daft", 3.5, "times"),
    Target("… rensa", "signatures / rensa", 8, "times"),
    Target("… datasketch", "signatures / datasketch", 45, "times"),
    Target("… datatrove", "signatures / datatrove", 400, "times"),
    Target(
        "Registry built, a core: decontaminate's index",
        "index / decontaminate",
        40,
        "times",
        full_only=True,
    ),
    Target(
        "Corpus checked, a core: decontaminate's",
        "check / decontaminate",
        25,
        "times",
        full_only=True,
    ),
    Target("Recall of verbatim posts, less decontaminate's", "recall verbatim", 0, ""),
    Target("Recall of edited posts, less decontaminate's", "recall edited", 0, ""),
)
"""Ratios to peers, on the same texts in the same run."""

FIGURES = (
    Target("Signatures, pages, a core", "signatures", 250, "MB/s"),
    Target("Tokens and shingles, pages, a core", "shingles", 500, "MB/s"),
    Target("… with a probe each, filter in cache", "probes in cache", 250, "MB/s"),
    Target("… filter of 1 GiB", "probes in memory", 190, "MB/s", full_only=True),
    Target("Check of 1 GB, two cores", "check of 1 GB", 250, "MB/s", full_only=True),
    Target("… peak memory", "memory of 1 GB", 1.5, "GB", is_minimum=False, full_only=True),
    Target("Check of 200 MB, start-up included", "check of 200 MB", 80, "MB/s", full_only=True),
    Target(
        "1.5 M posts against 500 k: time",
        "registry of 1.5 M",
        1.5,
        "times",
        is_minimum=False,
        full_only=True,
    ),
    Target(
        "1.5 M posts against 100 k: time",
        "registry growth",
        1.5,
        "times",
        is_minimum=False,
        full_only=True,
    ),
    Target(
        "Every page a match, 200 MB: time a MB",
        "findings-heavy",
        3,
        "times",
        is_minimum=False,
        full_only=True,
    ),
    Target("… 1 GB: time a MB", "heavy of 1 GB", 3, "times", is_minimum=False, full_only=True),
    Target(
        "Growth with the corpus: exponent", "exponent", 1.05, "", is_minimum=False, full_only=True
    ),
    Target(
        "Registry from Parquet, two cores", "build from parquet", 150_000, "posts/s", full_only=True
    ),
    Target(
        "Registry from zst JSON Lines, two cores",
        "build from zst",
        75_000,
        "posts/s",
        full_only=True,
    ),
    Target("Registry on disk, a posting", "bytes a posting", 40, "bytes", is_minimum=False),
    Target("--help", "help", 0.3, "s", is_minimum=False),
    Target("Check of 1 MB, warm", "warm", 3, "s", is_minimum=False),
    Target("Check of 1 MB, first ever", "first", 12, "s", is_minimum=False),
)
"""Of ours alone."""


def target_table(targets: Sequence[Target], facts: Mapping[str, float]) -> Table:
    """Compare facts with targets."""
    return Table(
        ("", "wanted", "measured", ""), [target.row(facts.get(target.fact)) for target in targets]
    )


def applicable_targets(targets: Sequence[Target], *, full: bool) -> list[Target]:
    """Return the targets that apply to a run of this size."""
    return [target for target in targets if full or not target.full_only]
