"""Try provenance on pairs of texts that others have labelled.

    python -m benchmarks.outside REPOSITORIES [SET ...]

Reads public repositories at stated commits, and fetches those that are not in the folder
REPOSITORIES as OWNER/NAME; nothing of them is copied. Of each set the one text of each pair is an
item of a registry, and the other a document of a corpus; the strength of the match is the score of
the pair, 0 where nothing is found. Nothing was fitted on these labels. If no set is named, writes
OUTSIDE.md.
"""

import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import provenance
from benchmarks.repositories import read_files
from provenance.model.content.fingerprints import Flags, Floats

PAGE = Path(__file__).with_name("OUTSIDE.md")
DRAWS, SEED = 2000, 52
LOOSE_CHANCE = 100.0
"""Chance matches per million words from which a pair has a score."""

_INTRODUCTION = """# Labels of others

Written by `python -m benchmarks.outside`, which says how a pair gets its score. *AUC*: how often a
pair that people labelled as in *Yes* has a higher score than another one, ties half; 0.5 is no
better than a guess. In brackets, 95 % intervals from groups of pairs (a document, a question or a
verse) drawn with replacement. *Found*: by a check with its defaults, of those labelled so and of
the others. The registry of a set holds its items alone, so that the corpus tells little about what
is common; a registry of millions of items tells more.

"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and what people say of them.

    Parameters
    ----------
    document, item : str
        The texts.
    label : bool
        Whether they say what the set asks for.
    group : str
        Pairs of one group are not independent.
    """

    document: str
    item: str
    label: bool
    group: str


