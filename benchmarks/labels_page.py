"""Write what labels of pairs say of the origin of findings as a page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from textwrap import fill

import numpy as np

from benchmarks.labelled_pairs import (
    LABELS,
    Bootstrap,
    Outcome,
    Pair,
    Share,
    agreement,
    mean_share,
    precision_at,
)

RATES = (0.1, 0.5, 0.9)
CHARTS = (
    *("origin_strengths.svg", "origin_strengths_by_register.svg"),
    *("origin_reasons.svg", "origin_by_register.svg"),
)
"""Files of the charts: by strength, by origin and reasons, and both by register."""

EDGES = (13.3, 15, 16.7, 18, 20, 22, 25, 30, np.inf)
"""Edges of classes of strength, in bits; the first is the threshold of `--chance 100`."""

_COMPLETE_FROM = 16.7
"""Strength from which pairs were drawn from all findings: the threshold of `--chance 10`."""

_SAME = "same posts"

_EXTENTS = {"parts of rows": "part", "whole rows": "row"}
"""What a passage is of its row, in all registers but those made of the source."""

FEWEST = 5
"""Fewest pairs of which a share is stated."""

_INTRODUCTION = """Written by `python -m benchmarks.labels_report`. {pairs} pairs of a passage and
an item were drawn from {findings:,.0f} findings of checks of books, speeches, news, wiki pages,
sayings, jokes, texts of the web and forums, social posts and code against posts, comments, titles
and code, and read: {item} are the item's own words, {quotation} are quotations, {chance} are
chance. *None was read by a person.* Two AI readers read each pair, independently of each other, by
[criteria](labels/CRITERIA.md) that were written before, and without the tool's answer, score or
strength. They gave {same} of the pairs the same label; Cohen's kappa is {kappa}. They are of one
kind, so that they may share mistakes that two people would not. The first of them wrote the
criteria, and decided the {different} pairs on which they differ, on another reading."""

_DRAW = """Pairs were drawn at random (seed 33) within strata of register, strength, the tool's
answer, and whole row or part of a page; of passages with the same words, three at most. The weight
of a pair is the number of findings that it stands for. Findings of `--chance 10` could be drawn,
and of some checks those of `--chance 100`, so that weak ones are among them. The labels are ids
and offsets, in [pairs.tsv](labels/pairs.tsv). A *group* is what shares a quoted work or its
author, an item or its author, or a row. Groups, never pairs, were split into {development} pairs
for development, by which rules may be mended, and {held} that are held out."""

_TERMS = """*Same posts* are collections that were made of the source, such as tweets in datasets
of tweets. The others are hard on purpose: few of their findings are the item's own, as nobody
copied posts into books. *Counted* is what a check counts as the item's words: the origin is
`item`, and it is not contested. *Precision as found* is the share of these that the label calls
`item`; chance counts against it. *At 10, 50 and 90 %* is what it would be if so many of the
findings of a register were quotations, and the others were items of all registers; chance is
left out. Intervals of 95 % are by bootstrap over groups. *Parts of rows* and *whole rows* are of
all registers but same posts. Registers weigh the same in *each alike*. In *all*, each finding
does, and most of them are same posts."""

_UNKNOWN = """Only quoted works of which the shipped background has nothing. As the halves have no
work in common, they are not among the labels by which rules may be mended either."""

_RECALL = """Of the item's own words that are found, {} are counted: the recall of `item`. *Found*
is the number of items, quotations and chance matches."""

_MADE_OF = """Where a collection was made of posts, a row that is a proverb or a stock joke is
labelled `quotation`: the words are everybody's. But the row was taken from the source. If the rows
of such collections are taken as the source's, precision as found is that of the last column (both
halves, as shipped)."""

_PAIRS = "Pairs of both halves, not weighted. Many are weak, and are not found as shipped."

_REASONS = """The tool gives reasons of an origin, no score. Pairs by origin and reasons (as
shipped, both halves): how many are items, quotations and chance, and the weighted share of
items."""

_STRENGTHS = """Pairs that are found with `--chance 100` (13.3 bits; as shipped, findings have 20
or more), and how many of them are chance; the weighted share; and the number of chance findings in
all checks, by the labels and by the law of chance. Findings of less than 16.7 bits were drawn from
some of the checks only."""

_STRENGTHS_BY_REGISTER = """The same by register and language, in wider classes. *English* is all
registers but code and other languages. The law gives the number of chance matches of a check, not
of a register. Most points are of few pairs: where the interval is wide, nothing is known."""

_ORIGINS_BY_REGISTER = """By register and language, origins for all reasons together. *English* is
all registers but code and other languages. Few pairs of a register have the same reasons, so that
reasons cannot be told apart there."""


@dataclass(frozen=True, slots=True)
class StrengthClass:
    """What the labels say of findings of some strength.

    Parameters
    ----------
    low, high : float
        Strength in bits.
    pairs, chance : int
        Number of labelled pairs, and of those that are chance.
    findings, chance_findings : float
        Number of findings that these stand for.
    chance_share : Share
        Share of the findings that are chance.
    by_law : float or None
        Number of chance matches by the law of chance, if the findings are all of the checks.
    """

    low: float
    high: float
    pairs: int
    chance: int
    findings: float
    chance_findings: float
    chance_share: Share
    by_law: float | None


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """What the labels say of findings of one origin for the same reasons.

    Parameters
    ----------
    origin, reasons : str, tuple of str
        What the tool says.
    labels : tuple of int
        Number of pairs by label, as `LABELS`.
    share : Share
        Weighted share of the item's words.
    """

    origin: str
    reasons: tuple[str, ...]
    labels: tuple[int, ...]
    share: Share

    @property
    def pairs(self) -> int:
        return sum(self.labels)

    @property
    def figure(self) -> str:
        """The share and its interval, as text."""
        return _percent(self.share)


def render(pairs: Sequence[Pair], outcomes: Mapping[str, Sequence[Outcome]], places: float) -> str:
    """Return the page.

    Parameters
    ----------
    pairs : sequence of Pair
        All labelled pairs.
    outcomes : mapping
        What checks say of them, by name of the policy: "shipped", "no background" and "weak".
    places : float
        Number of places at which chance could give a match in the checks.
    """
    shipped, bare = outcomes["shipped"], outcomes["no background"]
    known = {each.pair.group for each in shipped if each.in_background}
    unknown = [each for each in bare if each.pair.group not in known]
    parts = [
        "# Origins of findings, against labels",
        *_introduction(pairs),
        "## Held-out half, as shipped",
        *_precision(_half(shipped, "held-out")),
        "## Held-out half, with `--no-common-background`",
        _text(_UNKNOWN),
        *_precision(_half(unknown, "held-out")),
        "## Development half, as shipped",
        *_precision(_half(shipped, "development")),
        "## Collections made of the source",
        *_made_of(shipped),
        "## Confusion",
        *_confusion({"as shipped": shipped, "no background": bare}),
        "## Calibration of origins",
        *_reasons(shipped),
        "## Chance, by strength",
        *_strengths(outcomes["weak"], places),
    ]
    return "\n\n".join(parts) + "\n"


def _introduction(pairs: Sequence[Pair]) -> list[str]:
    same, kappa = agreement(pairs)
    labels = Counter(pair.label for pair in pairs)
    halves = Counter(pair.split for pair in pairs)
    rows = []
    by_register = sorted(pairs, key=lambda pair: pair.register)
    for register, own in groupby(by_register, lambda pair: pair.register):
        members = list(own)
        counts = Counter(pair.label for pair in members)
        sizes = len(members), *(counts[label] for label in LABELS)
        rows.append([register, *map(str, sizes), str(len({pair.group for pair in members}))])
    text = _text(
        _INTRODUCTION,
        pairs=len(pairs),
        findings=sum(pair.weight for pair in pairs),
        same=_percent(same),
        kappa="{:.2f} ({:.2f} to {:.2f})".format(kappa.value, *kappa.interval),
        different=sum(pair.first != pair.second for pair in pairs),
        **labels,
    )
    draw = _text(_DRAW, development=halves["development"], held=halves["held-out"])
    return [text, draw, _table(["register", "pairs", *LABELS, "groups"], rows), _text(_TERMS)]


def _precision(outcomes: Sequence[Outcome]) -> list[str]:
    found = [each for each in outcomes if each.origin is not None]
    bootstrap = Bootstrap(found)
    items = bootstrap.share(_is_counted, partial(_has, "item", None))
    registers = sorted({each.pair.register for each in found})
    shares = {
        name: bootstrap.share(_is_counted, partial(_has, "quotation", name))
        for name in (*registers, *_EXTENTS, None)
        if _size(found, "quotation", name) >= FEWEST
    }
    rows = []
    for name, quotations in shares.items():
        own_items = bootstrap.share(_is_counted, partial(_has, "item", name))
        as_found = bootstrap.share(partial(_has, "item", None), partial(_counts, name))
        sizes = "/".join(str(_size(found, label, name)) for label in LABELS)
        shown = [name or "all", sizes, *map(_percent, (own_items, quotations, as_found))]
        rows.append([*shown, *(_percent(precision_at(rate, items, quotations)) for rate in RATES)])
    alike = mean_share([share for name, share in shares.items() if name in registers])
    at_rates = [_percent(precision_at(rate, items, alike)) for rate in RATES]
    rows.insert(-1, ["each alike", "", "", _percent(alike), "", *at_rates])
    heads = ["register", "found", "items counted", "quotations counted", "precision as found"]
    table = _table([*heads, *(f"at {100 * rate:.0f} %" for rate in RATES)], rows)
    return [_text(_RECALL, _percent(items)), table]


def _made_of(outcomes: Sequence[Outcome]) -> list[str]:
    bootstrap = Bootstrap([each for each in outcomes if each.origin is not None])
    rows = []
    for register in (None, _SAME, "jokes", "code"):
        counted = partial(_counts, register)
        by_words = bootstrap.share(partial(_has, "item", None), counted)
        by_row = bootstrap.share(_is_of_source, counted)
        rows.append([register or "all", _percent(by_words), _percent(by_row)])
    heads = ["register", "by whose words they are", "by where the row is from"]
    return [_text(_MADE_OF), _table(heads, rows)]


def _confusion(checks: Mapping[str, Sequence[Outcome]]) -> list[str]:
    rows = []
    for name, outcomes in checks.items():
        for label in LABELS:
            own = [each for each in outcomes if each.pair.label == label]
            origins = Counter(each.origin for each in own)
            sizes = [origins[each] for each in ("item", "undecided", "quotation", None)]
            counted = sum(each.counted for each in own)
            rows.append([name, label, *map(str, sizes), str(counted)])
    heads = ["check", "label", "`item`", "`undecided`", "`quotation`", "not found", "counted"]
    return [_PAIRS, _table(heads, rows)]


def _reasons(outcomes: Sequence[Outcome]) -> list[str]:
    rows = [
        [f"`{each.origin}`", ", ".join(each.reasons), "/".join(map(str, each.labels)), each.figure]
        for each in reason_groups(outcomes)
    ]
    table = _table(["origin", "reasons", "pairs", "item's words"], rows)
    charts = [
        _chart(CHARTS[2], "origin and reasons"),
        _chart(CHARTS[3], "origin and register"),
    ]
    return [_text(_REASONS), charts[0], table, _text(_ORIGINS_BY_REGISTER), charts[1]]


def reason_groups(outcomes: Sequence[Outcome]) -> list[ReasonGroup]:
    """Return the groups of findings of one origin for the same reasons, the largest first."""
    return [each for each in _groups(outcomes) if each.pairs >= FEWEST]


def origin_groups(outcomes: Sequence[Outcome]) -> list[ReasonGroup]:
    """Return the groups of findings of each origin, for whichever reasons."""
    groups = _groups([replace(each, reasons=()) for each in outcomes])
    known = {each.origin: each for each in groups}
    none = Share(np.nan, np.full(1, np.nan))
    return [
        known.get(origin, ReasonGroup(origin, (), (0, 0, 0), none))
        for origin in ("item", "undecided", "quotation")
    ]


def _groups(outcomes: Sequence[Outcome]) -> list[ReasonGroup]:
    found = [each for each in outcomes if each.origin is not None]
    bootstrap = Bootstrap(found)
    groups = []
    kinds = Counter((str(each.origin), each.reasons) for each in found)
    for (origin, reasons), _ in kinds.most_common():
        is_kind = partial(_is_decided, origin, reasons)
        labels = Counter(each.pair.label for each in found if is_kind(each))
        items = bootstrap.share(partial(_has, "item", None), is_kind)
        groups.append(ReasonGroup(origin, reasons, tuple(labels[each] for each in LABELS), items))
    return groups


def _strengths(outcomes: Sequence[Outcome], places: float) -> list[str]:
    found = [each for each in outcomes if each.origin is not None]
    hard = [each for each in found if each.pair.register != _SAME]
    rows = []
    for each in strength_classes(outcomes, places):
        inside = partial(_is_between, each.low, each.high)
        own = list(filter(inside, hard))
        numbers = ["", ""]
        if each.by_law is not None:
            numbers = [f"{each.chance_findings:.0f}", f"{each.by_law:.1f}"]
        bits = f"{each.low:g} to {each.high:g}" if each.high < np.inf else f"from {each.low:g}"
        sizes = [
            f"{each.chance} of {each.pairs}",
            f"{_size(own, 'chance', None)} of {len(own)}",
        ]
        rows.append([bits, *sizes, _percent(each.chance_share), *numbers])
    heads = ["bits", "chance", "without same posts", "weighted", "chance findings", "by the law"]
    charts = [_chart(CHARTS[0], "strength"), _chart(CHARTS[1], "strength and register")]
    return [
        _text(_STRENGTHS),
        charts[0],
        _table(heads, rows),
        _text(_STRENGTHS_BY_REGISTER),
        charts[1],
    ]


def strength_classes(
    outcomes: Sequence[Outcome], places: float | None, edges: Sequence[float] = EDGES
) -> list[StrengthClass]:
    """Return what the labels say of findings by their strength.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What a check with weak findings says of the pairs.
    places : float or None
        Number of places at which chance could give a match; None if it is not known.
    edges : sequence of float
        Edges of the classes, in bits.
    """
    found = [each for each in outcomes if each.origin is not None]
    bootstrap = Bootstrap(found)
    classes = []
    for low, high in pairwise(edges):
        inside = partial(_is_between, low, high)
        own = list(filter(inside, found))
        share = bootstrap.share(partial(_has, "chance", None), inside)
        by_law = None
        if places is not None and low >= _COMPLETE_FROM:
            by_law = places * (2.0**-low - 2.0**-high)
        chance = [each for each in own if each.pair.label == "chance"]
        findings, chance_findings = (
            sum(each.pair.weight for each in some) for some in (own, chance)
        )
        sizes = len(own), len(chance), findings, chance_findings
        classes.append(StrengthClass(low, high, *sizes, share, by_law))
    return classes


def _chart(name: str, what: str) -> str:
    return f"![Shares of labelled findings by {what}, with intervals]({name})"


def _half(outcomes: Iterable[Outcome], half: str) -> list[Outcome]:
    return [each for each in outcomes if each.pair.split == half]


def _is_counted(each: Outcome) -> bool:
    return each.counted


def _counts(name: str | None, each: Outcome) -> bool:
    return each.counted and _is_in(name, each.pair)


def _has(label: str, name: str | None, each: Outcome) -> bool:
    return each.pair.label == label and _is_in(name, each.pair)


def _is_in(name: str | None, pair: Pair) -> bool:
    """Return whether a pair is of a register, or of an extent; None is all."""
    if name in _EXTENTS:
        return pair.register != _SAME and pair.extent == _EXTENTS[name]
    return name in {None, pair.register}


def _is_of_source(each: Outcome) -> bool:
    return each.pair.label == "item" or (each.pair.made_of and each.pair.label == "quotation")


def _is_decided(origin: str | None, reasons: tuple[str, ...], each: Outcome) -> bool:
    return (each.origin, each.reasons) == (origin, reasons)


def _is_between(low: float, high: float, each: Outcome) -> bool:
    return low <= each.strength < high


def _size(outcomes: Iterable[Outcome], label: str, name: str | None) -> int:
    return sum(_has(label, name, each) for each in outcomes)


def _percent(share: Share) -> str:
    if np.isnan(share.value):
        return "-"
    low, high = share.interval
    return f"{100 * share.value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def _text(text: str, *values: object, **named: object) -> str:
    return fill(text.format(*values, **named), 100, break_on_hyphens=False)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' --: |' * (len(heads) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)
