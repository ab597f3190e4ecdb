"""Statements of the law book, picked by what they are about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from provenance.judge.periods import DAY
from provenance.model import (
    DateRange,
    Library,
    Licence,
    Signal,
    Source,
    StatutoryException,
    Terms,
    Verdict,
)

Entry = Source | Licence | Signal | StatutoryException
KINDS = ("source", "licence", "signal", "exception")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a statement has to be, to be picked; None takes all.

    Parameters
    ----------
    subjects : tuple of str
        Ids or other names of sources, licences, signals and exceptions; empty takes all.
    kind : str or None
        One of `KINDS`.
    verdict, basis, binds : Verdict or None, str or None, str or None
        What it says, why, and whom it binds.
    day : date or None
        A day on which it is in force.
    confidence : str or None
        How its confidence begins: "verified", "secondary", "not verified".
    """

    subjects: tuple[str, ...] = ()
    kind: str | None = None
    verdict: Verdict | None = None
    basis: str | None = None
    binds: str | None = None
    day: date | None = None
    confidence: str | None = None


def entries(library: Library) -> dict[str, tuple[Entry, ...]]:
    """Return everything in a library, kind by kind."""
    every = (library.sources, library.licences, library.signals, library.exceptions)
    return dict(zip(KINDS, every, strict=True))


def selected(library: Library, wanted: Selection) -> Iterator[tuple[Entry, tuple[Terms, ...]]]:
    """Give each entry that has statements of the kind wanted, with these."""
    for kind, every in entries(library).items():
        for entry in every if wanted.kind in (None, kind) else ():
            names = {entry.id, *getattr(entry, "aliases", ())}
            if wanted.subjects and not names & set(wanted.subjects):
                continue
            own = tuple(terms for terms in entry.terms if _fits(terms, wanted))
            if own:
                yield entry, own


def _fits(terms: Terms, wanted: Selection) -> bool:
    here = None if wanted.day is None else DateRange(wanted.day, wanted.day + DAY)
    return (
        wanted.verdict in (None, terms.verdict)
        and wanted.basis in (None, terms.basis)
        and (wanted.binds is None or wanted.binds in terms.binds)
        and (here is None or terms.period.overlaps(here))
        and (wanted.confidence is None or terms.confidence.startswith(wanted.confidence))
    )
