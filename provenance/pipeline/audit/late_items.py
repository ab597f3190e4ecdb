"""Items that are later than the collection of the dataset in which checks found them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.binding_terms import is_collected_too_early
from provenance.model.records.ledger import Contradiction, DatasetFacts, Ledger, LedgerEntry
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.audit_evidence import Check, CheckedDataset, gather_checks
from provenance.pipeline.findings.misdatings import has_own_words
from provenance.report.text.number_format import count, date_span, period


@dataclass(frozen=True, slots=True)
class LateItems:
    """Items of a dataset that were published after it was collected, as is stated.

    Parameters
    ----------
    collected : DateRange
        The collection that cannot be right.
    days : dict of (str, str) to date
        Source and id, or else address, of each item, with the day on which it was published.
    checks : tuple of Check
        Those that found them, the oldest first.
    """

    collected: DateRange
    days: dict[tuple[str, str], date]
    checks: tuple[Check, ...]

    @property
    def sentence(self) -> str:
        """Return what was found, and what follows from it.

        "a check of 2024-05-01 found 3 items in it that were published from 2022-03-04 to
        2023-01-30: the recorded date of collection cannot be right".
        """
        first, last = min(self.days.values()), max(self.days.values())
        when = f"on {first}" if first == last else f"from {date_span(first, last)}"
        were = "was" if len(self.days) == 1 else "were"
        days = sorted({each.result.created.astimezone(UTC).date() for each in self.checks})
        many = len(self.checks) > 1
        checks = f"{len(self.checks)} checks (the last of {days[-1]})" if many else ""
        return (
            f"{checks or f'a check of {days[-1]}'} found {count(len(self.days), 'item')} in it "
            f"that {were} published {when}: the recorded date of collection cannot be right"
        )


def late_items(dataset: CheckedDataset, collected: DateRange | None) -> LateItems | None:
    """Return the items of a dataset that were published after a stated collection; None if none.

    As in a check, words count that are the item's own, neither contested nor waived, and a day of
    difference is one of time zones.

    Parameters
    ----------
    dataset : CheckedDataset
        The dataset, with all checks of it.
    collected : DateRange or None
        The stated collection.
    """
    if collected is None or collected.until is None:
        return None
    days, checks = dict[tuple[str, str], date](), list[Check]()
    for check in dataset.checks:
        late = _late_days(check.load(), collected, check.result.created)
        days |= late
        checks += [check] if late else []
    return LateItems(collected, days, tuple(checks)) if days else None


def _late_days(
    findings: pa.Table, collected: DateRange, checked: datetime
) -> dict[tuple[str, str], date]:
    dated = findings.filter(pc.and_(pc.is_valid(findings["created_at"]), has_own_words(findings)))
    names = pc.coalesce(dated["item"], dated["url"], pa.scalar(""))
    moments = dated["created_at"].cast(pa.date32())
    rows = zip(dated["source"].to_pylist(), names.to_pylist(), moments.to_pylist(), strict=True)
    today = checked.astimezone(UTC).date()
    return {
        (source, name): day
        for source, name, day in rows
        if is_collected_too_early(day, collected, today)
    }


def late_contradictions(
    ledger: Ledger, datasets: Iterable[CheckedDataset] | None = None
) -> Iterator[Contradiction]:
    """Yield the datasets in which checks found items that are later than their collection.

    Parameters
    ----------
    ledger : Ledger
        States when datasets were collected.
    datasets : iterable of CheckedDataset or None
        Datasets with their checks; None takes those of the ledger.
    """
    stated = _stated_collections(ledger)
    for dataset in gather_checks(ledger).datasets if datasets is None else datasets:
        for entry, facts in stated:
            if facts.digest not in {None, dataset.digest}:
                continue
            if facts.name not in {each.name for each in dataset.facts}:
                continue
            late = late_items(dataset, facts.collected)
            if late is not None and facts.collected is not None:
                own = [each.entry for each in late.checks if each.entry is not None]
                yield Contradiction(
                    f"{facts.name} is recorded as collected {period(facts.collected)}, but "
                    f"{late.sentence}.",
                    (entry.digest, *(each.digest for each in own)),
                    (facts.name,),
                    tuple(sorted({source for source, _ in late.days})),
                )


def _stated_collections(ledger: Ledger) -> list[tuple[LedgerEntry, DatasetFacts]]:
    return [each for each in ledger.facts(DatasetFacts) if each[1].collected is not None]
