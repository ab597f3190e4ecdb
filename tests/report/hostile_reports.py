"""Reports in which somebody has written whatever they liked wherever they could."""

from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

import pyarrow as pa

from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.model.results.shares import Share

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)> ![a](https://evil.example/p.png)",
    "colours": "\x1b[31;1mred\x1b[0m\x1b]0;title\x07\x9b2J",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tabbed formula": "\t=1+1",
    "bidi": "abc\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "backticks": "a `b` ``c`` ``` d\n```\nfence",
    "pipes": "a | b \\| c \\\\| d",
    "headings": "\n# big\n\n- item\n\n> quote\n\n    code",
    "links": "[a](javascript:alert(1)) https://evil.example www.evil.example <https://a.example>",
    "mentions": "@octocat #1 GH-1 octo/repo#1 @org/team",
    "commands": "::error file=a,line=1::pwned\n::set-output name=a::b\n::stop-commands::x\r::x::",
    "cdata": "]]> <!-- --> <![CDATA[ <?xml ?> &amp; &#x0; \ufffe\uffff",
    "controls": "".join(map(chr, [*range(32), *range(127, 160)])),
    "breaks": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "details": "</details></summary></code></pre></table><details open>",
    "template": "{{ 7*7 }} {% raw %} ${{ secrets.TOKEN }} %s %(a)s {0}",
    "letters of nothing": "\u200b\u200d\ufeff\U000e0041",
}
KEPT = {"verdict", "evidence", "state"}
"""Columns whose words are ours."""


def infected(report: Report, text: str) -> Report:
    """Put a text wherever somebody else's may stand, and where nobody's should."""
    columns = [_column(report.findings[name], name, text) for name in FINDINGS.names]
    return Report(_infected(report.result, text), pa.table(columns, schema=FINDINGS))


def bloated(report: Report, text: str) -> Report:
    """Put a long text where a corpus or a registry could have one."""
    result = report.result
    first, *others = result.rulings
    source = result.registries[0].sources[0]
    registry = replace(
        result.registries[0], path=text, sources=(replace(source, source=text), source)
    )
    first = replace(first, name=text, ruling=replace(first.ruling, why=text, remedy=text))
    result = replace(
        result,
        corpus=replace(result.corpus, addresses=(text,)),
        rulings=(first, *others),
        registries=(registry,),
        policy=replace(result.policy, path=text),
        waivers=tuple(
            replace(each, waiver=replace(each.waiver, approver=text)) for each in result.waivers
        ),
    )
    row = report.findings.slice(0, 1)
    given = {"document", "file", "field", "item", "excerpt", "item_excerpt"}
    columns = [
        pa.chunked_array([pa.array([text])]) if name in given else row[name]
        for name in FINDINGS.names
    ]
    return Report(replace(result, findings=1), pa.table(columns, schema=FINDINGS))


def _column(column: pa.ChunkedArray, name: str, text: str) -> pa.ChunkedArray:
    if name == "alternatives":
        other = [{"source": text, "item": text, "share": 1.0}]
        return pa.chunked_array([pa.array([other] * len(column), column.type)])
    if name in KEPT or not pa.types.is_string(column.type):
        return column
    return pa.chunked_array([pa.array([text] * len(column), pa.string())])


def _infected(value: Any, text: str) -> Any:
    if isinstance(value, StrEnum):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_infected(each, text) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = {"by"} if isinstance(value, Share) else set()
        changed = {
            part.name: _infected(getattr(value, part.name), text)
            for part in fields(value)
            if part.init and part.name not in kept
        }
        return replace(value, **changed)
    return value
