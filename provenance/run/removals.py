"""Findings that are to go from a corpus: which, and what that cuts out of which file."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import REMOVALS, Cleaning, Int64s, RemovalReason
from provenance.read import Cuts

Place = tuple[str, int, str, str | None]
"""File, row as it was in the corpus, source and item."""

Spans = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Removed:
    """What has gone from a corpus so far, and what was left in on purpose.

    Parameters
    ----------
    cleaning : Cleaning
        What was asked.
    rows : dict of str to ndarray of int64
        Rows of each file that are gone, as they were numbered at first; sorted.
    excused : set of Place
        Findings that stay: somebody answers for them, or they are contested. They stay so where
        their documents' rows have other numbers now.
    tables : list of pyarrow.Table
        What was taken out, of schema `REMOVALS`, one a round.
    left : (int, int)
        Findings that stay, waived and contested, as of the last look.
    """

    cleaning: Cleaning
    rows: dict[str, Int64s] = field(default_factory=dict)
    excused: set[Place] = field(default_factory=set)
    tables: list[pa.Table] = field(default_factory=list)
    left: tuple[int, int] = (0, 0)
    _before: dict[str, Int64s] = field(default_factory=dict)

    def chosen(self, findings: pa.Table) -> pa.Table:
        """Pick the findings of a round that are to go; rows are counted as they are now."""
        named = pa.array([str(verdict) for verdict in self.cleaning.verdicts])
        meant = findings.filter(pc.is_in(findings["verdict"], named))
        places = self._places(meant)
        waived = pc.is_valid(meant["waiver"]).to_numpy() & (not self.cleaning.waived)
        contested = meant["contested"].to_numpy() & (not self.cleaning.contested) & ~waived
        stays = waived | contested
        # One that was excused is so where its document has another number now.
        known = np.array([place in self.excused for place in places], bool) & ~stays
        self.excused.update(places[row] for row in np.flatnonzero(stays).tolist())
        self.left = int((waived | known).sum()), int(contested.sum())
        return meant.filter(pa.array(~stays & ~known))

    def take(self, chosen: pa.Table) -> dict[str, Cuts]:
        """Note that findings go, and give what that cuts out of each file."""
        whole = self._whole(chosen)
        names = ("file", "row", "field", "start", "end")
        findings = list(zip(*(chosen[name].to_pylist() for name in names), strict=True))
        gone: dict[str, set[int]] = {file: set() for file, *_ in findings}
        for (file, row, *_), is_whole in zip(findings, whole, strict=True):
            gone[file] |= {row} if is_whole else set()
        spans: dict[str, dict[int, dict[str, Spans]]] = {file: {} for file in gone}
        for file, row, name, start, end in findings:
            if row not in gone[file]:
                own = spans[file].setdefault(row, {})
                own[name] = (*own.get(name, ()), (start, end))
        self._note(chosen, [row in gone[file] for file, row, *_ in findings])
        for file, rows in gone.items():
            before = self.rows.get(file, np.zeros(0, np.int64))
            new = np.array([self.first_row(file, row) for row in rows], np.int64)
            both = np.sort(np.concatenate([before, new]))
            # Before the n-th that is gone stand n fewer that are left.
            self.rows[file], self._before[file] = both, both - np.arange(len(both))
        put = self.cleaning.redact or ""
        return {file: Cuts(frozenset(rows), spans[file], put) for file, rows in gone.items()}

    def first_row(self, file: str, row: int) -> int:
        """Tell which row of a file, as it was, is now its row of that number."""
        before = self._before.get(file)
        return row if before is None else row + int(np.searchsorted(before, row, "right"))

    def table(self) -> pa.Table:
        """Give all that was taken out."""
        return pa.concat_tables([REMOVALS.empty_table(), *self.tables])

    def _places(self, findings: pa.Table) -> list[Place]:
        columns = [findings[name].to_pylist() for name in ("file", "row", "source", "item")]
        return [
            (file, self.first_row(file, row), source, item)
            for file, row, source, item in zip(*columns, strict=True)
        ]

    def _whole(self, chosen: pa.Table) -> list[bool]:
        """Tell which findings take the document with them.

        An address condemns a document whatever its text is: no redaction helps.
        """
        if self.cleaning.redact is None:
            return [True] * len(chosen)
        return [evidence == "link" for evidence in chosen["evidence"].to_pylist()]

    def _note(self, chosen: pa.Table, whole: list[bool]) -> None:
        places = zip(chosen["file"].to_pylist(), chosen["row"].to_pylist(), strict=True)
        told = {
            "row": [self.first_row(file, row) for file, row in places],
            "whole": whole,
            "round": [len(self.tables) + 1] * len(chosen),
        }
        columns = [
            pa.array(told[name], REMOVALS.field(name).type) if name in told else chosen[name]
            for name in REMOVALS.names
        ]
        self.tables.append(pa.table(columns, schema=REMOVALS))


def reasons(removed: pa.Table) -> tuple[RemovalReason, ...]:
    """Sum up why findings went, the most frequent reason first."""
    found: dict[tuple[str, str, str | None, str | None], list[tuple[str, int]]] = {}
    names = ("source", "verdict", "basis", "terms", "file", "row")
    for *why, file, row in zip(*(removed[name].to_pylist() for name in names), strict=True):
        found.setdefault((why[0], why[1], why[2], why[3]), []).append((file, row))
    summed = [
        RemovalReason(*why, findings=len(places), documents=len(set(places)))
        for why, places in found.items()
    ]
    return tuple(sorted(summed, key=lambda one: (-one.findings, one.source, one.terms or "")))
