"""Measure how often the origin of a finding is right.

    python -m benchmarks.origin WORK --posts FILE... --pages FILE... --quoted FILE...

Builds a registry of the posts in the folder WORK, and checks against it

- pages with planted excerpts: one to three sentences from the middle of posts of at least a hundred
  words, three of ten between quotation marks, as a page may quote an article;
- pages with whole posts of 12 to 120 words, one of five between quotation marks;
- pages with such posts without their first line, usually a title, or without their last one;
- texts of which it is known that no post is their origin (books, speeches): what is found there is
  a quotation, or chance.

Prints, with the shipped background and without it, the share of what is found whose origin is
`item`, `undecided` and `quotation`. All files have columns `id` and `text`. With `--words N`, only
findings of at least N words are counted in the third part, of which few are chance.
"""

import argparse
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model.results.origin import Origin
from provenance.model.results.result import Report
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus

SEED = 7
EXCERPTS, WHOLES, CUT = 2500, 2000, 1000


@dataclass(frozen=True)
class Plant:
    """A post, or a part of it, in a page."""

    document: str
    start: int
    end: int
    kind: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("work", type=Path)
    for name in ("posts", "pages", "quoted"):
        parser.add_argument(f"--{name}", nargs="+", required=True)
    parser.add_argument("--words", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    registry = options.work / "registry"
    if not registry.exists():
        build_registry(registry, DumpSource(options.posts, "reddit"))
    planted = options.work / "planted.parquet"
    plants = plant(read_texts(options.posts), read_texts(options.pages), planted)
    policy = Policy(registries=(str(registry),))
    print(f"{'':36}{'found':>14}" + "".join(f"{origin:>12}" for origin in Origin))
    for common in (True, False):
        asked = replace(policy, common_background=common)
        label = "" if common else ", no background"
        report = check([str(planted)], asked, Settings())
        for kind, (count, origins) in score(report, plants).items():
            show(f"{kind}{label}", count, origins)
        report = check(options.quoted, asked, Settings())
        content = [
            row["origin"]
            for row in report.findings.select(["evidence", "origin", "tokens"]).to_pylist()
            if row["evidence"] == "content" and row["tokens"] >= options.words
        ]
        show(f"quoted{label}", len(content), Counter(content))


def read_texts(names: list[str]) -> list[str]:
    parts = open_corpus(names, text_columns=["text"]).parts
    return [
        text
        for part in parts
        for documents in part.batches()
        for text in documents.batch.column("text").to_pylist()
    ]


def plant(posts: list[str], pages: list[str], out: Path) -> list[Plant]:
    """Write pages with posts and excerpts in them, each at the end of a sentence."""
    dice, edge_dice = random.Random(SEED), random.Random(SEED)
    long = [post for post in posts if len(post.split()) >= 100]
    short = [post for post in posts if 12 <= len(post.split()) <= 120]
    for texts in (long, short, pages):
        dice.shuffle(texts)
    pieces = [("excerpt", each, 0.3) for post in long[:EXCERPTS] if (each := excerpt(post, dice))]
    pieces += [("whole post", post.strip(), 0.2) for post in short[:WHOLES]]
    cut = [each for post in short[WHOLES:] if (each := without_edge(post, edge_dice))]
    pieces += [("post without a line", each, 0.2) for each in cut[:CUT]]
    documents, plants = [], []
    for number, (kind, text, quoted) in enumerate(pieces):
        page = pages[number % len(pages)]
        places = [match.end() for match in re.finditer(r"[.!?]\s+", page)] or [len(page)]
        at, piece = dice.choice(places), f'"{text}"' if dice.random() < quoted else text
        documents.append({"id": str(number), "text": f"{page[:at]}{piece} {page[at:]}"})
        plants.append(Plant(str(number), at, at + len(piece), kind))
    pq.write_table(pa.Table.from_pylist(documents), out)
    return plants


def excerpt(post: str, dice: random.Random) -> str | None:
    """Return one to three sentences from the middle of a post, of 12 to 80 words; else None."""
    sentences = [each for each in re.split(r"(?<=[.!?])\s+", post) if each.strip()]
    count = dice.randint(1, 3)
    if len(sentences) < count + 2:
        return None
    first = dice.randint(1, len(sentences) - count - 1)
    text = " ".join(sentences[first : first + count])
    return text if 12 <= len(text.split()) <= 80 else None


def without_edge(post: str, dice: random.Random) -> str | None:
    """Return a post without its first or its last line, if 12 words or more are left; else None."""
    lines = post.strip().splitlines()
    kept = lines[1:] if dice.random() < 0.5 else lines[:-1]
    text = "\n".join(kept).strip()
    return text if len(text.split()) >= 12 else None


def score(report: Report, plants: list[Plant]) -> dict[str, tuple[int, Counter[str]]]:
    """Return, for each kind, the number of plants, and origins of those that were found."""
    columns = ["document", "start", "end", "tokens", "origin", "evidence"]
    found = defaultdict(list)
    for row in report.findings.select(columns).to_pylist():
        if row["evidence"] == "content":
            found[row["document"]].append(row)
    counts: Counter[str] = Counter()
    origins: dict[str, Counter[str]] = defaultdict(Counter)
    for each in plants:
        counts[each.kind] += 1
        own = [
            row
            for row in found[each.document]
            if row["start"] < each.end and row["end"] > each.start
        ]
        if own:
            origins[each.kind][max(own, key=lambda row: row["tokens"])["origin"]] += 1
    return {kind: (counts[kind], origins[kind]) for kind in counts}


def show(name: str, count: int, origins: Counter[str]) -> None:
    total = origins.total()
    parts = "".join(f"{origins[origin] / max(total, 1):12.3f}" for origin in Origin)
    print(f"{name:36}{total:>7}/{count:<6}{parts}")


if __name__ == "__main__":
    main()
