"""Transcripts: what was said on a matter, kept, so that no moment is heard twice."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from provenance.judge.lawbook import Lawbook
from provenance.judge.matters import Bound, Matter, Moment, Plea
from provenance.judge.periods import publication_days
from provenance.judge.statements import AGREEMENT, Order, Statement
from provenance.model import DateRange, Verdict


class Heard(NamedTuple):
    """What every document that binds says at a moment, what of it stands, and how that weighs."""

    said: tuple[Statement, ...]
    stands: Statement
    order: Order


class Transcript:
    """What was said on one matter: every moment is heard once, whichever item it is asked for.

    Parameters
    ----------
    lawbook : Lawbook
        The rules, and the circumstances.
    matter : Matter
        Whose documents.
    """

    def __init__(self, lawbook: Lawbook, matter: Matter) -> None:
        self.lawbook = lawbook
        self.matter = matter
        self._moments = matter.moments(lawbook.circumstances)
        self._pleas: dict[Plea, tuple[Bound, dict[Moment, Heard]]] = {}

    def moments(self, item_date: date | None, collected: DateRange) -> tuple[Moment, ...]:
        """Return the moments that may be the true one for content of a date, collected on days."""
        published = publication_days(item_date, collected)
        return tuple(
            moment
            for moment in self._moments
            if moment.collected.overlaps(collected)
            and moment.published.overlaps(published)
            and (item_date or moment.is_possible())
        )

    def hear(self, moments: Iterable[Moment], plea: Plea) -> list[Heard]:
        """Return what is said at each moment, and what of it stands."""
        bound, heard = self._opened(plea)
        return [heard.get(m) or heard.setdefault(m, self._hear(m, bound)) for m in moments]

    def _opened(self, plea: Plea) -> tuple[Bound, dict[Moment, Heard]]:
        opened = self._pleas.get(plea)
        if opened is None:
            bound = self.lawbook.bound(self.matter, plea)
            # Those for whom the same counts are heard once.
            alike = (each for each in self._pleas.values() if each[0] == bound)
            opened = self._pleas[plea] = next(alike, (bound, {}))
        return opened

    def _hear(self, moment: Moment, bound: Bound) -> Heard:
        said = self.lawbook.hear(bound, moment)
        stands = self.lawbook.scale.combine(said)
        if stands.verdict is not Verdict.PERMITTED:
            signed = (a for a in bound.agreements if a.period.overlaps(moment.collected))
            permits = (Statement(Verdict.PERMITTED, AGREEMENT, None, a) for a in signed)
            stands = next(permits, stands)
        return Heard(tuple(said), stands, self.lawbook.scale.order(stands))
