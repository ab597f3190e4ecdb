"""Measure how often rows that are nothing but the title of a post are found.

    python -m benchmarks.titles WORK --posts FILE... --rows FILE...

Builds a registry of the posts in the folder WORK, and checks against it the first lines of posts
that go on behind them, of 5 to 16 words and up to `TITLES` of each length, mixed with rows that are
no titles of these posts. Prints the share of titles that are found, by their number of words, and
the number of findings in the other rows. All files have columns `id` and `text`.
"""

import argparse
import random
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.origin import read_texts
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings

SEED = 5
TITLES = 500
LENGTHS = range(5, 17)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("work", type=Path)
    for name in ("posts", "rows"):
        parser.add_argument(f"--{name}", nargs="+", required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    registry = options.work / "registry"
    if not registry.exists():
        build_registry(registry, DumpSource(options.posts, "reddit"))
    titles, others = choose_titles(read_texts(options.posts)), read_texts(options.rows)
    rows = [(f"title-{words}", title) for words, titles in titles.items() for title in titles]
    rows += [("other", text) for text in others]
    random.Random(SEED).shuffle(rows)
    path = options.work / "rows.parquet"
    pq.write_table(pa.table(list(zip(*rows, strict=True)), names=["kind", "text"]), path)
    policy = Policy(registries=(str(registry),))
    findings = check([str(path)], policy, Settings()).findings
    numbers = pc.unique(findings.filter(pc.field("evidence") == "content")["row"])
    found = Counter(rows[number][0] for number in numbers.to_pylist())
    for words in titles:
        own = f"title-{words}"
        print(f"{words:3} words: {found[own] / len(titles[words]):.3f} of {len(titles[words])}")
    words = sum(len(text.split()) for text in others)
    print(f"found in {found['other']} other rows of {len(others):,} ({words:,} words)")


def choose_titles(posts: list[str]) -> dict[int, list[str]]:
    """Return different first lines of posts of several lines, by their number of words."""
    by_words: dict[int, set[str]] = defaultdict(set)
    for post in posts:
        title, _, body = post.strip().partition("\n")
        if body.strip():
            by_words[len(title.split())].add(title.strip())
    dice = random.Random(SEED)
    return {
        words: dice.sample(sorted(by_words[words]), min(TITLES, len(by_words[words])))
        for words in LENGTHS
    }


if __name__ == "__main__":
    main()
