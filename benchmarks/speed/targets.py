"""What we mean to reach, and whether a run did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.speed.telling import NONE, Table


@dataclass(frozen=True, slots=True)
class Target:
    """A limit on a fact.

    Parameters
    ----------
    what : str
        In words.
    fact : str
        Its name among the facts of sections.
    limit : float
        Where it begins to be reached.
    unit : str
        Of both.
    least : bool
        Whether more is better.
    sized : bool
        Whether it is about sizes that a small run does not have.
    """

    what: str
    fact: str
    limit: float
    unit: str
    least: bool = True
    sized: bool = False

    def is_reached(self, value: float) -> bool:
        """Tell whether a figure is good enough."""
        return value >= self.limit if self.least else value <= self.limit

    def told(self, value: float | None) -> tuple[str, str, str, str]:
        """Write its row: what, wanted, measured, outcome."""
        wanted = f"{'≥' if self.least else '≤'} {_figure(self.limit)} {self.unit}".strip()
        if value is None:
            return self.what, wanted, NONE, "not measured"
        outcome = "reached" if self.is_reached(value) else "**not reached**"
        return self.what, wanted, f"{_figure(value)} {self.unit}".strip(), outcome


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
        sized=True,
    ),
    Target(
        "Corpus checked, a core: decontaminate's", "check / decontaminate", 25, "times", sized=True
    ),
    Target("Recall of verbatim posts, less decontaminate's", "recall verbatim", 0, ""),
    Target("Recall of edited posts, less decontaminate's", "recall edited", 0, ""),
)
"""Against peers, on the same texts in the same run."""

FIGURES = (
    Target("Signatures, pages, a core", "signatures", 250, "MB/s"),
    Target("Tokens and shingles, pages, a core", "shingles", 500, "MB/s"),
    Target("… with a probe each, filter in cache", "probes in cache", 250, "MB/s"),
    Target("… filter of 1 GiB", "probes in memory", 190, "MB/s", sized=True),
    Target("Check of 1 GB, two cores", "check of 1 GB", 250, "MB/s", sized=True),
    Target("… peak memory", "memory of 1 GB", 1.5, "GB", least=False, sized=True),
    Target("Check of 200 MB, start-up included", "check of 200 MB", 80, "MB/s", sized=True),
    Target(
        "1.5 M posts against 500 k: time",
        "registry of 1.5 M",
        1.5,
        "times",
        least=False,
        sized=True,
    ),
    Target(
        "1.5 M posts against 100 k: time", "registry growth", 1.5, "times", least=False, sized=True
    ),
    Target(
        "Every page a match, 200 MB: time a MB",
        "findings-heavy",
        3,
        "times",
        least=False,
        sized=True,
    ),
    Target("… 1 GB: time a MB", "heavy of 1 GB", 3, "times", least=False, sized=True),
    Target("Growth with the corpus: exponent", "exponent", 1.05, "", least=False, sized=True),
    Target(
        "Registry from Parquet, two cores", "build from parquet", 150_000, "posts/s", sized=True
    ),
    Target(
        "Registry from zst JSON Lines, two cores", "build from zst", 75_000, "posts/s", sized=True
    ),
    Target("Registry on disk, a posting", "bytes a posting", 40, "bytes", least=False),
    Target("--help", "help", 0.3, "s", least=False),
    Target("Check of 1 MB, warm", "warm", 3, "s", least=False),
    Target("Check of 1 MB, first ever", "first", 12, "s", least=False),
)
"""Of ours alone."""


def against(targets: Sequence[Target], facts: Mapping[str, float]) -> Table:
    """Hold facts against targets."""
    return Table(("", "wanted", "measured", ""), [one.told(facts.get(one.fact)) for one in targets])


def judged(targets: Sequence[Target], *, full: bool) -> list[Target]:
    """Leave out what a run of this size cannot say."""
    return [target for target in targets if full or not target.sized]
