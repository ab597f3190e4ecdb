"""What stands beside a finding: other items, other holders."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.rulings import Judge
from provenance.model.rules.policy import Policy
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Verdict
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.findings.alternatives import ITEM_COLUMNS, DescribedSpans, alternatives
from provenance.pipeline.findings.finding_table import _contested_mask
from provenance.pipeline.findings.judging import SpanRulings
from provenance.pipeline.settings import Settings
from provenance.read.rules.rule_files import load_rules
from provenance.registry.items.item_copies import ItemCopies
from tests.match.candidate_runs import candidates_of

FORBIDDEN = Judge(load_rules(), Circumstances(), (), date(2026, 1, 1)).rule("x")
PERMITTED = replace(FORBIDDEN, ruling=replace(FORBIDDEN.ruling, verdict=Verdict.PERMITTED))
ALIKE = (("x", FORBIDDEN), ("wikipedia", PERMITTED))


@st.composite
def rivals(draw):
    """Draw claims, some of which lost their place to others, each with an item and its copies."""
    count = draw(st.integers(1, 16))
    winner = [
        draw(st.one_of(st.none(), st.integers(0, place - 1))) if place else None
        for place in range(count)
    ]
    # Whoever lost lost to one that stands.
    winner = [None if one is None or winner[one] is not None else one for one in winner]
    names = [draw(st.tuples(st.sampled_from("xy"), st.sampled_from("1234"))) for _ in range(count)]
    strengths = [draw(st.integers(20, 23)) for _ in range(count)]
    copies = {
        place: ItemCopies(
            tuple((source, f"c{number}") for number in range(12 * (source == "y"))), 1, ()
        )
        for place, (source, _) in enumerate(names)
        if draw(st.booleans())
    }
    runs = [sorted(draw(st.sets(st.integers(0, 8), min_size=1))) for _ in names]
    return winner, names, strengths, copies, runs


@given(rivals(), st.booleans())
def test_others_with_half_of_the_words_are_named_those_with_most_first(given_rivals, has_evidence):
    winner, names, strengths, copies, runs = given_rivals
    chosen = np.array([one is None for one in winner])
    claims = SimpleNamespace(
        chosen=chosen,
        winners=np.array([-1 if one is None else one for one in winner]),
        strengths=np.array(strengths, np.float64),
        # Every number is a run of two words, with one between it and the next.
        candidates=candidates_of(*([(0, 3 * one, 2) for one in own] for own in runs)),
        firsts=np.full(len(names), 3),
        lasts=np.full(len(names), 24),  # the first of the last two words
    )
    rows = [{"source": source, "item": item} for source, item in names]
    claim = list(range(len(names)))
    found = np.flatnonzero(chosen)
    if has_evidence:  # a row of the corpus that names a source, and no item
        rows.append({"source": "x"})
        claim.append(-1)
        found = np.append(found, len(names))
    columns = {field.name: [row.get(field.name) for row in rows] for field in ITEM_COLUMNS}
    items = DescribedSpans(pa.table(columns, schema=ITEM_COLUMNS), copies)
    told = alternatives(pa.table({"claim": claim}), claims, items, found).to_pylist()
    words = [{3 * one + more for one in own for more in (0, 1)} & set(range(3, 25)) for own in runs]
    for row, listed in zip(found.tolist(), told, strict=True):
        losers = [place for place, one in enumerate(winner) if one == row]
        losers.sort(key=lambda place: (-strengths[place], place))
        shares = dict.fromkeys(copies[row].items if row in copies else (), 1.0)
        for one in losers:
            share = len(words[one] & words[row]) / max(len(words[row]), 1)
            shares[names[one]] = min(shares.get(names[one], 0) + share, 1)
        own = names[row] if row < len(names) else None
        wanted = [(-share, pair) for pair, share in shares.items() if share >= 0.5 and pair != own]
        wanted.sort(key=lambda one: one[0])
        assert [(-one["share"], (one["source"], one["item"])) for one in listed] == wanted[:10]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 12), st.integers(1, 8), st.booleans(), st.booleans()
        ),
        min_size=1,
        max_size=10,
    )
)
def test_what_others_may_use_is_contested_where_they_hold_half_of_it(drawn):
    spans = pa.table(
        {
            "text_number": [text for text, *_ in drawn],
            "byte_start": [start for _, start, *_ in drawn],
            "byte_end": [start + size for _, start, size, *_ in drawn],
            "background": [0 if held else -1 for *_, held, _ in drawn],
            "claim": [-1] * len(drawn),
        }
    )
    every = SpanRulings(np.arange(len(drawn)), np.array([int(one[4]) for one in drawn]), ALIKE)
    found = _contested_mask(spans, every, every, np.zeros(0, bool))
    for row, (text, start, size, held, is_permitted) in enumerate(drawn):
        overlaps = [
            min(start + size, first + length) - max(start, first)
            for other, first, length, _, is_allowed in drawn
            if is_allowed and other == text
        ]
        wanted = held or any(one >= size / 2 for one in overlaps)
        assert found[row] == (wanted and not is_permitted)


def test_any_counts_what_a_source_holds_that_another_is_named_for(
    tmp_path: Path, posts, pages, write_lines
):
    both = [posts[0], posts[1]]
    dumps = [
        DumpSource([write_lines(tmp_path / f"{source}.jsonl", own)], source)
        for source, own in (("reddit", both), ("x", [*both, posts[2]]))
    ]
    for dump, name in zip(dumps, ("first", "second"), strict=True):
        build_registry(tmp_path / name, dump)
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts[:3], strict=False)]
    corpus = write_lines(tmp_path / "pages.jsonl", [{"text": text} for text in texts])
    registries = tuple(str(tmp_path / name) for name in ("first", "second"))
    made = check([corpus], Policy(registries=registries), Settings(threads=2))
    shares = {one.key: one.documents for one in made.result.shares if one.by == "source"}
    assert sum(one.count for one in shares.values()) == 3
    assert shares["x"].any == 1
    assert shares["reddit"].any == 2 / 3
    alone = {one.key: one.documents for one in made.result.shares if one.by == "verdict"}
    assert max(one.any for one in alone.values()) == 1
