"""Rulings: the verdict of the terms in force on the date that counts, for a purpose."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from provenance.judge.combined_rulings import combine
from provenance.judge.explanation import QUOTATION_REMEDY, OpenQuestions, quotation_why, remedy, why
from provenance.judge.licence_expressions import Expression, parse_expression
from provenance.judge.precedence import AGREEMENT, QUOTED_WORK
from provenance.judge.rule_index import RuleIndex
from provenance.judge.scenarios import StatementCache, evaluate, strictest_periods, timeline
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import Library
from provenance.model.rules.rulings import Alternative, Circumstances, Ruling, VerdictPeriod
from provenance.model.rules.terms import Verdict

_Subject = tuple[str, str | None, tuple[str, ...]]
UNDATED = -1
"""Stands for the number of turning days of content whose date is unknown."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The content that judgements are for.

    Parameters
    ----------
    collection : str or None
        Name of the collection; None for content in no collection.
    row_dated : bool
        Whether rows state the day on which they were collected.
    """

    collection: str | None = None
    row_dated: bool = False


WHOLE_CORPUS = Scope()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A ruling, and the agreement that decided it.

    Parameters
    ----------
    ruling : Ruling
        Verdict, reasons and alternatives.
    agreement : Agreement or None
        None if the public terms decided.
    scope : Scope
        The content that it is for.
    collected_too_early : bool
        Whether the stated collection ended before the content was published.
    """

    ruling: Ruling
    agreement: Agreement | None = None
    scope: Scope = WHOLE_CORPUS
    collected_too_early: bool = False

    def __hash__(self) -> int:
        # Words and documents distinguish nearly all rulings; hashing all of a ruling is slow.
        return hash((self.ruling.why, *(reason.terms.id for reason in self.ruling.reasons)))


@dataclass(frozen=True, slots=True)
class _SubjectCache:
    """Cached outcomes of a subject, its turning days, and its timeline."""

    cache: StatementCache
    days: tuple[date, ...]
    timeline: tuple[VerdictPeriod, ...]


@dataclass(frozen=True, slots=True)
class _DeclaredExpression:
    """An expression of licences, and what it stands for.

    Parameters
    ----------
    stated : str
        As it was declared, in its usual spelling.
    expression : Expression
        The licences and how they are joined.
    subjects : mapping of Expression to (str, str or None)
        The subject and the declared licence to judge, for each of the licences.
    subject : str or None
        The subject, if it is the expression itself.
    """

    stated: str
    expression: Expression
    subjects: Mapping[Expression, tuple[str, str | None]]
    subject: str | None


