"""Rulings: the terms in force at the date that counts, and what follows for the purpose."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from provenance.judge.hearings import hear, timeline
from provenance.judge.lawbook import Lawbook
from provenance.judge.questions import OpenQuestions
from provenance.judge.transcripts import Transcript
from provenance.judge.wording import remedy, why
from provenance.model import Agreement, Circumstances, Library, Ruling, Stretch

_Subject = tuple[str, str | None, tuple[str, ...]]
UNDATED = -1
"""The stretch of content whose date nobody knows."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A ruling, and the contract that turned it.

    Parameters
    ----------
    ruling : Ruling
        Verdict, reasons, alternatives.
    agreement : Agreement or None
        None where the public terms decided.
    """

    ruling: Ruling
    agreement: Agreement | None = None

    def __hash__(self) -> int:
        # Its words and documents tell a ruling from most others; all that documents say is deep.
        return hash((self.ruling.why, *(reason.terms.id for reason in self.ruling.reasons)))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A matter, the days on which it turns, and what stands on each day of collection."""

    transcript: Transcript
    days: tuple[date, ...]
    timeline: tuple[Stretch, ...]


class Judge:
    """Rules on content, once for every stretch of time in which nothing changes.

    Parameters
    ----------
    library : Library
        All rules.
    circumstances : Circumstances
        Purpose, date collected, actor, jurisdiction.
    agreements : sequence of Agreement
        Contracts; one counts on the days of its period, for content collected on them.
    today : date, optional
        Nothing was collected after it. Without it the future counts too, and no agreement that
        ends can cover content of which nobody knows when it was collected.
    """

    def __init__(
        self,
        library: Library,
        circumstances: Circumstances,
        agreements: Sequence[Agreement] = (),
        today: date | None = None,
    ) -> None:
        self._lawbook = Lawbook(library, circumstances, agreements)
        self._questions = OpenQuestions(library.questions, circumstances.jurisdiction)
        self._today = today
        self._matters: dict[_Subject, _Prepared] = {}
        self._judgements: dict[tuple[_Subject, int], Judgement] = {}
        self._distinct: dict[Judgement, Judgement] = {}

    def rule(
        self,
        subject: str,
        item_date: date | None = None,
        licence: str | None = None,
        signals: tuple[str, ...] = (),
    ) -> Judgement:
        """Rule on content of a source, or under a licence alone.

        Parameters
        ----------
        subject : str
            Id of a source; or of a licence, in any spelling.
        item_date : date, optional
            When the content was published.
        licence : str, optional
            The licence that it declares.
        signals : tuple of str
            Signals for machines that came with it, by their ids.

        Returns
        -------
        Judgement
            Equal judgements are the same object.
        """
        days = self.turning_days(subject, licence, signals)
        if isinstance(item_date, datetime):
            item_date = item_date.date()
        stretch = UNDATED if item_date is None else bisect_right(days, item_date)
        return self.rule_stretch(subject, licence, stretch, signals)

    def rule_stretch(
        self, subject: str, licence: str | None, stretch: int, signals: tuple[str, ...] = ()
    ) -> Judgement:
        """Rule on all content published between two turning days.

        Parameters
        ----------
        subject, licence, signals
            As in `rule`.
        stretch : int
            How many turning days lie on or before the content's date; `UNDATED` where it has none.
        """
        judgement = self._judgements.get(((subject, licence, signals), stretch))
        if judgement is None:
            prepared = self._prepared((subject, licence, signals))
            judgement = self._hear(prepared, _day_within(prepared.days, stretch))
            # Equal rulings are one object, so that a report shows them once.
            judgement = self._distinct.setdefault(judgement, judgement)
            self._judgements[(subject, licence, signals), stretch] = judgement
        return judgement

    def turning_days(
        self, subject: str, licence: str | None = None, signals: tuple[str, ...] = ()
    ) -> tuple[date, ...]:
        """Return the days at which another date of an item may give another ruling, in order."""
        return self._prepared((subject, licence, signals)).days

    def _prepared(self, asked: _Subject) -> _Prepared:
        found = self._matters.get(asked)
        if found is None:
            matter = self._lawbook.matter(*asked)
            transcript = Transcript(self._lawbook, matter)
            found = self._matters[asked] = _Prepared(
                transcript,
                matter.turning_days(self._lawbook.circumstances.collected, self._today),
                timeline(transcript, self._today),
            )
        return found

    def _hear(self, prepared: _Prepared, item_date: date | None) -> Judgement:
        hearing = hear(prepared.transcript, item_date, self._today)
        stands, reasons = hearing.stands, hearing.reasons()
        ruling = Ruling(
            subject=hearing.matter.subject,
            verdict=stands.verdict,
            basis=stands.basis,
            terms=None if stands.terms is None else stands.terms.id,
            why=why(hearing),
            reasons=reasons,
            alternatives=hearing.alternatives(),
            remedy=remedy(hearing),
            questions=self._questions.about(reasons),
            timeline=prepared.timeline,
        )
        return Judgement(ruling, stands.agreement)


def judge(
    subject: str,
    item_date: date | None,
    licence: str | None,
    circumstances: Circumstances,
    library: Library,
) -> Ruling:
    """Rule once; to rule often, keep a `Judge`."""
    return Judge(library, circumstances).rule(subject, item_date, licence).ruling


def _day_within(days: Sequence[date], stretch: int) -> date | None:
    # Nothing changes within a stretch, so its first day stands for all of them.
    if stretch == UNDATED:
        return None
    return days[stretch - 1] if stretch else date.min
