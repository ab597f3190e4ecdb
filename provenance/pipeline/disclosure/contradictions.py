"""Contradictions between answers and the ledger: a document that has one is not written."""

from collections.abc import Collection, Iterator

from provenance.ledger.contradictions import find_contradictions
from provenance.model.records.disclosure import Answers, RecordedFacts
from provenance.model.records.ledger import Ledger
from provenance.model.rules.policy import Route
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.check_contradictions import check_contradictions
from provenance.report.text.ledger_text import DIGEST_LENGTH
from provenance.report.text.number_format import period

_ROUTES = {
    Route.PURCHASE: (("california.purchased",), ("licensed.used", "third_party.used")),
    Route.CRAWL: (("crawl.used",),),
    Route.USERS: (("users.own", "users.other_services"),),
}
"""Sets of answers of which one must be yes if a dataset was obtained by a route."""


def contradictions(
    answers: Answers, recorded: RecordedFacts, ledger: Ledger, names: Collection[str]
) -> tuple[str, ...]:
    """Return what answers and records on the datasets of a disclosure say differently.

    Parameters
    ----------
    answers : Answers
        What people have answered.
    recorded : RecordedFacts
        Records on the datasets, the access to their sources, and their uses.
    ledger : Ledger
        The ledger, whose records may contradict each other.
    names : collection of str
        Names of the datasets.

    Returns
    -------
    tuple of str
        A sentence for each, with its records.
    """
    all_records = (*find_contradictions(ledger), *check_contradictions(ledger))
    between = [each for each in all_records if {*each.datasets} & {*names}]
    found = [
        *_routes(answers, recorded),
        *_agreements(answers, recorded),
        *_dates(answers, recorded),
        *_models(answers, recorded),
    ]
    return (
        *dict.fromkeys(f"{message} ({record})" for record, message in found),
        *(
            f"{each.sentence.removesuffix('.')} "
            f"({', '.join(f'record {digest[:DIGEST_LENGTH]}' for digest in each.records)})"
            for each in between
        ),
    )


_Found = tuple[str, str]
"""Name of a record, and what it says that an answer contradicts."""


def _routes(answers: Answers, recorded: RecordedFacts) -> Iterator[_Found]:
    stated = [(record, facts.name, facts.route) for record, facts in recorded.datasets]
    stated += [(record, facts.source, facts.route) for record, facts in recorded.accesses]
    for record, what, route in stated:
        for keys in () if route is None else _ROUTES.get(route, ()):
            if all(answers.truth(key) is False for key in keys):
                denied = " and ".join(f"{key} = false" for key in keys)
                yield (
                    record,
                    f"{what} was obtained by the route {route}, and {denied} in the answers",
                )


def _agreements(answers: Answers, recorded: RecordedFacts) -> Iterator[_Found]:
    keys = ("licensed.used", "third_party.used", "california.purchased")
    if not all(answers.truth(key) is False for key in keys):
        return
    denied = f"{', '.join(keys)} = false in the answers"
    stated = [(record, facts.name, facts.agreement) for record, facts in recorded.datasets]
    stated += [(record, facts.source, facts.agreement) for record, facts in recorded.accesses]
    for record, what, agreement in stated:
        if agreement is not None:
            yield (
                record,
                f"{what} was obtained under the agreement {agreement!r}, and {denied}",
            )


def _dates(answers: Answers, recorded: RecordedFacts) -> Iterator[_Found]:
    collected = answers.dates("dataset.collected")
    for record, facts in recorded.datasets:
        stated = facts.collected
        if collected is not None and stated is not None and not _contains(collected, stated):
            said = f"dataset.collected = {period(collected)} in the answers"
            yield record, f"{facts.name} was collected {period(stated)}, and {said}"
    first = answers.day("california.first_used")
    for record, use in recorded.uses:
        used = None if use.dates is None else use.dates.first
        if used is None:
            continue
        if first is not None and first > used:
            said = f"california.first_used = {first} in the answers"
            yield record, f"{use.dataset} was used from {used}, and {said}"


def _contains(whole: DateRange, part: DateRange) -> bool:
    starts = whole.first is None or (part.first is not None and part.first >= whole.first)
    ends = whole.until is None or (part.until is not None and part.until <= whole.until)
    return starts and ends


def _models(answers: Answers, recorded: RecordedFacts) -> Iterator[_Found]:
    if recorded.model is None or "models" not in answers:
        return
    names = [
        name
        for row in answers.rows("models")
        for name in (str(row["name"]), f"{row['name']} {row.get('version', '')}".strip())
    ]
    if recorded.model not in names:
        record = recorded.uses[0][0] if recorded.uses else "the ledger"
        yield (
            record,
            f"the model is {recorded.model!r}, and models of the answers has {names[0]!r}",
        )