class Judge:
    """Makes rulings on content, one for each range of dates in which nothing changes.

    Parameters
    ----------
    library : Library
        All rules.
    circumstances : Circumstances
        Purpose, date of collection, actor, jurisdiction.
    agreements : sequence of Agreement
        Each counts for content collected in its term; after its end, if it survives.
    today : date, optional
        Last possible day of collection, and the day of the use. If None, the future counts too: an
        agreement that ends has ended, and cannot cover content whose day of collection is unknown.
    scope : Scope
        The content that all judgements are for.
    distinct : dict, optional
        Judgements of several judges, so that equal ones are the same object.
    """

    def __init__(
        self,
        library: Library,
        circumstances: Circumstances,
        agreements: Sequence[Agreement] = (),
        today: date | None = None,
        *,
        scope: Scope = WHOLE_CORPUS,
        distinct: dict[Judgement, Judgement] | None = None,
    ) -> None:
        self._rules = RuleIndex(library, circumstances, agreements, today)
        self._questions = OpenQuestions(
            library.questions, circumstances.jurisdiction, self._rules.places
        )
        self._today = today
        self._subjects: dict[_Subject, _SubjectCache] = {}
        self._judgements: dict[tuple[_Subject, int], Judgement] = {}
        self._expressions: dict[tuple[str, str | None], _DeclaredExpression | None] = {}
        self._distinct: dict[Judgement, Judgement] = {} if distinct is None else distinct
        self._quotations: dict[tuple[str, tuple[str, Judgement] | None], Judgement] = {}
        self._scope = scope

    def rule(
        self,
        subject: str,
        item_date: date | None = None,
        licence: str | None = None,
        signals: tuple[str, ...] = (),
    ) -> Judgement:
        """Return the ruling on content of a source, or under a licence alone.

        Parameters
        ----------
        subject : str
            Id of a source; or of a licence, in any spelling.
        item_date : date, optional
            When the content was published.
        licence : str, optional
            The licence declared with it.
        signals : tuple of str
            Ids of the machine-readable signals that came with it.

        Returns
        -------
        Judgement
            Equal rulings are the same object.
        """
        days = self.turning_days(subject, licence, signals)
        if isinstance(item_date, datetime):
            item_date = item_date.date()
        stretch = UNDATED if item_date is None else bisect_right(days, item_date)
        return self.rule_stretch(subject, licence, stretch, signals)

    def rule_quotation(self, source: str, work: tuple[str, Judgement] | None = None) -> Judgement:
        """Return the ruling on words that items of a source quote.

        Parameters
        ----------
        source : str
            Id of the source whose items quote them.
        work : (str, Judgement), optional
            Source of the quoted work, and the ruling on it; None if the work is not known.

        Returns
        -------
        Judgement
            Equal rulings are the same object.
        """
        key = source, work
        if key not in self._quotations:
            self._quotations[key] = self._quoted(source, work)
        return self._quotations[key]

    def _quoted(self, source: str, work: tuple[str, Judgement] | None) -> Judgement:
        if work is not None:
            name, judgement = work
            why_quoted = quotation_why(source, name, judgement.ruling.why)
            return replace(judgement, ruling=replace(judgement.ruling, why=why_quoted))
        ruling = Ruling(
            subject=source,
            verdict=Verdict.UNKNOWN,
            basis=QUOTED_WORK,
            terms=None,
            why=quotation_why(source),
            reasons=(),
            alternatives=(),
            remedy=QUOTATION_REMEDY,
        )
        return Judgement(ruling, scope=self._scope)

    def rule_stretch(
        self, subject: str, licence: str | None, stretch: int, signals: tuple[str, ...] = ()
    ) -> Judgement:
        """Return the ruling on content published between two turning days.

        Parameters
        ----------
        subject, licence, signals
            As in `rule`.
        stretch : int
            Number of turning days on or before the content's date; `UNDATED` if it has none.
        """
        judgement = self._judgements.get(((subject, licence, signals), stretch))
        if judgement is None:
            days = self.turning_days(subject, licence, signals)
            item_date = _day_within(days, stretch)
            expression = self._expression_of(subject, licence)
            if expression is None:
                judgement = self._evaluate(self._prepare((subject, licence, signals)), item_date)
                judgement = self._with_parts(judgement, subject, item_date, licence)
            else:
                judgement = self._combine(expression, item_date, signals)
            # Equal rulings are the same object, so that a report shows them once.
            judgement = self._distinct.setdefault(judgement, judgement)
            self._judgements[(subject, licence, signals), stretch] = judgement
        return judgement

    def turning_days(
        self, subject: str, licence: str | None = None, signals: tuple[str, ...] = ()
    ) -> tuple[date, ...]:
        """Return the days at which the ruling may change with an item's date, in order."""
        expression = self._expression_of(subject, licence)
        if expression is None:
            return self._prepare((subject, licence, signals)).days
        subjects = expression.subjects.values()
        days = (self.turning_days(name, declared, signals) for name, declared in subjects)
        return tuple(sorted({day for each in days for day in each}))

    def _expression_of(self, subject: str, licence: str | None) -> _DeclaredExpression | None:
        key = subject, licence
        if key not in self._expressions:
            self._expressions[key] = self._parse(subject, licence)
        return self._expressions[key]

    def _parse(self, subject: str, licence: str | None) -> _DeclaredExpression | None:
        """Return the expression that is declared, or that the subject itself is."""
        is_subject, is_licence = self._rules.is_subject(subject), self._rules.is_licence
        expression = None if licence is None else parse_expression(licence, is_licence)
        if licence is not None and expression is not None:
            name = self._rules.expression_name(expression)
            is_own = not is_subject and subject == name
            subjects = {
                each: (each.licence if is_own else subject, each.licence)
                for each in expression.licences()
            }
            return _DeclaredExpression(name, expression, subjects, subject if is_own else None)
        expression = None if is_subject else parse_expression(subject, is_licence)
        if expression is None:
            return None
        declared = {each: (each.licence, licence) for each in expression.licences()}
        return _DeclaredExpression(subject, expression, declared, subject)

    def _combine(
        self, declared: _DeclaredExpression, item_date: date | None, signals: tuple[str, ...]
    ) -> Judgement:
        """Return the ruling on content under an expression of licences."""
        judgements = {
            each: self.rule(subject, item_date, licence, signals)
            for each, (subject, licence) in declared.subjects.items()
        }
        rulings = {each: judgement.ruling for each, judgement in judgements.items()}
        decisive, ruling = combine(declared.expression, rulings, declared.stated)
        subject = declared.subject or ruling.subject
        return replace(judgements[decisive], ruling=replace(ruling, subject=subject))

    def _prepare(self, subject: _Subject) -> _SubjectCache:
        prepared = self._subjects.get(subject)
        if prepared is None:
            subject_terms = self._rules.subject_terms(*subject)
            cache = StatementCache(self._rules, subject_terms)
            days = subject_terms.turning_days(self._rules.circumstances.collected, self._today)
            name, licence, _ = subject
            parts = [self._prepare((part, licence, ())) for part in self._rules.parts(name)[1]]
            prepared = self._subjects[subject] = _SubjectCache(
                cache,
                tuple(sorted({*days, *(day for each in parts for day in each.days)})),
                strictest_periods(timeline(cache, self._today), *(each.timeline for each in parts)),
            )
        return prepared

    def _with_parts(
        self, own: Judgement, subject: str, item_date: date | None, licence: str | None
    ) -> Judgement:
        """Return the ruling on a corpus: the strictest of its own terms and those of its parts.

        The licence is the content's, whichever part it is of. An agreement on the corpus covers all
        of it.
        """
        name, parts = self._rules.parts(subject)
        if not parts or own.ruling.basis == AGREEMENT:
            return own
        rulings = [(part, self.rule(part, item_date, licence).ruling) for part in parts]
        strictest_part, strictest = max(rulings, key=lambda each: each[1].verdict.strictness)
        is_decisive = strictest.verdict.strictness > own.ruling.verdict.strictness
        ruling = strictest if is_decisive else own.ruling
        because = (
            f"the strictest counts, {strictest_part}: {ruling.why}"
            if is_decisive
            else f"none is judged more strictly than the corpus itself: {ruling.why}"
        )
        number = "one part" if len(parts) == 1 else f"{len(parts)} parts"
        others = tuple(
            Alternative(f"the part {part}", each.verdict, each.basis, each.terms)
            for part, each in rulings
        )
        reasons = {reason.terms.id: reason for reason in ruling.reasons}
        for each in (own.ruling, *(each for _, each in rulings)):
            for reason in each.reasons:
                reasons.setdefault(reason.terms.id, replace(reason, decisive=False))
        ruling = replace(
            ruling,
            subject=own.ruling.subject,
            why=f"{name} is made of {number}; {because}",
            reasons=tuple(reasons.values()),
            alternatives=(*others, *ruling.alternatives),
            timeline=own.ruling.timeline,
        )
        return replace(own, ruling=ruling)

    def _evaluate(self, prepared: _SubjectCache, item_date: date | None) -> Judgement:
        evaluation = evaluate(prepared.cache, item_date, self._today)
        decisive, reasons = evaluation.decisive, evaluation.reasons()
        ruling = Ruling(
            subject=evaluation.subject_terms.subject,
            verdict=decisive.verdict,
            basis=decisive.basis,
            terms=None if decisive.terms is None else decisive.terms.id,
            why=why(evaluation),
            reasons=reasons,
            alternatives=evaluation.alternatives(),
            remedy=remedy(evaluation),
            questions=self._questions.about(reasons),
            timeline=prepared.timeline,
        )
        return Judgement(ruling, decisive.agreement, self._scope, evaluation.collected_too_early)


