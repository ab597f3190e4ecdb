"""Compare findings with those of a baseline: which are new, and which are gone."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pyarrow as pa

from provenance.model import AbsentFindings, FindingState, Verdict

READ = (
    *("document", "file", "row", "field", "start", "source", "item", "url", "evidence"),
    *("verdict", "basis", "terms", "waiver", "contested", "excerpt", "marks"),
)
"""Columns of the findings that are compared."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Findings compared with those of a baseline.

    Parameters
    ----------
    states : list of FindingState
        For each finding, in order.
    gone : tuple of AbsentFindings
        Findings of the baseline that are gone, by source and statement, largest first.
    """

    states: list[FindingState]
    gone: tuple[AbsentFindings, ...]


def beside(findings: pa.Table, baseline: pa.Table) -> Beside:
    """Compare findings with those of a baseline.

    Parameters
    ----------
    findings, baseline : pyarrow.Table
        With the columns `READ`.

    Returns
    -------
    Beside
        Each finding of the baseline is matched with one finding at most, so that a second copy of a
        post that was there once is new.

    Notes
    -----
    Two findings match if source, item (or address, without an item) and kind of evidence are equal,
    and the first possible of these:

    1. *In place*: the same file, row, field and start, with the same matched words.
    2. *Moved*: the same document, by its own id, and the same matched words. Rows may be reordered
       or moved to another file, and text before the passage may change. A document without an id
       is identified by the words alone, because "file#row" is only a place.
    3. *Edited*: the same document, by its id, or else by file and row; the words may have changed.

    Matched words are the highlighted ranges of the excerpt, without case and white space.

    A matched finding counts as new if its verdict is stricter than in the baseline, or if the
    baseline's was waived or contested and this one is not.
    """
    ours, theirs = _read(findings), _read(baseline)
    partners: list[_Row | None] = [None] * len(ours)
    left = set(range(len(theirs)))
    for identity in (_in_place, _moved, _edited):
        known = defaultdict(list)
        for place in sorted(left, reverse=True):
            known[identity(theirs[place])].append(place)
        for number, row in enumerate(ours):
            if partners[number] is None and (places := known.get(identity(row))):
                place = places.pop()
                partners[number] = theirs[place]
                left.discard(place)
    states = [_state(row, partner) for row, partner in zip(ours, partners, strict=True)]
    return Beside(states, _gone(theirs[place] for place in left))


@dataclass(frozen=True, slots=True)
class _Row:
    of: tuple[str, ...]
    own_id: str | None
    place: tuple[str, int]
    at: tuple[str, int]
    words: bytes
    statement: tuple[str, str, str | None, str | None]
    set_aside: bool

    @property
    def verdict(self) -> Verdict:
        return Verdict(self.statement[1])


Identity = Callable[[_Row], Hashable]


def _in_place(row: _Row) -> Hashable:
    return row.of, row.place, row.at, row.words


def _moved(row: _Row) -> Hashable:
    return row.of, row.own_id, row.words


def _edited(row: _Row) -> Hashable:
    return row.of, row.own_id if row.own_id is not None else row.place


def _read(findings: pa.Table) -> list[_Row]:
    batches = findings.select(READ).to_batches(10_000)
    return [_row(row) for batch in batches for row in batch.to_pylist()]


def _row(row: dict[str, Any]) -> _Row:
    by_place = f"{row['file']}#{row['row']}"
    return _Row(
        of=(row["source"], row["item"] or row["url"] or "", row["evidence"]),
        own_id=None if row["document"] == by_place else row["document"],
        place=(row["file"], row["row"]),
        at=(row["field"], row["start"]),
        words=_digest(row["excerpt"] or "", row["marks"] or ()),
        statement=(row["source"], row["verdict"], row["basis"], row["terms"]),
        set_aside=row["waiver"] is not None or row["contested"],
    )


def _digest(excerpt: str, marks: Sequence[Sequence[int]]) -> bytes:
    words = "".join(excerpt[start:end] for start, end in marks)
    return sha256(re.sub(r"\s+", "", words).casefold().encode("utf-8", "replace")).digest()[:16]


def _state(row: _Row, partner: _Row | None) -> FindingState:
    if partner is None or row.verdict.strictness > partner.verdict.strictness:
        return FindingState.NEW
    return FindingState.NEW if partner.set_aside and not row.set_aside else FindingState.UNCHANGED


def _gone(rows: Iterable[_Row]) -> tuple[AbsentFindings, ...]:
    counts = Counter(row.statement for row in rows)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], *map(str, each[0])))
    return tuple(
        AbsentFindings(source, Verdict(verdict), basis, terms, count)
        for (source, verdict, basis, terms), count in ordered
    )
