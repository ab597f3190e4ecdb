"""Compare findings with those of a baseline: new, unchanged and absent ones."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pyarrow as pa

from provenance.model.results.baseline import AbsentFindings, FindingState
from provenance.model.rules.terms import Verdict

COMPARED_COLUMNS = (
    *("document", "file", "row", "field", "start", "source", "item", "url", "evidence"),
    *("verdict", "basis", "terms", "waiver", "contested", "excerpt", "marks"),
)
"""Columns of the findings that are compared."""


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """Findings compared with those of a baseline.

    Parameters
    ----------
    states : list of FindingState
        For each finding, in order.
    absent : tuple of AbsentFindings
        Findings of the baseline that are absent now, by source and statement, largest first.
    """

    states: list[FindingState]
    absent: tuple[AbsentFindings, ...]


def compare_findings(findings: pa.Table, baseline: pa.Table) -> BaselineComparison:
    """Compare findings with those of a baseline.

    Parameters
    ----------
    findings, baseline : pyarrow.Table
        With the columns `COMPARED_COLUMNS`.

    Returns
    -------
    BaselineComparison
        Each finding of the baseline is matched with at most one finding, so that a second copy of a
        post that occurred once is new.

    Notes
    -----
    Two findings match if source, item (or address, without an item) and kind of evidence are equal,
    and the first possible of these:

    1. *In place*: the same file, row, field and start, with the same matched words.
    2. *Moved*: the same document, by its own id, and the same matched words. Rows may be reordered
       or moved to another file, and text before the passage may change. A document without an id
       is identified by the words alone, because "file#row" does not identify it.
    3. *Edited*: the same document, by its id, or else by file and row; the words may have changed.

    Matched words are the highlighted ranges of the excerpt, without case and white space.

    A matched finding counts as new if its verdict is stricter than in the baseline, or if the
    baseline's was waived or contested and this one is not.
    """
    rows, baseline_rows = _rows(findings), _rows(baseline)
    partners: list[_Row | None] = [None] * len(rows)
    unmatched = set(range(len(baseline_rows)))
    for identity in (_in_place, _moved, _edited):
        candidates = defaultdict(list)
        for place in sorted(unmatched, reverse=True):
            candidates[identity(baseline_rows[place])].append(place)
        for number, row in enumerate(rows):
            if partners[number] is None and (places := candidates.get(identity(row))):
                place = places.pop()
                partners[number] = baseline_rows[place]
                unmatched.discard(place)
    states = [_state(row, partner) for row, partner in zip(rows, partners, strict=True)]
    return BaselineComparison(states, _absent_findings(baseline_rows[place] for place in unmatched))


@dataclass(frozen=True, slots=True)
class _Row:
    subject: tuple[str, ...]
    own_id: str | None
    place: tuple[str, int]
    at: tuple[str, int]
    words: bytes
    statement: tuple[str, str, str | None, str | None]
    is_excused: bool

    @property
    def verdict(self) -> Verdict:
        return Verdict(self.statement[1])


Identity = Callable[[_Row], Hashable]


def _in_place(row: _Row) -> Hashable:
    return row.subject, row.place, row.at, row.words


def _moved(row: _Row) -> Hashable:
    return row.subject, row.own_id, row.words


def _edited(row: _Row) -> Hashable:
    return row.subject, row.own_id if row.own_id is not None else row.place


def _rows(findings: pa.Table) -> list[_Row]:
    batches = findings.select(COMPARED_COLUMNS).to_batches(10_000)
    return [_row(row) for batch in batches for row in batch.to_pylist()]


def _row(row: dict[str, Any]) -> _Row:
    by_place = f"{row['file']}#{row['row']}"
    return _Row(
        subject=(row["source"], row["item"] or row["url"] or "", row["evidence"]),
        own_id=None if row["document"] == by_place else row["document"],
        place=(row["file"], row["row"]),
        at=(row["field"], row["start"]),
        words=_digest(row["excerpt"] or "", row["marks"] or ()),
        statement=(row["source"], row["verdict"], row["basis"], row["terms"]),
        is_excused=row["waiver"] is not None or row["contested"],
    )


def _digest(excerpt: str, marks: Sequence[Sequence[int]]) -> bytes:
    words = "".join(excerpt[start:end] for start, end in marks)
    return sha256(re.sub(r"\s+", "", words).casefold().encode("utf-8", "replace")).digest()[:16]


def _state(row: _Row, partner: _Row | None) -> FindingState:
    if partner is None or row.verdict.strictness > partner.verdict.strictness:
        return FindingState.NEW
    return FindingState.NEW if partner.is_excused and not row.is_excused else FindingState.UNCHANGED


def _absent_findings(rows: Iterable[_Row]) -> tuple[AbsentFindings, ...]:
    counts = Counter(row.statement for row in rows)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], *map(str, each[0])))
    return tuple(
        AbsentFindings(source, Verdict(verdict), basis, terms, count)
        for (source, verdict, basis, terms), count in ordered
    )
