"""Measure against labelled pairs how often the origin of a finding is right.

    python -m benchmarks.labels_report WORK --data DATA

Joins the labels in benchmarks/labels/pairs.tsv with fresh checks of the texts that they are of, and
writes benchmarks/ORIGIN.md and its charts. DATA is a folder with the registries, posts and texts
that the labels name; they cannot be published. Registries and findings are kept in the folder WORK;
`--reuse` joins with the findings of the last run. Takes about ten minutes.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.labelled_pairs import Outcome, Pair, read_pairs
from benchmarks.labels_charts import draw_charts
from benchmarks.labels_page import render
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from provenance.read.dumps.tables.column_mapping import ColumnMapping

HERE = Path(__file__).parent
PAIRS, PAGE = HERE / "labels" / "pairs.tsv", HERE / "ORIGIN.md"

REGISTRIES: dict[str, tuple[str, ...]] = {
    "x": ("registries/reg_twitter_*", "registries/reg_wnut17_raw_twitter*"),
    "reddit": ("scale/*", "registries/reg_reddit_top_2013*"),
    "hackernews": ("registries/reg_hn_titles_2016*",),
    "stackexchange": ("registries/reg_se_*", "registries/reg_wnut17_raw_stackexchange_reddit*"),
    "irc": ("registries/reg_irc_ubuntu*", "registries/reg_nps_chat*"),
    "youtube": ("registries/reg_wnut17_raw_youtube*", "registries/reg_youtube_spam_psy*"),
    "weibo": ("registries/reg_weibo_ced*",),
    "mastodon": ("registries/reg_mastodon_dealingwith*",),
    "rottentomatoes": ("registries/reg_sentence_polarity_rt*",),
    "github": ("registries/reg_code_humaneval*",),
}
"""Sources, and the files that they are built of."""

OWN_SOURCES = {
    "reg_twitter": "x",
    "reg_weibo": "weibo",
    "reg_hn": "hackernews",
    "reg_se": "stackexchange",
    "reg_mastodon": "mastodon",
    "reg_reddit": "reddit",
}
"""Sources that are not looked for in a corpus, since it is a part of them."""

SETTINGS: dict[str, dict[str, Any]] = {
    "shipped": {},
    "no background": {"common_background": False},
    "weak": {"common_background": False, "chance": 100.0},
}
"""Policies of the checks: as shipped, without the background, and with weak findings."""

COLUMNS = [
    "row", "field", "start", "end", "source", "item", "strength", "contested",
    "origin", "origin_reasons", "quoted_work", "expected", "evidence",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reuse", action="store_true")
    options = parser.parse_args()
    pairs = read_pairs(PAIRS)
    if not options.reuse:
        check_all(options.work, options.data, sorted({pair.file for pair in pairs}))
    outcomes = {name: join(pairs, options.work / name) for name in SETTINGS}
    places = count_places(options.work / "weak")
    PAGE.write_text(render(pairs, outcomes, places), "utf-8")
    for name, chart in draw_charts(outcomes, places).items():
        (HERE / name).write_text(chart, "utf-8")


def check_all(work: Path, data: Path, files: Sequence[str]) -> None:
    """Check the files with each policy, and store the findings of content in WORK/POLICY."""
    for source, patterns in REGISTRIES.items():
        folder = work / "registries" / source
        if not folder.exists():
            names = [str(path) for each in patterns for path in sorted(data.glob(each))]
            build_registry(folder, DumpSource(names, source, columns=columns_of(source)))
    for name, changes in SETTINGS.items():
        (work / name).mkdir(parents=True, exist_ok=True)
        for file in files:
            corpus = Path(file).name.split(".")[0]
            own = {source for start, source in OWN_SOURCES.items() if corpus.startswith(start)}
            registries = tuple(
                str(work / "registries" / each) for each in REGISTRIES if each not in own
            )
            policy = replace(Policy(registries=registries, text_columns=("text",)), **changes)
            findings = check([str(data / file)], policy, Settings()).findings
            content = findings.select(COLUMNS).filter(pc.field("evidence") == "content")
            pq.write_table(content, work / name / f"{corpus}.parquet")


def count_places(folder: Path) -> float:
    """Return how many places, summed over the checks of a folder, chance could give a match at."""
    total = 0.0
    for path in folder.glob("*.parquet"):
        findings = pq.read_table(path, columns=["strength", "expected"]).to_pylist()
        if findings:
            weakest = min(findings, key=itemgetter("strength"))
            total += weakest["expected"] * 2 ** weakest["strength"]
    return total


def columns_of(source: str) -> ColumnMapping:
    if source != "reddit":
        return ColumnMapping()
    return ColumnMapping(text_columns=("text",), id_column="id", date_column="created_at")


def join(pairs: Iterable[Pair], folder: Path) -> list[Outcome]:
    """Return what the findings in a folder say of each pair.

    A pair is found if half of its passage is part of a finding of its item, or else of another
    item of its source.
    """
    findings: dict[tuple[str, int, str, str], list[dict[str, Any]]] = defaultdict(list)
    for path in folder.glob("*.parquet"):
        for row in pq.read_table(path).to_pylist():
            findings[path.stem, row["row"], row["field"], row["source"]].append(row)
    outcomes = []
    for pair in pairs:
        corpus = Path(pair.file).name.split(".")[0]
        near = [
            row
            for row in findings[corpus, pair.row, pair.field, pair.source]
            if 2 * (min(row["end"], pair.end) - max(row["start"], pair.start))
            >= pair.end - pair.start
        ]
        near.sort(key=lambda row: row["item"].rsplit("/", 1)[-1] != pair.item)
        outcomes.append(outcome(pair, near[0] if near else None))
    return outcomes


def outcome(pair: Pair, row: dict[str, Any] | None) -> Outcome:
    if row is None:
        return Outcome(pair, None, counted=False, strength=np.nan, reasons=(), in_background=False)
    reasons = tuple(row["origin_reasons"])
    return Outcome(
        pair,
        row["origin"],
        counted=row["origin"] == "item" and not row["contested"],
        strength=row["strength"],
        reasons=reasons,
        in_background="background" in reasons or bool(row["contested"]),
    )


if __name__ == "__main__":
    main()
