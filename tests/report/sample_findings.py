"""Findings made by hand: in English and Chinese, with emoji, markup and hostile signs."""

import re
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from provenance.model.content.tables import FINDINGS
from tests.report.sample_rulings import RULINGS


def findings_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of `finding` as a table."""
    return pa.Table.from_pylist(rows, schema=FINDINGS)


def marked(text: str) -> tuple[str, list[list[int]]]:
    """Take the brackets out of "we [[all]] live", and say where they stood."""
    plain, marks = "", []
    for number, piece in enumerate(re.split(r"\[\[|\]\]", text)):
        if number % 2:
            marks.append([len(plain), len(plain) + len(piece)])
        plain += piece
    return plain, marks


def finding(
    document: str, source: str, excerpt: str | None, held: str | None, **more: Any
) -> dict[str, Any]:
    """One row of the findings' table; matched words stand in [[ ]]."""
    text, marks = marked(excerpt) if excerpt is not None else (None, None)
    item_text, item_marks = marked(held) if held is not None else (None, None)
    start = 40 + (marks[0][0] if marks else 0)
    end = 40 + (marks[-1][1] if marks else 0)
    verdict, basis, terms = _STANDING[source]
    return {
        "document": document,
        "file": "part-0.parquet",
        "row": int(re.sub(r"\D", "", document) or 0),
        "field": "text",
        "start": start,
        "end": end,
        "byte_start": start,
        "byte_end": end + 3,
        "source": source,
        "item": "17" + str(len(document)) + "0042",
        "url": None,
        "created_at": datetime(2023, 4, 2, 9, 30, tzinfo=UTC),
        "evidence": "content",
        "declared": None,
        "verdict": verdict,
        "basis": basis,
        "terms": terms,
        "waiver": None,
        "tokens": 14,
        "item_tokens": 14,
        "item_start": None if item_text is None else 0,
        "item_end": None if item_text is None else len(item_text),
        "gap": None,
        "bits": 150.0,
        "strength": 41.5,
        "expected": 0.0003,
        "contested": False,
        "marked": False,
        "copies": 1,
        "occurrences": 1,
        "origin": "item",
        "origin_reasons": ["whole-item"],
        "alternatives": [],
        "excerpt": text,
        "excerpt_start": None if text is None else 40,
        "item_excerpt": item_text,
        "marks": marks,
        "item_marks": item_marks,
        **more,
    }


_STANDING = {
    each.source: (each.ruling.verdict.value, each.ruling.basis, each.ruling.terms)
    for each in RULINGS
}
EXCUSED = "own-content: source=x, documents=faq-*"
"""Id of the waiver that excuses a finding."""

FOUND = [
    finding(
        "page-118",
        "x",
        "A reader sent us this the week the ferry stopped:\n\n“[[the harbour smelled of diesel and "
        "oranges and nobody told the gulls that the last boat had gone]]” ⚓️🍊\n\n— It was printed "
        "on the back page, under the tide table.",
        "[[the harbour smelled of diesel and oranges and nobody told the gulls that the last boat "
        "had gone]] ⚓️🍊",
        url="https://x.com/i/web/status/1642400420042",
        tokens=17,
        item_tokens=17,
        bits=201.4,
        strength=34.2,
    ),
    finding(
        "page-7",
        "x",
        "… from the archive: [[今天的雨把整条街洗成了一面镜子]]\uff0c[[连路灯都在练习倒立]]。网友",
        "[[今天的雨把整条街洗成了一面镜子]]\uff0c[[连路灯都在练习倒立]]",
        tokens=24,
        item_tokens=24,
        bits=172.9,
        strength=29.8,
        created_at=datetime(2022, 11, 19, 22, 4, tzinfo=UTC),
    ),
    finding(
        "page-903",
        "x",
        "<script>alert('page')</script> & <b>[[my oven has two settings]]</b>: [[raw and "
        "regret]] \u202eevil\u202c \x1b[31mred\x1b[0m \x00 end",
        "[[my oven has two settings]] <img src=x onerror=alert(1)> [[raw and regret]]",
        url="javascript:alert('url')",
        tokens=8,
        item_tokens=9,
        bits=71.0,
        strength=9.1,
        contested=True,
        origin="quotation",
        origin_reasons=["item-continues", "item-quotes", "background"],
        quoted_work="Sayings & <b>more</b>",
        quoted_url="javascript:alert(1)",
        alternatives=[
            {"source": "stackexchange", "item": "88121", "share": 1.0, "same_words": True},
            {"source": "y<i>", "item": None, "share": 0.62, "same_words": False},
        ],
    ),
    finding(
        "faq-12",
        "x",
        "As we posted ourselves: [[orders placed before noon leave the same day unless the cat is "
        "asleep on the label printer]].",
        None,
        waiver=EXCUSED,
        tokens=18,
        item_tokens=18,
        bits=160.2,
        strength=27.0,
    ),
    finding(
        "page-40",
        "forum.example",
        "[[first you salt the aubergines then you apologise to them]], wrote someone on a forum.",
        "[[first you salt the aubergines then you apologise to them]] that is the whole recipe",
        tokens=10,
        item_tokens=15,
        bits=96.3,
        strength=14.0,
        created_at=None,
    ),
    finding(
        "page-512",
        "stackexchange",
        "The usual advice: [[a lock that is never contended costs you nothing but the habit of "
        "taking it]] so [[measure before]] you remove it.",
        "[[A lock that is never contended costs you nothing but the habit of taking it]]; "
        "[[measure before]] removing anything.",
        url="https://stackoverflow.com/a/70420042",
        tokens=17,
        item_tokens=19,
        bits=148.8,
        strength=22.7,
    ),
    finding(
        "page-77",
        "reddit",
        "one comment said [[my landlord's idea of a smoke alarm is a man named Gerald]] and that "
        "was that",
        "[[My landlord's idea of a smoke alarm is a man named Gerald]].",
        tokens=12,
        item_tokens=12,
        bits=119.5,
        strength=18.8,
    ),
    finding(
        "page-300",
        "stackexchange",
        None,
        None,
        evidence="link",
        declared='robots.txt, line 2 "Disallow: /<b>", for GPTBot (captured 2023-01-01)',
        item=None,
        url="https://superuser.com/questions/1",
        tokens=0,
        item_tokens=None,
        bits=0.0,
        strength=4.0,
        created_at=None,
    ),
]
