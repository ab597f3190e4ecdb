"""Contradictions between records of a ledger: what they say cannot all be true.

Only what follows from the facts in force is named. A period that is one month or one year may mean
any day of it; of a period without an end, only its beginning counts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from itertools import pairwise

from provenance.model.records.ledger import (
    AccessFacts,
    CheckFacts,
    CleaningFacts,
    Contradiction,
    DatasetFacts,
    DestructionFacts,
    F,
    Ledger,
    LedgerEntry,
    RecordKind,
    UseFacts,
    named_datasets,
)
from provenance.model.rules.terms import DateRange

_DAY = timedelta(days=1)
_NO_COPIES = frozenset({"none", "no", "0", "-", "nothing", "no copies"})


@dataclass(frozen=True, slots=True)
class _FactsInForce:
    """Facts in force with their records, by what they are about.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    datasets, uses, accesses, destructions, derived : dict
        By the name of a dataset; `derived` has those that were made from it.
    checks, cleanings : dict
        By the digest of a dataset.
    """

    ledger: Ledger
    datasets: dict[str, list[tuple[LedgerEntry, DatasetFacts]]]
    uses: dict[str, list[tuple[LedgerEntry, UseFacts]]]
    accesses: dict[str, list[tuple[LedgerEntry, AccessFacts]]]
    destructions: dict[str, list[tuple[LedgerEntry, DestructionFacts]]]
    derived: dict[str, list[tuple[LedgerEntry, DatasetFacts]]]
    checks: dict[str, list[tuple[LedgerEntry, CheckFacts]]]
    cleanings: dict[str, list[tuple[LedgerEntry, CleaningFacts]]]


def find_contradictions(ledger: Ledger) -> tuple[Contradiction, ...]:
    """Return contradictions between facts in force, and what erasures keep from being known.

    Parameters
    ----------
    ledger : Ledger
        The ledger.
    """
    facts = _FactsInForce(
        ledger,
        datasets=_by(ledger.facts(DatasetFacts), lambda each: (each.name,)),
        uses=_by(ledger.facts(UseFacts), lambda each: (each.dataset,)),
        accesses=_by(ledger.facts(AccessFacts), lambda each: each.datasets),
        destructions=_by(ledger.facts(DestructionFacts), lambda each: (each.dataset,)),
        derived=_by(ledger.facts(DatasetFacts), lambda each: each.made_from),
        checks=_by(ledger.facts(CheckFacts), lambda each: (each.digest,)),
        cleanings=_by(ledger.facts(CleaningFacts), lambda each: (each.before or "",)),
    )
    found = [
        *_later_events(facts),
        *_destroyed_twice(facts),
        *_future_events(ledger),
        *_before_collection(facts),
        *_outside_collection(facts),
        *_different_datasets(facts),
        *_made_from_themselves(facts),
        *_items_without_calls(ledger),
        *_corrected_twice(ledger),
        *_names_of_several(ledger),
        *_erased_destructions(ledger),
    ]
    return tuple(dict.fromkeys(found))


def _by(
    facts: Iterable[tuple[LedgerEntry, F]], keys: Callable[[F], Iterable[str]]
) -> dict[str, list[tuple[LedgerEntry, F]]]:
    groups = dict[str, list[tuple[LedgerEntry, F]]]()
    for each in facts:
        for key in keys(each[1]):
            groups.setdefault(key, []).append(each)
    return groups


def _later_events(facts: _FactsInForce) -> Iterator[Contradiction]:
    """Yield what is recorded of datasets after they were destroyed."""
    for name, destructions in facts.destructions.items():
        for entry, destroyed in destructions:
            copies = f" (copies left: {destroyed.copies_left})" if destroyed.copies_left else ""
            for others, event in (
                *_checked_after(facts, name, destroyed.destroyed),
                *_used_after(facts, name, destroyed.destroyed),
            ):
                yield Contradiction(
                    f"{name} was destroyed on {destroyed.destroyed}{copies}, but {event}.",
                    (entry.digest, *(other.digest for other in others)),
                    (name,),
                )


_Event = tuple[Sequence[LedgerEntry], str]
"""Records of something that happened to a dataset, and what that was."""


def _checked_after(facts: _FactsInForce, name: str, day: date) -> Iterator[_Event]:
    """Yield what commands did with a dataset after a day, however often."""
    digests = {each.digest for _, each in facts.datasets.get(name, []) if each.digest is not None}
    checks = [each for digest in digests for each in facts.checks.get(digest, [])]
    cleanings = [each for digest in digests for each in facts.cleanings.get(digest, [])]
    for did, events in (
        ("checked", [(check.checked, entry) for entry, check in checks]),
        ("cleaned", [(_recorded(entry), entry) for entry, _ in cleanings]),
    ):
        later = sorted(
            (each for each in events if each[0] > day),
            key=lambda each: (each[0], each[1].record.number, each[1].digest),
        )
        if later:
            first, last = later[0][0], later[-1][0]
            times = f" {len(later)} times" if len(later) > 1 else ""
            when = f"on {first}" if first == last else f"from {first} to {last}"
            yield [entry for _, entry in later], f"{did}{times} {when}"


def _used_after(facts: _FactsInForce, name: str, day: date) -> Iterator[_Event]:
    """Yield what people state of a dataset for a time after a day."""
    for entry, use in facts.uses.get(name, []):
        if _is_after(use.dates, day):
            yield [entry], f"{_who(use.application)} used it {_period(use.dates)}"
    for entry, access in facts.accesses.get(name, []):
        if _is_after(access.dates, day):
            items = f"items that {_who(access.application)} accessed {_period(access.dates)}"
            yield [entry], f"{items} went into it"
    yield from _collected_after(facts, name, day)


def _collected_after(facts: _FactsInForce, name: str, day: date) -> Iterator[_Event]:
    for entry, dataset in facts.datasets.get(name, []):
        if _is_after(dataset.collected, day):
            yield [entry], f"collected {_period(dataset.collected)}"
    for entry, dataset in facts.derived.get(name, []):
        if _is_after(dataset.collected, day):
            collected = f"collected {_period(dataset.collected)}"
            yield [entry], f"{dataset.name}, {collected}, was made from it"


def _destroyed_twice(facts: _FactsInForce) -> Iterator[Contradiction]:
    for name, unsorted in facts.destructions.items():
        several = sorted(unsorted, key=lambda each: (each[1].destroyed, each[1].by or ""))
        for (entry, first), (other, second) in pairwise(several):
            copies = (first.copies_left or "none").strip().casefold()
            if copies in _NO_COPIES and _differ(first, second):
                yield Contradiction(
                    f"{name} was destroyed twice: {_destruction(first)}, and "
                    f"{_destruction(second)}.",
                    (entry.digest, other.digest),
                    (name,),
                )


def _differ(first: DestructionFacts, second: DestructionFacts) -> bool:
    """Return whether two destructions cannot be one that was recorded twice."""
    pairs = ((first.by, second.by), (first.method, second.method), (first.items, second.items))
    return first.destroyed != second.destroyed or any(
        one != other for one, other in pairs if one is not None and other is not None
    )


def _destruction(facts: DestructionFacts) -> str:
    by = "" if facts.by is None else f" by {facts.by}"
    items = "" if facts.items is None else f" with {facts.items} items"
    return f"on {facts.destroyed}{by}{items}"


def _future_events(ledger: Ledger) -> Iterator[Contradiction]:
    """Yield what was to come when it was recorded; a day is left for time zones."""
    for entry in ledger.entries_in_force:
        recorded = _recorded(entry)
        for event, day, names, sources in _events(entry):
            if day > recorded + _DAY:
                yield Contradiction(
                    f"{event}, but was recorded on {recorded}, before {day}.",
                    (entry.digest,),
                    names,
                    sources,
                )


_DatedEvent = tuple[str, date, tuple[str, ...], tuple[str, ...]]
"""What happened, on which day at the latest that is certain, to which datasets and sources."""


def _events(entry: LedgerEntry) -> Iterator[_DatedEvent]:
    facts = entry.facts
    match facts:
        case DestructionFacts():
            event = f"The destruction of {facts.dataset} is of {facts.destroyed}"
            yield event, facts.destroyed, (facts.dataset,), ()
        case CheckFacts():
            event = f"The check of {', '.join(facts.addresses)} is of {facts.checked}"
            yield event, facts.checked, (), ()
        case UseFacts(dates=DateRange()):
            event = f"The use of {facts.dataset} by {_who(facts.application)} is of the time"
            yield from _dated(event, facts.dates, (facts.dataset,), ())
        case AccessFacts(dates=DateRange()):
            event = f"The access of {_who(facts.application)} to {facts.source} is of the time"
            yield from _dated(event, facts.dates, facts.datasets, (facts.source,))
        case DatasetFacts(collected=DateRange()):
            event = f"The collection of {facts.name} is of the time"
            yield from _dated(event, facts.collected, (facts.name,), facts.sources)


def _dated(
    event: str, dates: DateRange | None, names: tuple[str, ...], sources: tuple[str, ...]
) -> Iterator[_DatedEvent]:
    day = None if dates is None else _certain_last(dates)
    if day is not None:
        yield f"{event} {_period(dates)}", day, names, sources


def _before_collection(facts: _FactsInForce) -> Iterator[Contradiction]:
    for name, datasets in facts.datasets.items():
        for entry, dataset in datasets:
            collected = dataset.collected
            if collected is None or collected.first is None:
                continue
            for other, use in facts.uses.get(name, []):
                if _is_before(use.dates, collected.first):
                    yield Contradiction(
                        f"{_who(use.application)} used {name} {_period(use.dates)}, but it was "
                        f"collected {_period(collected)}.",
                        (other.digest, entry.digest),
                        (name,),
                        dataset.sources,
                    )


def _outside_collection(facts: _FactsInForce) -> Iterator[Contradiction]:
    """Yield accesses whose items went into a dataset that cannot have them."""
    for name, accesses in facts.accesses.items():
        for entry, access in accesses:
            for other, dataset in facts.datasets.get(name, []):
                for problem in _access_problems(access, dataset):
                    yield Contradiction(
                        f"Items of {access.source} went into {name}, {problem}.",
                        (entry.digest, other.digest),
                        (name,),
                        (access.source,),
                    )


def _access_problems(access: AccessFacts, dataset: DatasetFacts) -> Iterator[str]:
    if dataset.sources and access.source not in dataset.sources:
        yield f"which is recorded as having content of {', '.join(dataset.sources)} only"
    dates, collected = access.dates, dataset.collected
    if dates is not None and collected is not None and not dates.overlaps(collected):
        yield f"accessed {_period(dates)}, but it was collected {_period(collected)}"


_STATED_ONCE: dict[str, Callable[[DatasetFacts], object]] = {
    "digest": lambda facts: facts.digest,
    "route": lambda facts: facts.route,
    "time of collection": lambda facts: facts.collected,
}
"""What cannot differ between two records of a dataset, whose name has its version."""


def _different_datasets(facts: _FactsInForce) -> Iterator[Contradiction]:
    """Yield records of one dataset that differ in what they say of it."""
    for name, several in facts.datasets.items():
        for what, value in _STATED_ONCE.items():
            stating = [each for each in several if value(each[1]) is not None]
            for (entry, first), (other, second) in pairwise(stating):
                if value(first) != value(second):
                    yield Contradiction(
                        f"Two records of {name} differ in its {what}.",
                        (entry.digest, other.digest),
                        (name,),
                        (*first.sources, *second.sources),
                    )


def _made_from_themselves(facts: _FactsInForce) -> Iterator[Contradiction]:
    for name, datasets in facts.datasets.items():
        reached, open_ = set[str](), [name]
        while open_:
            for _, dataset in facts.datasets.get(open_.pop(), []):
                open_ += [other for other in dataset.made_from if other not in reached]
                reached.update(dataset.made_from)
        if name in reached:
            yield Contradiction(
                f"{name} is recorded as made from itself, or from a dataset made from it.",
                tuple(entry.digest for entry, _ in datasets),
                (name,),
            )


def _items_without_calls(ledger: Ledger) -> Iterator[Contradiction]:
    for entry, access in ledger.facts(AccessFacts):
        if access.calls == 0 and access.items:
            yield Contradiction(
                f"{_who(access.application)} retrieved {access.items} items of {access.source} "
                "with 0 calls.",
                (entry.digest,),
                access.datasets,
                (access.source,),
            )


def _corrected_twice(ledger: Ledger) -> Iterator[Contradiction]:
    """Yield records that several others correct: of these, the newest counts."""
    corrections = dict[str, list[str]]()
    for entry in ledger.entries:
        if entry.record.corrects is not None:
            corrections.setdefault(entry.record.corrects, []).append(entry.digest)
    in_force = ledger.corrections()
    for digest, several in corrections.items():
        if len(several) > 1 and digest in in_force:
            counts = in_force[digest].digest
            yield Contradiction(
                f"The record {digest[:12]} was corrected by {len(several)} others: "
                f"{counts[:12]} counts.",
                (digest, *several),
            )


def _names_of_several(ledger: Ledger) -> Iterator[Contradiction]:
    """Yield names that several datasets had when other records named them."""
    corrected, names = ledger.corrections(), ledger.dataset_names()
    naming = dict[tuple[str, tuple[str, ...]], list[str]]()
    for entry in ledger.entries if corrected else ():
        for name in () if entry.digest in corrected else named_datasets(entry.facts):
            meant = names.meant(name, entry)
            if len(meant) > 1:
                naming.setdefault((name, meant), []).append(entry.digest)
    for (name, meant), records in naming.items():
        naming_it = "1 record names" if len(records) == 1 else f"{len(records)} records name"
        yield Contradiction(
            f"{naming_it} {name} when {len(meant)} datasets were called so, which are now "
            f"{' and '.join(sorted(meant))}: counted for {meant[0]}.",
            tuple(records),
            meant,
        )


def _erased_destructions(ledger: Ledger) -> Iterator[Contradiction]:
    for entry in ledger.entries_in_force:
        if entry.record.kind is RecordKind.DESTRUCTION and entry.facts is None:
            erasure = ledger.erasures[entry.record.files[0].name]
            yield Contradiction(
                f"A destruction was recorded on {_recorded(entry)}, and its facts were erased on "
                f"{erasure.day}: which dataset it was is not known.",
                (entry.digest,),
            )


def _recorded(entry: LedgerEntry) -> date:
    return entry.record.recorded.astimezone(UTC).date()


def _who(application: str | None) -> str:
    return application or "an application that is not named"


def _is_after(dates: DateRange | None, day: date) -> bool:
    """Return whether a period has, for certain, a day after another."""
    last = None if dates is None else _certain_last(dates)
    return last is not None and last > day


def _certain_last(dates: DateRange) -> date | None:
    """Return the last day that a period has for certain, as far as it is known."""
    if dates.until is None or _is_one_month_or_year(dates):
        return dates.first
    return dates.until - _DAY


def _is_before(dates: DateRange | None, day: date) -> bool:
    """Return whether a period has, for certain, a day before another."""
    if dates is None:
        return False
    if dates.first is None or _is_one_month_or_year(dates):
        return dates.until is not None and dates.until <= day
    return dates.first < day


def _is_one_month_or_year(dates: DateRange) -> bool:
    first, until = dates.first, dates.until
    if first is None or until is None or first.day != 1 or until.day != 1:
        return False
    months = 12 * (until.year - first.year) + until.month - first.month
    return months == 1 or (months == 12 and first.month == 1)


def _period(dates: DateRange | None) -> str:
    """Return a period in words: "from 2022-01-01 to 2022-12-31"."""
    if dates is None:
        return "at a time that is not known"
    last = None if dates.until is None else dates.until - _DAY
    if dates.first == last:
        return f"on {last}"
    start = "" if dates.first is None else f"from {dates.first}"
    end = "" if last is None else f"to {last}"
    return " ".join(filter(None, [start, end or "on"]))
