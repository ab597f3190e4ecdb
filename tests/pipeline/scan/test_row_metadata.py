"""What rows declare, and which capture of a site counts for a page."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts
from provenance.model.content.tables import DOCUMENTS
from provenance.model.rules.policy import Policy
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange
from provenance.pipeline.scan.row_metadata import (
    DECLARED_SCHEMA,
    Declarations,
    PageSignals,
    build_declarations,
)
from provenance.read.rules.rule_files import load_rules
from provenance.read.signals.site_captures import SiteCaptures

AGENTS = {"robots-txt/training-agents": ("GPTBot",)}
OPEN, CLOSED = b"User-agent: *\nAllow: /\n", b"User-agent: GPTBot\nDisallow: /\n"
MINING = b'[{"location": "/", "tdm-reservation": 1}]'


def day(year: int) -> date:
    return date(year, 6, 1)


def sites(years, collected=None):
    hosts = {"a.example": {day(year): files for year, files in sorted(years.items())}}
    return PageSignals(AGENTS, SiteCaptures("captures", hosts, None, "digest"), collected)


HISTORY = {
    2021: {"robots.txt": OPEN},
    2023: {"robots.txt": CLOSED},
    2025: {"robots.txt": OPEN, "tdmrep.json": MINING},
}


def against(
    asked: PageSignals, fetched: str | None, fields=(), address: str = "https://a.example/x"
) -> list[str]:
    return [notice.signal for notice in asked.disallowing_notices(address, fetched, tuple(fields))]


def declared_row(reader: Declarations, text: int, row: dict) -> dict | None:
    """Return what one row declares, computed by itself."""
    owner, licence = reader.hosts.source_of(row["url"]), row["licence"]
    fields = tuple((field["kind"], field["value"]) for field in row["came_with"] or ())
    notices = reader.sites.disallowing_notices(row["url"], None, fields) if fields else ()
    if owner is None and licence is None and not notices:
        return None
    notes = [] if licence is None else [f"licence {licence[:200]}"]
    notes += ["; ".join(notice.why[:200] for notice in notices)] if notices else []
    subject = notices[0].signal.split("/")[0] if notices else None
    return {
        "text": text,
        "evidence": "link" if owner else "licence" if licence else "signal",
        "source": owner or (reader.licences.id_of(licence) if licence else subject),
        "licence": licence,
        "signals": [notice.signal for notice in notices],
        "declared": "; ".join(notes) or None,
        "withheld": None,
    }


ROWS = st.fixed_dictionaries(
    {
        "url": st.sampled_from([None, "https://x.com/a/1", "https://blog.example/a", "reddit.com"]),
        "licence": st.sampled_from([None, "CC BY 4.0", "é" * 300, " own rules "]),
        "came_with": st.sampled_from(
            [None, [], [{"kind": "header:x-robots-tag", "value": "noai"}]]
        ),
    }
)


@given(st.lists(ROWS))
def test_a_batch_declares_what_its_rows_declare_by_themselves(rows):
    reader = build_declarations(load_rules(), Policy(Circumstances(), registries=()), [])
    same = {"document": "d", "file": "f", "row": 0, "field": "text", "text": "t"}
    batch = pa.RecordBatch.from_pylist([same | row for row in rows], schema=DOCUMENTS)
    expected = [declared_row(reader, text, row) for text, row in enumerate(rows)]
    declared = reader.of(batch, tokenise(Texts.of(batch.column("text"))))
    assert declared.schema == DECLARED_SCHEMA
    assert declared.to_pylist() == [row for row in expected if row is not None]


def test_the_newest_capture_that_is_not_later_counts():
    asked = sites(HISTORY)
    assert against(asked, "2020-01-01") == []
    assert against(asked, "2022-01-01") == []
    assert against(asked, "2023-06-01T12:00:00Z") == ["robots-txt/training-agents"]
    assert against(asked, "2024-12-31") == ["robots-txt/training-agents"]
    assert against(asked, "2025-07-01") == ["tdmrep"]


def test_where_the_day_is_not_known_whatever_disallows_stands_and_says_so():
    asked = sites(HISTORY)
    assert against(asked, None) == ["tdmrep", "robots-txt/training-agents"]
    assert against(asked, "last week") == ["tdmrep", "robots-txt/training-agents"]
    why = asked.disallowing_notices("https://a.example/x", None, ())[1].why
    assert why == (
        'robots.txt, line 2 "Disallow: /", for GPTBot (captured 2023-06-01; on which day the page '
        "was fetched is not known)"
    )


def test_the_days_of_the_whole_collection_count_for_pages_without_one_of_their_own():
    def within(first, until):
        return against(sites(HISTORY, DateRange(first, until)), None)

    assert within(day(2022), date(2022, 7, 1)) == []
    assert within(day(2022), date(2024, 7, 1)) == ["robots-txt/training-agents"]
    assert within(date(2024, 1, 1), date(2024, 1, 2)) == ["robots-txt/training-agents"]
    assert within(None, day(2023)) == []
    assert within(date(2026, 1, 1), None) == ["tdmrep"]
    # A page that says its own day is not asked for the corpus's.
    assert against(sites(HISTORY, DateRange(day(2022), None)), "2021-07-01") == []


def test_each_file_counts_as_it_was_seen_last():
    asked = sites({2021: {"tdmrep.json": MINING}, 2023: {"robots.txt": OPEN}})
    assert against(asked, "2024-01-01") == ["tdmrep"]


def test_what_came_with_a_page_goes_before_what_was_captured():
    asked = sites({2023: {"robots.txt": CLOSED, "tdmrep.json": MINING}})
    own = [("robots.txt", OPEN.decode())]
    assert against(asked, "2024-01-01", own) == ["tdmrep"]
    assert against(asked, "2024-01-01", [("header:tdm-reservation", "0")]) == [
        "robots-txt/training-agents"
    ]
    assert against(PageSignals(AGENTS), None, [("robots.txt", CLOSED.decode())]) == [
        "robots-txt/training-agents"
    ]


def test_a_site_is_known_with_www_and_without():
    asked = sites(HISTORY)
    assert against(asked, None, address="http://www.a.example:80/x")
    assert against(asked, None, address="a.example/x")
    assert against(asked, None, address="https://b.example/") == []
    assert against(asked, None, address="https://sub.a.example/") == []


years = st.dictionaries(
    st.integers(2000, 2030),
    st.dictionaries(
        st.sampled_from(["robots.txt", "tdmrep.json"]), st.sampled_from([OPEN, CLOSED, MINING])
    ),
    max_size=5,
)
ranges = st.tuples(st.integers(2000, 2030), st.integers(0, 10)).map(
    lambda pair: DateRange(day(pair[0]), date(pair[0] + pair[1], 12, 1))
)


@given(years, ranges)
def test_to_know_less_of_the_day_is_never_laxer(history, collected):
    sure = set(against(sites(history, collected), None))
    assert sure <= set(against(sites(history, DateRange(None, collected.until)), None))
    assert sure <= set(against(sites(history), None))
    on = f"{collected.first}"
    assert set(against(sites(history), on)) <= sure


@given(years, st.integers(2000, 2030), ranges | st.none())
def test_another_capture_on_a_day_of_its_own_changes_no_earlier_day(history, year, collected):
    later = {**history, 2031: {"robots.txt": CLOSED}}
    assert against(sites(history), f"{year}-07-01") == against(sites(later), f"{year}-07-01")


def test_the_day_that_a_row_states_chooses_the_capture():
    asked = sites(HISTORY, DateRange(date(2024, 1, 1), date(2024, 2, 1)))
    assert against(asked, None)
    policy = Policy(Circumstances(collected=DateRange(date(2024, 1, 1), date(2024, 2, 1))))
    reader = replace(build_declarations(load_rules(), policy, ()), sites=asked)
    days = ["2022", "2024-01-05", "2025-07-01", "soon", None]
    row = {"document": "d", "file": "f", "field": "text", "text": "x"}
    rows = [
        {**row, "row": n, "url": "https://a.example/x", "labels": day and [("collected", day)]}
        for n, day in enumerate(days)
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=DOCUMENTS)
    found = reader.of(batch, tokenise(Texts.of(batch.column("text")))).to_pylist()
    assert {row["text"]: row["signals"] for row in found} == {
        1: ["robots-txt/training-agents"],
        2: ["tdmrep"],
        3: ["robots-txt/training-agents"],
        4: ["robots-txt/training-agents"],
    }