_WITHHELD_WHY = (
    "A registry says that this content was withdrawn, or that its owner opted out; the policy "
    'forbids such content (withdrawn = "forbid").'
)
_WITHHELD_REMEDY = "Leave this content out (provenance clean writes the dataset without it)."


def withhold(judgement: Judgement, objection: Judgement, *, forbid: bool) -> Judgement:
    """Return the ruling on content whose owner objects to its use.

    Parameters
    ----------
    judgement : Judgement
        The ruling without the objection.
    objection : Judgement
        The ruling on the objection alone. It can make the verdict stricter, never laxer.
    forbid : bool
        Whether the policy forbids such content.
    """
    ruling = objection.ruling
    if forbid:
        ruling = replace(
            ruling, verdict=Verdict.FORBIDDEN, why=_WITHHELD_WHY, remedy=_WITHHELD_REMEDY
        )
    if ruling.verdict.strictness <= judgement.ruling.verdict.strictness:
        return judgement
    ruling = replace(ruling, subject=judgement.ruling.subject)
    return replace(judgement, ruling=ruling, agreement=None)


def _day_within(days: Sequence[date], stretch: int) -> date | None:
    # Nothing changes within a stretch, so its first day represents it.
    if stretch == UNDATED:
        return None
    return days[stretch - 1] if stretch else date.min
