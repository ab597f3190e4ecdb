"""Measure whether recombined posts can stand in for real ones in larger corpora."""

from collections.abc import Sequence

from benchmarks.real.checkouts import Checkout
from benchmarks.real.figures import POSTS, CheckFigures
from benchmarks.real.suite import SEPARATORS, Pair, RealTexts, Sizes, measure_checks
from benchmarks.speed.measuring import cores

MAX_DEVIATION = 0.2
"""By how much candidates and findings a MB of a stand-in may differ from those of real posts."""

LARGER = (4, 8)
"""Sizes of a stand-in, by the largest real corpus."""


def measure(texts: RealTexts, sizes: Sizes, checkout: Checkout) -> list[CheckFigures]:
    """Check real and recombined posts of equal size, and larger corpora of what qualifies."""
    posts, most, size = sizes.registries[0], len(cores()), sizes.corpus
    kinds = {kind: texts.recombined(kind, size, size) for kind in SEPARATORS}
    corpora = {POSTS: texts.corpus(size), **kinds}
    pairs = [Pair(kind, corpus, posts, most) for kind, corpus in corpora.items()]
    [checks] = measure_checks(texts, pairs, [checkout], 1)
    kind = stand_in(checks)
    if kind is not None:
        larger = [larger_pair(texts, sizes, kind, factor) for factor in LARGER]
        checks += measure_checks(texts, larger, [checkout], 1)[0]
    return checks


def larger_pair(texts: RealTexts, sizes: Sizes, kind: str | None, factor: int) -> Pair:
    """Return a larger corpus of a stand-in, or the largest real one, against few posts."""
    largest = sizes.corpora[-1]
    corpus = (
        texts.corpus(largest) if kind is None else texts.recombined(kind, largest, factor * largest)
    )
    return Pair(kind or POSTS, corpus, sizes.registries[0], len(cores()))


def stand_in(checks: Sequence[CheckFigures]) -> str | None:
    """Return the kind of generated posts that is nearest to the real ones, if one qualifies."""
    kinds = dict.fromkeys(check.kind for check in checks[1:])
    fit = [kind for kind in kinds if qualifies(checks, kind)]
    return min(fit, key=lambda kind: _distance(checks, kind)) if fit else None


def qualifies(checks: Sequence[CheckFigures], kind: str) -> bool:
    """Return whether a kind of generated posts is like the real ones, which come first."""
    return _distance(checks, kind) <= MAX_DEVIATION


def _distance(checks: Sequence[CheckFigures], kind: str) -> float:
    [generated, *_] = [check for check in checks if check.kind == kind]
    return max(abs(deviation(checks[0], generated, of)) for of in ("candidates", "findings"))


def deviation(real: CheckFigures, generated: CheckFigures, of: str) -> float:
    """Return by which share generated posts have more `of` a MB than real ones, or less."""
    expected = getattr(real, of) / real.text_bytes
    return float(getattr(generated, of) / generated.text_bytes / expected - 1) if expected else 1.0