@dataclass(frozen=True, slots=True)
class OutsideSet:
    """A set of labelled pairs.

    Parameters
    ----------
    name : str
        Its name here.
    repository, commit, files : str
        Where it is, and a regular expression of its files.
    licence : str
        What the repository states.
    question : str
        What a label says.
    remark : str
        What a reader of the figures must know.
    read : callable
        Yields its pairs from the content of a file.
    """

    name: str
    repository: str
    commit: str
    files: str
    licence: str
    question: str
    remark: str
    read: Callable[[str], Iterator[Pair]]

    def pairs(self, folder: Path) -> list[Pair]:
        """Return its pairs; repositories are in a folder."""
        files = read_files(folder, self.repository, self.commit, self.files)
        return [pair for _, data in files for pair in self.read(data.decode("utf-8-sig"))]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on a set.

    Parameters
    ----------
    auc, low, high : float
        Area under the curve, and its 95 % interval.
    found, found_others : float
        Share of the pairs with the label, and of the others, that a check with its defaults finds.
    positives, negatives : int
        Pairs with and without the label.
    """

    auc: float
    low: float
    high: float
    found: float
    found_others: float
    positives: int
    negatives: int


def main() -> None:
    folder, *names = sys.argv[1:]
    rows = []
    for each in SETS:
        if not names or each.name in names:
            figures = measure(each.pairs(Path(folder)))
            rows.append(_row(each, figures))
            print(" | ".join(rows[-1]))
    if not names:
        PAGE.write_text(page(rows), "utf-8")


def measure(pairs: Sequence[Pair]) -> Figures:
    """Measure how well scores tell pairs with the label from the others."""
    labels = np.array([pair.label for pair in pairs])
    scores = score_pairs(pairs, LOOSE_CHANCE)
    found = score_pairs(pairs, None) > 0
    _, groups = np.unique([pair.group for pair in pairs], return_inverse=True)
    low, high = _interval(scores, labels, groups)
    return Figures(
        auc(scores, labels),
        low,
        high,
        float(found[labels].mean()),
        float(found[~labels].mean()),
        int(labels.sum()),
        int((~labels).sum()),
    )


def score_pairs(pairs: Sequence[Pair], chance: float | None) -> Floats:
    """Return the strength of the match between the texts of each pair; 0 where there is none.

    Parameters
    ----------
    pairs : sequence of Pair
        The pairs.
    chance : float or None
        Chance matches per million words that are accepted; None is the default.
    """
    documents, items = (
        {text: number for number, text in enumerate(dict.fromkeys(texts))}
        for texts in ([pair.document for pair in pairs], [pair.item for pair in pairs])
    )
    with TemporaryDirectory() as work:
        dump, corpus, registry = (Path(work) / name for name in ("d.jsonl", "c.jsonl", "registry"))
        for path, texts in ((dump, items), (corpus, documents)):
            lines = ({"id": str(number), "text": text} for text, number in texts.items())
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        provenance.build_registry(registry, dump, source="outside", text_format="plain")
        options = {} if chance is None else {"chance": chance}
        findings = provenance.check(corpus, registries=registry, no_cache=True, **options).findings
    strengths: dict[tuple[int, int], float] = {}
    columns = ("row", "item", "strength", "alternatives")
    for row, item, strength, others in zip(
        *(findings[name].to_pylist() for name in columns), strict=True
    ):
        for each in (item, *(other["item"] for other in others)):
            key = (row, int(each))
            strengths[key] = max(strengths.get(key, 0.0), strength)
    return np.array([strengths.get((documents[p.document], items[p.item]), 0.0) for p in pairs])


def auc(scores: Floats, labels: Flags) -> float:
    """Return the share of pairs of a labelled and another one that scores put in order, ties half.

    Examples
    --------
    >>> auc(np.array([3.0, 0.0, 0.0]), np.array([True, True, False]))
    0.75
    """
    others = np.sort(scores[~labels])
    below, up_to = (np.searchsorted(others, scores[labels], side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(others))


def _interval(scores: Floats, labels: Flags, groups: np.ndarray) -> tuple[float, float]:
    members = np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1])
    random = np.random.default_rng(SEED)
    draws = []
    while len(draws) < DRAWS:
        drawn = random.integers(len(members), size=len(members))
        rows = np.concatenate([members[number] for number in drawn])
        if 0 < labels[rows].sum() < len(rows):
            draws.append(auc(scores[rows], labels[rows]))
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def _row(each: OutsideSet, figures: Figures) -> list[str]:
    return [
        each.name,
        f"[{each.repository}](https://github.com/{each.repository}) {each.commit[:12]}",
        each.licence,
        each.question,
        f"{figures.positives:,} / {figures.negatives:,}",
        f"{figures.auc:.3f} ({figures.low:.3f} to {figures.high:.3f})",
        f"{figures.found:.3f}",
        f"{figures.found_others:.3f}",
        each.remark,
    ]


def page(rows: Sequence[Sequence[str]]) -> str:
    """Return the page of all sets."""
    header = [
        *("Set", "Repository, commit", "Licence", "Yes", "Pairs, yes / no", "AUC"),
        *("Found, yes", "Found, no", "To know"),
    ]
    lines = [header, [*["---"] * 4, *["--:"] * 4, "---"], *rows]
    return _INTRODUCTION + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _read_bills(text: str) -> Iterator[Pair]:
    for row in csv.DictReader(io.StringIO(text)):
        if row["label"] in {"0", "1"}:
            group = row["left_doc_id"]
            yield Pair(row["left"], row["right"], row["label"] == "1", group)


def _read_verses(text: str) -> Iterator[Pair]:
    for row in csv.DictReader(io.StringIO(text)):
        phrase, reference = row["most_unusual_phrase"], row["reference"]
        if phrase and phrase != "NA":
            yield Pair(phrase, row["verse"], row["match"] == "TRUE", reference.split(" (")[0])


def _read_parallels(text: str) -> Iterator[Pair]:
    for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
        first, second = row["BC_TEXT"], row["AEN_TEXT"]
        yield Pair(first, second, int(row["TYPE"]) >= _CLOSE, f"{row['BC_BOOK']}.{row['BC_LINE']}")


_CLOSE = 4
"""Type of a parallel from which its readers take it for an allusion to that very passage."""


def _read_answers(text: str, min_words: int) -> Iterator[Pair]:
    """Yield answers and passages; those with shorter quotations only are left out."""
    for line in text.splitlines():
        row = json.loads(line)
        longest: Counter[str] = Counter()
        for number, quotation in re.findall(r"\[ (\d+) (.*?) \]", row["summary"]):
            longest[number] = max(longest[number], len(quotation.split()))
        answer = re.sub(r"\[ \d+ (.*?) \]", r"\1", row["summary"])
        for number in map(str, range(1, 9)):
            source = row[f"source{number}"]
            if source and not 0 < longest[number] < min_words:
                yield Pair(answer, source, longest[number] > 0, row["qid"])


def _read_psalms(text: str) -> Iterator[Pair]:
    for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
        yield Pair(row["NT_text"], row["Ps_text"], row["reuse_label"] == "quotation", row["Ps_ref"])


SETS = (
    OutsideSet(
        "bills",
        "dssg/policy_diffusion",
        "61d5885e809ab8d92db18d79f7a82b6461cf4343",
        r"^data/classifier/training_data_alignment_classifier\.csv$",
        "MIT",
        "two bills share substance, not legal boilerplate",
        "All pairs share words: an aligner chose them.",
        _read_bills,
    ),
    OutsideSet(
        "verses",
        "lmullen/americas-public-bible",
        "3a124ddd139a0bcc5cbd524cf99e3df309c54ed1",
        r"^quotation-finder/data/labeled-data\.csv$",
        "MIT",
        "a newspaper quotes the verse",
        "The pages are not in the set: the document is the rarest phrase that both have, of three "
        "to seven words.",
        _read_verses,
    ),
    OutsideSet(
        "parallels",
        "tesserae/tesserae",
        "5e0ae3043c0a5b0be6ab194df58518e48ee87547",
        r"^data/bench/bench4\.txt$",
        "none stated",
        "Lucan alludes to that passage of Vergil (type 4 or 5 of 5)",
        "Latin verse; an allusion is not a copy, so nearly nothing should be found.",
        _read_parallels,
    ),
    *(
        OutsideSet(
            f"answers-{words}",
            "google-research-datasets/QuoteSum",
            "f0f555dd4ef0898ae4ca0bf4bf0013f8eb9cd05a",
            r"^v1/dev\.jsonl$",
            "CC BY-SA 4.0",
            f"an answer quotes the passage: words in a row, at least: {words}",
            "Shorter quotations are left out.",
            partial(_read_answers, min_words=words),
        )
        for words in (1, 5, 10)
    ),
    OutsideSet(
        "psalms",
        "Tdelaselle/TextReuse_datasets",
        "dc65174e031e1222b2d358f8baaa0944ff96f494",
        r"^Biblical_reuses/Ps-NT_reuses_VG\.tsv$",
        "MIT",
        "the New Testament quotes the psalm, and does not only echo it",
        "Latin translations from Greek, made apart.",
        _read_psalms,
    ),
)


if __name__ == "__main__":
    main()
