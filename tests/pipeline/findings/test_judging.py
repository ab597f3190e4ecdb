"""Findings are judged by kind as they would be one by one, whatever their items are."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.judge.rulings import Judge
from provenance.model.content.tables import LABELS
from provenance.model.rules.policy import Policy
from provenance.model.rules.rulings import Circumstances
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.findings.alternatives import ITEM_COLUMNS, DescribedSpans
from provenance.pipeline.findings.judging import add_copy_holders, judge_item, rule_spans
from provenance.pipeline.settings import Settings
from provenance.read.rules.rule_files import load_rules
from provenance.registry.items.item_copies import ItemCopies

JUDGES = CircumstanceJudges(load_rules(), Policy(), date(2026, 1, 1))
JUDGE = JUDGES.general
SOURCES = ["x", "reddit", "stackexchange", "nobody-knows"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TURNS = [
    datetime(day.year, day.month, day.day, tzinfo=UTC)
    for source in SOURCES[:3]
    for day in JUDGE.turning_days(source, None, ())
]
DAYS = st.one_of(
    st.integers(-300_000_000, 1_700_000_000).map(lambda one: EPOCH + timedelta(seconds=one)),
    st.builds(
        lambda turn, seconds: turn + timedelta(seconds=seconds),
        st.sampled_from(TURNS),
        st.sampled_from([-1, 0, 86_399, 86_400]),
    ),
)
LICENCES = st.sampled_from([None, "CC-BY-4.0", "CC-BY-NC-4.0"])
ROWS = st.one_of(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(SOURCES),
            "item": st.sampled_from(["1", "2"]),
            "created_at": st.one_of(st.none(), DAYS),
            "licence": LICENCES,
        }
    ),
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(SOURCES),
            "licence": LICENCES,
            "signals": st.sampled_from([None, [], ["noai"], ["tdmrep", "noai"]]),
        }
    ),
)


def described(rows, copies=None):
    columns = {field.name: [row.get(field.name) for row in rows] for field in ITEM_COLUMNS}
    return DescribedSpans(pa.table(columns, schema=ITEM_COLUMNS), copies or {})


def located(rows):
    empty = {"file": ["a"] * len(rows), "address": [None] * len(rows)}
    return pa.table({**empty, "labels": pa.nulls(len(rows), LABELS)})


@settings(max_examples=60)
@given(st.lists(ROWS, max_size=12))
def test_what_is_alike_is_judged_as_each_would_be(rows):
    found = rule_spans(described(rows), located(rows), JUDGES)
    assert found.rows.tolist() == list(range(len(rows)))
    for kind, row in zip(found.codes.tolist(), rows, strict=True):
        own = {field.name: row.get(field.name) for field in ITEM_COLUMNS}
        assert found.judgements[kind] == (row["source"], judge_item(own, JUDGE))
    assert len({(source, id(one)) for source, one in found.judgements}) == len(found.judgements)


def test_days_are_told_apart_where_the_law_turns():
    moments = [None, EPOCH]
    for turn in TURNS:
        moments += [turn - timedelta(seconds=1), turn]
    for source in SOURCES:
        rows = [{"source": source, "item": "1", "created_at": moment} for moment in moments]
        found = rule_spans(described(rows), located(rows), JUDGES)
        for kind, moment in zip(found.codes.tolist(), moments, strict=True):
            assert found.judgements[kind][1] is JUDGE.rule(source, moment and moment.date())


@settings(max_examples=60)
@given(
    st.lists(st.tuples(ROWS, st.sets(st.sampled_from(SOURCES))), max_size=8),
)
def test_all_sources_that_have_the_same_hold_it(given_rows):
    rows = [row for row, _ in given_rows]
    copies = {
        place: ItemCopies((), len(others), tuple(sorted({row["source"], *others})))
        for place, (row, others) in enumerate(given_rows)
        if others
    }
    items = described(rows, copies)
    own = rule_spans(items, located(rows), JUDGES)
    held = add_copy_holders(own, items, located(rows), JUDGES)
    found = sorted(
        (row, held.judgements[kind][0], id(held.judgements[kind][1]))
        for row, kind in zip(held.rows.tolist(), held.codes.tolist(), strict=True)
    )
    wanted = [
        (
            place,
            source,
            id(own.judgements[own.codes[place]][1] if source == row["source"] else other),
        )
        for place, (row, others) in enumerate(given_rows)
        for source in {row["source"], *others}
        for other in [JUDGE.rule(source)]
    ]
    assert found == sorted(wanted)


def test_items_of_two_registries_of_which_one_keeps_no_texts(
    tmp_path: Path, posts, pages, write_lines
):
    old = datetime(1931, 5, 3, 12, tzinfo=UTC)
    quoted = [
        post | {"created_at": (old + timedelta(days=5000 * place)).isoformat()}
        for place, post in enumerate(posts[:8])
    ]
    for name, own, keep in (("kept", quoted[::2], True), ("bare", quoted[1::2], False)):
        dump = write_lines(tmp_path / f"{name}.jsonl", own)
        build_registry(tmp_path / name, DumpSource([dump], "x"), keep_texts=keep)
    quoted += quoted  # each stands twice
    texts = [f"{page} {post['text']}" for page, post in zip(pages, quoted, strict=False)]
    corpus = write_lines(tmp_path / "pages.jsonl", [{"text": text} for text in texts])
    registries = tuple(str(tmp_path / name) for name in ("bare", "kept"))
    made = check([corpus], Policy(registries=registries), Settings(threads=2))
    rows = made.findings.to_pylist()
    assert [row["item"] for row in rows] == [post["id"] for post in quoted]
    for place, (row, post) in enumerate(zip(rows, quoted, strict=True)):
        assert row["item_excerpt"] == (None if place % 2 else post["text"])
        assert row["created_at"] == datetime.fromisoformat(post["created_at"])
        day = row["created_at"].date()
        judge = Judge(load_rules(), Circumstances(), (), made.result.created.date())
        assert row["basis"] == judge.rule("x", day).ruling.basis
        assert row["terms"] == judge.rule("x", day).ruling.terms
    assert np.all(made.findings["tokens"].to_numpy() >= 8)
